"""The account P&L as a workbook that goes on adding up: each subtotal is a formula over its parts.

Beside the figures, in hidden columns, stand the proofs they were read with.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.kit.office.book import Book, Page, here
from keystead.kit.ui import formats
from keystead.profitability.calc.pnl import BY_ID
from keystead.profitability.queries.pnl import account_pnl
from keystead.profitability.queries.remarks import cautions, remarks
from keystead.profitability.queries.words import scenario_words
from keystead.profitability.types import AccountPnl, Amount, PnlRow, Scenario

HEAD, FIRST, NAME = 4, 5, 0  # the rows of the head and of the first line; the column of names
NONE: Final = Amount(None)
ZERO: Final = Decimal(0)
Read = Callable[[PnlRow], Amount]


def pnl_workbook(*, actor: Actor, account_id: int, period: Period, currency: str = "") -> bytes:
    """Return the P&L of an account as Excel: the statement, and the actual month by month.

    Needs ``export.data``; rights as for ``account_pnl``. Amounts are numbers, months are dates,
    what is not known is an empty cell.
    """
    actor.require("export.data")
    found = account_pnl(actor=actor, account_id=account_id, period=period, currency=currency)
    title = f"{_('P&L')}: {found.account_name}"
    book = Book(title=title, made_on=timezone.localdate())
    _statement(book, found, title)
    if found.months:
        _months(book, found, title)
    return book.close()


@dataclasses.dataclass(frozen=True)
class Sheet:
    """A page whose rows are those of the statement; ``hidden``: how many columns show no proof."""

    page: Page
    found: AccountPnl
    places: Mapping[tuple[str, str], int]  # line and detail: its row

    def column(self, at: int, read: Read, proofs: int) -> None:
        """Write a column of amounts: subtotals as formulas wherever their parts add up to them."""
        for row in self.found.rows:
            amount, place = read(row), self.places[row.line.id, row.detail]
            style = "money_total" if row.line.is_sum else "money"
            parts = self._parts(row, read)
            if amount.value is not None and parts:
                cells = ",".join(here(one, at) for one in parts)
                self.page.formula(place, at, f"SUM({cells})", amount.value, style)
            else:
                self.page.put(place, at, amount.value, style)
            self.page.put(place, proofs, " ".join(filter(None, amount.proofs)))

    def _parts(self, row: PnlRow, read: Read) -> list[int]:
        """Return the rows an amount is the sum of; none where it stands for itself."""
        if row.detail:
            return []
        if row.line.is_sum:
            wanted = [one for one in self.found.rows
                      if not one.detail and one.line.id in BY_ID[row.line.id].parts]  # fmt: skip
        else:
            wanted = [one for one in self.found.rows
                      if one.detail and one.line.id == row.line.id]  # fmt: skip
        values = [read(one).value for one in wanted]
        adds_up = sum((one or ZERO for one in values), ZERO) == read(row).value
        known = any(value is not None for value in values)
        return [self.places[one.line.id, one.detail] for one in wanted] if known and adds_up else []

    def formulas(self, at: int, write: Callable[[int], tuple[str, Decimal] | None], style: str
                 ) -> None:  # fmt: skip
        """Write a column that is worked out of others, row by row."""
        for row in self.found.rows:
            place = self.places[row.line.id, row.detail]
            written = write(place)
            look = f"{style}_total" if row.line.is_sum and style == "money" else style
            if written is not None:
                self.page.formula(place, at, written[0], written[1], look)


def _sheet(book: Book, name: str, found: AccountPnl, title: str) -> Sheet:
    page = book.page(name)
    page.put(0, NAME, title, "title")
    told = _("%(period)s; last year is %(before)s. Costs are negative; a line adds up from "
             "those above it.")  # fmt: skip
    days = {"period": _days(found.period), "before": _days(found.before)}
    page.put(1, NAME, told % days, "subtitle")
    state = _("Ledger state %(commit)s") % {"commit": found.commit}
    page.put(2, NAME, f"{found.currency} · {state}", "subtitle")
    places = {(row.line.id, row.detail): FIRST + at for at, row in enumerate(found.rows)}
    for row in found.rows:
        name = f"    {row.detail}" if row.detail else _(row.line.label)
        style = "total_label" if row.line.is_sum else "text"
        page.put(places[row.line.id, row.detail], NAME, name, style)
    return Sheet(page, found, places)


def _statement(book: Book, found: AccountPnl, title: str) -> None:
    sheet = _sheet(book, _("P&L"), found, title)
    page = sheet.page
    shown = [one for one in Scenario if one is Scenario.ACTUAL or one in found.scenarios]
    at = {one: 1 + place for place, one in enumerate(shown)}
    labels = [scenario_words(one, found.pace) for one in shown]
    share = 1 + len(shown)
    labels.append(_("Of invoice sales"))
    against = [one for one in (Scenario.BUDGET, Scenario.LAST_YEAR) if one in at]
    names = {Scenario.BUDGET: _("To budget"), Scenario.LAST_YEAR: _("Change")}
    labels += [names[one] for one in against]
    proofs = 1 + len(labels)
    labels += [f"{_('Proof')}: {scenario_words(one, found.pace)}" for one in shown]
    page.header(HEAD, [(_("Line"), False), *((label, True) for label in labels)], points=30)
    for place, one in enumerate(shown):
        sheet.column(at[one], _of(one), proofs + place)
    sheet.formulas(share, _share(sheet, at[Scenario.ACTUAL]), "percent")
    for place, one in enumerate(against):
        sheet.formulas(share + 1 + place, _difference(sheet, at, one), "money")
    _remarks(sheet)
    page.widths([36, *([16] * (proofs - 1))])
    page.hide_columns(proofs, proofs + len(shown) - 1)
    page.freeze(FIRST, 1)
    page.repeat(HEAD, HEAD)


def _remarks(sheet: Sheet) -> None:
    found = sheet.found
    told = [sentence for _heading, sentence in cautions(found)] + remarks(found)
    for place, sentence in enumerate(told):
        sheet.page.put(FIRST + len(found.rows) + 1 + place, NAME, sentence, "label")


def _rows_at(sheet: Sheet) -> dict[int, PnlRow]:
    return {sheet.places[row.line.id, row.detail]: row for row in sheet.found.rows}


def _share(sheet: Sheet, at: int) -> Callable[[int], tuple[str, Decimal] | None]:
    base = sheet.places.get(("invoice_sales", ""))
    rows = _rows_at(sheet)

    def write(place: int) -> tuple[str, Decimal] | None:
        value = rows[place].totals[Scenario.ACTUAL].value
        whole = rows[base].totals[Scenario.ACTUAL].value if base is not None else None
        if value is None or not whole or base is None:
            return None
        return f"{here(place, at)}/{here(base, at)}", value / whole

    return write


def _difference(
    sheet: Sheet, at: Mapping[Scenario, int], against: Scenario
) -> Callable[[int], tuple[str, Decimal] | None]:
    """The run rate, or the actual where there is none, less the column it is compared with."""
    rows = _rows_at(sheet)

    def write(place: int) -> tuple[str, Decimal] | None:
        totals = rows[place].totals
        ahead = totals.get(Scenario.FORECAST, NONE).value
        column = Scenario.ACTUAL if ahead is None else Scenario.FORECAST
        value, other = totals[column].value, totals.get(against, NONE).value
        if value is None or other is None:
            return None
        return f"{here(place, at[column])}-{here(place, at[against])}", value - other

    return write


def _months(book: Book, found: AccountPnl, title: str) -> None:
    sheet = _sheet(book, _("By month"), found, title)
    page, months = sheet.page, found.months
    total, proofs = 1 + len(months), 2 + len(months)
    labels: Sequence[str] = [*([""] * len(months)), _("Total"), *([""] * len(months))]
    page.header(HEAD, [(_("Line"), False), *((label, True) for label in labels)], points=20)
    for place, month in enumerate(months):
        page.put(HEAD, 1 + place, month, "month_head")
        sheet.column(1 + place, _in(month), proofs + place)
    for row in found.rows:
        place, amount = sheet.places[row.line.id, row.detail], row.totals[Scenario.ACTUAL]
        across = sum((one.value or ZERO for one in row.months.values()), ZERO)
        style = "money_total" if row.line.is_sum else "money"
        if amount.value is not None and across == amount.value:
            cells = f"{here(place, 1)}:{here(place, len(months))}"
            page.formula(place, total, f"SUM({cells})", amount.value, style)
        elif (
            amount.value is not None and row.line.is_sum
        ):  # a month without a cost has no margin: add up the lines
            parts = [
                sheet.places[name, ""] for name in row.line.parts if (name, "") in sheet.places
            ]
            text = ",".join(here(one, total) for one in parts)
            page.formula(place, total, f"SUM({text})", amount.value, style)
    page.widths([36, *([14] * (1 + len(months)))])
    page.hide_columns(proofs, proofs + len(months) - 1)
    page.freeze(FIRST, 1)
    page.repeat(HEAD, HEAD)


def _days(period: Period) -> str:
    return formats.period(period.start, period.end, locale=get_language() or "en")


def _of(scenario: Scenario) -> Read:
    return lambda row: row.totals.get(scenario, NONE)


def _in(month: date) -> Read:
    return lambda row: row.months.get(month, NONE)
