"""The sheet of price protection: price cuts, the stock reported before them, live formulas."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.agreements.queries.statement_book.plan import Plan
from keystead.agreements.queries.traces import GAPS
from keystead.agreements.types import StatedCut, StatedStock
from keystead.kit.office.book import Book, Page, here

HEAD = 3
ZERO = Decimal(0)
NUMBER, DAY, OLD, NEW, STOCK, TOLD, DAYS, PACE = 0, 4, 5, 6, 7, 8, 9, 10
PACE_LIMIT, BOUGHT, COVERED, CREDIT, REMARK = 11, 12, 13, 14, 15
R_NUMBER, R_DAY, R_HAND, R_WAY, R_INVOICED, R_SOLD, R_UNITS = 0, 2, 3, 4, 5, 6, 7


@dataclasses.dataclass(frozen=True)
class _Places:
    """The first and last row of each of the three tables, one below the other."""

    cuts: tuple[int, int]
    reports: tuple[int, int]
    lines: tuple[int, int]


def add_cuts(book: Book, plan: Plan) -> None:
    """Write price cuts, reports and rows of stock; nothing where no condition protects a price.

    Each cut is worked out from the reports below it, and those from the rows of stock below them:
    covered = the least of the stock and its limits, credit = covered x (old price - new price).
    """
    cuts = plan.statement.cuts
    if not plan.protects:
        return
    page = book.page(_("Price cuts"), wide=True)
    reports = [(place, one) for place, cut in enumerate(cuts, start=1) for one in cut.stocks]
    lines = [(place, line) for place, (_cut, one) in enumerate(reports, start=1)
             for line in one.lines]  # fmt: skip
    first = HEAD + 1
    below = first + max(len(cuts), 1) + 3
    last = below + max(len(reports), 1) + 3
    places = _Places(
        (first, first + max(len(cuts), 1) - 1),
        (below, below + max(len(reports), 1) - 1),
        (last, last + max(len(lines), 1) - 1),
    )
    page.put(0, 0, _("Price cuts"), "title")
    page.put(
        1, 0,
        _("Yellow cells may be changed. The stock of a cut is in the reports below it, and their "
          "rows below them."),
        "subtitle",
    )  # fmt: skip
    page.header(HEAD, _cut_labels(plan.statement.currency), points=48)
    for place, cut in enumerate(cuts):
        _write_cut(page, places, first + place, place + 1, cut, plan)
    page.put(below - 2, 0, _("Stock reported before"), "section")
    page.header(below - 1, _report_labels(), points=34)
    for place, (number, one) in enumerate(reports):
        _write_report(page, places, below + place, number, one, cuts[number - 1])
    page.put(last - 2, 0, _("Rows of the stock files"), "section")
    page.header(last - 1, _line_labels(), points=34)
    for place, (number, line) in enumerate(lines):
        at = last + place
        page.put(at, 0, number, "integer")
        page.put(at, 1, line.location, "text")
        page.put(at, 2, line.source, "text")
        page.put(at, 3, line.quantity, "number_input")
        page.put(at, 4, int(line.in_transit), "flag_input")
    for name, column in (("cut_day", DAY), ("cut_credit", CREDIT), ("cut_condition", 1),
                         ("cut_version", 2)):  # fmt: skip
        book.name(name, page.span(*places.cuts, column))
    page.widths([6, 11, 22, 22, 12, *[14] * 10, 40])
    page.freeze(first, 0)


def _cut_labels(currency: str) -> list[tuple[str, bool]]:
    money = {"currency": currency}
    return [
        (pgettext("statement", "No."), True),
        (_("Condition no."), True),
        (_("Version"), True),
        (_("Product"), False),
        (_("Price cut"), True),
        (_("Old price (%(currency)s)") % money, True),
        (_("New price (%(currency)s)") % money, True),
        (_("Stock"), True),
        (_("Off-take in the days looked at"), True),
        (_("Days looked at"), True),
        (_("At most for days"), True),
        (_("At most by off-take"), True),
        (_("At most what was bought"), True),
        (_("Units covered"), True),
        (_("Credit (%(currency)s)") % money, True),
        (_("Remark"), False),
    ]


def _report_labels() -> list[tuple[str, bool]]:
    return [
        (_("Cut no."), True),
        (_("Customer"), False),
        (_("Reported"), True),
        (_("On hand"), True),
        (_("On the way"), True),
        (_("Invoiced since"), True),
        (_("Sold on since"), True),
        (_("Units that count"), True),
    ]


def _line_labels() -> list[tuple[str, bool]]:
    return [
        (_("Report no."), True),
        (_("Location"), False),
        (_("Read from"), False),
        (_("Units"), True),
        (_("On the way (1 = yes)"), True),
    ]


def _write_cut(
    page: Page, places: _Places, at: int, number: int, cut: StatedCut, plan: Plan
) -> None:
    first, last = places.reports
    page.put(at, NUMBER, number, "integer")
    page.put(at, 1, plan.number_of(cut.key), "integer")
    page.put(at, 2, cut.version, "integer")
    page.put(at, 3, " ".join(filter(None, [cut.product, cut.product_name])), "text")
    page.put(at, DAY, cut.on, "date")
    page.put(at, OLD, cut.old, "value_input")
    page.put(at, NEW, cut.new, "value_input")
    counts, units = page.span(first, last, R_NUMBER), page.span(first, last, R_UNITS)
    stock = f"SUMIFS({units},{counts},{here(at, NUMBER)})"
    page.formula(at, STOCK, stock, cut.stock, "number")
    limits = [here(at, STOCK)]
    terms = cut.terms
    if terms.cap_days_of_stock is not None:
        page.put(at, TOLD, cut.off_take or ZERO, "number_input")
        page.put(at, DAYS, terms.off_take_days, "integer")
        page.put(at, PACE, terms.cap_days_of_stock, "number_input")
        told, days, most = (here(at, column) for column in (TOLD, DAYS, PACE))
        text = f"{most}*MAX({told},0)/{days}"
        page.formula(at, PACE_LIMIT, text, cut.pace_limit or ZERO, "exact")
        limits.append(here(at, PACE_LIMIT))
    if terms.sell_in_days is not None:
        page.put(at, BOUGHT, max(cut.sell_in, ZERO), "number_input")
        limits.append(here(at, BOUGHT))
    covered = "0" if cut.gap is not None else f"MAX(MIN({','.join(limits)}),0)"
    page.formula(at, COVERED, covered, cut.covered, "exact")
    fall = f"MAX({here(at, OLD)}-{here(at, NEW)},0)"
    page.formula(at, CREDIT, f"{here(at, COVERED)}*{fall}", cut.credit, "exact")
    page.put(at, REMARK, _remark(cut), "text")


def _write_report(
    page: Page, places: _Places, at: int, number: int, one: StatedStock, cut: StatedCut
) -> None:
    first, last = places.lines
    report = at - places.reports[0] + 1
    page.put(at, R_NUMBER, number, "integer")
    page.put(at, 1, one.customer, "text")
    page.put(at, R_DAY, one.day, "date")
    which, units, flags = (page.span(first, last, column) for column in (0, 3, 4))
    for column, flag, held in ((R_HAND, 0, one.on_hand), (R_WAY, 1, one.in_transit)):
        text = f"SUMIFS({units},{which},{report},{flags},{flag})"
        page.formula(at, column, text, held, "number")
    page.put(at, R_INVOICED, one.invoiced_since, "number_input")
    page.put(at, R_SOLD, one.sold_since, "number_input")
    text = here(at, R_HAND)
    if cut.terms.include_in_transit:
        text += f"+{here(at, R_WAY)}+{here(at, R_INVOICED)}"
    if cut.terms.less_off_take:
        text += f"-{here(at, R_SOLD)}"
    page.formula(at, R_UNITS, f"MAX({text},0)", one.units, "number")


def _remark(cut: StatedCut) -> str:
    if cut.gap is not None:
        return _("Pays nothing: %(why)s.") % {"why": GAPS[cut.gap.value]}
    return _("Agreed price.") if cut.agreed else _("Price list.")
