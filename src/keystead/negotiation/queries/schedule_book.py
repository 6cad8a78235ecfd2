"""The schedule of an agreed or proposed split as a workbook that goes on calculating.

It is made of the split alone: no case, no mandate, no note can be in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.kernel.money import minor_units
from keystead.kit.office.book import Book, Page, here
from keystead.negotiation.queries.fee_words import ANSWERS, BOUNDS, figure_word
from keystead.negotiation.types.fees import FeeLine
from keystead.negotiation.types.plans import FeePlan, PlanMember, PlannedInvoice, Split

FIRST: Final = 5  # row of the first member, from 0
CODE, MEMBER, SHARE, FEE, LAST, CHANGE, PCT, HELD, WHY = range(9)


def schedule_book(
    plan: FeePlan,
    found: Split,
    *,
    title: str,
    lede: str,
    made_on: date,
    invoices: Sequence[PlannedInvoice] = (),
) -> bytes:
    """Return the workbook: fees with living sums, the figures behind them, invoices if planned.

    Fees are numbers to the smallest unit; shares, changes and sums are formulas over them, and a
    check shows that they add up to the total.
    """
    book = Book(title=title, made_on=made_on, places=minor_units(plan.currency))
    _fees(book.page(_("Fees")), plan, found, title, lede)
    if plan.measures:
        _figures(book.page(_("Figures")), plan)
    if invoices:
        _invoices(book.page(_("Invoices")), plan, invoices)
    return book.close()


def _fees(page: Page, plan: FeePlan, found: Split, title: str, lede: str) -> None:
    page.put(0, 0, title, "title")
    page.put(1, 0, lede, "subtitle")
    total = found.allocation.total.quantised().amount
    page.put(2, MEMBER, _("Fee in all"), "label")
    page.put(2, FEE, total, "money")
    unit = plan.currency
    page.header(FIRST - 1, [
        (_("Code"), False), (_("Member"), False), (_("Share"), True),
        (f"{_('Fee')} ({unit})", True), (f"{_('Last year')} ({unit})", True),
        (f"{_('Change')} ({unit})", True), (_("Change"), True),
        (_("Held by"), False), (pgettext("fee", "Reason"), False),
    ], points=32)  # fmt: skip
    lines = {line.code: line for line in found.allocation.lines}
    paid = [(one, lines[one.code]) for one in plan.members if one.code in lines]
    last = FIRST + len(paid) - 1
    for row, (member, line) in enumerate(paid, FIRST):
        _fee_row(page, row, member, line, total)
    _sums(page, last, [line for _member, line in paid], total)
    out = [one for one in plan.members if one.code not in lines]
    for row, member in enumerate(out, last + 5):
        page.put(row, CODE, member.code)
        page.put(row, MEMBER, member.name)
        page.put(row, HELD, str(ANSWERS[member.answer]))
    page.widths([12, 38, 10, 16, 16, 16, 10, 26, 34])
    page.freeze(FIRST, MEMBER + 1)
    page.repeat(FIRST - 1, FIRST - 1)


def _fee_row(page: Page, row: int, member: PlanMember, line: FeeLine, total: Decimal) -> None:
    page.put(row, CODE, member.code)
    page.put(row, MEMBER, member.name)
    share = line.fee / total if total else Decimal(0)
    page.formula(row, SHARE, _part(here(row, FEE), "$D$3"), share, "percent")
    page.put(row, FEE, line.fee, "money")
    if line.previous is not None:
        page.put(row, LAST, line.previous, "money")
        page.formula(row, CHANGE, f"{here(row, FEE)}-{here(row, LAST)}", line.change, "money")
        moved = line.change / line.previous if line.change is not None and line.previous else None
        page.formula(row, PCT, _part(here(row, CHANGE), here(row, LAST)), moved, "percent")
    page.put(row, HELD, str(BOUNDS[line.bound]) if line.bound else "")
    page.put(row, WHY, line.reason)


def _part(above: str, below: str) -> str:
    return f'IF({below}=0,"",{above}/{below})'


def _sums(page: Page, last: int, lines: Sequence[FeeLine], total: Decimal) -> None:
    row = last + 1
    page.put(row, MEMBER, _("Total"), "total_label")
    whole = sum((one.fee for one in lines), Decimal(0))
    for column, value in ((FEE, whole), (LAST, _known(lines, "previous")),
                          (CHANGE, _known(lines, "change"))):  # fmt: skip
        reach = f"{here(FIRST, column)}:{here(last, column)}"
        page.formula(row, column, f"SUM({reach})", value, "money_total")
    page.formula(row, SHARE, _part(here(row, FEE), "$D$3"), whole / total if total else 0,
                 "percent")  # fmt: skip
    page.put(row + 1, MEMBER, _("Difference from the fee in all"), "label")
    page.formula(row + 1, FEE, f"ROUND({here(row, FEE)}-$D$3,4)", whole - total, "money")
    page.warn_unless_zero(row + 1, row + 1, FEE)


def _known(lines: Sequence[FeeLine], name: str) -> Decimal:
    values = [getattr(one, name) for one in lines]
    return sum((one for one in values if one is not None), Decimal(0))


def _figures(page: Page, plan: FeePlan) -> None:
    names = plan.measures
    heads: list[tuple[str, bool]] = [(_("Code"), False), (_("Member"), False)]
    page.header(0, [*heads, *((figure_word(name), True) for name in names)], points=32)
    for row, member in enumerate(plan.members, 1):
        page.put(row, 0, member.code)
        page.put(row, 1, member.name)
        for column, name in enumerate(names, 2):
            page.put(row, column, member.figures.get(name), "number")
    last = len(plan.members)
    page.put(last + 1, 1, _("Total"), "total_label")
    for column, name in enumerate(names, 2):
        whole: Any = sum((one.figures.get(name, Decimal(0)) for one in plan.members), Decimal(0))
        reach = f"{here(1, column)}:{here(last, column)}"
        page.formula(last + 1, column, f"SUM({reach})", whole, "number_total")
    page.widths([12, 38, *[16.0] * len(names)])
    page.freeze(1, 2)


def _invoices(page: Page, plan: FeePlan, invoices: Sequence[PlannedInvoice]) -> None:
    page.header(0, [
        (_("Due"), True), (_("Code"), False), (_("Member"), False),
        (f"{_('Amount')} ({plan.currency})", True),
    ])  # fmt: skip
    for row, one in enumerate(invoices, 1):
        page.put(row, 0, one.due, "date")
        page.put(row, 1, one.code)
        page.put(row, 2, one.name)
        page.put(row, 3, one.amount, "money")
    last = len(invoices)
    whole = sum((one.amount for one in invoices), Decimal(0))
    page.put(last + 1, 2, _("Total"), "total_label")
    page.formula(last + 1, 3, f"SUM({here(1, 3)}:{here(last, 3)})", whole, "money_total")
    page.widths([12, 12, 38, 16])
    page.freeze(1, 0)
