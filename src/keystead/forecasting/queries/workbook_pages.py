"""The sheets of the workbook of a cycle: lines under subtotals, the state at export, the stamp."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from keystead.forecasting.queries.names import account_names, product_names
from keystead.forecasting.queries.periods import period_words
from keystead.forecasting.queries.words import LAYERS, TYPED_REASONS
from keystead.forecasting.types.cycle import Layer
from keystead.forecasting.types.rhythm import Rhythm
from keystead.forecasting.types.table import CycleTable
from keystead.forecasting.types.workbook import BookStamp
from keystead.kit.office.book import Book, Page, here

MARK: Final = "keystead-forecast-1"
BASE_MARK: Final = "keystead-forecast-base-1"
MONTHS_ROW: Final = 4  # months as dates, hidden; rows and columns count from 0
HEAD: Final = 5
TOTAL: Final = 6
BODY: Final = 7
FIRST: Final = 6  # the column of the first month; ids, account, brand, SKU, product, unit before it
WIDTHS: Final = (8, 26, 16, 12, 34, 9)


@dataclasses.dataclass(frozen=True, slots=True)
class _Line:
    """A line of the sheet: a series (``at``), or the subtotal of an account or a brand."""

    account_id: int
    brand: str | None
    at: int | None = None

    def holds(self, other: _Line) -> bool:
        same = other.account_id == self.account_id
        return same and (self.brand is None or other.brand == self.brand)


def written(table: CycleTable, layer: Layer, stamp: BookStamp, today: date) -> bytes:
    """Return the workbook of a table; its words and months are in the active language."""
    return _Writer(table, layer, today).bytes(stamp)


class _Writer:
    def __init__(self, table: CycleTable, layer: Layer, today: date) -> None:
        self.table, self.layer = table, layer
        self.accounts, self.products = account_names(), product_names()
        self.months = len(table.periods)
        self.total = FIRST + self.months  # the column of the total; change, reason, note follow
        title = _("Forecast %(cycle)s") % {"cycle": table.cycle.name}
        self.book = Book(title=title, made_on=today)
        self.page = self.book.page(_("Forecast"), wide=True)
        self.base = self.book.page(_("As sent out"), wide=True)
        self.lists = self.book.page("lists")
        self.info = self.book.page("keystead")
        self.plan = list(self._plan())

    def bytes(self, stamp: BookStamp) -> bytes:
        for page in (self.page, self.base):
            self._head(page)
        for place, line in enumerate(self.plan):
            if line.at is None:
                self._sums(BODY + place, place, line)
            else:
                self._series(BODY + place, line.at)
        self._frame()
        for row, (name, value) in enumerate(dataclasses.asdict(stamp).items()):
            self.info.put(row, 0, name)
            self.info.put(row, 1, str(value))
        for row, word in enumerate(TYPED_REASONS.values()):
            self.lists.put(row, 0, str(word))
        for page in (self.lists, self.info):
            page.protect()
            page.hide()
        return self.book.close()

    def _plan(self) -> Iterator[_Line]:
        series = self.table.series
        order = sorted(
            range(len(series)),
            key=lambda at: (
                self.accounts[series[at].key.account_id].name, series[at].key.account_id,
                series[at].brand, self.products[series[at].key.product_id].sku,
            ),
        )  # fmt: skip
        account: int | None = None
        brand: str | None = None
        for at in order:
            one = series[at]
            if one.key.account_id != account:
                account, brand = one.key.account_id, None
                yield _Line(account, None)
            if one.brand != brand:
                brand = one.brand
                yield _Line(one.key.account_id, brand)
            yield _Line(one.key.account_id, one.brand, at)

    def _head(self, page: Page) -> None:
        rhythm = self.table.cycle.rhythm
        page.put(0, 1, _("Forecast %(cycle)s") % {"cycle": self.table.cycle.name}, "title")
        words = {"layer": LAYERS[self.layer]}
        line = _("Line: %(layer)s. Units of each product, by month.")
        if rhythm is Rhythm.WEEK:
            line = _("Line: %(layer)s. Units of each product, by week from Monday.")
        page.put(1, 1, line % words, "subtitle")
        page.put(2, 1, _("Type in the yellow cells only; totals follow. Give a reason, then send "
                         "the file back."), "subtitle")  # fmt: skip
        page.put(3, 1, _("What others changed meanwhile is kept; where both changed one cell, "
                         "you choose."), "subtitle")  # fmt: skip
        for step, period in enumerate(self.table.periods):
            page.put(MONTHS_ROW, FIRST + step, period.isoformat())
        page.header(HEAD, [
            (MARK if page is self.page else BASE_MARK, False), (_("Account"), False),
            (_("Brand"), False), (_("SKU"), False),
            (_("Product"), False), (_("Unit"), False),
            *((period_words(rhythm, period), True) for period in self.table.periods),
            (_("Total"), True), (_("Change"), True), (_("Reason"), False), (_("Note"), False),
        ])  # fmt: skip

    def _series(self, row: int, at: int) -> None:
        one, cycle = self.table.series[at], self.table.cycle
        product = self.products[one.key.product_id]
        texts = (
            f"{one.key.account_id}:{one.key.product_id}",
            self.accounts[one.key.account_id].name, one.brand, product.sku, product.name, one.unit,
        )  # fmt: skip
        values = [self.table.quantity(self.layer, at, step) for step in range(self.months)]
        for page in (self.page, self.base):
            for column, text in enumerate(texts):
                page.put(row, column, text)
        for step, (period, value) in enumerate(zip(self.table.periods, values, strict=True)):
            open_ = cycle.editable and period not in cycle.frozen
            self.page.put(row, FIRST + step, value, "number_open" if open_ else "number")
            self.base.put(row, FIRST + step, value, "number")
        self._ends(row, sum(values, Decimal(0)), "number")
        self.page.put(row, self.total + 2, "", "text_open")
        self.page.put(row, self.total + 3, "", "text_open")

    def _ends(self, row: int, total: Decimal, style: str) -> None:
        """Write the total of a line, and how far it moved since it was sent out."""
        span = f"{here(row, FIRST)}:{here(row, self.total - 1)}"
        for page in (self.page, self.base):
            page.formula(row, self.total, f"SUM({span})", total, style)
        was = self.base.at(row, self.total)
        now = here(row, self.total)
        self.page.formula(row, self.total + 1, f"{now}-{was}", Decimal(0), style)

    def _sums(self, row: int, place: int, line: _Line) -> None:
        """Write a live subtotal over the lines below that belong to it."""
        after = place + 1
        while after < len(self.plan) and line.holds(self.plan[after]):
            after += 1
        below = [one.at for one in self.plan[place + 1 : after] if one.at is not None]
        name = self.accounts[line.account_id].name
        label = name if line.brand is None else f"{name} / {line.brand or _('No brand')}"
        self._sum_line(row, label, (row + 1, BODY + after - 1), below)

    def _sum_line(self, row: int, label: str, span: tuple[int, int], below: list[int]) -> None:
        sums = [
            sum((self.table.quantity(self.layer, at, step) for at in below), Decimal(0))
            for step in range(self.months)
        ]
        for page in (self.page, self.base):
            page.put(row, 0, "sum")
            page.put(row, 1, label, "strong")
            for step, value in enumerate(sums):
                cells = f"{here(span[0], FIRST + step)}:{here(span[1], FIRST + step)}"
                page.formula(row, FIRST + step, f"SUBTOTAL(9,{cells})", value, "number_total")
        self._ends(row, sum(sums, Decimal(0)), "number_total")

    def _frame(self) -> None:
        last = BODY + len(self.plan) - 1
        every = [line.at for line in self.plan if line.at is not None]
        self._sum_line(TOTAL, _("Total"), (BODY, last), every)
        for page in (self.page, self.base):
            page.widths((*WIDTHS, *([10] * self.months), 12, 11, 16, 34))
            page.hide_columns(0, 0)
            page.hide_row(MONTHS_ROW)
            page.freeze(TOTAL + 1, FIRST)
            page.repeat(HEAD, HEAD)
            page.protect()
        body = (BODY, FIRST, last, self.total - 1)
        self.page.numbers_only(
            body, title=_("Not a number"), text=_("Type a quantity of zero or more.")
        )
        reasons = (BODY, self.total + 2, last, self.total + 2)
        self.page.choices(reasons, self.lists.span(0, len(TYPED_REASONS) - 1, 0))
        was = self.base.at(BODY, FIRST).replace("$", "")
        self.page.mark_where(body, f"{here(BODY, FIRST)}<>{was}")
