"""Repeated lines: found and shown. A person decides, because real invoices repeat lines."""

from __future__ import annotations

import dataclasses

import pyarrow as pa
import pyarrow.compute as pc

from keystead.ledger.rules.distinct import repeated
from keystead.ledger.types.fields import DatasetDef


@dataclasses.dataclass(frozen=True)
class Repeats:
    """``extra`` = positions of rows that repeat an earlier one; ``groups`` = how many lines
    occur more than once; ``examples`` = positions of a few whole groups."""

    extra: pa.Int64Array
    groups: int
    examples: tuple[tuple[int, ...], ...] = ()

    @property
    def rows(self) -> int:
        return len(self.extra)


def same_lines(source: pa.Table) -> Repeats:
    """Return the rows of a file that repeat an earlier row in every column.

    ``source``: one row per line of the file, the columns as they came (place columns like
    source_row left out by the caller).

    >>> same_lines(pa.table({"a": ["1", "1", "2"], "b": ["x", "x", "x"]})).extra.to_pylist()
    [1]
    """
    return _repeats(source.columns)


def same_key(dataset: DatasetDef, clean: pa.Table) -> Repeats:
    """Return the rows equal to an earlier one in all fields of the dataset's duplicate key.

    ``clean``: one row per line, columns named as stored; fields of the key that the file does
    not have are left out. With no field of the key at all nothing is a repeat.
    """
    names = [dataset.field(name).stored_as or name for name in dataset.duplicate_key]
    return _repeats([clean[name] for name in names if name in clean.column_names])


def _repeats(columns: list[pa.ChunkedArray]) -> Repeats:
    positions, groups = repeated(columns)
    if not len(positions):
        return Repeats(pa.array([], pa.int64()), 0)
    # Groups are numbered by their first row, so a first row is where the maximum grows.
    firsts = pc.index_in(pc.unique(groups), groups).cast(pa.int64())
    mask = pc.invert(pc.is_in(_row_numbers(len(groups)), firsts))
    count = len(firsts)
    shown = pc.less(groups, 5)
    pairs = zip(groups.filter(shown).to_pylist(), positions.filter(shown).to_pylist(), strict=True)
    found: dict[int, list[int]] = {}
    for group, position in pairs:
        found.setdefault(group, []).append(position)
    examples = tuple(tuple(rows[:5]) for rows in found.values())
    return Repeats(positions.filter(mask), count, examples)


def _row_numbers(count: int) -> pa.Int64Array:
    return pa.array(range(count), pa.int64())
