"""The API reads funds and the rules on transfers of value, and shows nobody else's."""

from __future__ import annotations

from datetime import date

import pytest

from keystead.accounts.tests.factories import account
from keystead.agreements import services as agreements
from keystead.campaigns import services
from keystead.campaigns.tests.test_funds import made

pytestmark = pytest.mark.django_db


def test_funds_are_listed_with_what_is_left_and_one_with_its_movements(client_of, kam, other_kam):
    mine = account(kam)
    kept = made(kam, mine)
    made(other_kam, account(other_kam, code="FAR"), name="Theirs")
    for step, amount in ((agreements.commit_fund, 400), (agreements.commit_fund, 100)):
        step(actor=kam, fund_id=kept.id, amount=amount, on=kept.head.starts, subject="expense:7")
    agreements.spend_fund(
        actor=kam, fund_id=kept.id, amount=500, on=kept.head.starts, subject="expense:7", proof="F1"
    )
    client = client_of(kam)
    listed = client.get("/api/funds").json()
    assert [one["name"] for one in listed["items"]] == ["Co-op"]
    assert listed["next"] is None
    one = listed["items"][0]
    told = ("budget", "committed", "spent", "available")
    assert [float(one[name]) for name in told] == [1500, 500, 500, 1000]
    assert (one["expires"], one["expired"]) == (kept.head.expires.isoformat(), False)
    assert client.get("/api/funds?expired=true").json()["items"] == []
    assert client.get(f"/api/funds?account_id={mine.id}").json() == listed
    whole = client.get(f"/api/funds/{kept.id}").json()
    assert [(move["kind"], move["subject"], move["proof"]) for move in whole["moves"]] == [
        ("commit", "expense:7", ""), ("commit", "expense:7", ""), ("spend", "expense:7", "F1"),
    ]  # fmt: skip
    stranger = client_of(other_kam)
    assert stranger.get(f"/api/funds/{kept.id}").status_code == 404
    assert stranger.get(f"/api/funds/{kept.id + 99}").status_code == 404
    assert stranger.get(f"/api/funds?account_id={mine.id}").status_code == 404


def test_transfer_rules_are_read_as_they_hold_on_a_day(client_of, kam, make_actor):
    services.set_transfer_rule(
        actor=make_actor("comp", "compliance"), country="FR", starts=date(2027, 1, 1),
        discloses=True, hospitality=50, currency="EUR", note="Code of 2027",
    )  # fmt: skip
    client = client_of(kam)
    both = client.get("/api/transfer-rules?country=fr").json()
    assert [(one["starts"], float(one["hospitality"])) for one in both] == [
        ("2027-01-01", 50), ("2000-01-01", 60),
    ]  # fmt: skip
    assert both[0]["rests_on"] == "Code of 2027"
    before = client.get("/api/transfer-rules?country=FR&on=2026-12-31").json()
    assert [one["starts"] for one in before] == ["2000-01-01"]
    whole = client.get("/api/transfer-rules?on=2027-06-01").json()
    assert len(whole) == len({one["country"] for one in whole}) > 10
    assert client.post("/api/transfer-rules", {}).status_code == 405
