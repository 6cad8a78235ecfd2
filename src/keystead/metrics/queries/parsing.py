"""What people type, read: a moment, filters, the last day of the data; and tables to files."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq

from keystead.kernel.errors import Invalid
from keystead.ledger.queries import last_day
from keystead.metrics.queries.wire import flat_rows
from keystead.metrics.types import Evaluation, Proof

SALES = ("sell_in", "flow", "off_take")


def parse_as_of(text: str) -> int | datetime | date | None:
    """Return the commit, moment or day behind what was typed; raises Invalid.

    >>> parse_as_of("c42"), parse_as_of("42"), parse_as_of("2026-06-30")
    (42, 42, datetime.date(2026, 6, 30))
    """
    text = text.strip()
    if not text:
        return None
    if text.removeprefix("c").isdigit():
        return int(text.removeprefix("c"))
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            f"{text[:40]!r} is no commit, day or moment.",
            code="as_of_form",
            hint="Write 42, 2026-06-30 or 2026-06-30T18:00.",
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def parse_filters(parts: Iterable[str]) -> dict[str, list[str]]:
    """Return filters from ``segment=gold`` and ``brand=A,B``; raises Invalid.

    >>> parse_filters(["brand=A,B"])
    {'brand': ['A', 'B']}
    """
    found: dict[str, list[str]] = {}
    for part in parts:
        name, mark, values = part.partition("=")
        if not mark or not values:
            raise Invalid(
                f"{part[:40]!r} is no filter.", code="filter_form", hint="Write brand=Acu,Bio."
            )
        found[name.strip()] = [value.strip() for value in values.split(",")]
    return found


def data_until() -> date | None:
    """Return the last day that sales data tell of; None while there are none."""
    return last_day(SALES)


def parquet_bytes(evaluation: Evaluation, *, with_proof: bool = False) -> bytes:
    """Return the figures as a Parquet file; money stays decimal."""
    table = evaluation.table
    names, rows = flat_rows(evaluation, with_proof=with_proof)
    for at in range(table.num_columns, len(names)):
        table = table.append_column(names[at], pa.array([row[at] for row in rows], pa.string()))
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def account_of_proof(proof: Proof) -> int | None:
    """Return the account a proof is about, where it is about one."""
    ids = proof.account_ids
    return min(ids) if ids is not None and len(ids) == 1 else None
