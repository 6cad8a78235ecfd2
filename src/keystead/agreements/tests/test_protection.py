"""Price protection from the ledger: cuts, reported stock, off-take, look-back; nothing guessed."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import ROUND_HALF_UP
from typing import Any

import pytest

from keystead.accounts.types import Span
from keystead.agreements import services
from keystead.agreements.calc.evaluate import is_earned
from keystead.agreements.queries.batch import evaluate_many
from keystead.agreements.queries.evaluation import Evaluated, evaluate_agreement
from keystead.agreements.queries.expected import expected_at, sales_of
from keystead.agreements.queries.statement_book import statement_workbook
from keystead.agreements.queries.statement_paper import statement_paper
from keystead.agreements.queries.statements import statement_of
from keystead.agreements.queries.wire import entitlement_body
from keystead.agreements.tests.factories import D, now, rebate, terms, tiers
from keystead.agreements.tests.sold import active, agreed, amended, sell
from keystead.agreements.tests.test_statement_book import cents, named, needs_office, recalculated
from keystead.agreements.types import (
    Agreement,
    Cap,
    Condition,
    Every,
    Family,
    Measure,
    PriceProtection,
    PriceRow,
    ProtectionGap,
    Scope,
    Selection,
    TraceKind,
)
from keystead.catalog.services import add_price
from keystead.kernel.errors import Invalid
from keystead.kit.access import SYSTEM, Actor
from keystead.kit.testing.page import text_of
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db

END = date(2025, 12, 31)
CUT = date(2025, 6, 1)


def protection(**more: Any) -> Condition:
    """A protection settled by quarter; ``on`` are the terms of the stock."""
    on = PriceProtection(**more.pop("on", {}))
    given: dict[str, Any] = {"tier_measure": Measure.NONE, "tier_period": Every.QUARTER, **more}
    return rebate("pp", family=Family.PRICE_PROTECTION, price_protection=on, tiers=(), **given)


def listed(product: int, *prices: tuple[str, str], tax: str = "0", currency: str = "CNY") -> None:
    """List prices one after another: the amount and the day from which it holds."""
    for place, (amount, start) in enumerate(prices):
        following = prices[place + 1][1] if place + 1 < len(prices) else None
        add_price(
            actor=SYSTEM, product_id=product, purpose="list", amount=D(amount), currency=currency,
            tax_pct=D(tax), span=Span(
                date.fromisoformat(start), date.fromisoformat(following) if following else None
            ),
        )  # fmt: skip


def stock(house: dict[str, int], *rows: tuple[Any, ...]) -> None:
    """Stock reports: who, what, day, units and perhaps more columns."""
    room.post("stock", [_row(house, *row) for row in rows])


def sold_on(house: dict[str, int], *rows: tuple[Any, ...]) -> None:
    """Off-take: who, what, day, units."""
    room.post(
        "off_take",
        [{**_row(house, *row), "value": D(1), "is_return": False, "basis": "paid"} for row in rows],
    )


def _row(house: dict[str, int], who: str, what: str, on: str, units: Any, **more: Any) -> Any:
    return {"account_id": house[who], "product_id": house[what], "date": date.fromisoformat(on),
            "quantity": D(units), "unit": "pack", **more}  # fmt: skip


def found_in(actor: Actor, one: Agreement, as_of: date = END) -> Evaluated:
    return evaluate_agreement(actor, one.id, as_of=as_of)


def paid(found: Evaluated) -> dict[str, str]:
    return {str(line.period): f"{line.amount.amount:f}" for line in found.run.lines}


def steps(found: Evaluated, kind: TraceKind) -> list[dict[str, str]]:
    return [dict(one.values) for line in found.run.lines for one in line.trace if one.kind is kind]


def test_a_cut_of_the_list_price_credits_the_stock_reported_before_it(kam, house) -> None:
    listed(house["p"], ("58", "2024-01-01"), ("52.5", "2025-06-01"))
    stock(house, ("jd", "p", "2025-05-20", 999), ("jd", "p", "2025-05-31", 400),
          ("shop", "p", "2025-05-28", 20), ("jd", "p", "2025-06-01", 5000))  # fmt: skip
    found = found_in(kam, active(kam, house, protection()))
    assert paid(found) == {"2025-Q1": "0.00", "2025-Q2": "2310.00", "2025-Q3": "0.00",
                           "2025-Q4": "0.00"}  # fmt: skip
    (told,) = steps(found, TraceKind.STOCK)
    assert (told["first"], told["last"], D(told["on_hand"]), told["rows"]) == (
        "2025-05-28", "2025-05-31", D(420), "2",
    )  # fmt: skip
    rows = [one for cut in found.inputs.protected for held in cut.stocks for one in held.lines]
    assert sorted(one.source_row for one in rows) == [2, 3]
    assert {one.quantity for one in rows} == {D(400), D(20)}


def test_without_a_stock_report_it_says_so_and_pays_nothing(kam, house) -> None:
    listed(house["p"], ("58", "2024-01-01"), ("52.5", "2025-06-01"))
    sell(house, ("jd", "p", "2025-05-02", 700))
    stock(house, ("jd", "p", "2025-03-31", 400))
    found = found_in(kam, active(kam, house, protection(on={"report_days": 30})))
    assert set(paid(found).values()) == {"0.00"}
    assert [one["gap"] for one in steps(found, TraceKind.NOT_KNOWN)] == ["no_report"]


def test_a_product_the_customer_never_had_is_not_spoken_of(kam, house) -> None:
    listed(house["q"], ("58", "2024-01-01"), ("52.5", "2025-06-01"))
    sell(house, ("jd", "p", "2025-05-02", 700), ("else", "q", "2025-05-02", 700))
    found = found_in(kam, active(kam, house, protection()))
    assert found.inputs.protected == ()


def test_what_was_bought_and_sold_on_limits_the_credit(kam, house) -> None:
    listed(house["p"], ("58", "2024-01-01"), ("48", "2025-06-01"))
    stock(house, ("jd", "p", "2025-05-21", 400))
    sell(house, ("jd", "p", "2025-04-10", 9000), ("jd", "p", "2025-05-10", 1500),
         ("jd", "p", "2025-05-25", 1000), ("jd", "p", "2025-05-26", -200))  # fmt: skip
    sold_on(house, ("jd", "p", "2025-05-10", 70), ("jd", "p", "2025-05-21", 50),
            ("jd", "p", "2025-05-30", 30), ("jd", "p", "2025-06-01", 500))  # fmt: skip
    wanted = {
        "plain": ({}, "4000.00"),
        "less what was sold since": ({"less_off_take": True}, "3700.00"),
        # 400 on hand, 80 invoiced since the report (100 less 20 returned)
        "with goods on the way": ({"include_in_transit": True}, "4800.00"),
        # bought in the 30 days before: 150 + 100 - 20
        "at most what was bought": ({"sell_in_days": 30}, "2300.00"),
        # 150 sold in 60 days: 2.5 a day, for 40 days 100
        "at most 40 days": ({"cap_days_of_stock": D(40), "off_take_days": 60}, "1000.00"),
    }
    for name, (on, amount) in wanted.items():
        one = active(kam, house, protection(on=on), title=name)
        assert paid(found_in(kam, one))["2025-Q2"] == amount, name


def test_goods_on_the_way_stand_apart_in_a_report(kam, house) -> None:
    listed(house["p"], ("58", "2024-01-01"), ("48", "2025-06-01"))
    room.post("stock", [
              _row(house, "jd", "p", "2025-05-31", 10, location="DC"),
              _row(house, "jd", "p", "2025-05-31", 3, location="In transit"),
          ])  # fmt: skip
    without = active(kam, house, protection())
    with_them = active(kam, house, protection(on={"include_in_transit": True}))
    assert paid(found_in(kam, without))["2025-Q2"] == "100.00"
    assert paid(found_in(kam, with_them))["2025-Q2"] == "130.00"


def test_off_take_that_nobody_told_is_never_taken_as_none(kam, house) -> None:
    listed(house["p"], ("58", "2024-01-01"), ("48", "2025-06-01"))
    stock(house, ("jd", "p", "2025-05-21", 400))
    for on in ({"less_off_take": True}, {"cap_days_of_stock": D(30)}):
        found = found_in(kam, active(kam, house, protection(on=on)))
        assert set(paid(found).values()) == {"0.00"}
        assert [one["gap"] for one in steps(found, TraceKind.NOT_KNOWN)] == ["off_take_missing"]


def test_prices_of_the_agreement_come_before_the_list(kam, house) -> None:
    """The agreed price falls with the second version; the cut of the list is not the customer's."""
    listed(house["p"], ("58", "2024-01-01"), ("30", "2025-03-01"))
    stock(house, ("jd", "p", "2025-02-28", 70), ("jd", "p", "2025-08-31", 40))
    price = PriceRow(D("45.5"), "CNY", product=house["p"])
    rule = protection()
    one = active(kam, house, rule, terms=terms(conditions=(rule,), prices=(price,)))
    lower = dataclasses.replace(price, amount=D("43.25"))
    later = amended(one, date(2025, 9, 1), rule, prices=(lower,))
    found = found_in(kam, later)
    assert {name: amount for name, amount in paid(found).items() if amount != "0.00"} == {
        "2025-Q3": "90.00"
    }
    assert [(c["old"], c["new"], c["agreed"]) for c in steps(found, TraceKind.PRICE_CUT)] == [
        ("45.5", "43.25", "yes")
    ]


