"""Settlement: recompute and delta, states, rules of payment, reversal, never an edit."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from keystead.accounts.queries import account_for
from keystead.accounts.tests.factories import account, shared_with
from keystead.agreements import models, services
from keystead.agreements.queries.accruals import balances
from keystead.agreements.queries.evaluation import evaluate_agreement
from keystead.agreements.queries.settlements import settled_of, settlement_for, settlements_of
from keystead.agreements.tests.factories import D, rebate, tiers
from keystead.agreements.tests.sold import active, sell
from keystead.agreements.types import (
    Attachment,
    DocumentKind,
    Every,
    Family,
    Measure,
    NegativePolicy,
    PartnerVolume,
    RateKind,
    Service,
    SettlementState,
)
from keystead.governance.queries.approvals import latest
from keystead.governance.services import approvals
from keystead.governance.types.approvals import SubjectKind
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kernel.money import Money
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM
from keystead.kit.models import OutboxEvent
from keystead.kit.testing.pack import RoomPack
from keystead.metrics.queries import evaluate

pytestmark = pytest.mark.django_db
S = SettlementState
MONTHLY = {"settle_every": Every.MONTH, "gl_code": "4711"}


@pytest.fixture
def finance(make_actor):
    return make_actor("cash", "finance")


class TestSettlementPack(RoomPack):
    model = models.Settlement
    reader_roles = ("compliance",)

    @pytest.fixture(autouse=True)
    def _house(self, house):
        self.house = house

    def prepare(self):
        one = account(self.writer, code="MINE")
        self.agreement = active(self.writer, {**self.house, "jd": one.id})

    def create(self, actor):
        return services.open_settlement(
            actor=actor, agreement_id=self.agreement.id, last=date(2025, 3, 31)
        ).id

    def change(self, actor, pk, version):
        services.edit_settlement(
            actor=actor, settlement_id=pk, expected_version=version, payee="Other", due_on=None
        )


def calculated(kam, one, last):
    found = services.open_settlement(actor=kam, agreement_id=one.id, last=last)
    return services.calculate(actor=kam, settlement_id=found.id, expected_version=found.version)


def approved(kam, finance, found):
    services.submit_settlement(actor=kam, settlement_id=found.id, expected_version=found.version)
    asked = latest(SubjectKind.SETTLEMENT, str(found.id))
    approvals.decide(actor=finance, request_id=asked.id, approve=True)
    services.take_settlement_decision(request_id=asked.id)
    return now(found.id)


def now(pk):
    return settlement_for(SYSTEM, pk)


def paid(kam, payer, one, last):
    """Settle up to a day through all its states; return the settlement."""
    found = approved(kam, payer, calculated(kam, one, last))
    found = services.issue_credit_note(
        actor=payer, settlement_id=found.id, expected_version=found.version,
        credit_note=f"CN-{found.id}",
    )  # fmt: skip
    return services.pay(
        actor=payer, settlement_id=found.id, expected_version=found.version,
        on=date(2026, 1, 15), reference="bank 1",
    )  # fmt: skip


def test_a_later_settlement_takes_what_was_paid_into_account(kam, house, finance):
    """SAP's own example: nothing, then 140, then 940 of 1,080 (reference/trade.md, 0.3)."""
    scale = rebate("v", tiers=tiers((0, 0), (5000, 2), (20000, 3)), **MONTHLY)
    one = active(kam, house, scale)
    seen = []
    for month, value in ((1, "4000"), (2, "3000"), (3, "29000")):
        sell(house, ("jd", "p", f"2025-{month:02}-10", value), source=f"m{month}")
        last = Period.parse(f"2025-{month:02}").last
        seen.append(paid(kam, finance, one, last).total.amount)
    assert seen == [0, 140, 940]
    final = evaluate_agreement(kam, one.id, as_of=date(2025, 12, 31))
    assert final.run.total.amount == 1080
    posted = evaluate(actor=SYSTEM, metrics="rebate_settled", period="2025..2030")
    assert posted.figure("rebate_settled").value == 1080


