"""Approvals, compliance and periods through the browser's door."""

import re
from datetime import timedelta

import pytest
from conftest import signed_in
from django.utils import timezone

from keystead.governance.models import ApprovalDelegation, PeriodLockRow
from keystead.governance.queries import approvals as reads
from keystead.governance.services import approvals, compliance, periods
from keystead.governance.types.approvals import Ask, Change, Facts, RequestState, SubjectKind
from keystead.kit.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(kam):
    return approvals.request_approval(
        actor=kam,
        ask=Ask(
            kind=SubjectKind.AGREEMENT,
            subject_id="7",
            title="Contract 2027 <b>",
            content_hash="h1",
            facts=Facts(),
            changes=(Change("Growth rebate", "2%", "3%", "− ¥ 120,000 a year"),),
            evidence={"Margin after": "21.8%"},
        ),
    )


def bare(answer):
    """The page without its own address and its token against forged requests."""
    token = r'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]*"'
    page = re.sub(token, "", answer.content.decode())
    return page.replace(answer.request["PATH_INFO"], "")


@pytest.fixture
def director(make_actor):
    return make_actor("dora", "director")


def answer(client, asked, **fields):
    body = {"answer": "approve", "content_hash": "h1", "reason": "", **fields}
    return client.post(f"/approvals/{asked.id}/decide/", body)


def test_the_inbox_shows_what_waits_and_what_i_asked(asked, kam, director, client_of):
    page = client_of(director).get("/approvals/").content.decode()
    assert "1 decision waits for you" in page
    assert "Contract 2027 &lt;b&gt;" in page
    own = client_of(kam).get("/approvals/").content.decode()
    assert "Nothing waits for you" in own
    assert "Contract 2027" in own


def test_the_request_shows_difference_effect_and_rule(asked, director, client_of):
    page = client_of(director).get(f"/approvals/{asked.id}/").content.decode()
    for text in ("Growth rebate", "2%", "3%", "120,000 a year", "21.8%", "Every agreement"):
        assert text in page


def test_approving_moves_it_and_a_replay_changes_nothing(asked, director, client_of):
    client = client_of(director)
    assert answer(client, asked, _command="c1").status_code == 302
    assert reads.request(asked.id).state is RequestState.APPROVED
    assert answer(client, asked).status_code == 409


def test_returning_without_reason_is_shown_and_nothing_moves(asked, director, client_of):
    page = answer(client_of(director), asked, answer="return")
    assert page.status_code == 422
    assert reads.request(asked.id).state is RequestState.OPEN


def test_the_author_sees_no_buttons_and_cannot_post(asked, kam, client_of):
    client = client_of(kam)
    assert "/decide/" not in client.get(f"/approvals/{asked.id}/").content.decode()
    assert answer(client, asked).status_code == 403
    assert client.post(f"/approvals/{asked.id}/withdraw/").status_code == 302
    assert reads.request(asked.id).state is RequestState.WITHDRAWN


def test_foreign_equals_missing(asked, other_kam, client_of):
    client = client_of(other_kam)
    foreign, missing = client.get(f"/approvals/{asked.id}/"), client.get("/approvals/99999/")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert bare(foreign) == bare(missing)
    assert answer(client, asked).status_code == 404
    assert client.post(f"/approvals/{asked.id}/withdraw/").status_code == 404


def test_a_deputy_is_named_until_a_day(director, kam, client_of):
    today = timezone.localdate()
    client = client_of(director)
    body = {"to_user": kam.user_id, "starts": today, "ends": today, "reason": "Leave"}
    assert client.post("/approvals/delegate/", body).status_code == 422
    body["ends"] = today + timedelta(days=3)
    assert client.post("/approvals/delegate/", body).status_code == 302
    row = ApprovalDelegation.objects.get()
    assert client_of(kam).post(f"/approvals/delegate/{row.pk}/end/").status_code == 404
    assert client.post(f"/approvals/delegate/{row.pk}/end/").status_code == 302
    assert ApprovalDelegation.objects.count() == 0


def test_the_matrix_is_readable(kam, client_of):
    page = client_of(kam).get("/approvals/matrix/").content.decode()
    assert "discount ≥ 20 %" in page
    assert "Director → Finance" in page


def test_compliance_decides_and_others_do_not_see_it(kam, make_actor, client_of):
    hit = compliance.screen(
        actor=kam, context="text", subject=("note", 5), facts={"text": "hold the price"}
    )[0]
    officer = make_actor("cleo", "compliance")
    assert client_of(kam).get("/compliance/").status_code == 403
    client = client_of(officer)
    assert "hold the price" in client.get("/compliance/").content.decode()
    client.post(f"/compliance/{hit.id}/decide/", {"answer": "allow", "reason": "Own price"})
    assert "Own price" in client.get("/compliance/").content.decode()


def test_finance_closes_a_month_and_reopening_is_asked(finance, kam, client_of):
    last = (timezone.localdate().replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    body = {"ledger": "sell_in", "month": last}
    assert client_of(kam).post("/periods/close/", body).status_code == 403
    client = client_of(finance)
    client.post("/periods/close/", body)
    row = PeriodLockRow.objects.get()
    assert last in client.get("/periods/").content.decode()
    client_of(kam).post(f"/periods/{row.pk}/reopen/", {"step": "ask", "why": "Late invoice"})
    assert reads.latest(SubjectKind.PERIOD_REOPENING, str(row.pk)).state is RequestState.OPEN
    client.post(f"/periods/{row.pk}/reopen/", {"step": "open"})
    assert PeriodLockRow.objects.get().reopened_at is None
    periods.assert_open(ledger="off_take", first=timezone.localdate(), last=timezone.localdate())


def test_a_decision_may_need_a_fresh_sign_in(asked, director, settings):
    settings.KEYSTEAD_RECENT_FOR_APPROVALS = True
    stale = signed_in(User.objects.get(pk=director.user_id), seconds_ago=3600)
    asks_again = stale.post(
        f"/approvals/{asked.id}/decide/",
        {"answer": "approve", "content_hash": "h1", "reason": ""},
        headers={"Referer": f"http://testserver/approvals/{asked.id}/"},
    )
    assert asks_again["Location"] == f"/sign-in/again/?next=%2Fapprovals%2F{asked.id}%2F"
    assert reads.request(asked.id).state is RequestState.OPEN
    settings.KEYSTEAD_RECENT_FOR_APPROVALS = False
    answer(stale, asked)
    assert reads.request(asked.id).state is RequestState.APPROVED
