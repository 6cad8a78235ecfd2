"""Claims through the services: receive, match, check, decide; and what is refused."""

import dataclasses
from datetime import timedelta

import pytest

from keystead.accounts.tests.factories import account, shared_with
from keystead.agreements import models, services
from keystead.agreements.queries.claim_checks import look
from keystead.agreements.queries.claims import claims_for, claims_of_agreement
from keystead.agreements.tests.claims_house import (
    TODAY,
    D,
    accrue,
    answer,
    deal,
    entry,
    now_claim,
    part,
    proposed,
    received,
    validated,
)
from keystead.agreements.types import ClaimError, ClaimFlag, ClaimReason, ClaimState
from keystead.agreements.types.claims import MatchReason
from keystead.governance.queries.approvals import latest
from keystead.governance.services import approvals
from keystead.governance.services.compliance import decide_hit
from keystead.governance.types.approvals import SubjectKind
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kernel.money import Money
from keystead.kit.models import AuditEntry, OutboxEvent
from keystead.kit.testing.pack import RoomPack

pytestmark = pytest.mark.django_db
S = ClaimState


class TestClaimPack(RoomPack):
    model = models.Claim
    reader_roles = ("viewer",)

    def prepare(self):
        self.account = account(self.writer)

    def create(self, actor):
        return received(actor, self.account).id

    def change(self, actor, pk, version):
        changed = entry(self.account, amount=D(70))
        services.edit_claim(actor=actor, claim_id=pk, expected_version=version, entry=changed)


@pytest.fixture
def jd(kam, make_actor):
    return deal(kam, make_actor)


def test_a_claim_finds_its_accrual_and_says_why(jd):
    accrue(jd.agreement, "volume", 80)
    accrue(jd.agreement, "listing", 500)
    claim = received(jd.kam, jd.account)
    looked = look(jd.kam, claim, TODAY)
    best = looked.candidates[0]
    assert (best.accrual.condition, best.share) == ("volume", Money(80, "CNY"))
    assert {MatchReason.REASON, MatchReason.AMOUNT, MatchReason.ONLY_ONE} <= set(best.reasons)
    assert looked.candidates[1].share == Money(0, "CNY")
    assert (looked.found.errors, looked.found.flags) == ((), ())
    matched = services.match_as_proposed(actor=jd.kam, claim_id=claim.id, today=TODAY)
    assert matched.state is S.MATCHED
    assert claims_of_agreement(jd.kam, jd.agreement.id) == (matched,)


def test_a_claim_is_split_over_several_and_holds_what_it_takes(jd):
    accrue(jd.agreement, "volume", 60)
    accrue(jd.agreement, "listing", 500)
    claim = received(jd.kam, jd.account)
    parts = [part(jd.agreement, "volume", 60), part(jd.agreement, "listing", 20)]
    services.match_claim(actor=jd.kam, claim_id=claim.id, parts=parts)
    other = received(jd.kam, jd.account, external_number="D-2")
    opened = {c.accrual.condition: c.accrual.open for c in look(jd.kam, other, TODAY).candidates}
    assert opened == {"listing": Money(480, "CNY")}
    services.undo_match(actor=jd.kam, claim_id=claim.id)
    opened = {c.accrual.condition: c.accrual.open for c in look(jd.kam, other, TODAY).candidates}
    assert opened == {"volume": Money(60, "CNY"), "listing": Money(500, "CNY")}


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([("volume", "60.01")], "Only"),
        ([("volume", 60), ("listing", 21)], "more than the claim"),
        ([("nothing", 1)], "no such open accrual"),
        ([("volume", 1), ("volume", 1)], "no such open accrual"),
        ([("volume", -1)], "Only"),
    ],
)
def test_wrong_parts_are_refused_and_change_nothing(jd, parts, said):
    accrue(jd.agreement, "volume", 60)
    accrue(jd.agreement, "listing", 500)
    claim, entries = received(jd.kam, jd.account), AuditEntry.objects.count()
    with pytest.raises(Invalid, match=said):
        services.match_claim(
            actor=jd.kam, claim_id=claim.id, parts=[part(jd.agreement, *one) for one in parts]
        )
    assert (now_claim(claim), AuditEntry.objects.count()) == (claim, entries)
    assert not models.ClaimMatch.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": D(0)}, "amount"),
        ({"external_number": " "}, "external_number"),
        ({"first": TODAY}, "last"),
        ({"first": TODAY, "last": TODAY - timedelta(days=1)}, "last"),
        ({"due_on": TODAY - timedelta(days=100)}, "due_on"),
        ({"quantity": D(-1)}, "quantity"),
    ],
)
def test_a_claim_that_makes_no_sense_names_its_field(jd, change, field):
    with pytest.raises(Invalid) as caught:
        received(jd.kam, jd.account, **change)
    assert field in caught.value.data["fields"]
    assert not models.Claim.objects.exists()


