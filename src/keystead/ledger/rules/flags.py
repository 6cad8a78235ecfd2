"""What is wrong with which rows, collected column by column."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from keystead.ledger.rules.problems import kind_of

PROBLEMS = pa.schema(
    [
        ("place", pa.int64()),
        ("kind", pa.string()),
        ("field", pa.string()),
        ("text", pa.string()),
    ]
)
_TEXT_KEPT = 200


class Flags:
    """Masks by kind and field, over the rows of one file. Masks without a row cost nothing."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._found: list[tuple[str, str, pa.Array, pa.ChunkedArray | None]] = []
        self._wrong: dict[str, pa.Array] = {}
        self.remarks: list[tuple[str, str, int]] = []

    def add(
        self,
        kind: str,
        field: str,
        mask: pa.Array | pa.ChunkedArray,
        text: pa.ChunkedArray | pa.Array | None,
    ) -> None:
        """Note the rows of a mask; ``text`` are the cells to show."""
        if isinstance(mask, pa.ChunkedArray):
            mask = mask.combine_chunks()
        mask = pc.fill_null(mask, False)
        if not pc.any(mask).as_py():
            return
        self._found.append((kind, field, mask, text))
        if kind_of(kind).stops and field:
            now = self._wrong.get(field)
            self._wrong[field] = mask if now is None else pc.or_(now, mask)

    def remark(self, kind: str, field: str, count: int) -> None:
        """Note how often something happened that needs no list of rows."""
        if count:
            self.remarks.append((kind, field, count))

    def of(self, field: str) -> pa.BooleanArray | None:
        """Return the rows in which a cell of the field stops the row; None = no row."""
        return self._wrong.get(field)

    def stops(self) -> pa.BooleanArray | None:
        """Return the rows that something stops; None = no row."""
        mask = None
        for kind, _field, rows, _text in self._found:
            if kind_of(kind).stops:
                mask = rows if mask is None else pc.or_(mask, rows)
        return mask

    def table(self) -> pa.Table:
        """Return one row per problem: place, kind, field, text of the cell."""
        parts = [self._part(*found) for found in self._found]
        return pa.concat_tables(parts) if parts else PROBLEMS.empty_table()

    def _part(
        self, kind: str, field: str, mask: pa.Array, text: pa.ChunkedArray | pa.Array | None
    ) -> pa.Table:
        places = pc.indices_nonzero(mask).cast(pa.int64())
        count = len(places)
        if text is None:
            shown: pa.Array | pa.ChunkedArray = pa.nulls(count, pa.string())
        else:
            shown = pc.utf8_slice_codeunits(text.take(places).cast(pa.string()), 0, _TEXT_KEPT)
        return pa.table(
            [places, pa.repeat(pa.scalar(kind), count), pa.repeat(pa.scalar(field), count), shown],
            schema=PROBLEMS,
        )
