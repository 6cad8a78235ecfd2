"""The two panels, the way to them from a figure, and the same numbers by command and API."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from click.testing import CliRunner
from django.test import Client

from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.kit.models import User
from keystead.metrics.queries import evaluate
from keystead.metrics.tests import room
from keystead.profitability import queries
from keystead.profitability.commands import pnl
from keystead.profitability.tests.house import HALF, TODAY

pytestmark = pytest.mark.django_db
PANELS = ("pnl", "why")


def _client(actor: Actor) -> Client:
    found = Client()
    found.force_login(User.objects.get(pk=actor.user_id))
    return found


def _page(actor: Actor, path: str) -> str:
    response = _client(actor).get(path, headers={"HX-Request": "true"})
    assert response.status_code == 200, response.status_code
    return response.content.decode().replace("\u00a0", " ")


def _words(text: str) -> str:
    return " ".join(re.sub(r"<script.*?</script>|<[^>]+>", " ", text, flags=re.S).split())


def test_the_panel_shows_the_statement(house, anna: Actor) -> None:
    text = _page(anna, f"/accounts/{house['own']}/panels/pnl/")
    assert "Contribution is ¥ 930, ¥ 79.9 more than last year" in text
    for amount in ("1910.0000", "-840.0000", "994.4500", "929.8700", "-55.5500"):
        assert f'data-value="{amount}"' in text, amount
    assert "No cost of goods in Jun 2026" in _words(text)
    assert "Jun 2026 has sales but no expenses yet: what is left looks too good." in _words(text)
    assert "Run rate" not in text
    whole = _words(_page(anna, f"/accounts/{house['own']}/panels/pnl/?period=2026"))
    assert "Run rate" in whole
    assert "Contribution is ¥ 930 so far; at the run rate it becomes ¥ 1,860, ¥ 1,010 more" in whole
    assert "the run rate is the pace until" in whole
    whys = set(re.findall(r'class="[^"]*num[^"]*"[^>]*><a href="([^"]*/panels/why/[^"]*)"', text))
    assert {one.rpartition("/")[2] for one in whys} == {"", "#drivers", "?measure=gross_margin"}
    for href in whys:
        page = _page(anna, href.partition("#")[0])
        assert "#" not in href or 'id="drivers"' in page
    proofs = set(re.findall(r'href="(/proof/[^"]+)"', text))
    assert len(proofs) > 10
    for href in sorted(proofs)[:4]:
        assert _client(anna).get(href).status_code == 200


def test_the_page_says_that_its_forecast_was_agreed(house, anna: Actor) -> None:
    rows = [{"account_id": house["own"], "product_id": None, "date": date(2026, month, 1),
             "value": 320} for month in range(7, 13)]  # fmt: skip
    room.post("forecast", rows, source="cycle")
    text = _words(_page(anna, f"/accounts/{house['own']}/panels/pnl/?period=2026"))
    assert "so far; with the agreed forecast it becomes" in text
    assert "¥ 1,920 of sell-in agreed for the rest" in text
    assert "Proof of the agreed sell-in" in text
    assert "Run rate" not in text


def test_without_the_right_to_costs_there_is_no_cost_and_no_margin(house, vera: Actor) -> None:
    text = _page(vera, f"/accounts/{house['own']}/panels/pnl/")
    assert "Net-net sales is ¥ 1,834" in text
    assert "Cost and margin are shown to those who may see them." in text
    for word in ("Cost of goods", "Margin after", "Contribution", "cost_of_goods", "929.87"):
        assert word not in text, word
    assert not re.search(r"\b(840|930)\b", _words(text)), "an amount of costs in words"
    assert not re.search(r'data-value="-?(840|929)', text), "an amount of costs in a cell"
    why = _page(vera, f"/accounts/{house['own']}/panels/why/")
    assert "Sell-in grew by ¥ 420" in why
    for word in ("Gross margin", "gross_margin", "On to the contribution", "Cost of goods"):
        assert word not in why, word
    refused = _client(vera).get(f"/accounts/{house['own']}/panels/why/?measure=gross_margin")
    assert refused.status_code == 403


def test_why_names_its_convention_and_its_parts(house, anna: Actor) -> None:
    base = f"/accounts/{house['own']}/panels/why/"
    text = _page(anna, base)
    assert "Sell-in grew by ¥ 420; the largest part: Mix, ¥ 300" in text
    assert "Price at the actual quantity." in _words(text)
    assert "P1 strips" in text
    assert "On to the contribution" in text
    joint = _page(anna, f"{base}?convention=base_quantity_price")
    assert "what price and volume make together stands alone" in joint
    assert "Joint effect" in joint
    assert "Joint effect" not in text
    margin = _page(anna, f"{base}?measure=gross_margin&against=previous&period=2026-01..2026-03")
    assert "Gross margin" in margin
    assert "On to the contribution" not in margin


@pytest.mark.parametrize("query", ["convention=mine", "measure=profit", "against=x", "period=soon"])
def test_a_choice_that_does_not_exist_is_refused(house, anna: Actor, query: str) -> None:
    response = _client(anna).get(f"/accounts/{house['own']}/panels/why/?{query}")
    assert response.status_code == 422


@pytest.mark.parametrize("name", PANELS)
def test_foreign_and_missing_are_the_same(house, anna: Actor, name: str) -> None:
    answers = [
        _client(anna).get(f"/accounts/{one}/panels/{name}/") for one in (house["foreign"], 999_999)
    ]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("name", PANELS)
def test_an_empty_account_says_so(house, anna: Actor, name: str) -> None:
    text = _page(anna, f"/accounts/{house['empty']}/panels/{name}/")
    assert 'class="state empty"' in text
    assert 'class="proof"' not in text


@pytest.mark.parametrize("name", PANELS)
def test_several_currencies_are_a_sentence_not_a_fault(house, anna: Actor, name: str) -> None:
    row = {"account_id": house["own"], "product_id": house["meter"], "date": TODAY,
           "quantity": 1, "value": 10, "currency": "EUR"}  # fmt: skip
    room.post("sell_in", [row], source="other")
    text = _page(anna, f"/accounts/{house['own']}/panels/{name}/")
    assert "several currencies" in text


def test_one_click_from_the_strip_and_from_the_proof(house, anna: Actor) -> None:
    page = _page(anna, f"/accounts/{house['own']}/")
    found = re.search(rf'href="(/accounts/{house["own"]}/panels/why/\?period=[^"]+)"', page)
    assert found
    assert 'name="convention"' in _page(anna, found.group(1))
    asked = evaluate(
        actor=anna, metrics=["gross_margin"], period=HALF, filters={"account": [house["own"]]}
    )
    proof = _page(anna, f"/proof/{asked.figure('gross_margin').proof_id}/")
    assert f"/accounts/{house['own']}/panels/why/?period=2026-H1" in proof
    assert "measure=gross_margin" in proof
    all_of_them = evaluate(actor=anna, metrics=["sell_in"], period=HALF)
    assert "/panels/why/" not in _page(anna, f"/proof/{all_of_them.figure('sell_in').proof_id}/")


def test_the_tabs_lead_to_both(house, anna: Actor) -> None:
    page = _page(anna, f"/accounts/{house['own']}/")
    for name in PANELS:
        assert f"/accounts/{house['own']}/panels/{name}/" in page


def test_the_command_says_the_same(house, anna: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYSTEAD_USER", "anna")

    def run(*args: str) -> str:
        return CliRunner().invoke(pnl, args, catch_exceptions=False, standalone_mode=False).output

    text = run("A1", "--period", "2026-01..2026-06", "--months")
    assert re.search(r"Contribution +929\.87 +- +850\.00 +79\.87", text)
    assert "No cost of goods in 2026-06" in text
    assert "2026-06: sales but no expenses yet" in text
    whole = run("A1", "--period", "2026")
    assert re.search(r"Invoice sales +1,910\.00 +3,820\.00 +3,600\.00 +1,490\.00", whole)
    assert "Forecast at run rate: the pace until 2026-06-30" in whole
    body = json.loads(run("A1", "--period", "2026-01..2026-06", "--json"))
    found = queries.account_pnl(actor=anna, account_id=house["own"], period=HALF)
    assert body == json.loads(json.dumps(queries.pnl_body(found)))
    bridge = run("A1", "--bridge", "symmetric_average")
    assert re.search(r"mix +315\.00", bridge) or "mix" in bridge
    assert "symmetric average (Shapley)" in bridge
    with pytest.raises(NotFound):
        run("B1")


def test_the_api_says_the_same(house, anna: Actor, vera: Actor) -> None:
    own = f"/api/accounts/{house['own']}"
    client = _client(anna)
    body = client.get(f"{own}/pnl?period=2026-01..2026-06").json()
    lines = {row["line"]: row["totals"]["actual"]["value"] for row in body["rows"]
             if not row["detail"]}  # fmt: skip
    assert (lines["contribution"], lines["cogs"]) == ("929.87", "-840")
    cells = client.get(f"{own}/pnl/products?period=2026-01..2026-06").json()
    assert {cell["sku"] for cell in cells} == {"P1", "Q1", "R1", ""}
    moved = client.get(f"{own}/growth?period=2026-01..2026-06").json()
    assert (moved["change"], moved["parts"]["mix"]) == ("420", "300")
    assert moved["lines"][0]["actual"]["proofs"]
    foreign = [client.get(f"/api/accounts/{one}/{path}").status_code
               for one in (house["foreign"], 999_999)
               for path in ("pnl", "pnl/products", "growth")]  # fmt: skip
    assert foreign == [404] * 6
    reader = _client(vera)
    assert "cogs" not in reader.get(f"{own}/pnl").content.decode()
    assert reader.get(f"{own}/growth?measure=gross_margin").status_code == 403