@pytest.mark.parametrize("last", [date(2025, 3, 31), date(2025, 6, 30)])
def test_a_period_is_settled_once_it_is_over(kam, house, last):
    one = active(
        kam, house,
        rebate("year", tiers=tiers((0, 1)), gl_code="1"),
        rebate("quarter", tiers=tiers((0, 1)), tier_period=Every.QUARTER, gl_code="1"),
    )  # fmt: skip
    sell(house, ("jd", "p", "2025-01-10", "100"), ("jd", "p", "2025-06-10", "100"))
    lines = calculated(kam, one, last).lines
    assert {line.condition for line in lines} == {"quarter"}
    assert sum(line.due.amount for line in lines) == (1 if last.month == 3 else 2)


@given(parts=st.lists(st.integers(-300, 900), min_size=1, max_size=4))
@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_split_of_the_volume_pays_the_final_entitlement(kam, house, finance, parts):
    with transaction.atomic():
        point = transaction.savepoint()
        scale = rebate("v", tiers=tiers((0, "1.3"), (500, "2.7"), (1500, 4)), **MONTHLY)
        one = active(kam, house, scale)
        payments = []
        for month, value in enumerate(parts, 1):
            sell(house, ("jd", "p", f"2025-{month:02}-10", str(value)), source=f"m{month}")
            last = Period.parse(f"2025-{month:02}").last
            payments.append(paid(kam, finance, one, last).total.amount)
        final = evaluate_agreement(kam, one.id, as_of=date(2025, 12, 31)).run
        assert sum(payments) == final.total.amount
        again = evaluate_agreement(kam, one.id, as_of=date(2025, 12, 31)).run
        assert again == final
        assert calculated(kam, one, date(2025, 12, 31)).total.amount == 0
        transaction.savepoint_rollback(point)


