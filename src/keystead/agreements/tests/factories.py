"""Agreements made through the services, with few words."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from keystead.accounts.tests.factories import account
from keystead.accounts.types import Account
from keystead.agreements import models, services
from keystead.agreements.queries.agreements import stored
from keystead.agreements.tests.world import rebate, tiers
from keystead.agreements.types import Agreement, AgreementKind, Example, Head, Terms
from keystead.governance.queries.approvals import latest
from keystead.governance.services import approvals
from keystead.governance.types.approvals import SubjectKind
from keystead.kit.access import Actor

D = Decimal
LAW = "PRC law"


def head(one: Account, **changes: Any) -> Head:
    """Return the head of an annual agreement that runs for two years, from last July."""
    year = timezone.localdate().year
    given = Head(
        account_id=one.id,
        kind=AgreementKind.ANNUAL,
        starts=date(year - 1, 7, 1),
        last=date(year + 1, 6, 30),
        currency="CNY",
        title="Annual agreement",
        customer_entity=one.name,
        law=LAW,
    )
    return dataclasses.replace(given, **changes)


def terms(**changes: Any) -> Terms:
    """Return one volume rebate with a worked example that holds."""
    told = Example("at the bound", D(1000), D("30.00"))
    given = Terms((rebate("volume", label="Year-end rebate", gl_code="4711", examples=(told,)),))
    return dataclasses.replace(given, **changes)


def draft(actor: Actor, one: Account | None = None, **changes: Any) -> Agreement:
    found = one or account(actor)
    wanted = changes.pop("terms", terms())
    return services.create_agreement(actor=actor, head=head(found, **changes), terms=wanted)


def approved(actor: Actor, agreement: Agreement, *approvers: Actor) -> Agreement:
    """Submit and have every step answered by the given people; the decision is delivered."""
    found = services.submit(
        actor=actor, agreement_id=agreement.id, expected_version=agreement.version
    )
    asked = latest(SubjectKind.AGREEMENT, str(found.versions[-1].id))
    assert asked is not None
    for approver in approvers:
        approvals.decide(actor=approver, request_id=asked.id, approve=True)
    services.take_decision(request_id=asked.id)
    return now(agreement.id)


def now(agreement_id: int) -> Agreement:
    return stored(models.Agreement.objects.get(pk=agreement_id))


__all__ = ["account", "approved", "draft", "head", "now", "rebate", "terms", "tiers"]
