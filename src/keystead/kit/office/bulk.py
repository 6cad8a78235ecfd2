"""Sheets that go out to Excel and come back: one declaration, both ways.

A room declares its sheets (``BulkSheet``: fields, and what to do with a row). ``to_sheet`` writes
one, ``run`` takes the tables of a file back. Headers and words are understood in every language
Keystead speaks, in any order; columns that are left out leave their fields alone, an empty cell
empties its field. Every problem has its cell. All rows go in or none.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from keystead.kernel.errors import KeysteadError, SourceProblem
from keystead.kit.office.sheets import Column, Kind, Sheet, plain_text

FieldKind = Literal["text", "number", "integer", "money", "date", "last_day", "choice", "boolean"]
Outcome = Literal["created", "changed", "unchanged"]
Words = str | Promise
MAX_ROWS = 20_000
HEADER_WITHIN = 20
_TRUE = {"true", "yes", "1", "x", "oui", "vrai", "是", "真"}
_FALSE = {"false", "no", "0", "", "non", "faux", "否", "假"}
_DATE = re.compile(
    r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?)?"
)
_SHEET_KINDS: dict[str, Kind] = {
    "number": "number", "integer": "integer", "money": "money", "date": "date",
    "last_day": "date", "boolean": "boolean",
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Field:
    """One column of a bulk sheet. ``choices`` are (value, word) pairs; both are understood back.

    ``last_day`` holds the first day outside a span and is written as the last day inside.
    """

    key: str
    label: Words
    kind: FieldKind = "text"
    required: bool = False
    choices: tuple[tuple[str, Words], ...] = ()
    note: Words = ""


@dataclasses.dataclass(frozen=True)
class BulkSheet:
    """One sheet: its fields, and ``apply``, which writes one row through a service."""

    key: str
    title: Words
    fields: tuple[Field, ...]
    apply: Callable[[dict[str, Any]], Outcome] | None = None


@dataclasses.dataclass(frozen=True)
class Table:
    """One table of a file as text: (row number a person sees, cells)."""

    name: str
    rows: Sequence[tuple[int, Sequence[str]]]


@dataclasses.dataclass(frozen=True)
class CellProblem:
    """What is wrong at one place of the file, and what to do."""

    sheet: str
    row: int
    column: str
    header: str
    value: str
    message: str
    hint: str = ""

    @property
    def place(self) -> str:
        """The address as a spreadsheet writes it: ``Accounts!C7``."""
        name = f"'{self.sheet}'" if " " in self.sheet else self.sheet
        return f"{name}!{self.column}{self.row}"


@dataclasses.dataclass(frozen=True)
class BulkReport:
    """What a file did, or (``written`` False) would do once its problems are mended."""

    written: bool
    created: int
    changed: int
    unchanged: int
    problems: tuple[CellProblem, ...]
    ignored: tuple[str, ...]  # "Accounts!K: Remark" for each column that is not ours

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values, for ``--json`` and the API."""
        problems = [
            {"cell": item.place, "value": item.value, "message": item.message, "hint": item.hint}
            for item in self.problems
        ]
        return {
            "written": self.written,
            "created": self.created,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "problems": problems,
            "ignored": list(self.ignored),
        }

    def lines(self) -> list[str]:
        """Return the report as lines for a terminal."""
        found = [f"{item.place}: {item.message} {item.hint}".rstrip() for item in self.problems]
        found += [f"Left out: {column}" for column in self.ignored]
        words = f"{self.created} new, {self.changed} changed, {self.unchanged} as before."
        return [*found, words if self.written else f"Nothing written. It would be: {words}"]