def test_errors_and_flags_are_found_and_need_a_remark(jd):
    accrue(jd.agreement, "listing", 500)
    received(jd.kam, jd.account, invoice="F-1")
    claim = received(
        jd.kam, jd.account, external_number="D-2", invoice="F-1", product_code="NO-SUCH",
        wholesaler_code="NO-SUCH", agreement_number="NO-SUCH",
    )  # fmt: skip
    found = look(jd.kam, claim, TODAY).found
    assert set(found.errors) == {
        ClaimError.PRODUCT, ClaimError.CONTRACT, ClaimError.WHOLESALER, ClaimError.REPEAT,
    }  # fmt: skip
    assert ClaimFlag.OVER_ACCRUAL in found.flags
    services.match_claim(actor=jd.kam, claim_id=claim.id, parts=[])
    assert now_claim(claim).state is S.UNMATCHED
    with pytest.raises(Invalid, match="say what you make of it"):
        services.validate_claim(actor=jd.kam, claim_id=claim.id, today=TODAY)
    services.validate_claim(actor=jd.kam, claim_id=claim.id, today=TODAY, remark="We reject it")
    assert now_claim(claim).state is S.VALIDATED


def test_a_decision_is_approved_by_another_and_told(jd):
    accrue(jd.agreement, "volume", 100)
    claim = validated(jd.kam, received(jd.kam, jd.account), part(jd.agreement, "volume", 80))
    waiting = proposed(jd.kam, claim, 80)
    assert waiting.proposed == Money(80, "CNY")
    with pytest.raises(Conflict, match="waits for approval"):
        services.edit_claim(
            actor=jd.kam, claim_id=claim.id, expected_version=None, entry=entry(jd.account)
        )
    asked = latest(SubjectKind.CLAIM, str(claim.id))
    with pytest.raises(NotAllowed):
        approvals.decide(actor=jd.kam, request_id=asked.id, approve=True)
    decided = answer(claim, jd.finance)
    assert (decided.state, decided.granted, decided.proposed) == (
        S.APPROVED, Money(80, "CNY"), None,
    )  # fmt: skip
    event = OutboxEvent.objects.get(name="agreements.claim_decided")
    assert (event.payload["claim_id"], event.payload["state"]) == (claim.id, "approved")
    services.take_claim_decision(request_id=asked.id)
    assert OutboxEvent.objects.filter(name="agreements.claim_decided").count() == 1


def test_who_had_a_hand_in_a_claim_cannot_approve_it(jd):
    accrue(jd.agreement, "volume", 100)
    claim = received(jd.finance, jd.account)
    claim = validated(jd.kam, claim, part(jd.agreement, "volume", 80))
    proposed(jd.kam, claim, 80)
    assert answer(claim, jd.finance).state is S.VALIDATED
    proposed(jd.kam, claim, 80)
    assert answer(claim, jd.other_finance).state is S.APPROVED


def test_a_part_needs_a_reason_and_frees_the_rest(jd):
    accrue(jd.agreement, "volume", 60)
    accrue(jd.agreement, "listing", 500)
    parts = part(jd.agreement, "volume", 60), part(jd.agreement, "listing", 20)
    claim = validated(jd.kam, received(jd.kam, jd.account), *parts)
    with pytest.raises(Invalid, match="has a reason"):
        proposed(jd.kam, claim, 50)
    proposed(jd.kam, claim, 50, "Only 50 shown")
    decided = answer(claim, jd.finance)
    assert (decided.state, decided.granted) == (S.PARTLY, Money(50, "CNY"))
    held = models.ClaimMatch.objects.filter(claim_id=claim.id)
    assert [(one.condition, one.amount) for one in held] == [("volume", D(50))]


