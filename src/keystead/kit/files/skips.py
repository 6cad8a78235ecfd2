"""Which rows of a batch are not data, by a stated rule, found without walking every row.

Only rows that lack a value which rows usually have, that carry a label of totals in their first
columns, or that repeat the header are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from keystead.kit.files import styles, table

_LOOKED_AT = 2_000
_LABEL_COLUMNS = 6


def rules(
    columns: Sequence[pa.Array], layout: table.Layout, keys: Sequence[int], *, first: bool
) -> dict[int, str]:
    """Return the rule that takes out each such row, by its place in the batch.

    ``keys`` are the columns that rows usually fill; ``first``: the batch begins the sheet.
    """
    length = len(columns[0]) if columns else 0
    found: dict[int, str] = {}
    if first:
        for at in range(min(layout.first, length)):
            found[at] = "header" if at in layout.header else "title"
    for at in _sparse(columns, keys):
        if at not in found and (rule := _rule_of(_cells(columns, at))):
            found[at] = rule
    for at in _labelled(columns):
        if at not in found and table.is_total(_cells(columns, at), sparse=False):
            found[at] = "total"
    for at in _header_again(columns, layout):
        found.setdefault(at, "repeated_header")
    return found


def judge_tail(columns: Sequence[pa.Array], found: dict[int, str], keys: Sequence[int]) -> None:
    """Take out lines of text below the table: one filled cell where rows have three or more."""
    length = len(columns[0])
    if len(keys) < 3:
        return
    for at in range(length - 1, max(-1, length - 1 - table.TAIL_ROWS), -1):
        if found.get(at) in ("blank", "total", "note"):
            continue
        cells = [cell for cell in _cells(columns, at) if cell.strip()]
        if at in found or len(cells) != 1 or styles.decimal_of(cells[0]):
            return
        found[at] = "note"


def _cells(columns: Sequence[pa.Array], at: int) -> list[str]:
    return [column[at].as_py() for column in columns]


def _sparse(columns: Sequence[pa.Array], keys: Sequence[int]) -> list[int]:
    """Return rows that may be blank or a total: a column filled elsewhere is blank here."""
    empty = [pc.equal(pc.binary_length(columns[at]), 0) for at in keys or range(len(columns))]
    if not empty:
        return []
    blank = reduce(pc.or_ if keys else pc.and_, empty)
    if not pc.any(blank).as_py():
        return []
    places = pc.indices_nonzero(blank)
    if len(places) > _LOOKED_AT:
        places = _likely(columns, places)
    return list(places.to_pylist())


def _likely(columns: Sequence[pa.Array], places: pa.Array) -> pa.Array:
    """Of many sparse rows keep the wholly blank ones and those with a label of a total."""
    wanted = length = None
    for at, column in enumerate(columns):
        part = column.take(places)
        size = pc.binary_length(pc.utf8_trim_whitespace(part))
        length = size if length is None else pc.add(length, size)
        if at < _LABEL_COLUMNS:
            hit = pc.match_substring_regex(part, table.TOTAL_LOOSE)
            wanted = hit if wanted is None else pc.or_(wanted, hit)
    return places.filter(pc.or_(wanted, pc.equal(length, 0)))


def _rule_of(cells: Sequence[str]) -> str | None:
    if not any(cell.strip() for cell in cells):
        return "blank"
    return "total" if table.is_total(cells, sparse=True) else None


def _labelled(columns: Sequence[pa.Array]) -> list[int]:
    labels = pa.array(table.TOTAL_LABELS)
    found: set[int] = set()
    for column in columns[:2]:
        hits = pc.is_in(column, value_set=labels)
        if pc.any(hits).as_py():
            found |= set(pc.indices_nonzero(hits).to_pylist())
    return sorted(found)


def _header_again(columns: Sequence[pa.Array], layout: table.Layout) -> list[int]:
    """Return rows that repeat the header, as printed pages do."""
    named = [at for at, name in enumerate(layout.names) if name][:3]
    if not layout.header or len(named) < 2:
        return []
    same = None
    for at in named:
        equal = pc.equal(columns[at], layout.names[at])
        same = equal if same is None else pc.and_(same, equal)
    return list(pc.indices_nonzero(same).to_pylist()) if pc.any(same).as_py() else []
