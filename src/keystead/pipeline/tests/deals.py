"""Opportunities made through the services, with few words."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from keystead.accounts.types import Account
from keystead.kit.access import Actor
from keystead.pipeline import models, services
from keystead.pipeline.tests.factories import TODAY
from keystead.pipeline.types.opportunities import (
    DealClosing,
    Ending,
    Lot,
    LotEntry,
    Opportunity,
    OpportunityEntry,
    OpportunityKind,
)
from keystead.pipeline.types.renewals import Reason

D = Decimal


def deal_entry(one: Account, **changes: Any) -> OpportunityEntry:
    given = OpportunityEntry(
        account_id=one.id, title="Clinical tool", kind=OpportunityKind.NEW, currency="EUR",
        expected_close=TODAY + timedelta(days=20), wanted="three sites", amount=D(1000),
    )  # fmt: skip
    return dataclasses.replace(given, **changes)


def deal(actor: Actor, one: Account, **changes: Any) -> Opportunity:
    return services.create_opportunity(actor=actor, entry=deal_entry(one, **changes))


def tender(actor: Actor, one: Account, **changes: Any) -> Opportunity:
    return deal(actor, one, kind=OpportunityKind.TENDER, title="Appel d'offres", **changes)


def lot(actor: Actor, found: Opportunity, number: str = "1", **values: Any) -> Lot:
    entry = LotEntry(number=number, **{"amount": D(500), **values})
    return services.add_lot(actor=actor, opportunity_id=found.id, entry=entry)


def won(actor: Actor, found: Opportunity, final: Any = 900) -> Opportunity:
    closing = DealClosing(
        ending=Ending.WON, on=TODAY, reason=Reason.VALUE, final=D(final), document="PO-7"
    )
    return services.close_opportunity(actor=actor, opportunity_id=found.id, closing=closing)


def lost_deal(actor: Actor, found: Opportunity, **values: Any) -> Opportunity:
    given = {"note": "too dear", "reason": Reason.PRICE, **values}
    closing = DealClosing(ending=Ending.LOST, on=TODAY, **given)
    return services.close_opportunity(actor=actor, opportunity_id=found.id, closing=closing)


def twenty_ended(one: Account, *, won_of_twenty: int) -> None:
    """Store twenty closed opportunities that went through all stages to a proposal."""
    rows = models.OpportunityRow.objects.bulk_create(
        models.OpportunityRow(
            account_id=one.id, title=f"E-{number}", kind="new", stage="proposal",
            currency="EUR", expected_close=TODAY - timedelta(days=700), closed=True,
        )
        for number in range(20)
    )  # fmt: skip
    models.OpportunityOutcome.objects.bulk_create(
        models.OpportunityOutcome(
            opportunity=row, account_id=one.id, currency="EUR", pct=D(50), reason="price",
            ending="won" if number < won_of_twenty else "lost", final=D(1), kind="new",
            closed_on=TODAY - timedelta(days=700), reached=["lead", "qualified", "proposal"],
            contested=False, qualified=False, at=timezone.now(),
        )
        for number, row in enumerate(rows)
    )  # fmt: skip
