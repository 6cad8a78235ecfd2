"""The customer's volumes through the pages and the API: paste, compare, agree, dispute."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from keystead.agreements import models
from keystead.agreements.queries.evaluation import evaluate_agreement
from keystead.agreements.tests.factories import rebate, tiers
from keystead.agreements.tests.sold import active, sell
from keystead.agreements.tests.test_partner import LAST
from keystead.agreements.types import Every, VolumeState
from keystead.kit.testing.page import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def one(kam, house):
    found = active(kam, house, rebate("all", tiers=tiers((0, 2)), tier_period=Every.MONTH))
    sell(house, ("jd", "p", "2025-01-10", "1000"), ("shop", "q", "2025-02-12", "200"))
    return found


def total(kam, one):
    return evaluate_agreement(kam, one.id, as_of=LAST).run.total.amount


def test_paste_compare_agree(client_of, kam, house, one):
    client, home = client_of(kam), f"/agreements/{one.id}/volumes/"
    assert "stated no volumes yet" in text_of(client.get(home))
    pasted = "SKU\tmonth\tunits\tvalue\nP1\t2025-01\t91\t900.50\nQ1\t2025/2\t\t250"
    answer = client.post(f"{home}new/", {"volumes": pasted, "note": "Mail of Ms Li"})
    assert answer.status_code == 302, text_of(answer)
    page = text_of(client.get(home))
    assert "-99.50" in page.replace("−", "-")
    assert "50.00" in page
    assert page.count("stated") >= 2
    assert total(kam, one) == 24
    place = f"2025-01:{house['p']}"
    assert "Who agreed" in text_of(client.get(f"{home}agree/?place={place}"))
    given = {"places": place, "agreed_by": "Ms Li", "on": "2025-03-03"}
    assert client.post(f"{home}agree/", given).status_code == 302
    assert "agreed Ms Li · Mail of Ms Li" in text_of(client.get(home))
    assert str(total(kam, one)) == "22.01"
    entitlement = text_of(client.get(f"/agreements/{one.id}/entitlement/?as_of=2025-02-28"))
    assert "Agreed with the customer" in entitlement
    assert "Show all our volumes" in text_of(client.get(home))
    assert client.get(f"{home}?show=all").status_code == 200


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("NOPE\t2025-01\t1\t1", "Line 1"),
        ("P1\t2024-01\t1\t1", "2024-01 is not in this agreement"),
        ("P1\tJanuary 2025\t1\t1\nP1\tx\t1\t1", "is no month"),
        ("P1\t2025-01\t1\tmany", "“many” is no number"),
        ("P1\t2025-01\t1\t1\nP1\t2025-01\t2\t2", "Line 2: This product and month"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_kept(client_of, kam, one, pasted, said):
    answer = client_of(kam).post(f"/agreements/{one.id}/volumes/new/", {"volumes": pasted})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert models.PartnerVolumeRow.objects.count() == 0


def test_a_dispute_takes_its_evidence_along(client_of, kam, house, one):
    client, home = client_of(kam), f"/agreements/{one.id}/volumes/"
    client.post(f"{home}new/", {"volumes": "P1;2025-01;;900"})
    place = f"2025-01:{house['p']}"
    bare = client.post(f"{home}dispute/", {"places": place, "reason": "Returns twice"})
    assert bare.status_code == 422
    file = SimpleUploadedFile("returns.txt", b"two notes")
    answer = client.post(
        f"{home}dispute/", {"places": place, "reason": "Returns twice", "file": file}
    )
    assert answer.status_code == 302, text_of(answer)
    row = models.PartnerVolumeRow.objects.latest("id")
    assert (row.state, row.document.name) == (VolumeState.DISPUTED, "returns.txt")
    assert total(kam, one) == 24


def test_the_api_states_agrees_and_tells(client_of, kam, house, one, make_actor):
    client, home = client_of(kam), f"/api/agreements/{one.id}/volumes"
    said = {"volumes": [{"month": "2025-01-01", "product_id": house["p"], "value": "900"}]}
    answer = client.post(home, said, content_type="application/json").json()
    assert [(x["sku"], x["difference_value"], x["state"]) for x in answer["items"]] == [
        ("P1", "-100.0000", "stated")
    ]
    place = {"month": "2025-01-01", "product_id": house["p"]}
    agreed = {"places": [place], "agreed_by": "Ms Li"}
    answer = client.post(f"{home}/agree", agreed, content_type="application/json").json()
    assert answer["items"][0]["state"] == "agreed"
    assert total(kam, one) == 22
    assert len(client.get(f"{home}?stated=false").json()["items"]) == 2
    for actor in (make_actor("far", "kam"),):
        assert client_of(actor).get(home).status_code == 404
        assert client_of(actor).get(f"/agreements/{one.id}/volumes/").status_code == 404
    other = {**agreed, "places": [{**place, "product_id": house["q"]}]}
    assert client.post(f"{home}/agree", other, content_type="application/json").status_code == 422
