"""Small worlds of facts as Arrow tables, with the dimension tables the compiler joins."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from keystead.ledger.types import DATASETS, dataset_def

Row = dict[str, Any]

ACCOUNT_DIM = pa.schema(
    [("account_id", pa.int64()), ("account", pa.int64()), ("parent", pa.int64()),
     ("root", pa.int64())]
    + [(name, pa.string()) for name in ("kind", "segment", "territory", "channel", "country")]
)  # fmt: skip
PRODUCT_DIM = pa.schema(
    [("product_id", pa.int64()), ("product", pa.int64())]
    + [(name, pa.string()) for name in ("brand", "category", "product_kind")]
)
BATCH_DIM = pa.schema([("batch_id", pa.int32()), ("source", pa.string())])
RATE_DIM = pa.schema(
    [("currency", pa.string()), ("month", pa.date32()), ("rate", pa.decimal128(30, 12))]
)


@dataclasses.dataclass(frozen=True)
class World:
    """Tables by name: every dataset (maybe empty) and the four dimension tables."""

    tables: Mapping[str, pa.Table]

    def rows(self, dataset: str) -> list[Row]:
        return self.tables[dataset].to_pylist()


def money(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.0001"))


def facts(dataset: str, rows: Sequence[Row]) -> pa.Table:
    """Return rows as the dataset's table; lineage, month and defaults are filled in."""
    schema = dataset_def(dataset).schema
    full = []
    for index, given in enumerate(rows, 1):
        row: Row = {
            "batch_id": 1, "sheet": "", "source_row": index, "is_return": False, "unit": "pack",
            "currency": "CNY", "basis": "paid", "metric": "sell_in", "status": "listed",
            "category": "", "company": "", "is_own": False, "kind": "cogs", "item": "i",
            **given,
        }  # fmt: skip
        row["month"] = row["date"].replace(day=1)
        for field in schema:
            value = row.get(field.name)
            if pa.types.is_decimal(field.type):
                row[field.name] = money(value)
        full.append({name: row.get(name) for name in schema.names})
    return pa.Table.from_pylist(full, schema=schema)


def world(
    accounts: Sequence[Row] = (), products: Sequence[Row] = (), rates: Sequence[Row] = (),
    **datasets: Sequence[Row],
) -> World:  # fmt: skip
    """Return a world; accounts and products not given are made from the rows."""
    seen = sorted({row["account_id"] for rows in datasets.values() for row in rows})
    known = {row["account_id"] for row in accounts}
    blank = {"parent": 0, "kind": "shop", "segment": "", "territory": "", "channel": "",
             "country": ""}  # fmt: skip
    account_rows = [
        {**blank, "account": row["account_id"], "root": row["account_id"], **row}
        for row in (*accounts, *({"account_id": one} for one in seen if one not in known))
    ]
    goods = sorted({row.get("product_id") or 0 for rows in datasets.values() for row in rows} | {0})
    known = {row["product_id"] for row in products}
    product_rows = [
        {"product": row["product_id"], "brand": "", "category": "", "product_kind": "", **row}
        for row in (*products, *({"product_id": one} for one in goods if one not in known))
    ]
    batches = sorted({row.get("batch_id", 1) for rows in datasets.values() for row in rows})
    tables = {one.id: facts(one.id, datasets.get(one.id, ())) for one in DATASETS}
    tables["account_dim"] = pa.Table.from_pylist(account_rows, schema=ACCOUNT_DIM)
    tables["product_dim"] = pa.Table.from_pylist(product_rows, schema=PRODUCT_DIM)
    tables["batch_dim"] = pa.Table.from_pylist(
        [{"batch_id": one, "source": f"source {one}"} for one in batches], schema=BATCH_DIM
    )
    tables["rate_dim"] = pa.Table.from_pylist(list(rates), schema=RATE_DIM)
    return World(tables)


def day(text: str) -> date:
    return date.fromisoformat(text)
