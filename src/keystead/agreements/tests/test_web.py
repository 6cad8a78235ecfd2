"""Screens through the client: list, page, forms, steps; rights; three languages."""

import re

import pytest
from django.utils import timezone

from keystead.accounts.tests.factories import shared_with
from keystead.agreements import models
from keystead.agreements.tests.factories import account, approved, draft, now, rebate, tiers
from keystead.agreements.types import (
    AgreementState,
    Family,
    Measure,
    RateKind,
    Terms,
    Timing,
)
from keystead.kit.testing.page import text_of

pytestmark = pytest.mark.django_db
S = AgreementState
HEAD = {
    "title": "Annual", "number": "", "kind": "annual", "starts": "2026-01-01",
    "last": "2026-12-31", "currency": "CNY", "maker_entity": "", "customer_entity": "JD Ltd",
    "law": "", "notice_days": "",
}  # fmt: skip
CONDITION = {
    "label": "Volume rebate", "family": "volume_rebate", "timing": "off_invoice",
    "tier_measure": "net_value", "tier_period": "year", "rate_kind": "percent",
    "benefit_measure": "net_value", "method": "all_units", "boundary": "gte", "gl_code": "4711",
    "reset": "on", "returns_count": "on", "tiers-1-lower": "0", "tiers-1-rate": "1",
    "tiers-2-lower": "1000", "tiers-2-rate": "3", "examples-1-name": "at the bound",
    "examples-1-tier_measure": "1000", "examples-1-expected": "30",
}  # fmt: skip


@pytest.fixture
def jd(kam):
    return account(kam)


def test_from_nothing_to_a_submitted_agreement(client_of, kam, jd):
    client = client_of(kam)
    made = client.post("/agreements/new/", {**HEAD, "account": jd.id})
    assert made.status_code == 302, text_of(made)
    home = made["Location"]
    added = client.post(f"{home}conditions/new/", {**CONDITION, "version": 1})
    assert added["Location"] == home, text_of(added)
    page = text_of(client.get(home))
    assert "1. Volume rebate" in page
    assert re.search(r"from ¥ ?1,000: 3 %", page)
    assert "Ask for approval" in page
    client.post(f"{home}step/submit/", {"version": 2})
    assert models.Agreement.objects.get().state == "in_review"
    assert "in review" in text_of(client.get(home))
    assert "JD-2026-1" in text_of(client.get("/agreements/?q=jd&state=in_review"))
    assert "JD-2026-1" not in text_of(client.get("/agreements/?state=active"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"examples-1-expected": "31"}, "pays 30.00, not 31"),
        ({"examples-1-expected": ""}, "This is missing."),
        ({"tiers-2-lower": "0"}, "Two tiers begin at 0"),
        ({"tiers-2-lower": "-5"}, "The bounds fall from 0 to -5"),
        ({"tiers-2-rate": ""}, "This is missing."),
        ({"tier_measure": "growth_pct", "baseline_source": "typed"}, "Growth needs a baseline"),
    ],
)
def test_a_wrong_condition_stays_on_the_form(client_of, kam, jd, change, said):
    found = draft(kam, jd)
    answer = client_of(kam).post(
        f"/agreements/{found.id}/conditions/new/", {**CONDITION, "version": 1, **change}
    )
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert now(found.id) == found


def test_a_form_changes_only_what_it_shows(client_of, kam, jd):
    found = draft(kam, jd)
    place = f"/agreements/{found.id}/conditions/volume/"
    values = {**CONDITION, "label": "Year-end rebate", "tiers-2-lower": "800", "version": 1}
    values |= {"examples-1-tier_measure": "800", "examples-1-expected": "24"}
    assert client_of(kam).post(place, values).status_code == 302
    stored = now(found.id).versions[0].conditions[0]
    assert (stored.key, stored.tiers[1].lower, stored.examples[0].expected) == ("volume", 800, 24)
    assert client_of(kam).post(place, values).status_code == 409  # version 1 again


def test_sign_amend_and_see_the_redline(client_of, kam, jd, make_actor):
    people = [make_actor(f"p_{role}", role) for role in ("director", "finance", "compliance")]
    shared_with(jd, people[0])
    found = approved(kam, draft(kam, jd), *people)
    client, today = client_of(kam), timezone.localdate().isoformat()
    home = f"/agreements/{found.id}/"
    assert client.post(f"{home}sign/", {"day": today, "version": found.version}).status_code == 302
    client.post(f"{home}step/activate/", {})
    assert now(found.id).state is S.ACTIVE
    assert "Frozen." in text_of(client.get(home))
    answer = client.post(f"{home}amend/", {"day": today, "reason": "Volumes fell", "version": 5})
    assert answer.status_code == 302, text_of(answer)
    page = text_of(client.get(home))
    assert "What changes against the version before" in page
    assert "Version 1" in page
    assert client.post(f"{home}step/discard/", {}).status_code == 302
    ended = {"day": today, "reason": "Licence lost", "version": now(found.id).version}
    assert client.post(f"{home}terminate/", ended).status_code == 302
    assert now(found.id).state is S.TERMINATED
    assert client.get(f"{home}edit/").status_code == 409


