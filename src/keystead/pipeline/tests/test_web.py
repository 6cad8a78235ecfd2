"""Screens, endpoints and the command, through the client: rights, three languages."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner

from keystead.accounts.tests.factories import account, shared_with
from keystead.agreements.tests.factories import draft
from keystead.kit.testing.page import text_of
from keystead.pipeline import models
from keystead.pipeline.commands import renewals
from keystead.pipeline.queries import own_alerts
from keystead.pipeline.tests.factories import TODAY, lost, renewal

pytestmark = pytest.mark.django_db
LAST = TODAY + timedelta(days=100)
GIVEN = {
    "contract": "FR-26", "title": "Journals", "last": LAST.isoformat(), "currency": "EUR",
    "target": "1000", "notice_amount": "3", "notice_unit": "months", "closed_day": "stands",
}  # fmt: skip


@pytest.fixture
def director(make_actor):
    return make_actor("boss", "director")


@pytest.fixture
def uni(kam, director):
    return shared_with(account(kam, "UNI", name="Université Lyon", kind="university"), director)


def test_from_the_form_to_the_loss(client_of, kam, director, uni):
    client = client_of(kam)
    made = client.post("/renewals/new/", {**GIVEN, "account": uni.id, "owner": kam.user_id})
    assert made.status_code == 302, text_of(made)
    home = made["Location"]
    page = text_of(client.get("/renewals/"))
    assert "FR-26" in page
    assert "Université Lyon" in page
    client.post(f"{home}step/preparing/", {"version": 1})
    assert client.post(f"{home}step/strategy_approved/", {"version": 2}).status_code == 403
    assert (
        client_of(director).post(f"{home}step/strategy_approved/", {"version": 2}).status_code
        == 302
    )
    client.post(f"{home}evidence/", {"item": "mandate", "text": "Letter of 3 May"})
    page = text_of(client.get(home))
    assert "Letter of 3 May" in page
    assert "Not enough data: 0 of 20 closed renewals." in page
    paused = {"until": LAST.isoformat(), "why": "new rector", "version": 4}
    assert client.post(f"{home}postpone/", paused).status_code == 302
    stale = {**GIVEN, "account": uni.id, "title": "Other", "version": 2}
    assert client.post(f"{home}edit/", stale).status_code == 409
    assert client.post(f"{home}close/lost/", {"on": TODAY, "reason": "price"}).status_code == 422
    end = {"on": TODAY, "reason": "price", "note": "too dear", "version": 5}
    assert client.post(f"{home}close/lost/", end).status_code == 302
    page = text_of(client.get(home))
    assert "Churn" in page
    assert "too dear" in page
    assert models.RenewalOutcome.objects.get().target == 1000
    assert "FR-26" in text_of(client.get(f"/accounts/{uni.id}/panels/renewals/"))
    assert "FR-26" not in text_of(client.get("/renewals/"))
    assert "FR-26" in text_of(client.get("/renewals/?show=closed"))


def test_wrong_input_stays_on_the_form(client_of, kam, uni):
    client = client_of(kam)
    for change, said in (
        ({"notice_unit": "business_days"}, "Say whose working days count."),
        ({"notice_unit": "business_days", "notice_country": "XX"}, "not known"),
        ({"starts": (LAST + timedelta(days=9)).isoformat()}, "It ends before it begins."),
        ({"last": "9999-12-31"}, "A year is between"),
        ({"contract": ""}, "This field is required."),
    ):
        answer = client.post("/renewals/new/", {**GIVEN, "account": uni.id, **change})
        assert answer.status_code == 422, change
        assert said in text_of(answer)
    assert not models.RenewalRow.objects.exists()


def test_foreign_is_missing_and_readers_do_not_write(
    client_of, kam, other_kam, finance, viewer, uni
):
    found = renewal(kam, uni)
    for path in ("", "edit/", "postpone/", "close/lost/"):
        told = {
            client_of(other_kam).get(f"/renewals/{pk}/{path}").status_code
            for pk in (found.id, 9**9)
        }
        assert told == {404}
    reader = client_of(finance)
    assert reader.get(f"/renewals/{found.id}/").status_code == 200
    assert reader.get(f"/renewals/{found.id}/edit/").status_code == 403
    assert client_of(viewer).get("/renewals/").status_code == 403


def test_the_owner_is_warned(kam, director, uni):
    found = renewal(kam, uni, last=LAST, owner_id=kam.user_id)
    told = [[one.renewal.id for one in own_alerts(who, today=TODAY)] for who in (kam, director)]
    assert told == [[found.id], []]


def test_a_renewal_leads_to_its_agreement(client_of, kam, uni):
    made = draft(kam, uni)
    found = renewal(kam, uni, agreement_id=made.id, agreement_version=1)
    page = client_of(kam).get(f"/renewals/{found.id}/").content.decode()
    assert f'href="/agreements/{made.id}/"' in page


def test_three_languages(client_of, kam, uni):
    found = renewal(kam, uni)
    for language, words in (("fr", "Préavis"), ("zh-hans", "通知")):
        for path in ("/renewals/", f"/renewals/{found.id}/"):
            page = client_of(kam).get(path, headers={"Accept-Language": language})
            assert words in text_of(page), (language, path)


def test_a_page_of_renewals_asks_few_questions(client_of, kam, uni, django_assert_max_num_queries):
    for number in range(12):
        renewal(kam, uni, contract=f"C-{number}", last=LAST)
    client = client_of(kam)
    client.get("/renewals/")
    with django_assert_max_num_queries(24):
        client.get("/renewals/")


def test_endpoints(client_of, kam, uni):
    client = client_of(kam)
    near = renewal(kam, uni, contract="N", last=LAST)
    renewal(kam, uni, contract="F", last=TODAY + timedelta(days=900))
    lost(kam, renewal(kam, uni, contract="L", last=TODAY, target=Decimal(50)))
    body = client.get("/api/renewals?within_days=120").json()
    assert [one["contract"] for one in body["items"]] == ["N"]
    assert client.get("/api/renewals/alerts").json()["items"][0]["warning_days"] == 30
    kept = client.get(f"/api/renewals/retention?period={TODAY.year}&currency=eur").json()
    assert (kept["gross_pct"], kept["closed"]) == ("0.0", 1)
    one = client.get(f"/api/renewals/{near.id}").json()
    assert one["model"]["needed"] == 20
    assert one["send_by"] == (LAST - timedelta(days=90)).isoformat()


def test_the_command(kam, uni, monkeypatch):
    monkeypatch.setattr("keystead.pipeline.commands.local_actor", lambda: kam)
    near = renewal(kam, uni, contract="N", last=LAST)
    renewal(kam, uni, contract="F", last=TODAY + timedelta(days=900))
    run = CliRunner()
    shown = run.invoke(renewals, ["--within", "120d", "--json"])
    assert [one["id"] for one in json.loads(shown.output)["items"]] == [near.id]
    lines = run.invoke(renewals, []).output.splitlines()
    assert len(lines) == 2
    assert "Université Lyon" in lines[0]
    assert run.invoke(renewals, ["--within", "soon"]).exit_code != 0
