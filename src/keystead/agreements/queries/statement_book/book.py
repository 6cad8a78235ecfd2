"""The workbook of a statement: the summary in front, and the sheets it stands on."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.agreements.queries.statement_book.calculation import (
    CalculationSheet,
    add_calculation,
    periods_of,
)
from keystead.agreements.queries.statement_book.cuts import add_cuts
from keystead.agreements.queries.statement_book.lines import WHOLE_NAME, add_lines, add_tiers
from keystead.agreements.queries.statement_book.plan import plan_of
from keystead.agreements.queries.statement_book.terms import add_terms
from keystead.agreements.queries.statement_words import head_of, row_name
from keystead.agreements.types import Cap, NegativePolicy, StatedRow, Statement
from keystead.kernel.money import minor_units
from keystead.kit.office.book import Book, Page, here

COLUMNS = 8
RECOVER = NegativePolicy.RECOVER


def statement_workbook(statement: Statement) -> bytes:
    """Return the statement as Excel, in the language that is active; the same bytes each time.

    Sheets: summary, calculation with live formulas, invoice lines with the tier each one hit,
    terms with their tiers. The formulas give the cents of the engine; where something cannot be
    a formula it stands as a value and the sheet says so.
    """
    plan = plan_of(statement)
    places = minor_units(statement.currency)
    title = _("Statement %(number)s") % {"number": statement.agreement.number}
    book = Book(title=title, made_on=statement.as_of, places=places)
    summary = book.page(_("Summary"), landscape=False)
    lines = add_lines(book, plan)
    terms = add_terms(book, plan)
    add_cuts(book, plan)
    calculation = add_calculation(book, plan, terms)
    add_tiers(plan, lines, periods_of(plan, calculation, terms))
    _Summary(book, summary, statement, calculation, places).write()
    return book.close()


class _Summary:
    """The first sheet: who, until when, what is due; the amounts point at the calculation."""

    def __init__(
        self, book: Book, page: Page, statement: Statement, sheet: CalculationSheet, places: int
    ) -> None:
        self.book, self.page, self.statement = book, page, statement
        self.sheet, self.places = sheet, places

    def write(self) -> None:
        page, statement = self.page, self.statement
        page.put(0, 0, _("Statement %(number)s") % {"number": statement.agreement.number}, "title")
        at = 1
        for label, text in head_of(statement):
            page.put(at, 0, label, "label")
            page.put(at, 1, text, "text")
            at += 1
        head = at + 1
        page.header(head, self._labels(), points=34)
        first = head + 1
        for place, row in enumerate(statement.rows):
            self._row(first + place, row)
        last = first + max(len(statement.rows), 1) - 1
        self._total(first, last)
        self._notes(last + 3)
        page.widths([34, 13, 13, 16, 12, 17, 17, 17])
        page.freeze(head + 1, 0)
        for name, column in (("earned", 5), ("settled", 6), ("due", 7)):
            self.book.name(f"total_{name}", page.at(last + 1, column))

    def _labels(self) -> list[tuple[str, bool]]:
        money = {"currency": self.statement.currency}
        return [
            (_("Condition"), False),
            (pgettext("statement", "From"), True),
            (pgettext("statement", "To"), True),
            (_("Measured for the tier"), True),
            (pgettext("statement", "Rate"), True),
            (_("Earned (%(currency)s)") % money, True),
            (_("Settled before (%(currency)s)") % money, True),
            (_("Due (%(currency)s)") % money, True),
        ]

    def _row(self, at: int, row: StatedRow) -> None:
        page = self.page
        page.put(at, 0, row_name(row), "text")
        page.put(at, 1, row.period.start, "date")
        page.put(at, 2, row.period.last, "date")
        if row.line is not None and row.condition is not None:
            measured, rate = row.line.tier_measure, row.line.rate
            page.formula(at, 3, self._link(row, "tier_measure"), measured, "number")
            page.formula(at, 4, self._link(row, "rate"), rate or 0, "number")
            amount = row.entitlement.amount
            page.formula(at, 5, self._link(row, "entitlement"), amount, "money")
        else:
            self._without_formula(at, row)
        page.put(at, 6, row.settled_before.amount, "money_input")
        gap = f"{here(at, 5)}-{here(at, 6)}"
        policy = row.condition.negative_policy if row.condition else RECOVER
        text = gap if policy is RECOVER else f"MAX({gap},0)"
        page.formula(at, 7, f"ROUND({text},{self.places})", row.due.amount, "money")

    def _without_formula(self, at: int, row: StatedRow) -> None:
        """The limits over the whole agreement: a formula over the sums above and the lines.

        Of several versions those of the one that holds on the day count, once over all of them.
        """
        version, amount = self.statement.version, row.entitlement.amount
        above = f"{here(at - 1, 5)}"
        cap, floor = version.cap, version.floor
        if row.key or not self._sums(at):
            self.page.put(at, 5, amount, "money_input")
            if not row.key:
                self.page.note(
                    at, 5, _("Worked out from all sales in scope: it stands as a value.")
                )
            return
        total = f"SUM({self._sums(at)}:{above})"
        text = "0"
        if cap is not None:
            cut = f"MAX({total}-MIN({','.join(_limits(cap))}),0)"
            text = f"-ROUND(ROUND({cut},7),{self.places})"
        if floor is not None and self.statement.run.floor_top_up:
            text = f"{text}+MAX({floor.amount}-({total}+{text}),0)"
        self.page.formula(at, 5, f"ROUND({text},{self.places})", amount, "money")

    def _sums(self, at: int) -> str:
        """Where the rows of conditions begin, if all of them stand above this one."""
        count = sum(row.line is not None for row in self.statement.rows)
        before = [row.line is not None for row in self.statement.rows].index(False)
        return here(at - count, 5) if count and before == count else ""

    def _link(self, row: StatedRow, name: str) -> str:
        cell = self.page_of(row, name)
        return f'IF({cell}="","",{cell})' if name == "tier_measure" else cell

    def page_of(self, row: StatedRow, name: str) -> str:
        return self.sheet.page.at(self.sheet.at[id(row)], self.sheet.columns[name])

    def _total(self, first: int, last: int) -> None:
        page, statement, at = self.page, self.statement, last + 1
        page.put(at, 0, _("Total"), "total_label")
        for column in range(1, 5):
            page.put(at, column, None, "total_label")
        totals = (statement.earned, statement.settled, statement.due)
        for column, amount in enumerate(totals, start=5):
            text = f"ROUND(SUM({here(first, column)}:{here(last, column)}),{self.places})"
            page.formula(at, column, text, amount.amount, "money_total")

    def _notes(self, at: int) -> None:
        notes = [
            _("How to check it"),
            _("Lines: every invoice line, and which tier it hit. Terms: the tiers that were "
              "agreed. Calculation: each amount, step by step, as formulas over the two."),
            _("Change a yellow cell, or mark a line with 0, and every amount follows. The column "
              "Difference shows how far it is then from what was issued."),
            _("Amounts are rounded once, half up, at the end. What was settled before is "
              "taken off."),
        ]  # fmt: skip
        for place, text in enumerate(notes):
            self.page.put(at + place, 0, text, "strong" if not place else "subtitle")


def _limits(cap: Cap) -> list[str]:
    """What a cap over the whole agreement allows: a sum, a share of all net sales in scope."""
    found = [] if cap.amount is None else [str(cap.amount)]
    if cap.pct_of_base is not None:
        found.append(f"MAX(SUMIFS(line_value,{WHOLE_NAME},1),0)*{cap.pct_of_base}/100")
    return found
