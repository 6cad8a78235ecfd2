"""Who hears of an approval, when, and in which words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from keystead.governance.models import ApprovalRequestRow
from keystead.governance.services import approvals
from keystead.governance.types.approvals import Ask, Facts, SubjectKind
from keystead.kit import jobs, mail
from keystead.kit.access import actor_for
from keystead.kit.jobs import schedule
from keystead.kit.models import AuditEntry, Letter, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def server(settings):
    settings.KEYSTEAD_MAIL = True
    settings.CSRF_TRUSTED_ORIGINS = ["https://keystead.example"]


@pytest.fixture
def people(make_user):
    boss = make_user("boss", "director", email="boss@example.org", language="fr")
    return {
        "lin": actor_for(make_user("lin", "kam", email="lin@example.org", language="zh-hans")),
        "dora": actor_for(make_user("dora", "director", email="dora@example.org", manager=boss)),
        "fei": actor_for(make_user("fei", "finance", email="fei@example.org")),
        "tom": actor_for(make_user("tom", "marketing", email="tom@example.org")),
        "boss": actor_for(boss),
    }


def ask(people, kind=SubjectKind.BUDGET):
    return approvals.request_approval(
        actor=people["lin"],
        ask=Ask(kind=kind, subject_id="7", title="Budget 2027", content_hash="h", facts=Facts()),
    )


def sent(mailoutbox):
    """Send what waits; return who got which subject since the last time."""
    mailoutbox.clear()
    mail.send_waiting()
    return sorted((one.to[0].split("@")[0], one.subject) for one in mailoutbox)


def test_approvers_hear_of_a_new_request_and_nobody_else(people, mailoutbox):
    ask(people)
    assert sent(mailoutbox) == [
        ("boss", "Approbation demandée : Budget 2027"),
        ("dora", "Approval asked: Budget 2027"),
    ]
    assert "https://keystead.example/approvals/" in mailoutbox[0].body


def test_each_step_tells_its_own_and_the_end_tells_the_author(people, mailoutbox):
    item = ask(people)
    sent(mailoutbox)
    approvals.decide(actor=people["dora"], request_id=item.id, approve=True)
    assert sent(mailoutbox) == [("fei", "Approval asked: Budget 2027")]
    approvals.decide(actor=people["fei"], request_id=item.id, approve=False, reason="Too high")
    assert sent(mailoutbox) == [("lin", "已退回：Budget 2027")]
    assert "Too high" in mailoutbox[0].body


def test_what_was_answered_before_the_mail_went_is_not_asked(people, mailoutbox):
    item = ask(people)
    approvals.decide(actor=people["dora"], request_id=item.id, approve=True)
    assert sent(mailoutbox) == [("fei", "Approval asked: Budget 2027")]


def test_a_deputy_hears_too(people, mailoutbox):
    today = timezone.localdate()
    approvals.delegate(
        actor=people["dora"], to_user_id=people["tom"].user_id, starts=today,
        ends=today + timedelta(days=2), reason="Leave",
    )  # fmt: skip
    ask(people)
    assert [name for name, _ in sent(mailoutbox)] == ["boss", "dora", "tom"]


def test_overdue_is_told_once_also_to_the_manager(people, mailoutbox, make_user):
    item = ask(people, SubjectKind.CLAIM)  # finance only
    cleo = make_user("cleo", "compliance", email="cleo@example.org")
    User.objects.filter(username="fei").update(manager=cleo)
    make_user("chief", "finance", email="chief@example.org", manager=User.objects.get(
        username="boss"))  # fmt: skip
    sent(mailoutbox)
    ApprovalRequestRow.objects.update(due_at=timezone.now() - timedelta(hours=1))
    for _ in range(2):
        jobs.run_inline(jobs.enqueue("governance.escalate", {}))
    # The boss may not see a claim of another team: no letter, not even its title.
    assert [name for name, _ in sent(mailoutbox)] == ["chief", "cleo", "fei"]
    assert {one.subject for one in mailoutbox} == {"Overdue: Budget 2027"}
    assert AuditEntry.objects.filter(action="approval.escalate").count() == 1
    assert ApprovalRequestRow.objects.get(pk=item.id).escalated_at
    assert schedule.periods()["governance.escalate"] == timedelta(hours=1)


def test_without_a_mail_server_nothing_is_kept(people, settings):
    settings.KEYSTEAD_MAIL = False
    ask(people)
    assert Letter.objects.count() == 0
