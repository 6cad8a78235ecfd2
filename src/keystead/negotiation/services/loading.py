"""Load a case to write it, and keep it with its row of the trail."""

from __future__ import annotations

from typing import Any

from keystead.accounts.queries import account_to_write
from keystead.governance.rules.approvals import content_hash
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.negotiation import models
from keystead.negotiation.calc.privacy import for_customer
from keystead.negotiation.queries.cases import missing, stored_case, visible_cases


def row_to_write(actor: Actor, negotiation_id: int) -> models.NegotiationRow:
    """Return the locked row if the actor may write terms on its account; in a transaction."""
    actor.require("negotiation.edit")
    row = visible_cases(actor).select_for_update().filter(pk=negotiation_id).first()
    if row is None:
        raise missing()
    account_to_write(actor, row.account_id, name="terms")
    return row


def told(row: models.NegotiationRow) -> dict[str, Any]:
    """Return what the trail keeps of a case: what is open, and a hash of what is ours.

    More people read the trail than may know our limits.
    """
    return {**for_customer(stored_case(row)), "ours_alone": content_hash(row.snapshot())}


def keep(
    actor: Actor,
    row: models.NegotiationRow,
    action: str,
    old: dict[str, Any] | None,
    expected: int | None = None,
) -> None:
    """Save a case under its version and write the one row of the trail."""
    row.save_checked(actor, expected)
    audit.record(
        actor=actor,
        action=f"negotiation.{action}",
        subject=("negotiation", row.pk),
        old=old,
        new=told(row),
        account_id=row.account_id,
    )


def tell(actor: Actor, row: models.NegotiationRow, action: str, new: dict[str, Any]) -> None:
    """Write the one row of the trail of something that hangs on a case."""
    audit.record(
        actor=actor,
        action=f"negotiation.{action}",
        subject=("negotiation", row.pk),
        new=new,
        account_id=row.account_id,
    )
