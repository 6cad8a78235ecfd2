"""The account panels: exact figures for one's own account, 404 for others, empty states, proofs."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from keystead.kit.models import AuditEntry, User
from keystead.metrics.tests import room
from keystead.metrics.tests.worlds import day

pytestmark = pytest.mark.django_db
PANELS = ("today", "money", "range", "stock", "prices", "spend")
TODAY = day("2026-06-30")


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: TODAY)
    anna = room.user("anna", "kam")
    own, empty = room.account("A1", anna), room.account("E1", anna)
    foreign = room.account("B1")
    strips, meter = room.product("P1", brand="Acu"), room.product("Q1", brand="Bio")

    def sale(product: int, on: str, value: Any, account: int = own) -> dict[str, Any]:
        return {"account_id": account, "product_id": product, "date": day(on),
                "quantity": 10, "value": value}  # fmt: skip

    room.post(
        "sell_in",
        [
            sale(strips, "2025-01-10", 1000), sale(meter, "2025-02-10", 600),
            sale(strips, "2026-01-12", 1500), sale(meter, "2026-02-12", 400),
            sale(strips, "2026-06-30", 100), sale(strips, "2026-03-01", 77_777, foreign),
        ],
    )  # fmt: skip
    room.post(
        "target",
        [{"account_id": own, "date": date(2026, month, 1), "value": 500}
         for month in range(1, 13)],
    )  # fmt: skip
    room.post(
        "off_take",
        [{"account_id": own, "product_id": strips, "date": day(f"2026-0{month}-15"),
          "quantity": 91, "value": 910, "outlet": "S1"} for month in (4, 5, 6)],
    )  # fmt: skip
    room.post(
        "stock",
        [{"account_id": own, "product_id": strips, "date": day("2026-06-30"), "quantity": 60}],
    )
    room.post(
        "listing",
        [{"account_id": own, "product_id": strips, "date": day("2025-01-01")},
         {"account_id": own, "product_id": meter, "date": day("2025-01-01")},
         {"account_id": own, "product_id": meter, "date": day("2026-06-02"),
          "status": "delisted"}],
    )  # fmt: skip
    room.post(
        "shelf_price",
        [{"account_id": own, "product_id": strips, "date": day(f"2026-06-0{at}"), "shop": "X",
          "price": price, "regular_price": 100} for at, price in ((1, 90), (2, 100), (3, 110))],
    )  # fmt: skip
    room.post(
        "expense",
        [{"account_id": own, "date": day("2026-05-05"), "category": "Display",
          "status": status, "value": value}
         for status, value in (("actual", 200), ("planned", 250))],
    )  # fmt: skip
    return {"own": own, "empty": empty, "foreign": foreign}


@pytest.fixture
def client(house: dict[str, int]) -> Client:
    found = Client()
    found.force_login(User.objects.get(username="anna"))
    return found


def panel(client: Client, account_id: int, name: str) -> str:
    response = client.get(f"/accounts/{account_id}/panels/{name}/", headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ")


def proofs(text: str) -> dict[str, str]:
    """Return every proved number on the page with the address of its proof."""
    found = re.findall(r'<a class="proof" href="([^"]+)"[^>]*>([^<]+)</a>', text)
    return {number.replace("\u00a0", " "): href for href, number in found}


def words(text: str) -> str:
    return " ".join(re.sub(r"<script.*?</script>|<[^>]+>", " ", text, flags=re.S).split())


def test_today_says_what_moved(house, client: Client) -> None:
    text = panel(client, house["own"], "today")
    assert "Sell-in is ¥ 1,000 behind target, but 25.0% above last year" in text
    assert "P1 strips grew by ¥ 600" in text
    found = proofs(text)
    for number in ("1,600", "400", "1,000", "600", "2,000", "60.0%", "25.0%"):
        assert "/proof/" in found[number], number
    assert "Q1 strips: a gap in the listing" in text
    assert "P1 strips: low stock" in text
    assert "20 days" in found
    assert "77,777" not in text


def test_a_proof_on_the_panel_opens(house, client: Client) -> None:
    href = proofs(panel(client, house["own"], "today"))["1,600"]
    response = client.get(href)
    assert response.status_code == 200
    assert "1,600" in response.content.decode()


def test_money_has_run_rate_and_mix(house, client: Client) -> None:
    text = panel(client, house["own"], "money")
    assert "It runs at ¥ 333 a month; the target needs ¥ 667" in text
    assert "P1 strips makes 80.0% of sell-in" in text
    assert "Acu is the largest brand with ¥ 1,600" in text
    found = proofs(text)
    for number in ("¥ 2,000", "66.7%", "6 months", "6,800", "80.0%", "¥ 333"):
        assert "/proof/" in found[number], number


def test_range_names_the_gap(house, client: Client) -> None:
    text = panel(client, house["own"], "range")
    assert "1 product has a gap in its listing" in text
    assert "P1 strips reaches 100.0% of the turnover" in text
    assert {"50.0%", "¥ 1,000", "1,600"} <= set(proofs(text))


def test_stock_lasts_so_many_days(house, client: Client) -> None:
    text = panel(client, house["own"], "stock")
    assert "Stock lasts 20 days, less than 21" in text
    assert "P1 strips runs out first: 20 days" in text
    assert {"60", "20.0", "91", "273"} <= set(proofs(text))


def test_prices_are_aggregated_and_each_look_is_recorded(house, client: Client) -> None:
    text = panel(client, house["own"], "prices")
    assert "Shelf prices stand at 100.0" in text
    assert "For internal analysis only" in text
    assert "Prices of the same product lie 10.0% apart; 33.3% are promotions" in text
    assert {"10.0%", "33.3%"} <= set(proofs(text))
    seen = AuditEntry.objects.filter(action="prices.view", account_id=house["own"])
    assert seen.exists()


def test_spend_by_category_and_rate(house, client: Client) -> None:
    text = panel(client, house["own"], "spend")
    assert "¥ 200 spent this year, 10.0% of gross sell-in" in text
    assert "Display takes the most: ¥ 200" in text
    assert {"200", "250", "10.0%"} <= set(proofs(text))


@pytest.mark.parametrize("name", PANELS)
def test_foreign_and_missing_are_the_same(house, client: Client, name: str) -> None:
    answers = [client.get(f"/accounts/{one}/panels/{name}/") for one in (house["foreign"], 999_999)]
    assert [answer.status_code for answer in answers] == [404, 404]
    own_to_each_answer = r'(content|value|nonce)="[A-Za-z0-9+/=_-]{22,}"|\d+'
    bare = [re.sub(own_to_each_answer, "", one.content.decode()) for one in answers]
    assert bare[0] == bare[1]


@pytest.mark.parametrize("name", PANELS)
def test_an_empty_account_says_what_to_import(house, client: Client, name: str) -> None:
    text = panel(client, house["empty"], name)
    assert 'class="state empty"' in text
    assert "Import" in words(text)
    assert 'class="proof"' not in text


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_asks_little(house, client: Client, name: str, monkeypatch) -> None:
    from keystead.metrics.views.panels import shared

    asked = []
    real = shared.evaluate
    monkeypatch.setattr(shared, "evaluate", lambda **given: asked.append(1) or real(**given))
    panel(client, house["own"], name)
    assert len(asked) <= 5
