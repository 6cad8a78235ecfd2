"""Where the table is on a sheet: titles above it, its header (one row or two), totals below."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Sequence
from itertools import pairwise

from keystead.kit.files.styles import date_of, decimal_of

HEAD_ROWS = 200
TAIL_ROWS = 30

_PERIOD = re.compile(
    r"^(?:(?:19|20)\d{2}(?:年)?|Q[1-4](?:[ -/]\d{2,4})?|(?:\d{4}[-/ ]?)?Q[1-4]|\d{1,2}月(?:份)?|"
    r"[^\W\d_]{3,9}\.?[-/ ]?(?:\d{2}|\d{4})|[WS]\d{1,2}|\d{4}-W\d{2})$",
    re.I,
)
_BLANK_SPACE = re.compile(r"\s+")
_TOTAL_WORDS = (
    r"(?:本页|本月|本年|本期)?(?:合\s*计|总\s*计|小\s*计|累\s*计|共\s*计|汇\s*总|总\s*和)|"
    r"(?:grand|overall|sub|general)?[\s-]*totals?|sum|somme|sous[\s-]tot(?:al|aux)|totaux|"
    r"total\s+g[ée]n[ée]ral|ensemble"
)
# RE2 (Arrow) and Python read these alike.
TOTAL_EXACT = rf"(?i)^\s*(?:{_TOTAL_WORDS})\s*[:：]?\s*$"
TOTAL_LOOSE = (
    rf"(?i)^\s*(?:{_TOTAL_WORDS})\s*(?:$|[:：(（/\s-].*$)|"
    r"(?:\s(?:sub)?totals?|合计|小计|总计|汇总)\s*[:：]?\s*$"
)
TOTAL_LABELS = tuple(
    label + tail
    for base in ("合计", "总计", "小计", "累计", "共计", "汇总", "Total", "Totals", "Grand total",
                 "Grand Total", "Subtotal", "Sub-total", "Sum", "Somme", "Sous-total",
                 "Total général", "Totaux")
    for label in dict.fromkeys((base, base.lower(), base.upper()))
    for tail in ("", ":", "：")
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Layout:
    """Indexes into the head rows. No header: ``header`` is empty and data begins at ``first``."""

    header: tuple[int, ...]
    first: int
    names: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Merge:
    """A merged range, 0-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int


def recognise(head: Sequence[Sequence[str]], width: int, merges: Sequence[Merge] = ()) -> Layout:
    """Return where header and data are, from the first rows of a sheet.

    The table is the widest region. Its header is its first wide row that reads as names: no
    numbers except periods ("2024", "Q1", 1 to 12) and nothing that looks like the values below.
    """
    rows = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in head]
    filled = [sum(map(bool, row)) for row in rows]
    if not any(filled):
        return Layout((), 0, _names([], width))
    widths = sorted(filled, reverse=True)
    wide = widths[1] if len(widths) > 1 and widths[1] > 1 else widths[0]
    for at, row in enumerate(rows):
        if filled[at] < max(1, 0.6 * wide):
            continue
        if not _reads_as_names(row, rows[at + 1 : at + 12]):
            return Layout((), at, _names([], width))
        header = _with_second_row(rows, at, merges)
        spread = [_spread(rows[index], index, merges, rows, header) for index in header]
        return Layout(header, header[-1] + 1, _names(spread, width))
    return Layout((), 0, _names([], width))


def is_total(cells: Sequence[str], *, sparse: bool) -> bool:
    """Say whether a row is a total row: a label among its first cells, and numbers.

    ``sparse``: a column that is otherwise filled is blank here, so a looser label will do.
    """
    pattern = TOTAL_LOOSE if sparse else TOTAL_EXACT
    labelled = any(re.search(pattern, cell) for cell in cells[:6] if cell.strip())
    return labelled and any(decimal_of(cell) for cell in cells)


