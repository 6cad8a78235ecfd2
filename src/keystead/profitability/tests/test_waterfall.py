"""The price waterfall and the customer's view: they foot, name what is unknown, keep rights."""

from __future__ import annotations

import io
import json
import random
import re
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from keystead.accounts.types import Span
from keystead.catalog.services import add_price
from keystead.kernel.errors import Invalid, NotAllowed, NotFound
from keystead.kit.access import SYSTEM, Actor
from keystead.ledger.types import Mode
from keystead.metrics.queries import open_proof
from keystead.metrics.tests import room
from keystead.profitability import queries
from keystead.profitability.calc.pnl import ITEMS, added
from keystead.profitability.commands import waterfall
from keystead.profitability.tests import offer_house
from keystead.profitability.tests.house import HALF
from keystead.profitability.tests.test_web import _client, _page, _words
from keystead.profitability.types import Cut, PriceWaterfall, Scenario, Source, Unknown

pytestmark = pytest.mark.django_db
D = Decimal
SINCE = Span(date(2025, 1, 1), None)


@pytest.fixture
def priced(house: dict[str, Any]) -> dict[str, Any]:
    """Strips have a list price of 12 and a recommended one of 22.60, tax of 13 % inside."""
    given = {"actor": SYSTEM, "product_id": house["strips"], "currency": "CNY", "span": SINCE}
    add_price(**given, purpose="list", amount=D(12))
    add_price(**given, purpose="recommended", amount=D("22.60"), tax_pct=D(13))
    return house


def _amounts(found: PriceWaterfall) -> dict[str, Decimal | None]:
    return {step.line.id: step.amount.value for step in found.steps}


def _walk(found: PriceWaterfall) -> None:
    """Assert that every level is the one before it and the steps between."""
    running: Decimal | None = None
    for step in found.steps:
        value = step.amount.value
        if step.is_level:
            if running is not None and value is not None:
                assert value == running, step.line.id
            running = value if value is not None else running
        elif running is not None:
            running += value or D(0)


def test_from_the_list_price_down_by_hand(priced, anna: Actor) -> None:
    found = queries.price_waterfall(actor=anna, account_id=priced["own"], period=HALF)
    # 150 strips at 12, and what meter and lancets were invoiced at: 1,800 + 200 + 60.
    assert _amounts(found) == {
        "list_sales": D(2060), "on_invoice": D(-150), "invoice_sales": D(1910),
        "cash_discount": None, "retro": D("-55.55"), "free_goods": None,
        "price_protection": None, "funds": D(-20), "net_net_sales": D("1834.45"),
        "cogs": D(-840), "gross_margin": D("994.45"), "logistics": D("-31.25"),
        "account_marketing": D("-33.33"), "platform_fees": None, "cost_to_serve": None,
        "contribution": D("929.87"),
    }  # fmt: skip
    _walk(found)
    assert (found.listed, found.unlisted, found.units, found.unit) == (1, 2, D(220), "pack")
    steps = {step.line.id: step for step in found.steps}
    assert (steps["on_invoice"].base, steps["retro"].base) == ("list_sales", "invoice_sales")
    assert steps["funds"].share == D(-20) / D(1910)
    assert steps["cogs"].base == steps["contribution"].base == "net_net_sales"
    assert steps["retro"].source is Source.EXPENSES
    assert steps["cash_discount"].unknown is Unknown.NOTHING_POSTED
    assert found.gross_to_net_pct == (D(2060) - D("1834.45")) * 100 / D(2060)
    assert [name for name, _amount in steps["funds"].details] == ["Display"]


def test_without_list_prices_it_starts_at_the_invoice_and_says_so(house, anna: Actor) -> None:
    found = queries.price_waterfall(actor=anna, account_id=house["own"], period=HALF)
    assert not found.starts_at_list
    assert [step.unknown for step in found.steps[:2]] == [Unknown.NO_LIST_PRICE] * 2
    assert _amounts(found)["list_sales"] is None
    assert found.gross_to_net_pct == (D(1910) - D("1834.45")) * 100 / D(1910)


def test_the_proofs_of_a_product_are_of_that_product(priced, anna: Actor) -> None:
    cut = Cut("product", priced["strips"])
    found = queries.price_waterfall(actor=anna, account_id=priced["own"], period=HALF, cut=cut)
    steps = {step.line.id: step for step in found.steps}
    assert steps["invoice_sales"].amount.value == D(1650)
    assert found.cut.label == "P1 P1 strips"
    opened = 0
    for name in ("invoice_sales", "cogs", "logistics"):
        amount = steps[name].amount
        proof = open_proof(actor=anna, proof_id=amount.proof_id)
        assert abs(proof.figure.value or 0) == abs(amount.value or 0), name
        opened += 1
    assert opened == 3
    # February's rebate names no product; strips were the only sale, if a return of -50.
    assert steps["retro"].spread == steps["retro"].amount.value
    assert steps["retro"].amount.proof_id == ""