def test_a_rise_the_first_day_and_other_currencies_are_no_cut(kam, house) -> None:
    listed(house["p"], ("50", "2024-01-01"), ("40", "2025-01-01"), ("45", "2025-05-01"))
    listed(house["q"], ("50", "2024-01-01"), ("40", "2025-05-01"), currency="EUR")
    stock(house, ("jd", "p", "2024-12-31", 10), ("jd", "p", "2025-04-30", 10),
          ("jd", "q", "2025-04-30", 10))  # fmt: skip
    assert found_in(kam, active(kam, house, protection())).inputs.protected == ()


def test_the_tax_inside_a_list_price_is_not_credited(kam, house) -> None:
    listed(house["p"], ("113", "2024-01-01"), ("101.7", "2025-06-01"), tax="13")
    stock(house, ("jd", "p", "2025-05-31", 7))
    assert paid(found_in(kam, active(kam, house, protection())))["2025-Q2"] == "70.00"


def test_scope_units_and_channels(kam, house) -> None:
    for name in ("p", "q"):
        listed(house[name], ("50", "2024-01-01"), ("40", "2025-06-01"))
    room.post("stock", [
        _row(house, "jd", "p", "2025-05-31", 7), _row(house, "jd", "q", "2025-05-31", 5),
        _row(house, "shop", "q", "2025-05-31", 2, unit="box"),
    ])  # fmt: skip
    bio = protection(scope=Scope(Selection(brands=("Bio",))))
    found = found_in(kam, active(kam, house, bio))
    assert [one["gap"] for one in steps(found, TraceKind.NOT_KNOWN)] == ["units"]
    acu = protection(scope=Scope(Selection(brands=("Acu",))))
    assert paid(found_in(kam, active(kam, house, acu)))["2025-Q2"] == "70.00"
    online = protection(scope=Scope(Selection(channels=("online",))))
    with pytest.raises(Invalid) as refused:
        active(kam, house, online)
    assert refused.value.code == "stock_channels"


