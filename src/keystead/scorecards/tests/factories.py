"""A stand-in for the metrics room: figures from a table, with proofs that name their cell."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from keystead.accounts import services as accounts
from keystead.accounts.queries import accounts_for
from keystead.accounts.types import Account
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.calc.definitions import metric_def
from keystead.metrics.calc.time import build_buckets
from keystead.metrics.types import Evaluation, Unit

PERIOD = Period.parse("2026-01..2026-06")
CODES: Mapping[Unit, str] = {Unit.MONEY: "CNY", Unit.QUANTITY: "pack"}


def account(actor: Actor = SYSTEM, code: str = "JD", **values: str) -> Account:
    """Store a trade account in yuan, owned by the actor."""
    given = {
        "name": f"Account {code}", "kind": "platform", "segment": "trade", "currency": "CNY",
        **values,
    }  # fmt: skip
    return accounts.create_account(actor=actor, code=code, **given)


def shared_with(one: Account, *actors: Actor) -> Account:
    """Put the actors on the team of the account."""
    for actor in actors:
        accounts.assign_team(actor=SYSTEM, account_id=one.id, user_id=actor.user_id or 0)
    return one


@dataclasses.dataclass
class World:
    """Answers like ``metrics.queries.evaluate``: ``figures[metric, year]`` for every account.

    A value may be a pair (value, measure). ``asked`` lists the questions.
    """

    figures: dict[tuple[str, int], Any]
    commit: int = 7
    asked: list[dict[str, Any]] = dataclasses.field(default_factory=list)

    def __call__(self, **question: Any) -> Evaluation:
        self.asked.append(question)
        metrics = tuple(metric_def(name) for name in question["metrics"])
        by, period = question["by"], question["period"]
        chosen = (question.get("filters") or {}).get("account")
        ids = [chosen] if chosen else [one.id for one in accounts_for(SYSTEM)]
        buckets = build_buckets(period, [name for name in by if name == "month"])
        rows = [
            {"account": one, "month": bucket.labels.get("month"), "year": bucket.period.last.year}
            for one in ids
            for bucket in buckets
        ]
        columns: dict[str, list[Any]] = {
            name: [row[name] for row in rows] for name in ("account", "month") if name in by
        }
        for metric in metrics:
            found = [self._cell(metric.id, metric.unit, row["year"]) for row in rows]
            columns[metric.id] = [value for value, _ in found]
            columns[f"{metric.id}_unit"] = [measure for _, measure in found]
            columns[f"{metric.id}_note"] = [
                "" if value is not None else "no_data" for value, _ in found
            ]

        def prove(metric: Any, dims: Mapping[str, Any], span: Period) -> str:
            place = "~".join(f"{name}{dims[name]}" for name in sorted(dims))
            return f"{metric.id}.{metric.version}~c{self.commit}~{span}~{place}"

        return Evaluation(
            table=pa.table(columns), metrics=metrics, by=by, period=period, commit=self.commit,
            currency=question.get("currency") or "", buckets=buckets, prove=prove,
        )  # fmt: skip

    def _cell(self, metric: str, unit: Unit, year: int) -> tuple[Any, str]:
        value = self.figures.get((metric, year))
        value, measure = value if isinstance(value, tuple) else (value, CODES.get(unit, ""))
        if value is None:
            return None, ""
        money = unit in (Unit.MONEY, Unit.QUANTITY)
        return (Decimal(value) if money else float(value)), measure


def world(**changes: Any) -> World:
    """Return figures of a good half-year of a trade account; ``sell_in_2026=...`` changes one."""
    figures: dict[tuple[str, int], Any] = {
        ("sell_in", 2026): 970_000, ("sell_in", 2025): 900_000, ("target", 2026): 1_000_000,
        ("sell_in_growth", 2026): 7.7777777, ("sell_in_growth", 2025): 3,
        ("off_take", 2026): 1_060_000, ("off_take", 2025): 1_000_000,
        ("stock_days", 2026): 60, ("stock_days", 2025): 40,
        ("listing_continuity", 2026): 12, ("listing_continuity", 2025): 12,
        ("numeric_distribution", 2026): 60, ("numeric_distribution", 2025): 55,
        ("trade_rate", 2026): 15, ("trade_rate", 2025): 14,
        ("returns", 2026): -12_000, ("returns", 2025): -9_000,
        ("sell_in_units", 2026): 1, ("off_take_units", 2026): 1,
    }  # fmt: skip
    for name, value in changes.items():
        metric, year = name.rsplit("_", 1)
        figures[metric, int(year)] = value
    return World(figures)


def month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")
