"""The order of rows in a segment: by account, day and product, as they are read later."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

KEYS = ("account_id", "date", "product_id")  # the month follows from the date
_MOST = 2**62


def in_order(facts: pa.Table) -> pa.Table:
    """Return the rows by account, then day, then product (rows without one first).

    ``facts``: one row per fact with ``account_id``, ``date`` and perhaps ``product_id``. Rows
    equal in all three keep their order. A table that lacks a key or has a null account or date
    comes back as it is: whoever writes it refuses it.

    >>> rows = pa.table({"account_id": [2, 1, 1], "date": pa.array([0, 5, 3], pa.date32())})
    >>> in_order(rows)["account_id"].to_pylist(), in_order(rows)["date"].cast("int32").to_pylist()
    ([1, 1, 2], [3, 5, 0])
    """
    if not facts.num_rows or any(
        name not in facts.column_names or facts[name].null_count for name in KEYS[:2]
    ):
        return facts
    numbers = [facts["account_id"].cast(pa.int64()), _days(facts["date"])]
    if KEYS[2] in facts.column_names:
        product = facts[KEYS[2]].cast(pa.int64())
        numbers.append(pc.fill_null(product, -1))  # ids are above 0, so these come first
    one = _one_number(numbers)
    if one is not None and _rises(one):
        return facts  # one account's report of a month is, and a million rows are not moved
    if one is not None:
        return facts.take(pc.array_sort_indices(one))
    keys = [(str(at), "ascending") for at in range(len(numbers))]
    wide = pa.table({str(at): number for at, number in enumerate(numbers)})
    return facts.take(pc.sort_indices(wide, sort_keys=keys))


def _rises(numbers: pa.Int64Array) -> bool:
    rises = pc.less_equal(numbers.slice(0, len(numbers) - 1), numbers.slice(1))
    return pc.all(rises).as_py() is not False


def _days(dates: pa.ChunkedArray) -> pa.ChunkedArray:
    return dates.cast(pa.date32()).cast(pa.int32()).cast(pa.int64())


def _one_number(numbers: list[pa.ChunkedArray]) -> pa.Int64Array | None:
    """Return one number per row that sorts like all of them; None = it would be too large."""
    found, bound = None, 1
    for column in numbers:
        span = pc.min_max(column)
        least, most = span["min"].as_py(), span["max"].as_py()
        width = most - least + 1
        bound *= width
        if bound >= _MOST:
            return None
        here = pc.subtract(column, pa.scalar(least, pa.int64()))
        if found is not None:
            here = pc.add(pc.multiply(found, pa.scalar(width, pa.int64())), here)
        found = here
    return None if found is None else _whole(found)


def _whole(column: pa.ChunkedArray) -> pa.Int64Array:
    whole = column.combine_chunks()
    return pa.concat_arrays(whole.chunks) if isinstance(whole, pa.ChunkedArray) else whole