def test_a_rejection_frees_everything(jd):
    accrue(jd.agreement, "volume", 100)
    claim = validated(jd.kam, received(jd.kam, jd.account), part(jd.agreement, "volume", 80))
    proposed(jd.kam, claim, 0, "Never agreed")
    assert answer(claim, jd.finance).state is S.REJECTED
    again = received(jd.kam, jd.account, external_number="D-2")
    assert look(jd.kam, again, TODAY).candidates[0].accrual.open == Money(100, "CNY")
    with pytest.raises(Conflict):
        services.undo_match(actor=jd.kam, claim_id=claim.id)


def test_what_is_beyond_the_accrual_waits_for_compliance(jd, make_actor):
    accrue(jd.agreement, "volume", 60)
    claim = validated(jd.kam, received(jd.kam, jd.account), part(jd.agreement, "volume", 60))
    with pytest.raises(NotAllowed) as caught:
        proposed(jd.kam, claim, 80)
    assert caught.value.data["rule"] == "R-25"
    assert now_claim(claim).proposed is None
    officer = make_actor("officer", "compliance")
    decide_hit(actor=officer, hit_id=caught.value.data["hit"], allow=True, reason="Agreed by mail")
    assert proposed(jd.kam, claim, 80).proposed == Money(80, "CNY")


def test_a_return_and_a_withdrawal_lead_back(jd):
    accrue(jd.agreement, "volume", 100)
    claim = validated(jd.kam, received(jd.kam, jd.account), part(jd.agreement, "volume", 80))
    proposed(jd.kam, claim, 80)
    assert answer(claim, jd.finance, approve=False).state is S.VALIDATED
    proposed(jd.kam, claim, 80)
    back = services.withdraw_proposal(actor=jd.kam, claim_id=claim.id)
    assert (back.state, back.proposed) == (S.VALIDATED, None)


def test_evidence_is_kept_by_its_hash(jd, settings, tmp_path):
    settings.KEYSTEAD_HOME = tmp_path
    claim = received(jd.kam, jd.account, reason=ClaimReason.SERVICE)
    assert ClaimFlag.NO_PROOF in look(jd.kam, claim, TODAY).found.flags
    after = services.add_evidence(
        actor=jd.kam, claim_id=claim.id, file_name="../proof.pdf", content=b"%PDF-1.7 listed"
    )
    assert after.evidence == ("proof.pdf",)
    assert ClaimFlag.NO_PROOF not in look(jd.kam, after, TODAY).found.flags
    with pytest.raises(Invalid):
        services.add_evidence(actor=jd.kam, claim_id=claim.id, file_name="a.exe", content=b"MZ")
    with pytest.raises(Invalid):
        services.add_evidence(actor=jd.kam, claim_id=claim.id, text=" ")


def test_foreign_is_missing(jd, other_kam):
    claim, entries = received(jd.kam, jd.account), AuditEntry.objects.count()
    for call in (
        lambda: received(other_kam, jd.account),
        lambda: services.match_claim(actor=other_kam, claim_id=claim.id, parts=[]),
        lambda: services.undo_match(actor=other_kam, claim_id=claim.id),
        lambda: services.add_evidence(actor=other_kam, claim_id=claim.id, text="x"),
        lambda: proposed(other_kam, claim, 1),
    ):
        with pytest.raises(NotFound):
            call()
    assert AuditEntry.objects.count() == entries
    assert claims_for(other_kam, today=TODAY) == ()


def test_an_agreement_of_another_customer_is_an_error(jd, kam):
    accrue(jd.agreement, "volume", 100)
    stranger = account(kam, code="TM")
    claim = received(kam, stranger, agreement_number=jd.agreement.number.lower())
    found = look(kam, claim, TODAY).found
    assert ClaimError.CUSTOMER in found.errors
    same = dataclasses.replace(entry(jd.account), agreement_number=jd.agreement.number)
    mine = services.receive_claim(actor=kam, entry=same)
    assert look(kam, mine, TODAY).found.errors == ()


