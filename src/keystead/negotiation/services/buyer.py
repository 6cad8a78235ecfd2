"""Keep the buyer's calculation of a case: what they and we assume, titles or alternatives."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from keystead.governance.rules.approvals import content_hash
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.negotiation import models
from keystead.negotiation.calc.plans.stored import plain
from keystead.negotiation.calc.written.buying import buyer_answer
from keystead.negotiation.queries.buyer import stored_model
from keystead.negotiation.services.loading import row_to_write
from keystead.negotiation.types.plans import BuyerModel


def keep_buyer_model(
    *, actor: Actor, negotiation_id: int, expected_version: int | None, body: dict[str, Any]
) -> BuyerModel:
    """Write the calculation as ``keystead negotiate buyer`` reads it; it must work out.

    It is ours alone: needs ``negotiation.private`` too. The trail keeps a hash of it.
    """
    actor.require("negotiation.private")
    made = plain(body)
    buyer_answer(made)
    with transaction.atomic():
        case = row_to_write(actor, negotiation_id)
        row = models.BuyerModelRow.objects.select_for_update().filter(case=case).first()
        old = None if row is None else {"ours_alone": content_hash(row.body)}
        row = row or models.BuyerModelRow(case=case)
        row.body = made
        row.save_checked(actor, expected_version)
        audit.record(
            actor=actor,
            action="negotiation.buyer",
            subject=("negotiation", case.pk),
            old=old,
            new={"ours_alone": content_hash(row.body)},
            account_id=case.account_id,
        )
    return stored_model(row)
