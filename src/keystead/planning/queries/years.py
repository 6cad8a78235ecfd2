"""Targets and actuals of an account's measured objectives over the years."""

from __future__ import annotations

import dataclasses
from datetime import date

from django.utils import timezone

from keystead.kit.access import Actor
from keystead.metrics.queries import reading
from keystead.planning.queries.door import visible_plans
from keystead.planning.queries.measuring import measured
from keystead.planning.queries.plans import for_reader, plans_of
from keystead.planning.queries.stored import as_plans
from keystead.planning.types.plans import Measured

Series = dict[int, Measured]


@dataclasses.dataclass(frozen=True)
class OverYears:
    """A metric with its filters over the years of the plans: year -> where it stood."""

    metric: str
    filters: tuple[tuple[str, tuple[str, ...]], ...]
    title: str
    years: Series


def over_years(
    actor: Actor, account_id: int, *, today: date | None = None
) -> tuple[tuple[int, ...], tuple[OverYears, ...]]:
    """Return the years that have a plan, and each measured objective over them.

    Objectives of the same metric and filters are one line, named as in the newest plan.
    """
    heads = plans_of(actor, account_id)
    rows = visible_plans(actor).filter(pk__in=[one.id for one in heads]).order_by("-year")
    within = reading(actor) if actor.can("metrics.view") else None
    lines: dict[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], OverYears] = {}
    years = []
    for plan in as_plans(rows):
        years.append(plan.year)
        bound = [one for one in for_reader(actor, plan).objectives if one.metric]
        stands = measured(actor, plan, bound, today=today or timezone.localdate(), as_of=within)
        for one in bound:
            key = (one.metric, tuple(sorted(one.filters.items())))
            line = lines.setdefault(key, OverYears(*key, one.title, {}))
            line.years.setdefault(plan.year, stands[one.id])
    return tuple(sorted(set(years))), tuple(lines.values())
