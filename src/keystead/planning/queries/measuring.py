"""Where the objectives of plans stand today: their figures, live, with proofs."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from django.utils import timezone

from keystead.accounts.queries import descendants, family_ids
from keystead.kernel.errors import Invalid, NotAllowed, NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.metrics.calc.definitions import ALL, needs_of
from keystead.metrics.queries import Reading, data_until, evaluate, reading
from keystead.metrics.types import Additivity, Direction, Figure, MetricDef
from keystead.planning.calc.progress import cap_pct, expected_pct, progress_pct, standing
from keystead.planning.types.plans import Measured, Objective, PlanHead, Standing


@cache
def metrics_by_id() -> Mapping[str, MetricDef]:
    """Return the metrics an objective may be bound to: none that reads resale prices (R-01)."""
    return {metric.id: metric for metric in ALL if not metric.resale_price}


def readable(actor: Actor, metric_id: str) -> bool:
    """Say whether the actor may read a metric."""
    metric = metrics_by_id().get(metric_id)
    needs = needs_of(metric) if metric is not None else frozenset()
    return metric is not None and all(actor.can(need) for need in needs)


def accounts_of_plan(actor: Actor, account_id: int) -> list[int]:
    """Return the account and all below it that the actor sees: what a plan speaks of."""
    return sorted({account_id, *descendants(account_id, actor=actor)})


def measured(
    actor: Actor,
    plan: PlanHead,
    objectives: Iterable[Objective],
    *,
    today: date | None = None,
    as_of: Reading | None = None,
) -> dict[int, Measured]:
    """Return where each objective of a plan stands, by its id.

    One question to the facts for each set of filters. A metric the actor may not read is hidden
    with its target. The year runs to the last day that has data.
    """
    today = today or timezone.localdate()
    wanted = list(objectives)
    found = {one.id: _in_words(one) for one in wanted if not one.metric}
    bound = [one for one in wanted if one.metric]
    for one in bound:
        if not readable(actor, one.metric):
            found[one.id] = hidden(one)
    groups: dict[tuple[tuple[str, tuple[str, ...]], ...], list[Objective]] = defaultdict(list)
    for one in bound:
        if one.id not in found:
            groups[tuple(sorted(one.filters.items()))].append(one)
    if groups:
        within = as_of or reading(actor)
        span, day = span_of(plan.year, today)
        for filters, group in groups.items():
            figures = _figures(actor, plan, dict(filters), group, span, within)
            for one in group:
                figure = figures.get(one.metric)
                found[one.id] = hidden(one) if figure is None else _stands(one, figure, plan, day)
    return found


def span_of(year: int, today: date) -> tuple[Period, date]:
    """Return the days of a year that have data, and the day up to which they reach."""
    whole = Period.year(year)
    last = min(data_until() or today, today)
    if last < whole.start:
        return whole, last
    return Period(whole.start, min(whole.end, last + timedelta(days=1))), last


def hidden(one: Objective) -> Measured:
    """Return an objective whose figures the reader may not see."""
    bare = dataclasses.replace(one, target=None, baseline=None)
    return Measured(objective=bare, hidden=True)


def _figures(
    actor: Actor,
    plan: PlanHead,
    filters: Mapping[str, tuple[str, ...]],
    group: list[Objective],
    span: Period,
    within: Reading,
) -> dict[str, Figure]:
    names = list(dict.fromkeys(one.metric for one in group))
    heads = accounts_of_plan(actor, family_ids(plan.account_id)[0])
    asked = {**{name: list(values) for name, values in filters.items()}, "account": heads}
    try:
        seen = evaluate(
            actor=actor, metrics=names, period=span, filters=asked, currency=plan.currency,
            as_of=within,
        )  # fmt: skip
    except (NotAllowed, NotFound):
        return {}
    except Invalid:  # a filter that the metric knows no longer, or no rate to the currency
        return {name: figure for name in names
                if (figure := _alone(actor, name, span, asked, within)) is not None}  # fmt: skip
    return {name: seen.figure(name) for name in names}


def _alone(
    actor: Actor, name: str, span: Period, asked: Mapping[str, object], within: Reading
) -> Figure | None:
    try:
        return evaluate(
            actor=actor, metrics=[name], period=span, filters=asked, as_of=within
        ).figure(name)
    except (NotAllowed, NotFound, Invalid):
        return None


def _in_words(one: Objective) -> Measured:
    return Measured(objective=one, standing=one.standing)


def _stands(one: Objective, figure: Figure, plan: PlanHead, day: date) -> Measured:
    metric = metrics_by_id()[one.metric]
    builds_up = metric.additivity is Additivity.ADDITIVE
    value = None if figure.value is None else Decimal(str(figure.value))
    until = Period.year(plan.year).end
    if one.due_on is not None and one.due_on.year == plan.year:
        until = one.due_on + timedelta(days=1)
    expected = expected_pct(
        Period(date(plan.year, 1, 1), until), day + timedelta(days=1), grows=builds_up
    )
    low = metric.direction is Direction.DOWN and one.baseline is None
    if low:
        progress = cap_pct(value, one.target, builds_up=builds_up)
    else:
        progress = progress_pct(value, one.target, one.baseline)
    told = standing(progress, expected, limit=low and builds_up)
    foreign = figure.currency and figure.currency != plan.currency
    return Measured(
        objective=one, value=value, measure=figure.measure, unit=str(figure.unit),
        proof_id=figure.proof_id, note=figure.note.value,
        progress_pct=None if foreign else progress, expected_pct=expected,
        standing=Standing.UNKNOWN if foreign else told,
    )  # fmt: skip
