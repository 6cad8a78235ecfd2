"""The buyer's page and the page that signs, through the client."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from keystead.agreements.queries import agreement_for
from keystead.negotiation import queries
from keystead.negotiation.calc.buyer.unbundling import ASSUMED
from keystead.negotiation.tests.house import case
from keystead.negotiation.tests.test_signing import GOOD, offered
from keystead.negotiation.types.buying import Assumptions

TITLES = "Cardiology; 900; 1200; 4; 1; 20; 10\nOncology\t4000\t150\nNursing; 500; 2000"


def words(response):
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", text.replace("\u202f", "").replace(",", "").replace("\xa0", " "))


def bundle(version="", **more):
    given = {"version": version, "bundle": "6000", "years": "5", "keep": "count",
             "keep_value": "2", "sensitivity_pct": "20", "titles": TITLES}  # fmt: skip
    plain = Assumptions()
    for name in ASSUMED:
        given[f"theirs_{name}"] = given[f"ours_{name}"] = str(getattr(plain, name))
    return {**given, "ours_loan_cost": "40", **more}


@pytest.mark.django_db
def test_the_buyers_calculation_stands_beside_ours_and_is_kept(kam, client_of):
    made = case(kam)
    client, url = client_of(kam), reverse("negotiation:buyer", args=[made.id])
    first = words(client.get(url))
    assert "Nothing is worked out yet" in first
    tried = words(client.post(f"{reverse('negotiation:preview_buyer', args=[made.id])}", bundle()))
    assert "over 5 years keeping 2 titles" in tried
    assert queries.buyer_model_of(kam, made.id) is None
    assert client.post(url, bundle()).status_code == 302
    held = queries.buyer_model_of(kam, made.id)
    assert [one["name"] for one in held.body["titles"]] == ["Cardiology", "Oncology", "Nursing"]
    assert held.body["our_assumptions"]["loan_cost"] == "40"
    shown = words(client.get(url))
    for part in ("By their numbers", "Year by year", "Sensitivity of each input", "Prices of"):
        assert part in shown
    assert client.post(url, bundle(version=99)).status_code == 409
    wrong = client.post(url, bundle(version=held.version, titles="Only a name"))
    assert wrong.status_code == 422
    assert "Line 1" in words(wrong)
    assert queries.buyer_model_of(kam, made.id) == held


@pytest.mark.django_db
def test_a_trading_customer_and_its_alternatives(kam, client_of):
    made = case(kam)
    client, url = client_of(kam), reverse("negotiation:buyer", args=[made.id]) + "?kind=trade"
    body = {"version": "", "alternatives": "We; 100; 12; 9; 20\nOther; 100; 12; 8"}
    assert client.post(url, body).status_code == 302
    seen = words(client.get(url))
    assert "The customer earns most with Other: € 80.00 more than with us." in seen


@pytest.mark.django_db
def test_an_offer_is_signed_on_its_page(kam, client_of):
    made, offer = offered(kam)
    client = client_of(kam)
    assert "Make 1. Agreed an agreement" in words(
        client.get(reverse("negotiation:case", args=[made.id]))
    )
    url = reverse("negotiation:sign", args=[made.id, offer.id])
    body = {"agreement": "", "kind": "licence", "title": "Licence", "starts": "2027-01-01",
            "last": "2027-12-31", "plan": "", "every_months": "12", "first": ""}  # fmt: skip
    assert client.post(url, {**body, "last": "2026-12-31"}).status_code == 422
    assert queries.signings_of(kam, made.id) == ()
    assert client.post(url, body).status_code == 302
    (signing,) = queries.signings_of(kam, made.id)
    held = agreement_for(kam, signing.agreement_id)
    assert {one.heading: one.text for one in held.versions[-1].clauses} == GOOD
    page = words(client.get(reverse("negotiation:case", args=[made.id])))
    assert f"{held.number} version 1 drafted on" in page
    assert "It says what was agreed: no difference." in page
