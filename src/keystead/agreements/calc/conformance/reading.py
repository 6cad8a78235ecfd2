"""Reads what the worked examples write: decimal strings and tiers; rounds at the very end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from keystead.agreements.calc.tiers import Table
from keystead.agreements.types import Boundary, Method, RateKind, Tier
from keystead.kernel.exact import exact, round_half_up

RATE_KINDS = {"fixed_amount": RateKind.FIXED}


def number(value: Any) -> Decimal:
    return exact(value)


def cents(value: Decimal) -> Decimal:
    return round_half_up(value, 2)


def tiers(rows: Sequence[Mapping[str, Any]]) -> tuple[Tier, ...]:
    return tuple(Tier(number(row["lower"]), number(row["rate"])) for row in rows)


def table(given: Mapping[str, Any], rows: str = "tiers", method: str = "") -> Table:
    kind = given.get("rate_kind", "percent")
    return Table(
        tiers(given[rows]),
        Method(method or given["method"]),
        RATE_KINDS.get(kind) or RateKind(kind),
        Boundary(given.get("boundary", "gte")),
    )