def test_foreign_is_missing(client_of, other_kam, kam, jd):
    found, client = draft(kam, jd), client_of(other_kam)
    for path in ("", "edit/", "copy/", "conditions/new/", "conditions/volume/", "sign/", "amend/"):
        assert client.get(f"/agreements/{found.id}/{path}").status_code == 404
        assert client.get(f"/agreements/999999/{path}").status_code == 404
    assert client.post(f"/agreements/{found.id}/step/submit/").status_code == 404
    assert client.get(f"/accounts/{jd.id}/panels/agreements/").status_code == 404
    assert found.number not in client.get("/agreements/").content.decode()
    assert now(found.id) == found


@pytest.mark.parametrize(
    ("role", "reads"), [("viewer", 403), ("marketing", 403), ("admin", 403), ("finance", 200)]
)
def test_terms_are_read_by_few_and_written_by_fewer(client_of, kam, jd, make_actor, role, reads):
    found, reader = draft(kam, jd), make_actor("reader", role)
    if role == "viewer":
        shared_with(jd, reader)
    client = client_of(reader)
    for path in ("/agreements/", f"/agreements/{found.id}/"):
        assert client.get(path).status_code == reads
    page = client.get(f"/agreements/{found.id}/").content.decode()
    assert "Ask for approval" not in page
    assert client.post(f"/agreements/{found.id}/step/submit/").status_code == 403
    assert client.post("/agreements/new/", {**HEAD, "account": jd.id}).status_code == 403
    assert now(found.id) == found


def test_the_panel_of_an_account(client_of, kam, jd):
    client = client_of(kam)
    assert "No agreement is in force" in text_of(
        client.get(f"/accounts/{jd.id}/panels/agreements/")
    )
    found = draft(kam, jd)
    assert found.number in text_of(client.get(f"/accounts/{jd.id}/panels/agreements/"))
    assert "?tab=agreements" in client.get(f"/accounts/{jd.id}/").content.decode()


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Ristourne de volume"), ("zh-hans", "销量返利")]
)
def test_the_page_speaks_the_readers_language(client_of, kam, jd, language, said):
    found = draft(kam, jd)
    page = client_of(kam).get(f"/agreements/{found.id}/", headers={"Accept-Language": language})
    assert said in text_of(page)


def test_a_single_rate_and_a_fee_are_said_without_bounds(client_of, kam, jd):
    flat = rebate("flat", label="Flat rebate", tiers=tiers((0, 2)), gl_code="4711")
    fee = rebate(
        "listing", family=Family.LISTING_FEE, label="Listing fee", timing=Timing.LUMP,
        tier_measure=Measure.NONE, rate_kind=RateKind.FIXED, tiers=tiers((0, 120000)),
        gl_code="6410",
    )  # fmt: skip
    found = draft(kam, jd, terms=Terms((flat, fee)))
    page = text_of(client_of(kam).get(f"/agreements/{found.id}/"))
    told = page[page.index("1. Flat rebate") :]
    assert "from" not in told.split("2. Listing fee")[0].split("Together")[0].split("Measured")[0]
    assert "the bound itself" not in told
    assert "Paid on net sales." in told
    lump = told.split("2. Listing fee")[1].split("Approval and trail")[0]
    assert "A fixed sum." in lump
    assert "returns take away" not in lump


def test_a_reader_of_what_is_in_force_sees_sentences_once(client_of, kam, jd, make_actor):
    found, reader = draft(kam, jd), make_actor("reader", "finance")
    page = text_of(client_of(reader).get(f"/agreements/{found.id}/"))
    assert "Add a condition" not in page
    assert page.count("Year-end rebate") == 1


def test_the_currency_is_the_customers_unless_another_is_chosen(client_of, kam):
    client, jd = client_of(kam), account(kam, "JD", currency="CNY")
    form = client.get(f"/agreements/new/?account={jd.id}").content.decode()
    assert re.search(r'<option value="CNY" selected', form)
    made = client.post("/agreements/new/", {**HEAD, "account": jd.id, "currency": ""})
    assert made.status_code == 302, text_of(made)
    assert models.Agreement.objects.get().currency == jd.currency
    wrong = client.post("/agreements/new/", {**HEAD, "account": jd.id, "currency": "XXQ"})
    assert wrong.status_code == 422


def test_an_empty_list_says_what_to_do_first(client_of, kam):
    client = client_of(kam)
    assert "Begin with “New agreement”" in text_of(client.get("/agreements/"))
    assert "widen the filter" in text_of(client.get("/agreements/?q=nothing"))


def test_an_agreement_leads_to_offers_that_begin_from_it(kam, jd, client_of):
    found = draft(kam, jd)
    page = client_of(kam).get(f"/agreements/{found.id}/").content.decode()
    assert f"/accounts/{found.account_id}/offers/new/?agreement={found.id}" in page
