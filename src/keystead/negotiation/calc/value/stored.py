"""The value story as plain JSON, written and read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from keystead.negotiation.types.value import Article, Confirmation, Factor, LineKind, ValueLine

Body = dict[str, Any]


def lines_written(lines: Iterable[ValueLine]) -> list[Body]:
    """Return lines as plain JSON, as ``lines_read`` reads them."""
    return [
        {
            "key": one.key, "kind": one.kind.value, "name": one.name, "driver": one.driver,
            "source": one.source, "owner": one.owner, "shown": one.shown,
            "factors": [_factor_written(factor) for factor in one.factors],
            "confirmed": None if one.confirmed is None else {
                "who": one.confirmed.who, "on": one.confirmed.on.isoformat(),
                "evidence": one.confirmed.evidence, "by": one.confirmed.by_name,
            },
        }
        for one in lines
    ]  # fmt: skip


def lines_read(rows: Iterable[Mapping[str, Any]]) -> tuple[ValueLine, ...]:
    return tuple(
        ValueLine(
            row["key"], LineKind(row["kind"]), row["name"],
            tuple(_factor_read(one) for one in row["factors"]),
            row["driver"], row["source"], row["owner"], row["shown"],
            _confirmed(row["confirmed"]),
        )
        for row in rows
    )  # fmt: skip


def articles_written(articles: Iterable[Article]) -> list[list[Any]]:
    return [[one.doi, one.year, f"{one.fee:f}", one.group] for one in articles]


def articles_read(rows: Iterable[Any]) -> tuple[Article, ...]:
    return tuple(Article(doi, year, Decimal(fee), group) for doi, year, fee, group in rows)


def _factor_written(one: Factor) -> Body:
    return {
        "name": one.name, "value": f"{one.value:f}", "low": _text(one.low),
        "high": _text(one.high), "unit": one.unit, "divides": one.divides, "metric": one.metric,
        "proof": one.proof,
    }  # fmt: skip


def _factor_read(row: Mapping[str, Any]) -> Factor:
    return Factor(
        row["name"], Decimal(row["value"]), _number(row["low"]), _number(row["high"]),
        row["unit"], row["divides"], row["metric"], row["proof"],
    )  # fmt: skip


def _confirmed(row: Mapping[str, Any] | None) -> Confirmation | None:
    if row is None:
        return None
    return Confirmation(row["who"], date.fromisoformat(row["on"]), row["evidence"], row["by"])


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