def test_the_hash_follows_the_stock_and_a_batch_gives_the_same(kam, house) -> None:
    listed(house["p"], ("58", "2024-01-01"), ("48", "2025-06-01"))
    stock(house, ("jd", "p", "2025-05-31", 400))
    sell(house, ("jd", "p", "2025-05-10", 1500))
    one = active(kam, house, protection(), rebate("v", tiers=tiers((0, 2))))
    first = found_in(kam, one)
    assert found_in(kam, one).run == first.run
    batched = evaluate_many(kam, [one.id], as_of=END)[one.id]
    assert isinstance(batched, Evaluated)
    assert (batched.run.lines, batched.run.inputs_hash) == (
        first.run.lines, first.run.inputs_hash,
    )  # fmt: skip
    stock(house, ("jd", "p", "2025-05-31", 401))
    again = found_in(kam, one)
    assert again.run.inputs_hash != first.run.inputs_hash
    assert paid(evaluate_agreement(kam, one.id, as_of=END, commit=first.commit)) == paid(first)


def test_it_accrues_in_the_month_of_the_cut_where_the_stock_lies(kam, house, make_actor) -> None:
    listed(house["p"], ("58", "2024-01-01"), ("48", "2025-06-01"))
    stock(house, ("jd", "p", "2025-05-31", 30), ("shop", "p", "2025-05-31", 10))
    one = active(kam, house, protection())
    sales = sales_of(one, END)
    before = expected_at(sales, date(2025, 5, 1))
    assert before.to_date.total.amount == 0
    then = expected_at(sales, date(2025, 6, 1))
    assert then.to_date.total.amount == then.whole.total.amount == D(400)
    assert then.weights("pp") == {
        (CUT, house["p"], house["jd"]): D(300), (CUT, house["p"], house["shop"]): D(100),
    }  # fmt: skip
    written = services.catch_up(
        actor=make_actor("cash", "finance"), agreement_id=one.id, first=date(2025, 1, 1),
        last=date(2025, 12, 1),
    )  # fmt: skip
    assert [(row.month, row.amount.amount) for row in written] == [(CUT, D(400))]