def kinds(subject):
    rows = models.AccrualRow.objects.filter(subject=subject).order_by("id")
    return [(row.condition, row.kind, row.amount) for row in rows]


def granted(jd, condition, amount, **changes):
    """Return a claim of which all was granted, set against a condition."""
    accrue(jd.agreement, condition, 500)
    claim = received(jd.kam, jd.account, amount=D(str(amount)), **changes)
    claim = validated(jd.kam, claim, part(jd.agreement, condition, amount))
    proposed(jd.kam, claim, amount)
    return answer(claim, jd.finance)


@pytest.fixture
def _home(settings, tmp_path):
    settings.KEYSTEAD_HOME = tmp_path


@pytest.mark.usefixtures("_home")
def test_a_settlement_takes_the_accrual_down(jd):
    claim = granted(jd, "volume", 80)
    with pytest.raises(NotAllowed):
        services.pay_claim(actor=jd.kam, claim_id=claim.id, on=TODAY)
    done = services.pay_claim(actor=jd.finance, claim_id=claim.id, on=TODAY, credit_note="CN-1")
    assert (done.state, done.credit_note, done.settled_on) == (S.SETTLED, "CN-1", TODAY)
    assert kinds(f"claim:{claim.id}") == [("volume", "settle", D(-80))]
    other = received(jd.kam, jd.account, external_number="D-2")
    assert look(jd.kam, other, TODAY).candidates[0].accrual.open == Money(420, "CNY")
    with pytest.raises(Conflict, match="once"):
        services.pay_claim(actor=jd.finance, claim_id=claim.id, on=TODAY)


@pytest.mark.usefixtures("_home")
def test_no_service_is_paid_without_proof(jd):
    claim = granted(jd, "listing", 80, reason=ClaimReason.SERVICE)
    with pytest.raises(NotAllowed, match="No proof of service") as caught:
        services.pay_claim(actor=jd.finance, claim_id=claim.id, on=TODAY)
    assert caught.value.data["rule"] == "R-09"
    assert (kinds(f"claim:{claim.id}"), now_claim(claim).state) == ([], S.APPROVED)
    services.add_evidence(actor=jd.kam, claim_id=claim.id, file_name="p.pdf", content=b"%PDF-1.7 x")
    services.pay_claim(actor=jd.finance, claim_id=claim.id, on=TODAY)
    assert kinds(f"claim:{claim.id}") == [("listing", "settle", D(-80))]


@pytest.mark.usefixtures("_home")
def test_the_rest_is_written_off_by_two_others(jd, make_actor):
    accrue(jd.agreement, "volume", 500)
    claim = validated(jd.kam, received(jd.kam, jd.account), part(jd.agreement, "volume", 80))
    proposed(jd.kam, claim, 50, "Only 50 shown")
    claim = answer(claim, jd.finance)
    given = {"agreement_id": jd.agreement.id, "condition": "volume", "reason": "Too small"}
    with pytest.raises(Invalid, match="At most"):
        services.propose_write_off(actor=jd.kam, claim_id=claim.id, amount=D(31), **given)
    services.propose_write_off(actor=jd.kam, claim_id=claim.id, amount=D(30), **given)
    asked = latest(SubjectKind.WRITE_OFF, f"claim:{claim.id}")
    boss = make_actor("boss2", "director")
    shared_with(jd.account, boss)
    with pytest.raises(NotAllowed):
        approvals.decide(actor=jd.kam, request_id=asked.id, approve=True)
    approvals.decide(actor=boss, request_id=asked.id, approve=True)
    assert kinds(f"claim:{claim.id}") == []
    approvals.decide(actor=jd.finance, request_id=asked.id, approve=True)
    for _twice in range(2):
        services.take_claim_write_off(request_id=asked.id)
    assert now_claim(claim).written_off == Money(30, "CNY")
    assert kinds(f"claim:{claim.id}") == [("volume", "settle", D(-30))]