def _reads_as_names(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    cells = [(at, cell) for at, cell in enumerate(row) if cell]
    digits = [cell for _, cell in cells if cell.isdigit()]
    counting = _counts_up(digits) or _month_serials(digits)
    pure = 0
    for at, cell in cells:
        number, date = bool(decimal_of(cell)), bool(date_of(cell))
        if not number and not date:
            pure += 1
            continue
        values = [line[at] for line in below if line[at]]
        same = sum(bool(date_of(value)) for value in values) > len(values) / 2
        if date and not number and same:
            return False
        period = bool(_PERIOD.match(cell)) or counting or (date and not same)
        if period and _PERIOD.match(cell) and values and all(_PERIOD.match(v) for v in values):
            return False
        if not period:
            return False
    return pure > 0


def _counts_up(numbers: list[str]) -> bool:
    values = [int(number) for number in numbers]
    return len(values) > 2 and values == list(range(values[0], values[0] + len(values)))


def _month_serials(numbers: list[str]) -> bool:
    """Say whether the numbers are a spreadsheet's day numbers of successive months."""
    values = [int(number) for number in numbers if len(number) == 5]
    steps = {later - earlier for earlier, later in pairwise(values)}
    return len(values) > 1 and len(values) == len(numbers) and steps <= {28, 29, 30, 31}


def _with_second_row(
    rows: Sequence[Sequence[str]], at: int, merges: Sequence[Merge]
) -> tuple[int, ...]:
    """Return the header rows: a row of groups above the names, or of names below the groups."""
    if at > 0 and _groups(rows, at - 1, at, merges):
        return (at - 1, at)
    below = at + 1
    if below + 1 < len(rows) and _groups(rows, at, below, merges):
        return (at, below)
    return (at,)


def _groups(rows: Sequence[Sequence[str]], upper: int, lower: int, merges: Sequence[Merge]) -> bool:
    above, under = rows[upper], rows[lower]
    if sum(map(bool, above)) < 2 or not any(under):
        return False
    if any(decimal_of(cell) and not _PERIOD.match(cell) for cell in (*above, *under) if cell):
        return False
    across = any(m.top == m.bottom == upper and m.right > m.left for m in merges)
    down = any(m.top <= upper and m.bottom == lower and m.left == m.right for m in merges)
    if across or down:
        return True
    named = [cell for cell in under if cell]
    repeats = len(set(named)) < len(named)
    gaps = sum(1 for over, cell in zip(above, under, strict=True) if cell and not over)
    return repeats and gaps > 0


def _spread(
    row: Sequence[str],
    index: int,
    merges: Sequence[Merge],
    rows: Sequence[Sequence[str]],
    header: tuple[int, ...],
) -> list[str]:
    """Return a header row with merged (or visibly grouped) names written in each of its columns."""
    spread = list(row)
    for merge in merges:
        if merge.top <= index <= merge.bottom and merge.top in header:
            label = rows[merge.top][merge.left]
            if merge.top != index:
                continue  # a name merged downwards is said once
            for column in range(merge.left, min(merge.right, len(spread) - 1) + 1):
                spread[column] = spread[column] or label
    if len(header) == 2 and index == header[0] and not merges:
        for column in range(1, len(spread)):
            if not spread[column] and rows[header[1]][column]:
                spread[column] = spread[column - 1]
    return spread


def _names(parts: Sequence[Sequence[str]], width: int) -> tuple[str, ...]:
    serials = bool(parts) and _month_serials([cell for cell in parts[-1] if cell.isdigit()])
    names: list[str] = []
    counts: dict[str, int] = {}
    for column in range(width):
        said: list[str] = []
        for row in parts:
            text = _BLANK_SPACE.sub(" ", row[column]).strip()
            if text and text not in said:
                said.append(text)
        if serials and said and said[-1].isdigit():
            said[-1] = (dt.date(1899, 12, 30) + dt.timedelta(int(said[-1]))).isoformat()
        name = " / ".join(said)
        if name:
            counts[name] = counts.get(name, 0) + 1
            if counts[name] > 1:
                name = f"{name} ({counts[name]})"
        names.append(name)
    return tuple(names)
