"""R-11: a price below cost is told while it is typed, and passes only with reasons that are kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from keystead.accounts.queries import account_for
from keystead.accounts.tests.factories import shared_with
from keystead.agreements import services
from keystead.agreements.tests.factories import draft, now, rebate, terms, tiers
from keystead.agreements.tests.sold import sell
from keystead.agreements.tests.test_bad_input import GIVEN, text_of
from keystead.agreements.types import AgreementState
from keystead.governance.queries.approvals import latest
from keystead.governance.services import approvals
from keystead.governance.types.approvals import SubjectKind
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import add_months, month_start
from keystead.kit.models import AuditEntry
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db
S = AgreementState


@pytest.fixture
def priced(kam, house):
    """Sales of the last months at 10 a unit, which costs 8.20."""
    month = add_months(month_start(timezone.localdate()), -3)
    sell(house, ("jd", "p", f"{month:%Y-%m}-10", "1000"))
    row = {"account_id": house["jd"], "product_id": house["p"], "date": month, "kind": "cogs",
           "value": Decimal(820), "currency": "CNY"}  # fmt: skip
    room.post("cost", [row], source="cost")
    return house


@pytest.fixture
def people(kam, priced, make_actor):
    roles = ("director", "finance", "compliance")
    found = {role: make_actor(f"p_{role}", role) for role in roles}
    shared_with(account_for(kam, priced["jd"]), *found.values())
    return found


def deep(kam, house, rate=19):
    condition = rebate("deep", tiers=tiers((0, 5), (1000, rate)), gl_code="1", label="Deep")
    today = timezone.localdate()
    return draft(
        kam, account_for(kam, house["jd"]), terms=terms(conditions=(condition,)),
        starts=today, last=date(today.year + 1, 12, 31),
    )  # fmt: skip


def test_it_is_told_while_it_is_typed_and_the_cost_is_not(client_of, kam, priced):
    found = deep(kam, priced, rate=10)
    place = f"/agreements/{found.id}/conditions/preview/"
    typed = {**GIVEN, "_key": "deep", "tiers-2-rate": "19"}
    shown = text_of(client_of(kam).post(place, typed))
    assert "Price below cost at tier 2. (R-11)" in shown
    assert "820" not in shown
    cheap = text_of(client_of(kam).post(place, {**typed, "tiers-2-rate": "17"}))
    assert "R-11" not in cheap
    assert now(found.id) == found


def test_finance_and_compliance_release_it_with_a_reason_each(client_of, kam, priced, people):
    found = deep(kam, priced)
    found = services.submit(actor=kam, agreement_id=found.id, expected_version=found.version)
    asked = latest(SubjectKind.AGREEMENT, str(found.versions[0].id))
    assert "below_cost" in asked.facts.flags
    assert "Below cost" in asked.policy_names
    assert "Deep: Price below cost at tier 2. (R-11)" in [one.new for one in asked.changes]
    approve = {"request_id": asked.id, "approve": True}
    with pytest.raises(Invalid) as caught:
        approvals.decide(actor=people["director"], **approve)
    assert caught.value.code == "reason_missing"
    client = client_of(people["director"])
    answer = client.post(f"/approvals/{asked.id}/decide/", {
        "answer": "approve", "reason": "", "content_hash": asked.content_hash,
    })  # fmt: skip
    assert answer.status_code == 422
    assert "Say why a price below cost may stand" in answer.content.decode()
    assert latest(SubjectKind.AGREEMENT, str(found.versions[0].id)).decisions == ()
    approvals.decide(actor=people["director"], reason="Launch", **approve)
    approvals.decide(actor=people["finance"], reason="Budgeted", **approve)
    services.take_decision(request_id=asked.id)
    assert now(found.id).versions[0].state is S.IN_REVIEW
    approvals.decide(actor=people["compliance"], reason="Three months only", **approve)
    services.take_decision(request_id=asked.id)
    assert now(found.id).versions[0].state is S.APPROVED
    kept = AuditEntry.objects.filter(action="approval.approve").values_list("why", flat=True)
    assert set(kept) == {"Launch", "Three months only", "Budgeted"}


def test_a_price_above_cost_asks_nobody_else(kam, priced, people):
    found = deep(kam, priced, rate=17)
    found = services.submit(actor=kam, agreement_id=found.id, expected_version=found.version)
    asked = latest(SubjectKind.AGREEMENT, str(found.versions[0].id))
    assert asked.facts.flags == frozenset()
    approvals.decide(actor=people["director"], request_id=asked.id, approve=True)
    services.take_decision(request_id=asked.id)
    assert now(found.id).versions[0].state is S.APPROVED
