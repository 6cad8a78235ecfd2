"""Small, exact facts and batches for tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from keystead.kit.access import SYSTEM, Actor
from keystead.kit.files import duck
from keystead.ledger import queries, services
from keystead.ledger.models import Batch
from keystead.ledger.types import BatchState, Counts, Mode, SegmentRead, dataset_def

JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


def sell_in(*lines: tuple[int, date, int, str], currency: str = "CNY") -> pa.Table:
    """Return invoice lines from (account, date, quantity, value)."""
    rows = [
        {
            "sheet": "Sheet1",
            "source_row": place + 2,
            "account_id": account,
            "product_id": 7,
            "date": day,
            "doc_no": f"D{place}",
            "quantity": Decimal(quantity),
            "unit": "pack",
            "value": Decimal(value),
            "currency": currency,
            "is_return": quantity < 0,
        }
        for place, (account, day, quantity, value) in enumerate(lines)
    ]
    wanted = dataset_def("sell_in").schema
    names = list(rows[0]) if rows else ["sheet", "source_row", "account_id", "date"]
    return pa.Table.from_pylist(rows, schema=pa.schema([wanted.field(name) for name in names]))


def new_batch(actor: Actor = SYSTEM, dataset: str = "sell_in", **fields: Any) -> Batch:
    """Store a batch that is ready to be posted."""
    row = Batch(**{"dataset": dataset, "source": "erp", "state": BatchState.READY} | fields)
    row.save_checked(actor)
    return row


def post(
    *lines: tuple[int, date, int, str],
    actor: Actor = SYSTEM,
    source: str = "erp",
    mode: Mode = Mode.REPLACE,
    waiting: int = 0,
    months: Iterable[date] = (),
    **fields: Any,
) -> int:
    """Post invoice lines as a batch and return its id."""
    row = new_batch(actor, source=source, **fields)
    counts = Counts(rows_in=len(lines) + waiting, posted=len(lines), waiting=waiting)
    services.post_rows(
        actor=actor,
        batch_id=row.pk,
        tables=[sell_in(*lines)],
        counts=counts,
        mode=mode,
        months=months,
    )
    return row.pk


def rows_of(reads: Sequence[SegmentRead], columns: str = "account_id, value") -> list[tuple]:
    """Return the rows that a reader of these segments sees, sorted."""
    found: list[tuple] = []
    for read in reads:
        with duck.session() as session:
            where = ""
            if read.pairs is not None:
                pairs = ", ".join(f"({b}, date '{m}')" for b, m in read.pairs)
                where = f"where (batch_id, month) in ({pairs})"
            found += session.rows(
                f"select {columns} from read_parquet('{read.path}') {where}"  # noqa: S608
            )
    return sorted(found)


def seen(commit: int | None = None, dataset: str = "sell_in") -> list[tuple[int, str]]:
    """Return (account, value) of every row that counts at a commit."""
    found = queries.slice_set(dataset, commit=commit)
    rows = rows_of(found.reads)
    assert found.rows == len(rows)
    return [(account, f"{value.normalize():f}") for account, value in rows]