def to_sheet(spec: BulkSheet, rows: Iterable[Mapping[str, Any]]) -> Sheet:
    """Return the sheet to write, in the reader's language; ``rows`` are values by field key."""
    words = [{value: str(word) for value, word in field.choices} for field in spec.fields]
    columns = [
        Column(
            str(field.label),
            _SHEET_KINDS.get(field.kind, "text"),
            note=str(field.note),
            choices=tuple(words[place].values()),
        )
        for place, field in enumerate(spec.fields)
    ]
    lines = (
        [_shown(field, words[place], row.get(field.key)) for place, field in enumerate(spec.fields)]
        for row in rows
    )
    return Sheet(str(spec.title), columns, lines)


def run(specs: Sequence[BulkSheet], tables: Sequence[Table], *, dry_run: bool) -> BulkReport:
    """Apply every row of every known table in one transaction, and return what happened.

    Rolled back when there is a problem, or on a dry run; the counts and problems are the same.
    Raises SourceProblem when no table has the headers of any sheet.
    """
    found = [(spec, table) for table in tables if (spec := _spec_for(specs, table)) is not None]
    if not found:
        names = ", ".join(str(spec.title) for spec in specs)
        raise SourceProblem(
            _("No sheet of this file has the columns that are needed."),
            code="bulk_no_sheet",
            hint=_("Start from the template; its sheets are: %(names)s.") % {"names": names},
        )
    run = _Run()
    order = {spec.key: place for place, spec in enumerate(specs)}
    with transaction.atomic():
        for spec, table in sorted(found, key=lambda pair: order[pair[0].key]):
            run.take(spec, table)
        written = not dry_run and not run.problems
        if not written:
            transaction.set_rollback(True)
    return BulkReport(
        written,
        run.counts["created"],
        run.counts["changed"],
        run.counts["unchanged"],
        tuple(run.problems),
        tuple(run.ignored),
    )


class _Run:
    def __init__(self) -> None:
        self.counts: dict[str, int] = {"created": 0, "changed": 0, "unchanged": 0}
        self.problems: list[CellProblem] = []
        self.ignored: list[str] = []

    def take(self, spec: BulkSheet, table: Table) -> None:
        at, places = _header(spec, table)
        names = {field.key: place for place, field in places.items()}
        header_row, header = table.rows[at]
        missing = [field for field in spec.fields if field.required and field.key not in names]
        for field in missing:
            text = _("The column %(name)s is missing.") % {"name": field.label}
            self._add(table, header_row, 0, "", text)
        if missing:
            return
        for place, cell in enumerate(header):
            if place not in places and cell.strip():
                self.ignored.append(f"{table.name}!{letter(place)}: {cell.strip()}")
        rows = [row for row in table.rows[at + 1 :] if any(cell.strip() for cell in row[1])]
        if len(rows) > MAX_ROWS:
            text = _("A sheet may have at most %(count)s rows.") % {"count": MAX_ROWS}
            self._add(table, rows[MAX_ROWS][0], 0, "", text)
            return
        for number, cells in rows:
            self._row(spec, table, places, number, cells)

    def _row(
        self,
        spec: BulkSheet,
        table: Table,
        places: Mapping[int, Field],
        number: int,
        cells: Sequence[str],
    ) -> None:
        values: dict[str, Any] = {}
        before = len(self.problems)
        for place, field in places.items():
            text = plain_text(cells[place]).strip() if place < len(cells) else ""
            try:
                values[field.key] = _parsed(field, text)
            except ValueError as error:
                self._add(table, number, place, text, str(error), header=str(field.label))
        if len(self.problems) > before or spec.apply is None:
            return
        try:
            with transaction.atomic():
                self.counts[spec.apply(values)] += 1
        except KeysteadError as error:
            self._refused(error, table, places, number, cells)

    def _refused(
        self,
        error: KeysteadError,
        table: Table,
        places: Mapping[int, Field],
        number: int,
        cells: Sequence[str],
    ) -> None:
        where = {field.key: place for place, field in places.items()}
        fields = error.data.get("fields") or {error.data.get("field", ""): error.message}
        for key, sentence in fields.items():
            place = where.get(key, 0)
            text = cells[place] if place < len(cells) else ""
            label = str(places[place].label) if place in places else ""
            hint = _(error.hint) if error.hint else ""
            self._add(table, number, place, text, _(sentence), hint=hint, header=label)

    def _add(
        self,
        table: Table,
        row: int,
        place: int,
        value: str,
        message: str,
        hint: str = "",
        header: str = "",
    ) -> None:
        self.problems.append(
            CellProblem(table.name, row, letter(place), header, value[:200], message, hint)
        )