@pytest.mark.parametrize("seed", [1, 2])
def test_products_foot_to_the_account_at_every_level(house, anna: Actor, seed: int) -> None:
    _random_world(house, seed)
    own = house["own"]
    whole = queries.price_waterfall(actor=anna, account_id=own, period=HALF)
    _walk(whole)
    statement = queries.account_pnl(actor=anna, account_id=own, period=HALF)
    for step in whole.steps:
        row = statement.row(step.line.id)
        if row is not None and step.line.id != "on_invoice":
            assert row.totals[Scenario.ACTUAL].value == step.amount.value, step.line.id
    parts = [
        _amounts(queries.price_waterfall(actor=anna, account_id=own, period=HALF, cut=cut))
        for cut in queries.cuts(actor=anna, account_id=own, period=HALF)
        if cut.dimension == "product"
    ]
    assert len(parts) > 3
    for name, value in _amounts(whole).items():
        assert sum((part[name] or D(0) for part in parts), D(0)) == (value or 0), name
    cells = queries.pnl_cells(actor=anna, account_id=own, period=HALF, spread_expenses=True)
    months = {month: added(c.statement for c in cells if c.month == month)
              for month in statement.months}  # fmt: skip
    for name in ITEMS:
        row = statement.row(name)
        for month, told in months.items():
            expected = row.months[month].value if row else None
            assert (told[name] or 0) == (expected or 0), (name, month)


def _random_world(house: dict[str, Any], seed: int) -> None:
    dice = random.Random(seed)
    products = [house[name] for name in ("strips", "meter", "lancets")]
    products += [room.product("X1"), room.product("X2")]
    given = {"currency": "CNY", "span": SINCE, "purpose": "list"}
    for product in products:
        add_price(actor=SYSTEM, product_id=product, amount=D(dice.randint(100, 9999)) / 100,
                  **given)  # fmt: skip
    base = {"account_id": house["own"]}

    def day() -> date:
        return date(2026, dice.randint(1, 6), dice.randint(1, 28))

    def cents() -> Decimal:
        return D(dice.randint(1, 99_999)) / 100

    months = [date(2026, month, 3) for month in range(1, 7)]
    rows = [{**base, "product_id": product, "date": month, "quantity": dice.randint(1, 90),
             "value": cents()} for product in products for month in months]  # fmt: skip
    room.post("sell_in", rows, source="dice")
    room.post("cost", [{**base, "product_id": product, "date": day(), "value": cents(),
                        "kind": kind} for product in products
                       for kind in ("cogs", "logistics", "other")], source="dice")  # fmt: skip
    words = ["Rebate", "Display", "Commission", "Congress", "Cash discount", "Free goods"]
    room.post("expense", [{**base, "date": day(), "category": word, "status": "actual",
                           "value": cents(), "product_id": dice.choice([None, *products])}
                          for word in words * 3], source="dice")  # fmt: skip
    room.post("accrual", [{**base, "product_id": dice.choice(products), "date": day(),
                           "kind": "accrue", "agreement": "AG-1", "condition": f"c{at}",
                           "basis": "run_rate", "value": cents()} for at in range(6)],
              mode=Mode.APPEND)  # fmt: skip


def test_a_condition_is_told_by_its_label(house, anna: Actor) -> None:
    made = offer_house.agreement(anna, house["own"])
    rows = [{"account_id": house["own"], "product_id": house["strips"], "date": date(2026, 2, 3),
             "kind": "accrue", "agreement": made.number, "condition": key, "basis": "run_rate",
             "value": D(7)} for key in ("volume", "gone")]  # fmt: skip
    room.post("accrual", rows, mode=Mode.APPEND)
    found = queries.price_waterfall(actor=anna, account_id=house["own"], period=HALF)
    retro = next(step for step in found.steps if step.line.id == "retro")
    told = {name for name, _amount in retro.details}
    assert told == {f"{made.number} · Year-end rebate", f"{made.number} · gone"}


def test_accrued_rebates_are_told_by_condition(house, anna: Actor, vera: Actor) -> None:
    _random_world(house, 3)
    found = queries.price_waterfall(actor=anna, account_id=house["own"], period=HALF)
    retro = next(step for step in found.steps if step.line.id == "retro")
    assert retro.source is Source.ACCRUALS
    assert sum(amount.value for _name, amount in retro.details) == retro.amount.value
    assert any(name.startswith("AG-1 · c") for name, _amount in retro.details)
    hidden = queries.price_waterfall(actor=vera, account_id=house["own"], period=HALF)
    assert hidden.hides_rebates
    assert set(_amounts(hidden)).isdisjoint({"retro", "net_net_sales", "cogs", "contribution"})
    assert hidden.gross_to_net_pct is None


