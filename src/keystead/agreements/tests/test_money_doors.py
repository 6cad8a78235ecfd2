"""Entitlement, accruals and settlements on pages, on the command line and in the API."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner
from django.utils import translation

from keystead.agreements import models, services
from keystead.agreements.commands import agreement
from keystead.agreements.queries.settlements import settlement_for
from keystead.agreements.tests.factories import rebate, tiers
from keystead.agreements.tests.sold import active, sell
from keystead.agreements.types import Every
from keystead.governance.queries.approvals import latest
from keystead.governance.services import approvals
from keystead.governance.types.approvals import SubjectKind
from keystead.kit.access import SYSTEM
from keystead.kit.testing.page import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def one(kam, house):
    made = active(
        kam, house,
        rebate("v", label="Volume", tiers=tiers((0, 2)), settle_every=Every.MONTH, gl_code="4711"),
    )  # fmt: skip
    sell(house, ("jd", "p", "2025-01-10", "1000"), ("shop", "q", "2025-02-10", "-100"))
    return made


@pytest.fixture
def finance(make_actor):
    return make_actor("cash", "finance")


def test_each_amount_opens_to_how_it_came_about(client_of, kam, one):
    page = text_of(client_of(kam).get(f"/agreements/{one.id}/entitlement/?as_of=2025-12-31"))
    for said in ("18.00 earned", "2 lines, ¥ 900.00", "number 1, from 0: rate 2", "2 lines count"):
        assert said.replace("¥ ", "¥") in page.replace("¥ ", "¥"), said


@pytest.mark.parametrize("tab", ["entitlement", "accruals", "settlements"])
def test_a_foreign_agreement_has_no_tabs(client_of, make_actor, one, tab):
    stranger = client_of(make_actor("stranger", "kam"))
    assert stranger.get(f"/agreements/{one.id}/{tab}/").status_code == 404
    assert stranger.get(f"/agreements/{one.id + 99}/{tab}/").status_code == 404


def test_finance_accrues_on_the_page_and_the_manager_may_not(client_of, kam, finance, one):
    path = f"/agreements/{one.id}/accruals/"
    assert "Nothing is accrued yet." in text_of(client_of(kam).get(path))
    assert client_of(kam).post(f"{path}accrue/").status_code == 403
    assert not models.AccrualRow.objects.exists()
    page = text_of(client_of(finance).post(f"{path}accrue/", follow=True))
    assert "18.00 open" in page
    assert "at run rate" in page


def test_a_settlement_goes_its_way_on_the_pages(client_of, kam, finance, one):
    client, cash = client_of(kam), client_of(finance)
    made = client.post(f"/agreements/{one.id}/settlements/new/", {"last": "2025-01-31"})
    home = made["Location"]
    page = text_of(client.get(home))
    assert "20.00" in page
    assert "Ask for approval" in page
    found = models.Settlement.objects.get()
    client.post(f"{home}step/submit/", {"version": found.version})
    asked = latest(SubjectKind.SETTLEMENT, str(found.pk))
    approvals.decide(actor=finance, request_id=asked.id, approve=True)
    services.take_settlement_decision(request_id=asked.id)
    found.refresh_from_db()
    cash.post(f"{home}issue/", {"version": found.version, "credit_note": "CN-1"})
    found.refresh_from_db()
    paid = {"version": found.version, "on": "2026-01-05", "reference": "bank 7"}
    cash.post(f"{home}pay/", paid)
    assert settlement_for(SYSTEM, found.pk).state == "paid"
    assert "CN-1" in text_of(client.get(f"/agreements/{one.id}/settlements/"))


@pytest.mark.parametrize("language", ["en", "zh-hans", "fr"])
def test_the_tabs_speak_three_languages(client_of, kam, one, language):
    client = client_of(kam)
    for tab in ("entitlement", "accruals", "settlements"):
        answer = client.get(f"/agreements/{one.id}/{tab}/", headers={"accept-language": language})
        assert answer.status_code == 200


def test_the_command_line_evaluates_accrues_and_settles(one, finance, monkeypatch):
    monkeypatch.setenv("KEYSTEAD_USER", finance.username)

    def run(*words):
        with translation.override("en"):
            found = CliRunner().invoke(agreement, [words[0], one.number, *words[1:]])
        assert found.exit_code == 0, found.output + str(found.exception)
        return found.output

    body = json.loads(run("evaluate", "--as-of", "2025-12-31", "--json"))
    assert (body["total"], len(body["lines"][0]["trace"]) > 4) == ("18.00", True)
    assert "Sales that count" in run("evaluate", "--as-of", "2025-12-31", "--trace")
    first = json.loads(run("accrue", "--month", "2025-01", "--through", "2025-02", "--json"))
    assert [entry["amount"] for entry in first] == ["20.00", "-2.00"]
    assert "Nothing moved." in run("accrue", "--month", "2025-01", "--through", "2025-02")
    assert json.loads(run("settle", "--as-of", "2025-01-31", "--json"))["total"] == "20.00"
    assert not models.Settlement.objects.exists()
    kept = json.loads(run("settle", "--as-of", "2025-01-31", "--write", "--json"))
    assert (kept["state"], kept["total"]) == ("calculated", "20.00")


def test_the_api_tells_what_was_earned_accrued_and_settled(
    client_of, kam, finance, one, make_actor
):
    services.accrue(actor=finance, agreement_id=one.id, month=date(2025, 1, 1))
    client = client_of(kam)
    listed = client.get("/api/agreements").json()
    assert [found["number"] for found in listed["agreements"]] == [one.number]
    base = f"/api/agreements/{one.id}"
    assert client.get(base).json()["versions"][0]["conditions"] == ["v"]
    earned = client.get(f"{base}/entitlement?as_of=2025-12-31").json()
    assert (earned["total"], earned["lines"][0]["trace"][0]["step"]) == ("18.00", "lines")
    assert client.get(f"{base}/accruals").json()["balances"] == {"v": "20.00"}
    assert client.get(f"{base}/settlements").json() == []
    stranger = client_of(make_actor("stranger", "kam"))
    for path in ("", "/entitlement", "/accruals", "/settlements"):
        assert stranger.get(f"{base}{path}").status_code == 404
