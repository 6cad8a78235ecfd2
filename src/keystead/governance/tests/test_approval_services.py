"""Approvals in the database: four eyes, order, hash, delegation, escalation, the trail."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from keystead.governance.models import ApprovalDecision, ApprovalPolicy, ApprovalRequestRow
from keystead.governance.queries import approvals as reads
from keystead.governance.services import approvals
from keystead.governance.types.approvals import Ask, Facts, RequestState, SubjectKind
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit import audit
from keystead.kit.access import SYSTEM, actor_for
from keystead.kit.models import AuditEntry, OutboxEvent, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(make_user):
    names = ["lin:kam", "dora:director", "fei:finance", "cleo:compliance", "dan:director"]
    made = {}
    for item in names:
        name, role = item.split(":")
        made[name] = actor_for(make_user(name, role))
    return made


@pytest.fixture
def matrix(people):
    def add(name, steps, **bands):
        return approvals.save_policy(
            actor=people["fei"],
            row={"kind": "agreement", "name": name, "steps": steps, **bands},
        )

    add("All", [{"roles": ["director"], "due_days": 2}])
    add("Large", [{"roles": ["finance"]}], amount_from=Decimal(1000), currency="CNY")


def ask(amount="10", digest="h1", **fields):
    values = {"kind": SubjectKind.AGREEMENT, "subject_id": "7", "title": "Contract 2027"}
    return Ask(
        **{**values, "content_hash": digest, "facts": Facts(Decimal(amount), "CNY"), **fields}
    )


def test_two_steps_in_order_then_usable(people, matrix):
    asked = approvals.request_approval(actor=people["lin"], ask=ask("5000"))
    assert [step.roles for step in asked.steps] == [("director",), ("finance",)]
    with pytest.raises(NotFound):  # not concerned yet: same answer as a missing one
        reads.request_for(people["dan"], 999)
    assert [item.id for item in reads.inbox(people["dora"])] == [asked.id]
    assert reads.inbox(people["fei"]) == ()
    approvals.decide(actor=people["dora"], request_id=asked.id, approve=True)
    assert [item.id for item in reads.inbox(people["fei"])] == [asked.id]
    done = approvals.decide(actor=people["fei"], request_id=asked.id, approve=True)
    assert done.state is RequestState.APPROVED
    used = approvals.assert_approved(kind=SubjectKind.AGREEMENT, subject_id="7", content_hash="h1")
    assert used.id == asked.id
    event = OutboxEvent.objects.get()
    assert (event.name, event.payload["approved"]) == ("governance.approval_decided", True)
    assert audit.verify()[1] is None


def test_own_request_is_refused_and_nothing_changes(people, matrix, make_user):
    both = actor_for(make_user("both", "kam", "director"))
    asked = approvals.request_approval(actor=both, ask=ask())
    before = (ApprovalRequestRow.objects.values().get(), AuditEntry.objects.count())
    with pytest.raises(NotAllowed, match="second person"):
        approvals.decide(actor=both, request_id=asked.id, approve=True)
    assert (ApprovalRequestRow.objects.values().get(), AuditEntry.objects.count()) == before
    assert ApprovalDecision.objects.count() == 0


def test_edit_after_approval_needs_a_new_one(people, matrix):
    asked = approvals.request_approval(actor=people["lin"], ask=ask())
    approvals.decide(actor=people["dora"], request_id=asked.id, approve=True)
    with pytest.raises(Conflict) as caught:
        approvals.assert_approved(kind=SubjectKind.AGREEMENT, subject_id="7", content_hash="h2")
    assert caught.value.code == "changed_after_approval"


def test_asking_again_with_other_content_supersedes_and_same_content_is_one(people, matrix):
    first = approvals.request_approval(actor=people["lin"], ask=ask())
    assert approvals.request_approval(actor=people["lin"], ask=ask()).id == first.id
    second = approvals.request_approval(actor=people["lin"], ask=ask(digest="h2"))
    assert reads.request(first.id).state is RequestState.SUPERSEDED
    with pytest.raises(Conflict):
        approvals.decide(
            actor=people["dora"], request_id=second.id, approve=True, content_hash="h1"
        )
    with pytest.raises((Conflict, NotFound)):
        approvals.decide(actor=people["dora"], request_id=first.id, approve=True)


def test_a_return_needs_its_reason(people, matrix):
    asked = approvals.request_approval(actor=people["lin"], ask=ask())
    with pytest.raises(Invalid):
        approvals.decide(actor=people["dora"], request_id=asked.id, approve=False)
    back = approvals.decide(
        actor=people["dora"], request_id=asked.id, approve=False, reason="Rate too high"
    )
    assert back.state is RequestState.RETURNED
    assert back.decisions[0].reason == "Rate too high"


def test_strangers_get_the_answer_of_a_missing_request(people, matrix, make_user):
    asked = approvals.request_approval(actor=people["lin"], ask=ask())
    viewer = actor_for(make_user("vera", "viewer"))
    with pytest.raises(NotFound) as foreign:
        approvals.decide(actor=viewer, request_id=asked.id, approve=True)
    with pytest.raises(NotFound) as missing:
        approvals.decide(actor=viewer, request_id=10**6, approve=True)
    assert foreign.value.message == missing.value.message


def test_limits_are_those_of_the_moment(people, matrix):
    asked = approvals.request_approval(actor=people["lin"], ask=ask("500"))
    ApprovalPolicy.objects.filter(name="Large").update(amount_from=Decimal(100))
    still = approvals.decide(actor=people["dora"], request_id=asked.id, approve=True)
    assert (still.state, still.waiting_for) == (RequestState.OPEN, "finance")


def test_a_role_taken_away_is_gone_at_once(people, matrix):
    asked = approvals.request_approval(actor=people["lin"], ask=ask())
    User.objects.filter(username="dora").update(roles=["viewer"])
    dora = actor_for(User.objects.get(username="dora"))
    with pytest.raises(NotFound):
        approvals.decide(actor=dora, request_id=asked.id, approve=True)


def test_a_deputy_answers_in_the_name_of_the_giver_until_the_end(people, matrix, make_user):
    asked = approvals.request_approval(actor=people["lin"], ask=ask())
    deputy = actor_for(make_user("ana", "kam"))
    today = timezone.localdate()
    given = approvals.delegate(
        actor=people["dora"],
        to_user_id=deputy.user_id,
        starts=today,
        ends=today + timedelta(days=7),
        reason="Leave",
    )
    assert [item.id for item in reads.inbox(deputy)] == [asked.id]
    done = approvals.decide(actor=deputy, request_id=asked.id, approve=True)
    assert done.decisions[0].on_behalf_of == people["dora"].user_id
    approvals.end_delegation(actor=people["dora"], delegation_id=given.id)
    assert reads.delegations_to(deputy.user_id, today) == ()


def test_a_deputy_whose_access_has_ended_answers_nothing(people, matrix, make_user):
    asked = approvals.request_approval(actor=people["lin"], ask=ask())
    gone, today = make_user("ana", "kam"), timezone.localdate()
    approvals.delegate(
        actor=people["dora"],
        to_user_id=gone.pk,
        starts=today,
        ends=today + timedelta(days=7),
        reason="Leave",
    )
    User.objects.filter(pk=gone.pk).update(is_active=False)
    deputy = actor_for(User.objects.get(pk=gone.pk))
    assert reads.inbox(deputy) == ()
    with pytest.raises(NotFound):
        approvals.decide(actor=deputy, request_id=asked.id, approve=True)
    assert reads.request(asked.id).state is RequestState.OPEN


def test_overdue_is_escalated_once(people, matrix):
    asked = approvals.request_approval(actor=people["lin"], ask=ask())
    ApprovalRequestRow.objects.update(due_at=timezone.now() - timedelta(hours=1))
    assert approvals.escalate_overdue(actor=SYSTEM) == (asked.id,)
    assert approvals.escalate_overdue(actor=SYSTEM) == ()


def test_each_write_has_exactly_one_row_in_the_trail(people, matrix):
    start = AuditEntry.objects.count()
    asked = approvals.request_approval(actor=people["lin"], ask=ask())
    assert AuditEntry.objects.count() == start + 1
    approvals.decide(actor=people["dora"], request_id=asked.id, approve=True)
    assert AuditEntry.objects.count() == start + 2


def test_only_those_who_may_change_the_matrix(people):
    with pytest.raises(NotAllowed):
        approvals.save_policy(
            actor=people["lin"], row={"kind": "claim", "name": "x", "steps": [{"roles": ["kam"]}]}
        )
    with pytest.raises(Invalid):
        approvals.save_policy(
            actor=people["fei"], row={"kind": "claim", "name": "x", "steps": [{"roles": ["cat"]}]}
        )
    assert ApprovalPolicy.objects.count() == 0
