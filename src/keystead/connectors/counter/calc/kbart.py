"""KBART Phase II title lists (NISO RP-9-2014): read, written, and what of a title is covered."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from keystead.connectors.counter.types.kbart import COLUMNS, Coverage, KbartList, KbartRow
from keystead.kernel.periods import add_months

_FILE = re.compile(r"^(?P<provider>[^_]+)_(?P<package>.+)_(?P<on>\d{4}-\d{2}-\d{2})$")
_EMBARGO = re.compile(r"([RP])(\d{1,4})([DMY])")


def read_kbart(text: str, name: str = "") -> KbartList:
    """Return the rows of a title list; the columns may stand in any order.

    ``text``: tab-separated, the first line names the columns. ``name``: the file's name, which
    says provider, package and day (Provider_Package_2026-01-31.txt). Empty lines are left out.
    """
    lines = csv.reader(io.StringIO(text, newline=""), delimiter="\t")
    head = [cell.strip().lower().lstrip("\ufeff") for cell in next(lines, [])]
    rows = []
    for cells in lines:
        said = {
            column: cell.strip() for column, cell in zip(head, cells, strict=False) if cell.strip()
        }
        if said:
            rows.append(_row(lines.line_num, said))
    found = _FILE.match(name.rsplit("/", 1)[-1].rsplit(".", 1)[0])
    return KbartList(
        rows=tuple(rows),
        provider=found["provider"] if found else "",
        package=found["package"].replace("_", " ") if found else "",
        as_of=day_said(found["on"]) if found else None,
        unknown_columns=tuple(column for column in head if column not in COLUMNS),
        columns=tuple(head),
    )


def write_kbart(rows: Iterable[Mapping[str, str]]) -> str:
    """Return rows as a title list: every column of Phase II in its order, parted by tabs.

    >>> write_kbart([{"publication_title": "Herons"}]).splitlines()[1].startswith("Herons")
    True
    """
    made = io.StringIO(newline="")
    writer = csv.writer(made, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([" ".join(row.get(column, "").split()) for column in COLUMNS])
    return made.getvalue()


def day_said(text: str, *, last: bool = False) -> date | None:
    """Return the day that a KBART date means: 2019, 2019-05 or 2019-05-31; None for another form.

    ``last``: the last day of the year or month, for the end of a coverage.

    >>> day_said("2019"), day_said("2019-02", last=True), day_said("01/02/2019")
    (datetime.date(2019, 1, 1), datetime.date(2019, 2, 28), None)
    """
    found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text.strip())
    if found is None:
        return None
    year, month, day = found[1], found[2], found[3]
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    if day or not last:
        return first
    return add_months(first, 1 if month else 12) - timedelta(days=1)


def embargo_parts(text: str) -> tuple[tuple[str, int, str], ...] | None:
    """Return the parts of an embargo, None when it has another form; none for an empty one.

    R1Y: only the last year is open. P6M: all but the last six months is open (KBART 6.6.13).

    >>> embargo_parts("R10Y;P6M"), embargo_parts("one year") is None
    ((('R', 10, 'Y'), ('P', 6, 'M')), True)
    """
    if not text.strip():
        return ()
    found = [_EMBARGO.fullmatch(part.strip()) for part in text.split(";")]
    if not all(found):
        return None
    return tuple((one[1], int(one[2]), one[3]) for one in found if one)


def coverage(
    first: date | None, last: date | None, embargo: str, *, on: date, starts: date
) -> Coverage:
    """Return what of a title is open on a day, after its embargo.

    ``starts``: the first day of the contract; what appeared in a year before its year is
    backfile, what appeared in it or later is frontfile.

    >>> found = coverage(date(1990, 1, 1), None, "P1Y", on=date(2026, 7, 1),
    ...                  starts=date(2026, 1, 1))
    >>> found.last, found.backfile, found.frontfile
    (datetime.date(2025, 7, 1), True, False)
    """
    for kind, count, unit in embargo_parts(embargo) or ():
        wall = _before(on, count, unit)
        if kind == "R":
            first = max(first, wall) if first else wall
        else:
            last = min(last, wall) if last else wall
    if first is not None and last is not None and last < first:
        return Coverage(first, last, backfile=False, frontfile=False)
    split = date(starts.year, 1, 1)
    return Coverage(
        first,
        last,
        backfile=first is None or first < split,
        frontfile=last is None or last >= split,
    )


def _before(day: date, count: int, unit: str) -> date:
    if unit == "D":
        return day - timedelta(days=count)
    return add_months(day, -count * (12 if unit == "Y" else 1))


def _row(line: int, said: dict[str, str]) -> KbartRow:
    first = said.get("date_first_issue_online") or said.get("date_monograph_published_online", "")
    return KbartRow(
        line, said, day_said(first), day_said(said.get("date_last_issue_online", ""), last=True)
    )
