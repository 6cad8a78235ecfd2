"""Claims through the API and the command line, and what a list says of them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from django.utils import translation

from keystead.agreements import models
from keystead.agreements.commands import claim as command
from keystead.agreements.queries.claim_flags import flags_of
from keystead.agreements.tests.claims_house import (
    TODAY,
    accrue,
    answer,
    deal,
    now_claim,
    part,
    proposed,
    received,
    validated,
)
from keystead.agreements.types import ClaimFlag
from keystead.kit.testing.page import text_of

pytestmark = pytest.mark.django_db
F = ClaimFlag


@pytest.fixture
def jd(kam, make_actor):
    found = deal(kam, make_actor)
    accrue(found.agreement, "volume", 80)
    return found


def body_of(jd, **changes):
    return {"account_id": jd.account.id, "number": "DN-7", "kind": "debit_note",
            "reason": "rebate", "amount": "80", "currency": "CNY", "on": TODAY.isoformat(),
            **changes}  # fmt: skip


def test_from_the_debit_note_to_the_request_by_api(client_of, jd, make_actor):
    client = client_of(jd.kam)

    def post(path, **body):
        return client.post(f"/api/claims{path}", body, content_type="application/json")

    made = post("", **body_of(jd))
    assert made.status_code == 201, made.content
    claim = made.json()
    assert (claim["state"], claim["candidates"][0]["condition"]) == ("received", "volume")
    one = f"/{claim['id']}"
    assert post(f"{one}/match", parts=None).json()["matches"][0]["amount"] == "80.0000"
    assert post(f"{one}/check", remark="Seen").json()["state"] == "validated"
    asked = post(f"{one}/decide", amount="80").json()
    assert (asked["waits_for_approval"], asked["proposed"]) == (True, "80.0000")
    decided = answer(now_claim(models.Claim.objects.get()), jd.finance)
    assert client.get(f"/api/claims{one}").json()["granted"] == f"{decided.granted.amount:f}"
    assert post(f"{one}/decide", amount="1", version=1).status_code == 409
    assert post("", **body_of(jd, amount="-1")).status_code == 422
    stranger = client_of(make_actor("stranger", "kam"))
    assert stranger.get(f"/api/claims{one}").status_code == 404
    assert stranger.get("/api/claims").json()["items"] == []
    viewer = client_of(make_actor("eye", "viewer"))
    refused = viewer.post("/api/claims", body_of(jd), content_type="application/json")
    assert refused.status_code == 403


def test_duplicates_and_over_claims_show_in_every_list(client_of, jd, monkeypatch):
    first = received(jd.kam, jd.account, external_number="D-1")
    again = received(jd.kam, jd.account, external_number="d-1")
    over = validated(
        jd.kam, received(jd.kam, jd.account, external_number="D-2", amount=200),
        part(jd.agreement, "volume", 80),
    )  # fmt: skip
    assert flags_of([now_claim(one) for one in (first, again, over)]) == {
        again.id: (F.DUPLICATE,), over.id: (F.OVER_ACCRUAL,)
    }  # fmt: skip
    page = text_of(client_of(jd.kam).get("/claims/"))
    assert "possible duplicate" in page
    assert "over the accrual" in page
    listed = client_of(jd.kam).get("/api/claims?state=open&band=0-30").json()["items"]
    assert {one["id"]: one["flags"] for one in listed} == {
        first.id: [], again.id: ["duplicate"], over.id: ["over_accrual"]
    }  # fmt: skip
    part_of_it = proposed(jd.kam, now_claim(over), 80, "The rest is not accrued")
    assert flags_of([now_claim(part_of_it)]) == {}
    monkeypatch.setenv("KEYSTEAD_USER", jd.kam.username)
    with translation.override("en"):
        told = CliRunner().invoke(command, ["list"])
        one = CliRunner().invoke(command, ["show", str(again.id), "--json"])
    assert told.exit_code == 0, told.output + str(told.exception)
    assert "duplicate" in told.output
    assert "0-30: 360.00" in told.output
    assert json.loads(one.output)["duplicate_of"] == first.id


def test_the_list_asks_a_fixed_number_of_questions(client_of, jd, django_assert_max_num_queries):
    for number in range(12):
        received(jd.kam, jd.account, external_number=f"D-{number}")
    client = client_of(jd.kam)
    client.get("/claims/")
    with django_assert_max_num_queries(25):
        client.get("/claims/")
