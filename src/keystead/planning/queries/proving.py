"""Answers for the figures of a plan in documents: then from the trail, and now.

What an objective stands at is a figure of its metric; here is what people wrote: targets, money of
budgets, risks and initiatives, and the day an action is due.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext

from keystead.kernel.standing import Standing, Worth
from keystead.kit.access import Actor
from keystead.kit.audit import states_then
from keystead.kit.proven import Kept, State, amount_of, percent_of, record_proof, record_standings
from keystead.kit.provers import Prover
from keystead.planning import models
from keystead.planning.queries.door import visible, visible_plans
from keystead.planning.queries.measuring import metrics_by_id, readable

OBJECTIVE, INITIATIVE = "plan_objective", "plan_initiative"
CLAIM, ACTION = "plan_claim", "plan_action"
SUBJECTS: Final = {
    OBJECTIVE: "plan.objective", INITIATIVE: "plan.initiative", CLAIM: "plan.claim",
    ACTION: "plan.action",
}  # fmt: skip
BUDGETS: Final = {(CLAIM, "amount"), (INITIATIVE, "cost"), (INITIATIVE, "effect")}


def plan_proof(kind: str, key: int, figure: str, seq: int | None = None) -> str:
    """Return the proof id of a figure of a line or action of a plan.

    Of an objective ``target`` or ``baseline``, of an initiative ``cost`` or ``effect``, of a
    statement ``amount`` or ``likelihood_pct``, of an action ``due_on``.
    """
    return record_proof(kind, key, figure, seq)


def day_worth(value: date | str | None) -> Worth:
    """Return a day as a number: its year, month and day as one.

    >>> day_worth("2026-12-18").value
    Decimal('20261218')
    """
    digits = str(value or "").replace("-", "")
    return Worth(Decimal(digits)) if digits else Worth(None, "", "no_data")


def prover_of(kind: str) -> Prover:
    """Return who answers for the ids of a kind."""

    def prove(actor: Actor, ids: Sequence[str]) -> dict[str, Standing]:
        reader = _Reader(actor, kind)
        return record_standings(
            kind, ids, reader.look, reader.read, _words(kind), subject=SUBJECTS[kind]
        )

    return prove


PROVERS: Final = {kind: prover_of(kind) for kind in SUBJECTS}


def _words(kind: str) -> dict[str, str]:
    return {
        OBJECTIVE: {
            "target": gettext("Target of the objective"),
            "baseline": gettext("Start of the objective"),
        },
        INITIATIVE: {
            "cost": gettext("Cost of the initiative"),
            "effect": gettext("Expected effect of the initiative"),
        },
        CLAIM: {
            "amount": gettext("Amount in the plan"),
            "likelihood_pct": gettext("Likelihood of the risk"),
        },
        ACTION: {"due_on": gettext("Day an action is due")},
    }[kind]


class _Reader:
    """The lines of one kind that an actor may read, and their figures at a moment."""

    def __init__(self, actor: Actor, kind: str) -> None:
        self.actor, self.kind = actor, kind
        self.plans: dict[str, State] = {}
        self._currencies: dict[int | None, dict[str, str]] = {}

    def look(self, keys: frozenset[int]) -> Iterator[Kept]:
        if self.kind == ACTION:
            yield from self._actions(keys)
            return
        model: Any = _MODELS[self.kind]
        rows = model.objects.filter(pk__in=keys, plan__in=visible_plans(self.actor).order_by())
        for row in rows.select_related("plan__account"):
            self.plans[str(row.plan_id)] = row.plan.snapshot()
            yield Kept(
                key=row.pk, state=row.snapshot(), label=str(row), account_id=row.plan.account_id,
                at=reverse("planning:plan", args=[row.plan_id]),
                detail=f"{row.plan.account.name} {row.plan.year}",
            )  # fmt: skip

    def _actions(self, keys: frozenset[int]) -> Iterator[Kept]:
        rows = models.ActionRow.objects.filter(pk__in=keys).select_related("account")
        for row in visible(rows, self.actor):
            at = (
                reverse("planning:actions", args=[row.plan_id])
                if row.plan_id
                else f"{reverse('web:account', args=[row.account_id])}?tab=plan"
            )
            yield Kept(key=row.pk, state=row.snapshot(), label=row.title, at=at,
                       account_id=row.account_id, detail=row.account.name)  # fmt: skip

    def read(
        self, _record: Kept, state: State, figure: str, seq: int | None
    ) -> tuple[Worth, str] | None:
        if (self.kind, figure) in BUDGETS and not self.actor.can("planning.budgets"):
            return None
        if self.kind == OBJECTIVE:
            return self._objective(state, figure, seq)
        if figure == "due_on":
            return day_worth(state.get(figure)), "day"
        if figure.endswith("_pct"):
            return percent_of(state, figure), "percent"
        return self._money(state, figure, seq), "money"

    def _objective(self, state: State, figure: str, seq: int | None) -> tuple[Worth, str] | None:
        metric = metrics_by_id().get(str(state.get("metric")))
        if metric is None or not readable(self.actor, metric.id):
            return None
        unit = str(metric.unit)
        found = percent_of(state, figure) if unit != "money" else self._money(state, figure, seq)
        return found, unit

    def _money(self, state: State, figure: str, seq: int | None) -> Worth:
        currency = self._currency_at(seq).get(str(state["plan"]), "")
        return amount_of({figure: state.get(figure), "currency": currency}, figure)

    def _currency_at(self, seq: int | None) -> dict[str, str]:
        """Return the currencies of the plans at a moment: a draft may change its own."""
        if seq not in self._currencies:
            held = self.plans if seq is None else states_then("plan.plan", self.plans, seq)
            self._currencies[seq] = {key: str(one["currency"]) for key, one in held.items()}
        return self._currencies[seq]


_MODELS: Final[dict[str, type[Model]]] = {
    OBJECTIVE: models.ObjectiveRow, INITIATIVE: models.InitiativeRow, CLAIM: models.ClaimRow,
}  # fmt: skip
