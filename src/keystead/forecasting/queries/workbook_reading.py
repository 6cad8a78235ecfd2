"""Reads a workbook that came back: every cell that is wrong is told by its address."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from keystead.forecasting.calc.spread import MOST_UNITS
from keystead.forecasting.queries.words import REASONS
from keystead.forecasting.queries.workbook_pages import BASE_MARK, FIRST, MARK
from keystead.forecasting.types.cycle import Reason
from keystead.forecasting.types.workbook import BookProblem, BookRead, BookRow, BookStamp
from keystead.kernel.errors import Invalid, SourceProblem
from keystead.kernel.exact import exact, round_half_up
from keystead.kit.files.types import column_letter
from keystead.kit.office.reading import Returned, sheets_of

PLACES: Final = 4
SUM: Final = "sum"
Row = tuple[str, ...]


def read_book(content: bytes, *, name: str) -> BookRead:
    """Return what a returned workbook says; the file is parsed in the capped child process.

    Nothing is looked up and nothing is guessed: a cell that is no plain number, holds a formula
    or is empty is a problem with its address. Raises SourceProblem where the file cannot be read
    or is none of our workbooks.
    """
    format, sheets = sheets_of(content, name=name)
    if format != "xlsx":
        raise SourceProblem(
            _("Send the workbook back as .xlsx."), code="book_format", file=name,
            hint=_("Save it with the format it was sent in."),
        )  # fmt: skip
    page, base = _marked(sheets, MARK), _marked(sheets, BASE_MARK)
    stamp = _stamp(sheets)
    if page is None or base is None or stamp is None:
        raise SourceProblem(
            _("This is no forecast workbook of Keystead, or parts of it were taken out."),
            code="book_strange", file=name, hint=_("Export it again and fill that one in."),
        )  # fmt: skip
    reader = _Reader(page)
    reader.compare(_Reader(base))
    return BookRead(
        name, hashlib.sha256(content).hexdigest(), stamp, reader.months, tuple(reader.rows),
        tuple(reader.problems),
    )  # fmt: skip


def _marked(sheets: Sequence[Returned], mark: str) -> Returned | None:
    return next((one for one in sheets if any(row[:1] == (mark,) for _n, row in one.rows)), None)


def _stamp(sheets: Sequence[Returned]) -> BookStamp | None:
    for sheet in sheets:
        found = {row[0]: row[1] for _number, row in sheet.rows if len(row) > 1}
        if not {"cycle_id", "run_id", "stamp", "layer", "base_hash"} <= found.keys():
            continue
        ids = [found[name] for name in ("cycle_id", "run_id", "stamp")]
        if not all(one.isdecimal() and len(one) < 18 for one in ids):
            return None
        cycle, run, newest = map(int, ids)
        return BookStamp(
            cycle, run, newest, found["layer"], found["base_hash"], found.get("by", ""),
            found.get("at", ""),
        )  # fmt: skip
    return None


class _Reader:
    """Walks one sheet; ``rows`` are the lines of series, ``problems`` what is wrong."""

    def __init__(self, sheet: Returned) -> None:
        self.sheet = sheet
        self.problems: list[BookProblem] = []
        self.rows: list[BookRow] = []
        at = next(
            place for place, (_n, row) in enumerate(sheet.rows) if row[0] in (MARK, BASE_MARK)
        )
        self.head = sheet.rows[at][1]
        above = sheet.rows[at - 1][1] if at else ()
        held = [at for at in range(FIRST, len(above)) if above[at].strip()]
        self.columns = tuple(held)
        self.after = held[-1] + 1 if held else FIRST  # the column of the total
        self.periods = tuple(_month(above[at]) for at in held)
        self.body = sheet.rows[at + 1 :]
        self.reasons = reason_words()
        if None in self.periods or not self.periods:
            number = sheet.rows[max(at - 1, 0)][0]
            text = _("The months above the table were changed.")
            self._problem(number, FIRST, "", text, _("Export it again and fill that one in."))
        elif sheet.rows[at][1][0] == MARK:
            for column in sorted(set(range(FIRST, self.after)) - set(held)):
                self._problem(sheet.rows[at][0], column, "", _("This column was added by hand."),
                              _("Take it out; columns cannot be added here."))  # fmt: skip
            self._walk()

    @property
    def months(self) -> tuple[date, ...]:
        return tuple(one for one in self.periods if one is not None)

    def keys(self) -> dict[str, tuple[int, str]]:
        """Return the ids of the lines with their row and what they are called."""
        return {
            row[0]: (number, " / ".join(row[1:5])) for number, row in self.body if ":" in row[0]
        }

    def sums(self) -> dict[tuple[str, int], str]:
        """Return what totals hold, by the name of a sum or the ids of a line, and by column."""
        return {
            (_name(row), column): row[column].strip()
            for _number, row in self.body if row[0]
            for column in (*self.columns, self.after) if column < len(row)
        }  # fmt: skip

    def compare(self, base: _Reader) -> None:
        """Tell of lines that were sent out and did not come back, of lines that were not, and of
        totals that somebody typed over."""
        sent = base.keys()
        here = {f"{one.account_id}:{one.product_id}": one for one in self.rows}
        for key, (number, called) in sent.items():
            if key not in here:
                self._problem(
                    number, 0, called, _("This line was sent out and is missing."),
                    _("Put it back, or export again. Nothing was taken over."),
                )  # fmt: skip
        self._totals(base)
        for key, line in here.items():
            if key not in sent:
                self._problem(line.number, 0, key, _("This line was not in the workbook."),
                              _("Take it out; lines cannot be added here."))  # fmt: skip

    def _totals(self, base: _Reader) -> None:
        """Tell of totals that hold a number of their own: what was typed there goes nowhere."""
        if not self.sheet.formulas:
            return  # saved as values: every total is a number then
        was = base.sums()
        for number, row in self.body:
            columns = (*self.columns, self.after) if row[0] == SUM else (self.after,)
            for column in columns if row[0] else ():
                self._total(number, row, column, was.get((_name(row), column)))

    def _walk(self) -> None:
        seen: dict[str, int] = {}
        last = self.after
        for number, row in self.body:
            key = row[0].strip()
            if key == SUM or not any(cell.strip() for cell in row):
                continue
            account, _sign, product = key.partition(":")
            if not (account.isdecimal() and product.isdecimal()):
                self._problem(number, 0, " / ".join(c for c in row[1:5] if c),
                              _("This line was added by hand."),
                              _("Take it out; lines cannot be added here."))  # fmt: skip
                continue
            if key in seen:
                text = _("This line stands here twice; the first time in row %(row)s.")
                self._problem(number, 0, key, text % {"row": seen[key]})
                continue
            seen[key] = number
            amounts = tuple(self._amount(number, row, at) for at in self.columns)
            reason, note = self._words(number, row, last)
            if None not in amounts:
                kept = tuple(one for one in amounts if one is not None)
                self.rows.append(BookRow(number, int(account), int(product), kept, reason, note))
            else:
                self.rows.append(BookRow(number, int(account), int(product), (), reason, note))

    def _amount(self, number: int, row: Row, at: int) -> Decimal | None:
        text = row[at].strip() if at < len(row) else ""
        if f"{column_letter(at)}{number}" in self.sheet.formulas:
            self._problem(number, at, text, _("There is a formula in this cell."),
                          _("Put its result there as a number."))  # fmt: skip
            return None
        if not text:
            self._problem(number, at, "", _("This cell is empty."),
                          _("Type 0 if you mean nothing will be sold."))  # fmt: skip
            return None
        try:
            value = round_half_up(exact(Decimal(text)), PLACES)
        except (Invalid, InvalidOperation):
            self._problem(number, at, text, _("This is no number."),
                          _("Type it without words or units."))  # fmt: skip
            return None
        if value < 0:
            self._problem(number, at, text, _("A forecast cannot be below zero."))
            return None
        if value >= MOST_UNITS:
            self._problem(number, at, text, _("This number is too large to be real."),
                          _("Is it in another unit?"))  # fmt: skip
            return None
        return value

    def _total(self, number: int, row: Row, at: int, wanted: str | None) -> None:
        text = row[at].strip() if at < len(row) else ""
        if not text or wanted is None or f"{column_letter(at)}{number}" in self.sheet.formulas:
            return
        try:
            same = Decimal(text) == Decimal(wanted)
        except InvalidOperation:
            same = False
        if not same:
            self._problem(number, at, text, _("A total was typed over; totals follow the lines."),
                          _("Type it into the lines below, or export again."))  # fmt: skip

    def _words(self, number: int, row: Row, last: int) -> tuple[str, str]:
        for at in (last + 2, last + 3):
            if f"{column_letter(at)}{number}" in self.sheet.formulas:
                self._problem(number, at, "", _("There is a formula in this cell."))
                return "", ""
        said = row[last + 2].strip() if len(row) > last + 2 else ""
        note = row[last + 3].strip() if len(row) > last + 3 else ""
        reason = self.reasons.get(said.casefold(), "")
        if said and not reason:
            self._problem(number, last + 2, said, _("This is none of the reasons."),
                          _("Choose one from the list of the cell."))  # fmt: skip
        return reason, note

    def _problem(self, number: int, column: int, there: str, text: str, hint: str = "") -> None:
        place = f"{column_letter(column)}{number}"
        self.problems.append(BookProblem(place, there[:80], text, hint))


def _name(row: Row) -> str:
    return row[1] if row[0] == SUM else row[0]


def reason_words() -> dict[str, str]:
    """Return every way to say a reason, in every language, with its code."""
    found = {one.value: one.value for one in Reason}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {str(word).casefold(): one.value for one, word in REASONS.items()}
    return found


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
