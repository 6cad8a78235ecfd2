"""From metrics to readings: the figures of many accounts on one KPI set, in few questions."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from keystead.accounts.types import Account
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import Actor
from keystead.metrics.calc.definitions import needs_of
from keystead.metrics.queries import evaluate
from keystead.metrics.types import Evaluation, Figure
from keystead.scorecards import models
from keystead.scorecards.calc.score import raised, typed_target
from keystead.scorecards.queries.sets import metrics_by_id
from keystead.scorecards.rules import DATASET_TARGETS
from keystead.scorecards.types import (
    KpiSet,
    LineDef,
    Missing,
    Number,
    Reading,
    TargetSource,
    plain,
)

Evaluate = Callable[..., Evaluation]
Trend = tuple[tuple[date, Decimal | None], ...]
TREND_MONTHS = 13
EMPTY = Number(None)
TINY, MOST = Decimal("1e-12"), 1e15


@dataclasses.dataclass(frozen=True)
class LineReading:
    """A reading with everything a card shows beside it."""

    reading: Reading
    actual: Number
    target: Number
    last_year: Number
    own_target: bool


@dataclasses.dataclass(frozen=True)
class Figures:
    """What metrics say of one account on one set over one period: numbers by metric."""

    period: Period
    commit: int
    actual: Mapping[str, Number]
    last_year: Mapping[str, Number]
    trend: Mapping[str, Trend]
    allowed: frozenset[str]

    def as_data(self) -> dict[str, Any]:
        """Return the figures as JSON-able values, to be kept for the next reader."""
        return {
            "actual": {name: number.as_dict() for name, number in self.actual.items()},
            "last_year": {name: number.as_dict() for name, number in self.last_year.items()},
            "trend": {
                name: [[day.isoformat(), plain(value)] for day, value in values]
                for name, values in self.trend.items()
            },
        }


def figures_from(
    data: Mapping[str, Any], period: Period, commit: int, allowed: frozenset[str]
) -> Figures:
    """Return kept figures, cut down to the metrics that the reader may see."""

    def numbers(part: str) -> dict[str, Number]:
        return {
            name: Number(_exact(one["value"]), one["measure"], one["proof"], one["note"])
            for name, one in data[part].items()
            if name in allowed or name in DATASET_TARGETS.values()
        }

    trend = {
        name: tuple((date.fromisoformat(day), _exact(value)) for day, value in values)
        for name, values in data["trend"].items()
        if name in allowed
    }
    return Figures(period, commit, numbers("actual"), numbers("last_year"), trend, allowed)


def figures_for(
    actor: Actor,
    kpi_set: KpiSet,
    accounts: Sequence[Account],
    period: Period,
    *,
    evaluate: Evaluate = evaluate,
) -> dict[int, Figures]:
    """Ask metrics for the figures of accounts that share a currency: three questions in all.

    Metrics the actor may not read, or that are not in the catalogue, are left out. One account
    is filtered; for several the whole scope is read, which is cheaper than naming each.
    """
    allowed = readable(actor, kpi_set)
    names = tuple(line.metric for line in kpi_set.lines if line.metric in allowed)
    if not names:
        return {one.id: Figures(period, 0, {}, {}, {}, allowed) for one in accounts}
    targets = {
        DATASET_TARGETS[line.metric]
        for line in kpi_set.lines
        if line.target_source is TargetSource.DATASET and line.metric in DATASET_TARGETS
    }
    every = (*names, *sorted(targets - set(names)))
    asked: dict[str, Any] = {
        "actor": actor,
        "filters": {"account": accounts[0].id} if len(accounts) == 1 else None,
        "currency": accounts[0].currency or None,
    }
    by, months = ("account",), _trend_span(period)
    now = evaluate(metrics=every, by=by, period=period, **asked)
    before = evaluate(metrics=names, by=by, period=period.shift_years(-1), **asked)
    monthly = evaluate(metrics=names, by=("account", "month"), period=months, **asked)
    trends = _trends(monthly, names, months)
    return {
        one.id: Figures(
            period,
            now.commit,
            {name: number_of(now.figure(name, account=one.id)) for name in every},
            {name: number_of(before.figure(name, account=one.id)) for name in names},
            {name: trends(name, one.id) for name in names},
            allowed,
        )
        for one in accounts
    }


def _trend_span(period: Period) -> Period:
    """Return the last months of the period that are over; one under way would look like a fall.

    >>> str(_trend_span(Period.parse("2026-01-01..2026-11-18")))
    '2025-10..2026-10'
    """
    over = month_start(period.end)
    return Period(add_months(over, -TREND_MONTHS), over)


def _trends(found: Evaluation, names: Sequence[str], span: Period) -> Callable[[str, int], Trend]:
    """Return the look-up of the thirteen months of a metric and account."""
    accounts = found.table.column("account").to_pylist()
    keys = list(zip(accounts, found.table.column("month").to_pylist(), strict=True))
    held = {
        name: dict(zip(keys, found.table.column(name).to_pylist(), strict=True)) for name in names
    }

    def trend(name: str, account_id: int) -> Trend:
        values = held[name]
        return tuple(
            (day, exact_value(values.get((account_id, day)))) for day in span.month_starts()
        )

    return trend


def readable(actor: Actor, kpi_set: KpiSet) -> frozenset[str]:
    """Return the metrics of the set that exist and that the actor may read."""
    known = metrics_by_id()
    return frozenset(
        line.metric
        for line in kpi_set.lines
        if line.metric in known and all(actor.can(need) for need in needs_of(known[line.metric]))
    )


def read_line(line: LineDef, figures: Figures, note: models.AccountLine | None) -> LineReading:
    """Return the reading of one line of one account; the reason when it has no value."""
    metric = metrics_by_id().get(line.metric)
    if metric is None or line.metric not in figures.allowed:
        missing = Missing.HIDDEN if metric else Missing.UNKNOWN
        return LineReading(Reading(line, None, missing=missing), EMPTY, EMPTY, EMPTY, False)
    actual = figures.actual.get(line.metric, EMPTY)
    last_year = figures.last_year.get(line.metric, EMPTY)
    target, high, own = _target(line, figures, last_year, note)
    missing = Missing.NONE
    if actual.value is not None and target.value is not None:
        missing = _measures(actual, target)
    target = dataclasses.replace(target, measure=target.measure or actual.measure)
    reading = Reading(line, actual.value, target.value, high, missing)
    return LineReading(reading, actual, target, last_year, own)


def number_of(figure: Figure) -> Number:
    """Return a figure as an exact number; a ratio keeps twelve decimals."""
    return Number(exact_value(figure.value), figure.measure, figure.proof_id, figure.note.value)


def exact_value(value: Decimal | float | int | None) -> Decimal | None:
    """Return the value as an exact number, a ratio at twelve decimals; None if it is none."""
    if not isinstance(value, float):
        return None if value is None else Decimal(value)
    return Decimal(repr(value)).quantize(TINY) if abs(value) < MOST else None


def notes_for(
    account_ids: Sequence[int], kpi_set: KpiSet
) -> Mapping[tuple[int, int], models.AccountLine]:
    """Return what the accounts say to the lines of a set, by account and line."""
    rows = models.AccountLine.objects.filter(
        account_id__in=account_ids, line_id__in=[line.id for line in kpi_set.lines]
    ).select_related("owner")
    return {(row.account_id, row.line_id): row for row in rows}


def _target(
    line: LineDef,
    figures: Figures,
    last_year: Number,
    note: models.AccountLine | None,
) -> tuple[Number, Decimal | None, bool]:
    if line.target_source is TargetSource.TYPED:
        own = note is not None and note.target is not None
        low, high = (note.target, note.target_high) if own and note else (
            line.target, line.target_high
        )  # fmt: skip
        return _typed(line, low, figures.period), _typed(line, high, figures.period).value, own
    if line.target_source is TargetSource.DATASET and line.metric in DATASET_TARGETS:
        return figures.actual.get(DATASET_TARGETS[line.metric], EMPTY), None, False
    if line.target_source is TargetSource.LAST_YEAR and last_year.value is not None:
        value = raised(last_year.value, line.uplift_pct)
        return dataclasses.replace(last_year, value=value), None, False
    return EMPTY, None, False


def _typed(line: LineDef, value: Decimal | None, period: Period) -> Number:
    if value is None:
        return EMPTY
    return Number(typed_target(value, line.target_per, period))


def _measures(actual: Number, target: Number) -> Missing:
    if actual.measure and target.measure and actual.measure != target.measure:
        return Missing.MEASURE
    return Missing.NONE


def _exact(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
