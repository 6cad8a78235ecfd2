"""Parts that several pages of the room show: who may write, tabs, words for figures."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from keystead.accounts.queries import may_write, people_for_team
from keystead.kit.access import Actor
from keystead.kit.ui.tables import Cell
from keystead.planning.queries.measuring import metrics_by_id
from keystead.planning.queries.words import PLAN_STATES, PLAN_TONES, STANDING_TONES, STANDINGS
from keystead.planning.types.plans import Measured, PlanHead


def may_edit(actor: Actor, account_id: int) -> bool:
    """Say whether the actor may write the plans of an account."""
    return actor.can("planning.edit") and may_write(actor, account_id, name="plan")


def page_of(plan_id: int) -> str:
    return reverse("planning:plan", args=[plan_id])


def people(actor: Actor, *known: tuple[int | None, str]) -> list[tuple[int, str]]:
    """Return whom a form offers: colleagues, and those who are named already."""
    found = dict(people_for_team(actor))
    if actor.user_id is not None:
        found.setdefault(actor.user_id, actor.name)
    for pk, name in known:
        if pk is not None:
            found.setdefault(pk, name)
    return sorted(found.items(), key=lambda one: one[1])


@dataclasses.dataclass(frozen=True)
class Amount:
    """A value as a ``figure`` column draws it: in its own short form, with its proof."""

    value: Decimal | None
    unit: str
    measure: str
    proof_id: str = ""
    note: str = ""

    @property
    def currency(self) -> str:
        return self.measure if self.unit == "money" else ""


def target_of(measured: Measured, plan: PlanHead) -> Amount:
    """Return the target of an objective in the unit of its metric; money is that of the plan."""
    unit = _unit(measured)
    measure = plan.currency if unit == "money" else measured.measure
    return Amount(measured.objective.target, unit, measure)


def value_of(measured: Measured) -> Amount:
    """Return where an objective stands, with the proof."""
    note = _("Your role does not show this metric.") if measured.hidden else measured.note
    return Amount(measured.value, _unit(measured), measured.measure, measured.proof_id, note)


def _unit(measured: Measured) -> str:
    metric = metrics_by_id().get(measured.objective.metric)
    return str(metric.unit) if metric is not None else ""


def standing_cell(measured: Measured) -> Cell:
    """Return the word for how an objective stands."""
    word = measured.standing.value
    return Cell(str(STANDINGS[word]), tone=STANDING_TONES.get(word, ""))


def frame(request: HttpRequest, actor: Actor, plan: PlanHead, here: str) -> dict[str, Any]:
    """Return what every page of a plan shows around its own part."""
    pages = (
        ("plan", _("Plan")),
        ("actions", _("Actions")),
        ("years", _("Over the years")),
        ("versions", _("Versions")),
    )
    tabs = [
        (reverse(f"planning:{name}", args=[plan.id]), label, name == here) for name, label in pages
    ]
    return {
        "plan": plan,
        "tabs": tabs,
        "state": PLAN_STATES[plan.state.value],
        "tone": PLAN_TONES[plan.state.value],
        "writes": may_edit(actor, plan.account_id),
    }
