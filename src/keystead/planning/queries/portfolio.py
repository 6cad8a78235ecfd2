"""All plans at a glance for those who lead: state, completeness, what is stale, progress, next."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from keystead.kit.access import Actor
from keystead.metrics.queries import evaluate, reading
from keystead.metrics.types import Figure
from keystead.planning import models
from keystead.planning.calc.progress import together
from keystead.planning.queries.door import visible_plans
from keystead.planning.queries.measuring import accounts_of_plan, measured, span_of
from keystead.planning.queries.plans import for_reader
from keystead.planning.queries.stored import as_plans
from keystead.planning.rules.completeness import completeness
from keystead.planning.types.plans import Action, Completeness, Plan


@dataclasses.dataclass(frozen=True)
class Line:
    """One plan of the portfolio; ``sales``: sell-in of the year so far, with its proof."""

    plan: Plan
    complete: Completeness
    stale: int
    progress_pct: Decimal | None
    measured: int
    next: Action | None
    late: int
    sales: Figure | None


def years_of(actor: Actor) -> tuple[int, ...]:
    """Return the years that have plans the actor may read, the newest first."""
    rows = visible_plans(actor).order_by("-year").values_list("year", flat=True)
    return tuple(dict.fromkeys(rows))


def plans_in(
    actor: Actor, *, year: int | None = None, state: str = "", search: str = ""
) -> QuerySet[models.PlanRow]:
    """Return the stored plans of a year, by name, for a pager."""
    actor.require("planning.view")
    rows = visible_plans(actor)
    if year is not None:
        rows = rows.filter(year=year)
    if state:
        rows = rows.filter(state=state)
    if words := search.strip():
        rows = rows.filter(account__name__icontains=words)
    return rows.order_by("account__name", "-year", "id")


def portfolio(
    actor: Actor, rows: Sequence[models.PlanRow], *, today: date | None = None
) -> tuple[Line, ...]:
    """Return the lines of stored plans, those with the most money first, by currency."""
    today = today or timezone.localdate()
    within = reading(actor) if actor.can("metrics.view") else None
    found = []
    for stored in as_plans(rows):
        plan = for_reader(actor, stored)
        stands = measured(actor, plan, plan.objectives, today=today, as_of=within)
        ways = [one.progress_pct for one in stands.values() if one.objective.metric]
        alive = [one for one in plan.actions if one.open]
        sales = None
        if within is not None:
            span, _last = span_of(plan.year, today)
            sales = evaluate(
                actor=actor, metrics=["sell_in"], period=span, currency=plan.currency,
                filters={"account": accounts_of_plan(actor, plan.account_id)}, as_of=within,
            ).figure("sell_in")  # fmt: skip
        found.append(Line(
            plan=plan, complete=completeness(plan, today),
            stale=sum(one.stale(today) for one in plan.lines), progress_pct=together(ways),
            measured=sum(one is not None for one in ways), sales=sales,
            next=min(alive, key=lambda one: (one.due_on or date.max, one.id), default=None),
            late=sum(one.late(today) for one in alive),
        ))  # fmt: skip
    return tuple(sorted(found, key=_by_money))


def _by_money(one: Line) -> tuple[str, Decimal, str]:
    value = one.sales.value if one.sales is not None else None
    return one.plan.currency, -Decimal(str(value or 0)), one.plan.account_name
