"""The page of offers: the table, the answer, mistakes beside their fields, conflicts, rights."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from keystead.kit.access import Actor
from keystead.kit.models import AuditEntry, User
from keystead.metrics.tests import room
from keystead.profitability import services
from keystead.profitability.queries.offers import case_for
from keystead.profitability.tests import offer_house
from keystead.profitability.tests.offer_house import REBATE, TODAY
from keystead.profitability.types.offers import Offer, OfferCase

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    settings.KEYSTEAD_HOME = tmp_path / "home"
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: TODAY)


@pytest.fixture
def anna() -> Actor:
    return room.user("anna", "kam")


@pytest.fixture
def house(anna: Actor) -> dict[str, int]:
    return offer_house.build(anna)


@pytest.fixture
def case(house, anna: Actor) -> OfferCase:
    from keystead.agreements.types import Terms

    made = offer_house.case(anna, house["own"])
    return services.save_offer(
        actor=anna, case_id=made.id, expected_version=made.version,
        offer=Offer("a", "Offer A", Terms((REBATE,))),
    )  # fmt: skip


def client(actor: Actor) -> Client:
    found = Client()
    found.force_login(User.objects.get(pk=actor.user_id))
    return found


def words(response: Any) -> str:
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return " ".join(text.replace("\u00a0", " ").split())


def typed(case: OfferCase, **changes: Any) -> dict[str, Any]:
    return {
        "offer": "a", "version": str(case.version), "name": "Offer A", "keys": ["volume"],
        "c-volume-family": "volume_rebate", "c-volume-label": "Year-end rebate", "c-volume-gl": "4711",
        "c-volume-measure": "net_value", "c-volume-paid_on": "net_value", "c-volume-kind": "percent",
        "c-volume-method": "all_units", "c-volume-period": "year",
        "c-volume-lower-0": "0", "c-volume-rate-0": "1", "c-volume-lower-1": "26000",
        "c-volume-rate-1": "3", **changes,
    }  # fmt: skip


def said(response: Any, place: str) -> str:
    found = re.search(
        rf'<p class="error" id="say-{place}"[^>]*>(.*?)</p>', response.content.decode()
    )
    assert found is not None, place
    return found.group(1)


def test_the_page_shows_terms_answers_and_charts(case: OfferCase, anna: Actor) -> None:
    response = client(anna).get(f"/offers/{case.id}/")
    assert response.status_code == 200
    text = words(response)
    for part in ("Offers 2027", "Year-end rebate", "Expected payout", "Break-even volume",
                 "Margin after cost of goods", "No agreed forecast covers the whole term",
                 "Retroactive tiers (Year-end rebate)", "No rule stands in the way."):  # fmt: skip
        assert part in text, part
    body = response.content.decode()
    assert body.count("data-chart=") == 3
    assert 'type="range"' in body
    assert 'value="26000"' in body


def test_an_answer_follows_what_is_typed_and_saves_nothing(case: OfferCase, anna: Actor) -> None:
    rows = AuditEntry.objects.count()
    path = f"/offers/{case.id}/evaluate/"
    answer = client(anna).post(path, typed(case, **{"c-volume-lower-1": "20000"}))
    assert answer.status_code == 200
    # 3 % of 21,600 instead of 1 %: 648, so the margin falls to 8,952.
    assert "Not saved yet." in words(answer)
    assert "8,952" in words(answer)
    same = client(anna).post(path, typed(case))
    assert "Not saved yet." not in words(same)
    assert (case_for(anna, case.id), AuditEntry.objects.count()) == (case, rows)


@pytest.mark.parametrize(
    ("changes", "place", "sentence"),
    [
        ({"c-volume-lower-0": "30000"}, "c-volume", "The bounds fall from 30000 to 26000"),
        ({"c-volume-lower-1": "0"}, "c-volume", "they overlap"),
        ({"c-volume-rate-1": "101"}, "c-volume", "A rate is above 100 %"),
        ({"c-volume-rate-1": "much"}, "c-volume-t1", "is not a number"),
        ({"c-volume-rate-1": ""}, "c-volume-t1", "A tier needs a lower bound and a rate."),
        ({"c-volume-paste": "0\t1\tall_units\n9\t2\tincremental"}, "c-volume",
         "One condition has one method"),
        ({"c-volume-paste": "0 1\nx y"}, "c-volume", "Row 2 of the table"),
        ({"m0-what": "brand:Alpha", "m0-price": "5"}, "m0", "A new price is that of one product"),
        ({"m0-change": "5"}, "m0", "Say which products"),
        ({"m0-what": "all"}, "m0", "Say a change in percent or a new price"),
        ({"wallet": "120"}, "wallet", "It is 100 at most."),
        ({"volume": "-99"}, "volume", "It is -90 at least."),
    ],
)  # fmt: skip
def test_a_mistake_is_said_beside_its_field(
    case: OfferCase, anna: Actor, changes: dict[str, str], place: str, sentence: str
) -> None:
    answer = client(anna).post(f"/offers/{case.id}/evaluate/", typed(case, **changes))
    assert answer.status_code == 422
    assert sentence in said(answer, place).replace("&quot;", '"')
    saved = client(anna).post(f"/offers/{case.id}/save/", typed(case, **changes))
    assert saved.status_code == 422
    assert sentence in said(saved, place)
    assert case_for(anna, case.id) == case


def test_saving_keeps_what_the_table_cannot_show(case: OfferCase, anna: Actor) -> None:
    answer = client(anna).post(
        f"/offers/{case.id}/save/",
        typed(case, **{"c-volume-rate-1": "2,5", "m0-what": "brand:Alpha", "m0-change": "-2",
                       "commitment": "20000", "exclusive": "1", "name": "Better"}),
    )  # fmt: skip
    assert answer.status_code == 302
    offer = case_for(anna, case.id).offers[0]
    assert offer.name == "Better"
    assert [str(tier.rate) for tier in offer.terms.conditions[0].tiers] == ["1", "2.5"]
    assert offer.terms.conditions[0].boundary is REBATE.boundary
    assert (offer.moves[0].brand, str(offer.moves[0].change_pct)) == ("Alpha", "-2")
    assert offer.terms.exclusive
    assert str(offer.terms.targets[0].value) == "20000"


def test_a_stale_save_shows_both(case: OfferCase, anna: Actor) -> None:
    services.save_offer(
        actor=anna, case_id=case.id, expected_version=case.version,
        offer=Offer("a", "Theirs", case.offers[0].terms),
    )  # fmt: skip
    answer = client(anna).post(
        f"/offers/{case.id}/save/", typed(case, **{"name": "Mine", "c-volume-rate-1": "4"})
    )
    assert answer.status_code == 409
    text = words(answer)
    for part in ("Theirs", "Mine", "4%"):
        assert part in text.replace(" %", "%"), part
    assert case_for(anna, case.id).offers[0].name == "Theirs"


def test_rows_are_added_and_taken_out_without_saving(case: OfferCase, anna: Actor) -> None:
    path = f"/offers/{case.id}/rows/"
    added = client(anna).post(
        path, typed(case, _do="add:listing_fee"), headers={"HX-Request": "true"}
    )
    body = added.content.decode()
    assert 'name="keys" value="listing-fee"' in body
    assert "What they do for it" in body
    assert 'value="26000"' in body
    gone = client(anna).post(path, typed(case, _do="remove:volume"), headers={"HX-Request": "true"})
    assert 'name="keys"' not in gone.content.decode()
    assert case_for(anna, case.id) == case


def test_a_pasted_table_fills_the_rows(case: OfferCase, anna: Actor) -> None:
    answer = client(anna).post(
        f"/offers/{case.id}/save/",
        typed(case, **{"c-volume-paste": "0\t0,5%\n20 000\t1.5\n25,000\t2"}),
    )
    assert answer.status_code == 302
    found = case_for(anna, case.id).offers[0].terms.conditions[0].tiers
    assert [(str(t.lower), str(t.rate)) for t in found] == [
        ("0", "0.5"), ("20000", "1.5"), ("25000", "2"),
    ]  # fmt: skip


def test_foreign_and_missing_are_the_same(case: OfferCase, anna: Actor) -> None:
    bert = room.user("bert", "kam")
    for case_id in (case.id, 999_999):
        who = bert if case_id == case.id else anna
        for path in ("", "setting/"):
            assert client(who).get(f"/offers/{case_id}/{path}").status_code == 404
        for path in ("evaluate/", "save/", "rows/", "step/add/"):
            assert client(who).post(f"/offers/{case_id}/{path}", typed(case)).status_code == 404
    assert client(bert).get(f"/accounts/{case.account_id}/panels/offers/").status_code == 404
    assert client(bert).get(f"/accounts/{case.account_id}/offers/new/").status_code == 404


def test_steps_lead_on(case: OfferCase, anna: Actor) -> None:
    who = client(anna)
    base = f"/offers/{case.id}/step"
    form = {"offer": "a", "version": str(case.version)}
    assert who.post(f"{base}/add/", form).headers["Location"] == f"/offers/{case.id}/?offer=c"
    assert who.post(f"{base}/nothing/", form).status_code == 404
    version = str(case_for(anna, case.id).version)
    sent = who.post(f"{base}/submit/", {**form, "version": version}, follow=True)
    assert "It waits for approval." in words(sent)
    drafted = who.post(f"{base}/contract/", {**form, "version": version})
    assert drafted.headers["Location"].startswith("/agreements/")


def test_a_viewer_without_terms_sees_no_offers(case: OfferCase, anna: Actor) -> None:
    finance = room.user("marketing", "marketing")
    assert client(finance).get(f"/offers/{case.id}/").status_code in (403, 404)


def test_the_panel_and_the_start(case: OfferCase, anna: Actor) -> None:
    who = client(anna)
    panel = who.get(f"/accounts/{case.account_id}/panels/offers/", headers={"HX-Request": "true"})
    assert "Offers 2027" in words(panel)
    started = who.post(
        f"/accounts/{case.account_id}/offers/new/",
        {"name": "Next", "origin": "blank", "starts": "2027-01-01", "last": "2027-12-31",
         "currency": "CNY"},
    )  # fmt: skip
    assert started.status_code == 302
    refused = who.post(
        f"/accounts/{case.account_id}/offers/new/",
        {"name": "Next", "origin": "in_force", "starts": "2027-01-01", "last": "2027-12-31",
         "currency": "CNY"},
    )  # fmt: skip
    assert refused.status_code == 422
    assert "No agreement of this customer is in force." in words(refused)


def test_the_setting_is_saved_and_checked(case: OfferCase, anna: Actor, house) -> None:
    path = f"/offers/{case.id}/setting/"
    form = {"version": str(case.version), "name": "Renamed", "within_year": "0.8", "common": "0.2"}
    wrong = client(anna).post(path, {**form, "low": "5", "middle": "4", "high": "6"})
    assert wrong.status_code == 422
    assert "A range rises" in words(wrong)
    good = client(anna).post(path, {**form, "low": "18000", "middle": "20000", "high": "23000",
                                    f"resale_{house['strips']}": "13"})  # fmt: skip
    assert good.status_code == 302
    found = case_for(anna, case.id)
    assert found.name == "Renamed"
    assert found.setting.forecast is not None
    assert found.setting.resale == ((house["strips"], 13),)
    assert found.setting.seed == case.setting.seed


def test_the_api_answers_for_an_offer(case: OfferCase, anna: Actor) -> None:
    who = client(anna)
    stored = who.get(f"/api/offers/{case.id}").json()
    assert [one["key"] for one in stored["offers"]] == ["a", "b"]
    assert stored["answers"][0]["payout"] == "216.00"
    offer = stored["offers"][0]
    offer["terms"]["conditions"][0]["tiers"][1]["lower"] = "20000"
    path = f"/api/offers/{case.id}/evaluate"
    found = who.post(path, {"offer": offer}, content_type="application/json").json()
    assert (found["payout"], found["net_net_sales"]) == ("648.00", "20952.00")
    assert found["p10"] <= found["expected"] <= found["p90"]
    offer["terms"]["conditions"][0]["tiers"][1]["lower"] = "0"
    wrong = who.post(path, {"offer": offer}, content_type="application/json")
    assert wrong.status_code == 422
    assert "overlap" in wrong.content.decode()
    broken = who.post(path, {"offer": {"key": "a"}}, content_type="application/json")
    assert broken.status_code == 422
    bert = client(room.user("bert", "kam"))
    assert bert.get(f"/api/offers/{case.id}").status_code == 404
    assert bert.post(path, {"offer": offer}, content_type="application/json").status_code == 404
    assert [one["id"] for one in who.get(f"/api/accounts/{case.account_id}/offers").json()] == [
        case.id
    ]