def test_what_does_not_exist_and_what_is_foreign(house, anna: Actor) -> None:
    for cut in (Cut("product", 999_999), Cut("brand", "none"), Cut("account", 1)):
        with pytest.raises(Invalid) as caught:
            queries.price_waterfall(actor=anna, account_id=house["own"], period=HALF, cut=cut)
        assert caught.value.code == "cut_unknown"
    for account_id in (house["foreign"], 999_999):
        for ask in (queries.price_waterfall, queries.customer_margin):
            with pytest.raises(NotFound):
                ask(actor=anna, account_id=account_id, period=HALF)


def test_what_the_customer_earns_by_hand(priced, anna: Actor) -> None:
    found = queries.customer_margin(actor=anna, account_id=priced["own"], period=HALF)
    line = found.lines[0]
    assert (line.sku, line.units, line.buy_price, line.recommended) == ("P1", 150, D(11), D(20))
    assert line.view is not None
    # 150 at 20 without tax; bought for 1,650; February's rebate of 55.55 came back.
    assert (line.view.resale, line.view.bought, line.rebates) == (D(3000), D(1650), D("55.55"))
    assert line.view.margin == D("1405.55")
    assert found.total == line.view
    assert (found.unpriced, found.uncounted) == (2, 0)
    assert [one.view for one in found.lines[1:]] == [None, None]


def test_the_pages_say_what_is_unknown(priced, anna: Actor, vera: Actor) -> None:
    base = f"/accounts/{priced['own']}/panels"
    text = _words(_page(anna, f"{base}/waterfall/"))
    assert "Contribution is ¥ 930, 45.1% of sales at list price" in text
    assert "2 products have no list price for the whole period" in text
    assert "Nothing was posted: not known to be zero" in text
    assert "Gross to net: 10.9% is gone at net-net." in text
    one = _words(_page(anna, f"{base}/waterfall/?of=product:{priced['strips']}"))
    assert "P1 P1 strips" in one
    assert "in part spread" in one
    seen = _words(_page(vera, f"{base}/waterfall/"))
    for word in ("Cost of goods", "Contribution is", "929.87"):
        assert word not in seen, word
    earned = _words(_page(anna, f"{base}/customer/"))
    assert "The customer earns ¥ 1,406, 46.9% of resale" in earned
    assert "2 products have no recommended price" in earned
    assert "real resale prices never enter it" in earned
    for name in ("waterfall", "customer"):
        assert "No sales in this period" in _page(
            anna, f"/accounts/{priced['empty']}/panels/{name}/"
        )
        for account_id in (priced["foreign"], 999_999):
            path = f"/accounts/{account_id}/panels/{name}/"
            assert _client(anna).get(path).status_code == 404


def test_the_workbook_holds_numbers(priced, anna: Actor, vera: Actor) -> None:
    path = f"/accounts/{priced['own']}/waterfall.xlsx?period=2026-01..2026-06"
    response = _client(anna).get(path)
    assert response.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    amounts = {row[0]: row[1] for row in rows[1:]}
    assert amounts["At list price"] == 2060
    assert amounts["Contribution"] == 929.87
    assert amounts["Cash discount"] is None
    products = list(book.worksheets[1].iter_rows(values_only=True))
    place = next(at for at, name in enumerate(products[0]) if name.startswith("Invoice sales"))
    assert sum(row[place] for row in products[1:] if row[place]) == 1910
    with pytest.raises(NotAllowed):
        queries.waterfall_workbook(actor=vera, account_id=priced["own"], period=HALF)
    assert _client(vera).get(path).status_code == 403


def test_command_and_api_say_the_same(priced, anna: Actor, monkeypatch) -> None:
    monkeypatch.setenv("KEYSTEAD_USER", "anna")

    def run(*args: str) -> str:
        return CliRunner().invoke(
            waterfall, args, catch_exceptions=False, standalone_mode=False
        ).output  # fmt: skip

    text = run("A1", "--period", "2026-01..2026-06")
    assert re.search(r"At list price +2,060\.00", text)
    assert re.search(r"Contribution +929\.87 +50\.7 %  Net-net sales", text)
    body = json.loads(run("A1", "--period", "2026-01..2026-06", "--of", "product:P1", "--json"))
    api = _client(anna).get(
        f"/api/accounts/{priced['own']}/waterfall?period=2026-01..2026-06&of=product:P1"
    )
    assert api.json() == body
    assert {step["line"]: step["value"] for step in body["steps"]}["invoice_sales"] == "1650"
    earned = json.loads(run("A1", "--period", "2026-01..2026-06", "--customer", "--json"))
    own = _client(anna).get(
        f"/api/accounts/{priced['own']}/customer-margin?period=2026-01..2026-06"
    )
    assert own.json() == earned
    assert earned["total"]["margin"] == "1405.55"
    assert re.search(r"Total of what is known +1,650\.00 +55\.55 +3,000\.00", run(
        "A1", "--period", "2026-01..2026-06", "--customer"))  # fmt: skip