@needs_office
@pytest.mark.parametrize("limit", [None, Cap(D("999.99"))])
def test_the_workbook_works_the_credit_out_again_to_the_cent(kam, house, tmp_path, limit):
    listed(house["p"], ("58.3333", "2024-01-01"), ("52.5", "2025-06-01"), ("50.01", "2025-11-03"))
    listed(house["q"], ("9", "2024-01-01"), ("8.5", "2025-06-01"))
    room.post("stock", [
        _row(house, "jd", "p", "2025-05-31", "400.5"),
        _row(house, "jd", "p", "2025-05-31", 30, location="In transit"),
        _row(house, "shop", "p", "2025-05-20", 77), _row(house, "jd", "p", "2025-10-31", 210),
    ])  # fmt: skip
    sell(house, ("jd", "p", "2025-05-10", 3500), ("shop", "p", "2025-05-25", 90),
         ("jd", "q", "2025-05-10", 100), ("jd", "p", "2025-10-10", 900))  # fmt: skip
    sold_on(house, ("jd", "p", "2025-05-10", 370), ("shop", "p", "2025-05-22", 50),
            ("shop", "p", "2025-05-31", 60), ("jd", "p", "2025-11-01", 11))  # fmt: skip
    on = {"include_in_transit": True, "less_off_take": True, "cap_days_of_stock": D(77),
          "sell_in_days": 60, "off_take_days": 90}  # fmt: skip
    one = active(kam, house, protection(on=on, cap=limit), rebate("v", tiers=tiers((0, 2))))
    found = statement_of(kam, one.id, as_of=END)
    assert [(cut.product, cut.gap) for cut in found.cuts] == [
        ("P1", None), ("Q1", ProtectionGap.NO_REPORT), ("P1", None),
    ]  # fmt: skip
    earned = [row.entitlement.amount for row in found.rows]
    assert sum(amount > 0 for amount in earned) == 3
    book = recalculated(statement_workbook(found), tmp_path)
    assert cents(named(book, "row_entitlement")) == earned
    assert cents(named(book, "total_due")) == [found.due.amount]
    assert cents(named(book, "cut_credit")) == [
        cut.credit.quantize(D("0.01"), ROUND_HALF_UP) for cut in found.cuts
    ]


def test_page_paper_and_api_show_the_very_rows(kam, house, client_of):
    listed(house["p"], ("58", "2024-01-01"), ("52.5", "2025-06-01"), ("50", "2025-09-01"))
    room.post("stock", [_row(house, "jd", "p", "2025-05-31", 420, location="DC Lyon")])
    one = active(kam, house, protection(label="Stock credit"))
    page = client_of(kam).get(f"/agreements/{one.id}/entitlement/?as_of=2025-12-31")
    told = text_of(page)
    assert "Stock before price cuts" in told
    assert "DC Lyon" in told
    assert "420 units reported 31 May 2025; 1 row of the stock file" in told
    assert "no stock was reported within the agreed days before the cut" in told
    body = entitlement_body(found_in(kam, one))
    assert [(row["quantity"], row["price_cut"], row["account_id"]) for row in body["stock"]] == [
        ("420.0000", "2025-06-01", house["jd"])
    ]
    paper = str(statement_paper(statement_of(kam, one.id, as_of=END)))
    assert "P1 pays nothing: no stock was reported" in paper
    assert "P1 P1 strips" in paper


def test_the_form_asks_for_the_stock_and_keeps_it(kam, house, client_of):
    one = agreed(kam, house)
    home = f"/agreements/{one.id}/conditions/new/"
    given = {
        "version": one.version, "label": "Stock credit", "family": "price_protection",
        "timing": "off_invoice", "tier_measure": "none", "tier_period": "quarter",
        "rate_kind": "percent", "benefit_measure": "net_value", "report_days": "14",
        "sell_in_days": "60", "less_off_take": "on", "cap_days_of_stock": "45",
    }  # fmt: skip
    answer = client_of(kam).post(home, given)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    stored = now(one.id).versions[-1].conditions[-1]
    assert stored.price_protection == PriceProtection(False, D(45), 14, 60, True, 90)
    assert is_earned(stored)
    refused = client_of(kam).post(home, {**given, "label": "Again", "report_days": "0"})
    assert refused.status_code in (200, 422)
    assert len(now(one.id).versions[-1].conditions) == 2