def test_the_life_of_a_settlement_and_its_accruals(kam, house, finance):
    one = active(kam, house, rebate("v", tiers=tiers((0, 2)), **MONTHLY))
    sell(house, ("jd", "p", "2025-01-10", "1000"))
    found = calculated(kam, one, date(2025, 1, 31))
    assert (found.state, found.total) == (S.CALCULATED, Money("20.00", "CNY"))
    with pytest.raises(Conflict):
        services.open_settlement(actor=kam, agreement_id=one.id, last=date(2025, 2, 28))
    found = services.partner_agrees(
        actor=kam, settlement_id=found.id, expected_version=found.version, partner="Ms Li",
        on=date(2025, 2, 3),
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        services.issue_credit_note(
            actor=kam, settlement_id=found.id, expected_version=found.version, credit_note="1"
        )
    with pytest.raises(Conflict):
        services.issue_credit_note(
            actor=finance, settlement_id=found.id, expected_version=found.version, credit_note="1"
        )
    assert not models.AccrualRow.objects.exists()
    found = approved(kam, finance, found)
    assert found.state is S.APPROVED
    found = services.issue_credit_note(
        actor=finance, settlement_id=found.id, expected_version=found.version, credit_note="CN-1"
    )
    assert balances(kam, one.id)["v"].amount == 0
    kinds = models.AccrualRow.objects.order_by("id").values_list("kind", "amount")
    assert list(kinds) == [("accrue", 20), ("settle", -20)]
    assert OutboxEvent.objects.get(name="agreements.settlement_issued").payload["amount"] == "20.00"
    with pytest.raises(Conflict):
        services.calculate(actor=kam, settlement_id=found.id)
    with pytest.raises(DatabaseError), transaction.atomic():
        models.SettlementRow.objects.update(due=1)


def test_who_worked_on_it_does_not_approve_it(kam, house, make_actor):
    both = make_actor("both", "kam", "finance")
    one = active(kam, house, rebate("v", tiers=tiers((0, 2)), **MONTHLY))
    sell(house, ("jd", "p", "2025-01-10", "1000"))
    found = services.open_settlement(actor=both, agreement_id=one.id, last=date(2025, 1, 31))
    found = services.calculate(actor=kam, settlement_id=found.id)
    services.submit_settlement(actor=kam, settlement_id=found.id, expected_version=found.version)
    asked = latest(SubjectKind.SETTLEMENT, str(found.id))
    approvals.decide(actor=both, request_id=asked.id, approve=True)
    services.take_settlement_decision(request_id=asked.id)
    assert now(found.id).state is S.CALCULATED


def fee(**more):
    given = {
        "tiers": tiers((0, 500)), "rate_kind": RateKind.FIXED, "tier_measure": Measure.NONE,
        "benefit_measure": Measure.NONE, "family": Family.LISTING_FEE, "tier_period": Every.QUARTER,
        "service": Service("Two shelves", "Photo", "Market rate", Period.parse("2025")),
        "gl_code": "6200",
    }  # fmt: skip
    return rebate("fee", **{**given, **more})


def test_no_fee_is_paid_without_proof_of_service(kam, house, finance):
    one = active(kam, house, fee())
    found = approved(kam, finance, calculated(kam, one, date(2025, 3, 31)))
    said = {
        "actor": finance, "settlement_id": found.id, "expected_version": found.version,
        "credit_note": "CN-9",
    }  # fmt: skip
    with pytest.raises(NotAllowed) as caught:
        services.issue_credit_note(**said)
    assert caught.value.data["rule"] == "R-09"
    assert (now(found.id).state, models.AccrualRow.objects.count()) == (S.APPROVED, 0)
    attachment = Attachment(
        content=b"day,photo\n2025-03-20,1\n", name="proof.csv", kind=DocumentKind.PROOF_OF_SERVICE,
        condition="fee", period=Period.parse("2025-Q1"),
    )  # fmt: skip
    services.attach_document(actor=kam, agreement_id=one.id, attachment=attachment)
    assert services.issue_credit_note(**said).total.amount == 500


@pytest.mark.parametrize(("payee", "code", "rule"), [("Mr Wang", "4711", "R-12"), ("", "", "R-13")])
def test_only_the_party_is_paid_and_only_on_the_books(kam, house, finance, payee, code, rule):
    one = active(kam, house, rebate("v", tiers=tiers((0, 2)), **{**MONTHLY, "gl_code": code}))
    sell(house, ("jd", "p", "2025-01-10", "1000"))
    found = calculated(kam, one, date(2025, 1, 31))
    if payee:
        found = services.edit_settlement(
            actor=kam, settlement_id=found.id, expected_version=found.version, payee=payee,
            due_on=None,
        )  # fmt: skip
    found = approved(kam, finance, found)
    with pytest.raises(NotAllowed) as caught:
        services.issue_credit_note(
            actor=finance, settlement_id=found.id, expected_version=found.version, credit_note="1"
        )
    assert caught.value.data["rule"] == rule


def test_a_reversal_takes_all_of_it_back_and_it_is_due_again(kam, house, finance):
    one = active(kam, house, rebate("v", tiers=tiers((0, 2)), **MONTHLY))
    sell(house, ("jd", "p", "2025-01-10", "1000"))
    first = paid(kam, finance, one, date(2025, 1, 31))
    back = services.reverse_settlement(
        actor=finance, settlement_id=first.id, expected_version=first.version,
        reason="Wrong party", credit_note="DN-1",
    )  # fmt: skip
    assert (back.total.amount, back.reverses) == (-20, first.id)
    assert balances(kam, one.id)["v"].amount == 20
    with pytest.raises(Conflict):
        services.reverse_settlement(
            actor=finance, settlement_id=first.id, expected_version=first.version,
            reason="Again", credit_note="DN-2",
        )  # fmt: skip
    assert calculated(kam, one, date(2025, 2, 28)).total.amount == 20
    assert [x.id for x in settlements_of(kam, one.id)][-2:] == [back.id, first.id]


def test_a_dispute_is_resolved_and_written_off_by_others(kam, house, finance, make_actor):
    boss = make_actor("boss", "director")
    one = active(kam, house, rebate("v", tiers=tiers((0, 2)), **MONTHLY))
    shared_with_account(house, boss)
    sell(house, ("jd", "p", "2025-01-10", "1000"))
    found = calculated(kam, one, date(2025, 1, 31))
    for step, reason in ((services.dispute, "They say 30"), (services.resolve, "They give it up")):
        found = step(
            actor=kam, settlement_id=found.id, expected_version=found.version, reason=reason
        )
    found = services.ask_write_off(
        actor=kam, settlement_id=found.id, expected_version=found.version, reason="Given up"
    )
    asked = latest(SubjectKind.WRITE_OFF, f"settlement:{found.id}")
    for who in (boss, finance):
        approvals.decide(actor=who, request_id=asked.id, approve=True)
    services.take_write_off_decision(request_id=asked.id)
    assert now(found.id).state is S.WRITTEN_OFF
    assert calculated(kam, one, date(2025, 2, 28)).total.amount == 0


def shared_with_account(house, actor):
    shared_with(account_for(SYSTEM, house["jd"]), actor)


def test_volumes_the_partner_agreed_to_take_the_place_of_ours(kam, house):
    one = active(kam, house, rebate("v", tiers=tiers((0, 2)), **MONTHLY))
    sell(house, ("jd", "p", "2025-01-10", "1000"))
    agreed = PartnerVolume("v", date(2025, 1, 1), value=D("900"), agreed_by="Ms Li")
    services.agree_volumes(actor=kam, agreement_id=one.id, volumes=[agreed])
    assert calculated(kam, one, date(2025, 1, 31)).total.amount == 18
    for wrong in (
        PartnerVolume("w", date(2025, 1, 1), value=D(1), agreed_by="x"),
        PartnerVolume("v", date(2024, 1, 1), value=D(1), agreed_by="x"),
        PartnerVolume("v", date(2025, 1, 1), value=D(1)),
    ):
        with pytest.raises(Invalid):
            services.agree_volumes(actor=kam, agreement_id=one.id, volumes=[wrong])
    assert models.PartnerVolumeRow.objects.count() == 1


def test_what_a_claim_took_is_not_paid_again(kam, house, finance):
    one = active(kam, house, rebate("v", tiers=tiers((0, 2)), **MONTHLY))
    sell(house, ("jd", "p", "2025-01-10", "1000"))
    services.accrue(actor=finance, agreement_id=one.id, month=date(2025, 1, 1))
    services.settle_claim(
        actor=finance, agreement_id=one.id, condition="v", amount=Money("15.00", "CNY"),
        subject="claim:1", reason="Deducted",
    )  # fmt: skip
    found = calculated(kam, one, date(2025, 1, 31))
    assert [(x.settled_before.amount, x.due.amount) for x in found.lines] == [(15, 5)]
    run = evaluate_agreement(kam, one.id, as_of=date(2025, 1, 31)).run
    assert settled_of(one.id, run) == {("v", run.lines[0].period): Money("15.00", "CNY")}


def test_what_is_asked_back_is_carried_or_kept_as_agreed(kam, house, finance):
    keep = rebate("k", tiers=tiers((0, 2)), negative_policy=NegativePolicy.FLOOR_ZERO, **MONTHLY)
    carry = rebate(
        "c", tiers=tiers((0, 2)), negative_policy=NegativePolicy.CARRY_FORWARD, **MONTHLY
    )
    one = active(kam, house, rebate("r", tiers=tiers((0, 2)), **MONTHLY), keep, carry)
    sell(house, ("jd", "p", "2025-01-10", "1000"))
    paid(kam, finance, one, date(2025, 1, 31))
    sell(house, ("jd", "p", "2025-02-10", "-500"), source="back")
    found = calculated(kam, one, date(2025, 2, 28))
    assert {x.condition: (x.due.amount, x.carried.amount, x.kept.amount) for x in found.lines} == {
        "r": (-10, 0, 0), "k": (0, 0, 10), "c": (0, 10, 0),
    }  # fmt: skip


def test_a_foreign_settlement_is_a_missing_one(kam, house, make_actor):
    one = active(kam, house, rebate("v", tiers=tiers((0, 2)), **MONTHLY))
    found = services.open_settlement(actor=kam, agreement_id=one.id, last=date(2025, 1, 31))
    stranger = make_actor("stranger", "kam")
    for who, pk in ((stranger, found.id), (kam, found.id + 99)):
        with pytest.raises(NotFound) as caught:
            services.calculate(actor=who, settlement_id=pk)
        assert caught.value.code == "settlement_not_found"
    assert now(found.id) == found