def letter(index: int) -> str:
    """Return the letters above column ``index`` (0-based): A, Z, AA.

    >>> letter(0), letter(26)
    ('A', 'AA')
    """
    text, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def spoken(words: Words) -> set[str]:
    """Return the folded forms of a word in every language Keystead speaks."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.add(_fold(str(words)))
    return found


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("_", " ")
    return " ".join(plain.strip(" *:：\ufeff").split())


def _spec_for(specs: Sequence[BulkSheet], table: Table) -> BulkSheet | None:
    named = [spec for spec in specs if _fold(table.name) in spoken(spec.title) | {spec.key}]
    if named and _hits(named[0], table):
        return named[0]
    score, best = 0, None
    for spec in specs:
        hits = _hits(spec, table)
        if hits > score:
            score, best = hits, spec
    needed = sum(field.required for field in best.fields) if best else 0
    return best if best and score >= needed else None


def _hits(spec: BulkSheet, table: Table) -> int:
    return len(_header(spec, table)[1]) if table.rows else 0


def _header(spec: BulkSheet, table: Table) -> tuple[int, dict[int, Field]]:
    """Return where the header is in ``table.rows`` and which column holds which field."""
    known = {
        word: field for field in spec.fields for word in spoken(field.label) | {_fold(field.key)}
    }
    best: tuple[int, dict[int, Field]] = (0, {})
    for at, (_number, cells) in enumerate(table.rows[:HEADER_WITHIN]):
        places: dict[int, Field] = {}
        for place, cell in enumerate(cells):
            field = known.get(_fold(cell))
            if field is not None and field not in places.values():
                places[place] = field
        if len(places) > len(best[1]):
            best = (at, places)
    return best


def _shown(field: Field, words: Mapping[str, str], value: Any) -> Any:
    if value is None or value == "":
        return None
    if field.choices:
        return words.get(str(value), str(value))
    if field.kind == "last_day":
        return value - timedelta(days=1)
    return value


def _parsed(field: Field, text: str) -> Any:
    if not text:
        if field.required:
            raise ValueError(_("This is needed."))
        return False if field.kind == "boolean" else None if field.kind != "text" else ""
    if field.choices:
        return _choice(field, text)
    if field.kind in ("number", "money", "integer"):
        return _number(text, whole=field.kind == "integer")
    if field.kind in ("date", "last_day"):
        day = _day(text)
        return day + timedelta(days=1) if field.kind == "last_day" else day
    if field.kind == "boolean":
        if _fold(text) in _TRUE | _FALSE:
            return _fold(text) in _TRUE
        raise ValueError(_("Write yes or no."))
    return text


def _choice(field: Field, text: str) -> str:
    for value, word in field.choices:
        if _fold(text) in spoken(word) | {_fold(value)}:
            return value
    words = ", ".join(str(word) for _value, word in field.choices)
    raise ValueError(_("Choose one of: %(choices)s.") % {"choices": words})


def _number(text: str, *, whole: bool) -> Decimal | int:
    plain = unicodedata.normalize("NFKC", text).replace("\u202f", "").replace("\u00a0", "")
    plain = plain.replace(" ", "").replace("'", "")
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    elif re.fullmatch(r"[-+]?\d+,\d{1,2}", plain):
        plain = plain.replace(",", ".")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or (whole and found != found.to_integral_value()):
        raise ValueError(_("This is not a number: write 1234.5."))
    return int(found) if whole else found


def _day(text: str) -> date:
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise ValueError(_("This is not a date: write 2026-01-31."))
