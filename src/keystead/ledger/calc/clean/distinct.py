"""Cleaning once per distinct value: a million rows hold few different dates, codes, prices."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

Column: TypeAlias = pa.Array | pa.ChunkedArray

# Full-width signs to plain ones, and every kind of blank to a blank.
FOLD: dict[int, int | None] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
FOLD |= dict.fromkeys([0x3000, 0x00A0, 0x2007, 0x2009, 0x202F, 0x2002, 0x2003], 0x20)
FOLD |= dict.fromkeys([0xFEFF, 0x200B, 0x200C, 0x200D, 0x2060, 0x00AD], None)
FOLD |= {0x2212: 0x2D, 0xFE63: 0x2D, 0x3002: 0x2E, 0xFFE5: 0xA5, 0xFFE1: 0xA3}
NOTHING = frozenset({"", "-", "--", "—", "–", "/", "\\"})  # how people write "no value"


@dataclasses.dataclass(frozen=True)
class Cleaned:
    """Values (null where blank or unreadable), reasons (null where fine), counted notices.

    Texts come as a dictionary array, whose dictionary holds each once.
    Unpacks as ``values, reasons``.
    """

    values: pa.Array
    reasons: pa.Array
    notices: tuple[tuple[str, int], ...] = ()

    def __iter__(self) -> Any:
        return iter((self.values, self.reasons))

    @property
    def problems(self) -> pa.Array:
        """True where a filled value could not be read."""
        return pc.is_valid(self.reasons)

    def counts(self) -> dict[str, int]:
        """Return how often each reason occurs."""
        found = pc.value_counts(self.reasons.drop_null()).to_pylist()
        return {one["values"]: one["counts"] for one in found}


@dataclasses.dataclass(frozen=True)
class Distinct:
    """A column as its distinct values and where each row finds its own."""

    values: pa.Array
    places: pa.Array

    def spread(
        self, values: pa.Array, reasons: pa.Array | None, notices: dict[str, pa.Array]
    ) -> Cleaned:
        """Give each row the cleaned form of its value; ``notices`` are masks over the values."""
        rows = len(self.places)
        counted = []
        for code, mask in notices.items():
            times = pc.sum(mask.take(self.places)).as_py() or 0
            if times:
                counted.append((code, int(times)))
        return Cleaned(
            self._spread(values),
            pa.nulls(rows, pa.string()) if reasons is None else reasons.take(self.places),
            tuple(counted),
        )

    def _spread(self, values: pa.Array) -> pa.Array:
        """Texts stay what they are here, few of them and a place per row; numbers are laid out."""
        if not pa.types.is_string(values.type):
            return values.take(self.places)
        few = values.dictionary_encode()
        return pa.DictionaryArray.from_arrays(few.indices.take(self.places), few.dictionary)


def distinct(column: Column) -> Distinct:
    """Return the distinct values of a text column."""
    if isinstance(column, pa.ChunkedArray):
        if pa.types.is_dictionary(column.type):
            column = column.unify_dictionaries()
        column = column.combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = pa.concat_arrays(column.chunks)
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    return Distinct(column.dictionary.cast(pa.string()), column.indices)


def by_hand(
    values: pa.Array, read: Callable[[str], tuple[Any, str | None, str]], kind: pa.DataType
) -> tuple[pa.Array, pa.Array, dict[str, pa.Array]]:
    """Read each value in Python: (value, reason or None, notice or "") for each text."""
    found = [(None, None, "") if text is None else read(text) for text in values.to_pylist()]
    notices = {
        code: pa.array([one[2] == code for one in found], pa.bool_())
        for code in {one[2] for one in found if one[2]}
    }
    return (
        pa.array([one[0] for one in found], kind),
        pa.array([one[1] for one in found], pa.string()),
        notices,
    )


def patched(base: pa.Array, mask: pa.Array, piece: pa.Array) -> pa.Array:
    """Return ``base`` with ``piece`` written where ``mask`` is true, in order."""
    return pc.replace_with_mask(base, mask, piece)
