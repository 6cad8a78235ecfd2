"""A program that names its command may send it again: it has one effect."""

import json

import pytest

from keystead.accounts import services
from keystead.accounts.queries import accounts_for, team_for
from keystead.governance.services.people import issue_token, revoke_token
from keystead.kit.access import SYSTEM
from keystead.kit.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(kam, client):
    secret = issue_token(actor=kam, label="program")[1]

    def send(key, code, token=secret):
        return client.post(
            "/api/accounts",
            json.dumps({"code": code, "name": code, "kind": "shop", "country": "FR"}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
        )

    return send


def test_a_token_sends_its_command_twice_and_gets_the_first_answer(send, kam):
    first, second = send("k-1", "A-1"), send("k-1", "A-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["Idempotent-Replay"] == "true"
    assert [account.code for account in accounts_for(kam)] == ["A-1"]


def test_a_wrong_token_gets_no_answer_of_another(send, client_of, kam):
    assert send("k-2", "A-2").status_code == 201
    assert send("k-2", "A-2", token="ks_wrong").status_code == 401


def test_another_person_has_ids_of_their_own(send, other_kam):
    assert send("k-3", "A-3").status_code == 201
    theirs = send("k-3", "A-4", token=issue_token(actor=other_kam, label="p")[1])
    assert theirs.status_code == 201
    assert "Idempotent-Replay" not in theirs


def test_another_token_of_the_same_person_has_ids_of_its_own(send, kam):
    assert send("k-5", "A-6").status_code == 201
    other = send("k-5", "A-7", token=issue_token(actor=kam, label="second")[1])
    assert (other.status_code, other.json()["code"]) == (201, "A-7")
    assert "Idempotent-Replay" not in other


def test_a_narrow_token_does_not_get_the_answer_of_a_wide_one(send, kam):
    assert send("k-6", "A-8").status_code == 201
    narrow = issue_token(actor=kam, label="n", capabilities=["metrics.view"])[1]
    assert send("k-6", "A-8", token=narrow).status_code == 403


def test_an_answer_is_not_given_again_to_who_lost_the_right(send, kam):
    assert send("k-7", "A-9").status_code == 201
    User.objects.filter(pk=kam.user_id).update(roles=["viewer"])
    again = send("k-7", "A-9")
    assert (again.status_code, "A-9" in again.content.decode()) == (403, False)


def test_an_answer_is_not_given_again_when_the_account_is_gone(send, kam, other_kam):
    first = send("k-8", "A-10")
    assert send("k-8", "A-10").json() == first.json()
    services.hand_over(
        actor=kam, account_id=first.json()["id"], to_user_id=other_kam.user_id, reason="On leave"
    )
    again = send("k-8", "A-10")
    assert (again.status_code, "A-10" in again.content.decode()) == (404, False)
    assert len(team_for(SYSTEM, first.json()["id"])) == 1


def test_an_ended_token_gets_nothing_again(kam, client):
    token, secret = issue_token(actor=kam, label="program")
    call = {
        "data": json.dumps({"code": "A-11", "name": "A", "kind": "shop", "country": "FR"}),
        "content_type": "application/json",
        "headers": {"Authorization": f"Bearer {secret}", "Idempotency-Key": "k-9"},
    }
    assert client.post("/api/accounts", **call).status_code == 201
    revoke_token(actor=kam, token_id=token.id)
    assert client.post("/api/accounts", **call).status_code == 401


def test_a_refused_command_is_corrected_under_the_same_id(send):
    assert send("k-4", "").status_code == 422
    assert send("k-4", "A-5").status_code == 201
