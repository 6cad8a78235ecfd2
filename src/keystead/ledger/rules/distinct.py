"""Rows that are equal in some columns, found with one number per row instead of whole rows.

Each column becomes whole numbers below a known bound (its *codes*). Codes of several columns make
one number as long as their bounds multiply to less than 63 bits; only then are they counted and
numbered anew. So most files need one pass over the few columns that tell their rows apart.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

_LOOK = 20_000
_MOST = 2**62
_SPAN = 2**40  # whole numbers spread wider than this are numbered instead of shifted
_DIGITS = 18  # a decimal of so many digits fits into 64 bits


@dataclasses.dataclass(frozen=True)
class Codes:
    """One whole number per row, from 0 to below ``bound``; equal numbers are equal values."""

    values: pa.Int64Array
    bound: int


def group_ids(columns: Sequence[pa.ChunkedArray]) -> tuple[pa.Int64Array, int]:
    """Return for each row the number of its group, and how many groups there are.

    Rows are in one group when they are equal in all columns; two nulls are equal. Groups are
    numbered 0, 1, 2... by their first row. No columns or no rows: no groups. A dictionary array
    holds each value once in its dictionary.

    >>> group_ids([pa.chunked_array([["a", "b", "a", None]])])[0].to_pylist()
    [0, 1, 0, 2]
    """
    if not columns or not len(columns[0]):
        return pa.array([], pa.int64()), 0
    found = _codes(columns[0])
    for column in columns[1:]:
        found = _joined(found, _codes(column))
    found = _numbered(found.values)
    return found.values, found.bound


def repeated(columns: Sequence[pa.ChunkedArray]) -> tuple[pa.Int64Array, pa.Int64Array]:
    """Return the positions of rows that have an equal row, and the group of each.

    Positions are in row order; the first row of a group is among them. The columns that tell
    most rows apart in the fewest bits go first and rows without a partner leave at once, so that
    a million rows with few repeats cost little more than one pass over one column.
    """
    none = pa.array([], pa.int64())
    if not columns or not len(columns[0]):
        return none, none
    left = sorted(columns, key=lambda column: (not _is_narrow(column.type), -_variety(column)))
    positions: pa.Array | None = None
    ids = Codes(pa.repeat(pa.scalar(0, pa.int64()), len(left[0])), 1)
    while left:
        ids = _joined(ids, _codes(_at(left.pop(0), positions)))
        while left:
            further = _codes(_at(left[0], positions))
            if ids.bound * further.bound >= _MOST:
                break
            ids = _joined(ids, further)
            left.pop(0)
        groups = _numbered(ids.values)
        if groups.bound == len(groups.values):
            return none, none
        partner = _shared(groups)
        kept = pc.indices_nonzero(partner).cast(pa.int64())
        positions = kept if positions is None else positions.take(kept)
        ids = Codes(groups.values.filter(partner), groups.bound)
    return positions, _numbered(ids.values).values


def _at(column: pa.ChunkedArray, positions: pa.Array | None) -> pa.ChunkedArray | pa.Array:
    return column if positions is None else column.take(positions)


def _joined(one: Codes, other: Codes) -> Codes:
    """Return one number for each pair of numbers."""
    if one.bound * other.bound >= _MOST:
        one = _numbered(one.values)
    if one.bound * other.bound >= _MOST:
        other = _numbered(other.values)
    both = pc.add(pc.multiply(one.values, pa.scalar(other.bound, pa.int64())), other.values)
    return Codes(both, one.bound * other.bound)


def _shared(groups: Codes) -> pa.BooleanArray:
    """Say of each row whether another one has its number; numbers are by first appearance."""
    counts = pc.value_counts(groups.values).field("counts")
    return pc.greater(counts.take(groups.values), 1)


def _codes(column: pa.ChunkedArray | pa.Array) -> Codes:
    whole = _whole(column)
    if pa.types.is_dictionary(whole.type):
        if whole.dictionary.null_count:
            return _numbered(whole.dictionary_decode())
        return _filled(whole.indices.cast(pa.int64()), len(whole.dictionary))
    if pa.types.is_decimal128(whole.type) and whole.type.precision <= _DIGITS:
        return _shifted(_unscaled(whole))
    if pa.types.is_date32(whole.type):
        whole = whole.cast(pa.int32())
    if pa.types.is_integer(whole.type) and not pa.types.is_uint64(whole.type):
        return _shifted(whole.cast(pa.int64()))
    return _numbered(whole)


def _shifted(numbers: pa.Int64Array) -> Codes:
    """Return whole numbers counted from the least of them, where they lie close together."""
    span = pc.min_max(numbers)
    least, most = span["min"].as_py(), span["max"].as_py()
    if least is None:
        return Codes(pa.repeat(pa.scalar(0, pa.int64()), len(numbers)), 1)
    if most - least >= _SPAN:
        return _numbered(numbers)
    return _filled(pc.subtract(numbers, pa.scalar(least, pa.int64())), most - least + 1)


def _unscaled(decimals: pa.Decimal128Array) -> pa.Int64Array:
    """Return decimals of the same scale as whole numbers: the lower half of their 128 bits."""
    halves = pa.Array.from_buffers(
        pa.int64(), 2 * len(decimals), [None, decimals.buffers()[1]], offset=2 * decimals.offset
    )
    lower = pc.list_element(pa.FixedSizeListArray.from_arrays(halves, 2), 0)
    if not decimals.null_count:
        return lower
    return pc.if_else(pc.is_valid(decimals), lower, pa.scalar(None, pa.int64()))


def _filled(numbers: pa.Int64Array, bound: int) -> Codes:
    """Give null a number of its own."""
    if not numbers.null_count:
        return Codes(numbers, bound)
    return Codes(pc.fill_null(numbers, bound), bound + 1)


def _numbered(values: pa.Array) -> Codes:
    """Return numbers by first appearance; null is a value."""
    encoded = values.dictionary_encode(null_encoding="encode")
    return Codes(encoded.indices.cast(pa.int64()), len(encoded.dictionary))


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    if not isinstance(column, pa.ChunkedArray):
        return column
    if column.num_chunks == 1:
        return column.chunk(0)
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    whole = column.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # pragma: no cover - pyarrow may keep no chunk apart
        whole = pa.concat_arrays(whole.chunks)
    return whole


def _is_narrow(kind: pa.DataType) -> bool:
    """Say whether codes of the type are dense: ids, days and dictionaries, unlike amounts."""
    return bool(
        pa.types.is_dictionary(kind) or pa.types.is_integer(kind) or pa.types.is_date32(kind)
    )


def _variety(column: pa.ChunkedArray) -> int:
    head = column.slice(0, _LOOK)
    if pa.types.is_dictionary(head.type):
        head = _whole(head).indices
    return int(pc.count_distinct(head, mode="all").as_py())
