"""Small worlds for the tests: lines in a table, terms with few words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from keystead.agreements.calc.measures import Inputs
from keystead.agreements.calc.volumes import Volumes
from keystead.agreements.types import AgreementVersion, Condition, Family, Tier
from keystead.kernel.periods import Period

D = Decimal
YEAR = Period.parse("2026")
END = date(2026, 12, 31)
MONEY = pa.decimal128(18, 4)
COLUMNS = {
    "account_id": pa.int64(),
    "product_id": pa.int64(),
    "month": pa.date32(),
    "quantity": MONEY,
    "value": MONEY,
    "gross_value": MONEY,
    "is_return": pa.bool_(),
    "channel": pa.string(),
}


def line(month: int, value: Any, **more: Any) -> dict[str, Any]:
    """Return one line of account 1, product 1, in a month of 2026; a unit is worth 10."""
    amount = D(str(value))
    return {
        "account_id": 1,
        "product_id": 1,
        "month": date(2026, month, 1),
        "quantity": amount / 10,
        "value": amount,
        "gross_value": amount,
        "is_return": amount < 0,
        "channel": "online",
        **more,
    }


def volumes(lines: Iterable[dict[str, Any]], **more: Any) -> Volumes:
    schema = pa.schema(list(COLUMNS.items()))
    return Volumes.from_arrow(pa.Table.from_pylist(list(lines), schema=schema), **more)


def inputs(lines: Iterable[dict[str, Any]], **more: Any) -> Inputs:
    return Inputs(volumes(lines), more.pop("accounts", frozenset({1})), **more)


def tiers(*pairs: Any) -> tuple[Tier, ...]:
    return tuple(Tier(D(str(lower)), D(str(rate))) for lower, rate in pairs)


def rebate(key: str = "v", **more: Any) -> Condition:
    more.setdefault("tiers", tiers((0, 1), (1000, 3)))
    return Condition(key, more.pop("family", Family.VOLUME_REBATE), **more)


def version(*conditions: Condition, **more: Any) -> AgreementVersion:
    return AgreementVersion(
        1, more.pop("number", 1), more.pop("effective", YEAR), more.pop("currency", "EUR"),
        tuple(conditions), **more,
    )  # fmt: skip


def amounts(lines: Sequence[Any]) -> list[str]:
    return [f"{found.amount.amount:f}" for found in lines]
