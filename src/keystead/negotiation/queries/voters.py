"""Who votes in a consortium, with the figures that votes may be weighed by."""

from __future__ import annotations

import dataclasses

from django.utils import timezone

from keystead.accounts.queries import account_for
from keystead.kit.access import Actor
from keystead.negotiation.queries.figures import members_read
from keystead.negotiation.queries.plans import agreed_split_of, fee_plans_of
from keystead.negotiation.types.plans import PlanMember, PlanState


def voters_of(actor: Actor, account_id: int) -> tuple[PlanMember, ...]:
    """Return the members of today with their figures; those of the newest split where it has them.

    The fee of the newest agreed split is one figure more. Members the actor may not see are not
    there.
    """
    actor.require("negotiation.view")
    account = account_for(actor, account_id)
    found = members_read(actor, account, timezone.localdate(), account.currency)
    plans = fee_plans_of(actor, account.id)
    known = {one.account_id: one.figures for one in plans[0].members} if plans else {}
    fees = {}
    agreed = next((one for one in plans if one.state is PlanState.AGREED), None)
    split = agreed_split_of(actor, agreed.id) if agreed else None
    if split is not None:
        fees = {one.account_id: one.fee for one in split.shares}
    return tuple(
        dataclasses.replace(
            one,
            figures={
                **known.get(one.account_id, {}),
                **one.figures,
                **({"fee": fees[one.account_id]} if one.account_id in fees else {}),
            },
        )
        for one in found
    )
