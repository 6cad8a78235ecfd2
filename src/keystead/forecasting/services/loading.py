"""What every write begins and ends with: the door, the row, one line in the trail."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from keystead.accounts.queries import restrict
from keystead.forecasting import models
from keystead.forecasting.queries.cycles import cycle_row
from keystead.forecasting.rules.cycles import may_follow
from keystead.forecasting.types.cycle import CycleState, Layer
from keystead.kernel.errors import Conflict, NotAllowed
from keystead.kit import audit
from keystead.kit.access import Actor


def row_to_write(actor: Actor, cycle_id: int, capability: str) -> models.CycleRow:
    """Return the locked cycle if the actor holds the capability and sees the cycle."""
    actor.require("forecasting.view")
    row = cycle_row(actor, cycle_id, lock=True)
    actor.require(capability)
    return row


def keep(
    actor: Actor,
    row: models.CycleRow,
    action: str,
    old: dict[str, Any] | None,
    *,
    expected: int | None = None,
    why: str = "",
) -> None:
    """Save the cycle under its version and write the one row of the trail."""
    row.save_checked(actor, expected)
    tell(actor, row, action, old, row.snapshot(), why=why)


def tell(
    actor: Actor,
    row: models.CycleRow,
    action: str,
    old: dict[str, Any] | None,
    new: dict[str, Any] | None,
    *,
    why: str = "",
    account_id: int | None = None,
) -> None:
    """Write one row of the trail about a cycle."""
    audit.record(
        actor=actor, action=f"forecast.{action}", subject=("forecast", row.pk), old=old, new=new,
        why=why, account_id=account_id,
    )  # fmt: skip


def step(row: models.CycleRow, following: CycleState) -> None:
    """Move a cycle on; Conflict where it may not go there."""
    if not may_follow(CycleState(row.state), following):
        raise Conflict(_("The cycle stands elsewhere by now. Open it again."), code="state")
    row.state = following.value


def require_accounts(actor: Actor, layer: Layer, accounts: set[int]) -> None:
    """Raise NotAllowed unless the actor may write the layer on every one of the accounts."""
    right = "r" if layer is Layer.FINANCE else "w"
    if actor.scope_of("forecast", right) == "A":
        return
    rows = restrict(
        models.RunSeries.objects.filter(account_id__in=accounts), actor,
        account="account_id", name="forecast", right=right,
    )  # fmt: skip
    if accounts - set(rows.values_list("account_id", flat=True).distinct()):
        raise NotAllowed(
            _("You may read a part of this, not change it."),
            code="read_only",
            hint=_("Write below, at your own accounts."),
        )
