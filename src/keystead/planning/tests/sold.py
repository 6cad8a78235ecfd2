"""Sell-in for the tests of the room, posted to the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pyarrow as pa

from keystead.kit.access import SYSTEM
from keystead.ledger.services import post_facts
from keystead.ledger.types import dataset_def

Line = tuple[int, int | None, date, int]


def sell_in(lines: Sequence[Line], *, currency: str = "EUR", lineage: str = "p") -> None:
    """Post invoice lines: (account, product or None, day, value), one pack each."""
    schema = dataset_def("sell_in").schema
    names = [name for name in schema.names if name not in {"batch_id", "sheet", "source_row"}]
    rows = [
        {
            "account_id": account_id, "product_id": product_id, "date": day,
            "month": day.replace(day=1), "quantity": Decimal(1), "unit": "pack",
            "value": Decimal(value), "currency": currency, "is_return": value < 0,
            "doc_no": f"D{number}",
        }
        for number, (account_id, product_id, day, value) in enumerate(lines, 1)
    ]  # fmt: skip
    table = pa.Table.from_pylist(
        [{name: row.get(name) for name in names} for row in rows],
        schema=pa.schema([schema.field(name) for name in names]),
    )
    post_facts(actor=SYSTEM, dataset="sell_in", source="erp", table=table, lineage=lineage)
