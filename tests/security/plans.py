"""What hangs on an account's plan: a statement, an action, a question; each text has the mark."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from keystead.kit.access import Actor
from keystead.planning import services
from keystead.planning.types.plans import (
    ActionEntry,
    ClaimEntry,
    ClaimKind,
    InitiativeEntry,
    InputEntry,
    ObjectiveEntry,
)
from keystead.planning.types.whitespace import CellEntry


def fill_plans(mark: str, owner: Actor, account_id: int) -> dict[str, Any]:
    """Store a plan with one of everything; return the values of the parameters."""
    today = timezone.localdate()
    plan = services.create_plan(
        actor=owner, account_id=account_id, year=today.year, headline=f"{mark} headline"
    )

    def add(entry: Any) -> Any:
        return services.add_line(actor=owner, plan_id=plan.id, entry=entry)

    claim = add(ClaimEntry(kind=ClaimKind.RISK, text=f"{mark} risk", amount=Decimal(5)))
    add(ObjectiveEntry(title=f"{mark} aim", metric="sell_in", target=Decimal(900)))
    add(InitiativeEntry(title=f"{mark} initiative", exit_test=f"{mark} test"))
    action = services.add_action(
        actor=owner, account_id=account_id, plan_id=plan.id,
        entry=ActionEntry(title=f"{mark} action", due_on=today),
    )  # fmt: skip
    asked = InputEntry(
        question=f"{mark} question", function="Marketing", asked_id=owner.user_id or 0,
        due_on=today + timedelta(days=9),
    )  # fmt: skip
    services.set_cell(
        actor=owner,
        entry=CellEntry(account_id=account_id, brand=f"{mark} brand", potential=Decimal(70)),
    )
    return {
        "account_plan_id": plan.id,
        "line_id": claim.id,
        "action_id": action.id,
        "input_id": services.ask_input(actor=owner, plan_id=plan.id, entry=asked).id,
    }
