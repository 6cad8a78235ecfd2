"""Evaluation over the real ledger: scope, filters, as-of, cache, currency, series."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from keystead.kernel.errors import Invalid, NotAllowed, NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM
from keystead.ledger import services as ledger
from keystead.metrics.queries import evaluate, open_proof
from keystead.metrics.queries.kept import memory
from keystead.metrics.tests import room
from keystead.metrics.tests.worlds import day
from keystead.metrics.types.results import Note

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def house() -> dict[str, int]:
    anna = room.user("anna", "kam")
    ben = room.user("ben", "kam")
    ids = {"a": room.account("A1", anna, segment="gold"), "b": room.account("B1", ben)}
    ids["p"] = room.product("P1", brand="Acu")
    ids["q"] = room.product("Q1", brand="Bio")
    room.post(
        "sell_in",
        [
            {"account_id": ids["a"], "product_id": ids["p"], "date": day("2026-01-05"),
             "quantity": 10, "value": 1000},
            {"account_id": ids["a"], "product_id": ids["q"], "date": day("2026-02-05"),
             "quantity": 3, "value": "250.50"},
            {"account_id": ids["b"], "product_id": ids["p"], "date": day("2026-01-09"),
             "quantity": 1, "value": 99},
        ],
    )  # fmt: skip
    return {**ids, "anna": anna, "ben": ben}  # type: ignore[dict-item]


def test_a_manager_sees_only_their_accounts(house) -> None:
    found = evaluate(actor=house["anna"], metrics="sell_in", period="2026")
    assert found.figure("sell_in").value == D("1250.5000")
    everyone = evaluate(actor=SYSTEM, metrics="sell_in", by=["account"], period="2026")
    assert everyone.table.to_pylist() == [
        {"account": house["a"], "account_code": "A1", "account_name": "A1 Ltd",
         "sell_in": D("1250.5000"), "sell_in_unit": "CNY", "sell_in_note": ""},
        {"account": house["b"], "account_code": "B1", "account_name": "B1 Ltd",
         "sell_in": D("99.0000"), "sell_in_unit": "CNY", "sell_in_note": ""},
    ]  # fmt: skip


def test_costs_are_open_on_fewer_accounts_than_sales_to_who_has_both_roles(house) -> None:
    both = room.user("both", "kam", "marketing")
    mine = room.account("C1", both)
    lines = [
        {"account_id": account_id, "product_id": house["p"], "date": day("2026-01-05"),
         "kind": "cogs", "value": value}
        for account_id, value in ((house["a"], 400), (mine, 70))
    ]  # fmt: skip
    room.post("cost", lines)
    sales = evaluate(actor=both, metrics="sell_in", period="2026").figure("sell_in")
    costs = evaluate(actor=both, metrics="cost_of_goods", period="2026").figure("cost_of_goods")
    assert (sales.value, costs.value) == (D("1349.5000"), D("70.0000"))
    assert open_proof(actor=both, proof_id=costs.proof_id).figure.value == D("70.0000")
    whole = evaluate(actor=SYSTEM, metrics="cost_of_goods", period="2026").figure("cost_of_goods")
    assert whole.value == D("470.0000")
    with pytest.raises(NotFound):
        open_proof(actor=both, proof_id=whole.proof_id)


def test_a_foreign_account_is_missing(house) -> None:
    for account_id in (house["b"], 999_999):
        with pytest.raises(NotFound):
            evaluate(
                actor=house["anna"], metrics="sell_in", period="2026",
                filters={"account": account_id},
            )  # fmt: skip


def test_rights_and_names_are_checked(house) -> None:
    viewer = room.user("vera", "viewer")
    with pytest.raises(NotAllowed):
        evaluate(actor=viewer, metrics="gross_margin", period="2026")
    with pytest.raises(NotAllowed):
        evaluate(actor=room.user("root", "admin"), metrics="sell_in", period="2026")
    with pytest.raises(NotFound) as caught:
        evaluate(actor=SYSTEM, metrics="sell_out", period="2026")
    assert "sell_in" in caught.value.hint
    with pytest.raises(Invalid):
        evaluate(actor=SYSTEM, metrics="sell_in", by=["planet"], period="2026")


def test_resale_prices_are_not_listed_seller_by_seller(house) -> None:
    with pytest.raises(NotAllowed):
        evaluate(actor=house["anna"], metrics="price_index", by=["account"], period="2026")
    found = evaluate(actor=house["anna"], metrics="price_index", period="2026")
    assert found.figure("price_index").value is None


def test_by_month_and_product_with_labels_and_proof(house) -> None:
    found = evaluate(
        actor=house["anna"], metrics=["sell_in", "product_mix"], by=["month", "product"],
        period=Period.parse("2026-Q1"),
    )  # fmt: skip
    rows = found.rows()
    assert [(row["month"], row["product_code"], row["sell_in"].value) for row in rows] == [
        (date(2026, 1, 1), "P1", D("1000.0000")),
        (date(2026, 2, 1), "Q1", D("250.5000")),
    ]
    figure = rows[1]["sell_in"]
    assert str(figure.period) == "2026-02"
    assert figure.proof_id.startswith(
        f"sell_in.1~c1~2026-02-01~2026-02-28~a{house['a']}~p{house['q']}~dproduct"
    )
    assert rows[0]["product_mix"].value == pytest.approx(100.0)


def test_filters_by_brand_and_group(house) -> None:
    found = evaluate(
        actor=SYSTEM, metrics="sell_in", period="2026", filters={"brand": "Acu", "segment": "gold"}
    )
    assert found.figure("sell_in").value == 1000
    none = evaluate(actor=SYSTEM, metrics="sell_in", period="2026", filters={"brand": "None"})
    assert none.figure("sell_in").value is None


def test_as_of_an_older_commit(house) -> None:
    room.post(
        "sell_in",
        [{"account_id": house["a"], "product_id": house["p"], "date": day("2026-03-05"),
          "quantity": 1, "value": 1}],
        source="other",
    )  # fmt: skip
    now = evaluate(actor=house["anna"], metrics="sell_in", period="2026")
    then = evaluate(actor=house["anna"], metrics="sell_in", period="2026", as_of=1)
    assert (now.figure("sell_in").value, then.figure("sell_in").value) == (
        D("1251.5000"),
        D("1250.5000"),
    )
    never = evaluate(actor=house["anna"], metrics="sell_in", period="2026", as_of=date(2020, 1, 1))
    assert never.figure("sell_in").value is None


def test_cache_and_segments_agree(house) -> None:
    def read() -> list[dict]:
        metrics = ["sell_in", "sell_in_units", "returns", "sell_in_growth", "skus_sold"]
        return evaluate(
            actor=house["anna"], metrics=metrics, by=["month", "brand"], period="2026"
        ).table.to_pylist()

    before = read()
    ledger.build_cache("sell_in")
    memory.clear()
    assert read() == before
    partly = evaluate(actor=house["anna"], metrics="sell_in", period="2026-01-01..2026-02-04")
    assert partly.figure("sell_in").value == 1000


def test_source_is_a_dimension_and_a_filter(house) -> None:
    room.post(
        "sell_in",
        [{"account_id": house["a"], "product_id": house["p"], "date": day("2026-03-05"),
          "quantity": 1, "value": 7}],
        source="other",
    )  # fmt: skip
    found = evaluate(actor=SYSTEM, metrics="sell_in", by=["source"], period="2026")
    assert [(row["source"], row["sell_in"].value) for row in found.rows()] == [
        ("erp", D("1349.5000")),
        ("other", 7),
    ]
    one = evaluate(actor=SYSTEM, metrics="sell_in", period="2026", filters={"source": "other"})
    assert one.figure("sell_in").value == 7


def test_a_currency_meets_another_only_where_there_are_rows(house) -> None:
    room.post(
        "expense",
        [{"account_id": house["a"], "product_id": house["p"], "date": day("2026-01-05"),
          "category": "display", "status": "actual", "value": 10, "currency": "CNY"}],
    )  # fmt: skip
    room.post(
        "sell_in",
        [{"account_id": house["b"], "product_id": house["p"], "date": day("2026-01-05"),
          "quantity": 1, "value": 10, "currency": "EUR"}],
        source="paris",
    )  # fmt: skip
    asked = {"actor": SYSTEM, "metrics": "trade_rate", "period": "2026-01"}
    nothing = evaluate(**asked, filters={"source": "paris"}).figure("trade_rate")
    assert (nothing.value, nothing.note) == (None, "no_data")  # not: mixed currencies
    room.post(
        "expense",
        [{"account_id": house["b"], "product_id": house["p"], "date": day("2026-01-06"),
          "category": "display", "status": "planned", "value": 5, "currency": "CNY"}],
        source="paris",
    )  # fmt: skip
    alone = evaluate(**asked, filters={"source": "paris"}).figure("trade_rate")
    assert (alone.value, alone.note) == (0, "")


def test_currencies_convert_only_when_told_to(house, settings) -> None:
    room.post(
        "sell_in",
        [{"account_id": house["b"], "product_id": house["p"], "date": day("2026-01-05"),
          "quantity": 1, "value": 10, "currency": "EUR"}],
        source="paris",
    )  # fmt: skip
    mixed = evaluate(actor=SYSTEM, metrics="sell_in", period="2026").figure("sell_in")
    assert (mixed.value, mixed.note) == (None, "mixed_currencies")
    own = evaluate(actor=house["anna"], metrics="sell_in", period="2026").figure("sell_in")
    assert (own.value, own.measure) == (D("1250.5000"), "CNY")
    settings.KEYSTEAD_REPORTING_CURRENCY = "CNY"
    own = evaluate(actor=house["anna"], metrics="sell_in", period="2026").figure("sell_in")
    assert (own.value, own.note) == (D("1250.5000"), "")
    lacking = evaluate(actor=SYSTEM, metrics="sell_in", period="2026").figure("sell_in")
    assert (lacking.value, lacking.note) == (None, "no_rate")


def test_series_beside_sums(house) -> None:
    found = evaluate(
        actor=house["anna"], metrics=["concentration", "sell_in", "productivity_per_day"],
        by=["account"], period="2026-01..2026-02",
    )  # fmt: skip
    (row,) = found.rows()
    shares = [1000 / 1250.5, 250.5 / 1250.5]
    assert row["concentration"].value == pytest.approx(sum((100 * s) ** 2 for s in shares))
    assert row["sell_in"].value == D("1250.5000")
    assert row["productivity_per_day"].value == (D("1250.5") / 42).quantize(D("0.0001"))
    assert row["productivity_per_day"].measure == "CNY"


def test_forward_stock_and_listing(house) -> None:
    room.post(
        "stock",
        [{"account_id": house["a"], "product_id": house["p"], "date": day("2026-01-31"),
          "quantity": 90}],
    )  # fmt: skip
    room.post(
        "off_take",
        [{"account_id": house["a"], "product_id": house["p"], "date": day(when), "quantity": 56,
          "value": 1} for when in ("2025-02-10", "2025-03-10", "2026-01-10")],
    )  # fmt: skip
    room.post(
        "listing",
        [{"account_id": house["a"], "product_id": house["p"], "date": day(when), "status": status}
         for when, status in (("2025-01-01", "listed"), ("2025-09-01", "delisted"),
                              ("2025-10-01", "listed"))],
    )  # fmt: skip
    found = evaluate(
        actor=house["anna"], metrics=["stock_days_forward", "listing_continuity", "listing_coverage"],
        period="2026-01",
    )  # fmt: skip
    assert found.figure("stock_days_forward").value == pytest.approx(28 + 31 * 34 / 56)
    assert found.figure("listing_continuity").value == 4
    assert found.figure("listing_coverage").value == 100


def test_nothing_posted_says_so_alone_and_with_others(house) -> None:
    for metric in ("returns", "net_sales", "trade_rate"):
        for period, empty in (("2031", True), ("2026", False)):
            answers = [
                evaluate(actor=SYSTEM, metrics=asked, period=period).figure(metric)
                for asked in ([metric], [metric, "sell_in", "skus_sold", "off_take"])
            ]
            first, second = ((one.value, one.note) for one in answers)
            assert first == second, (metric, period)
            assert (first[1] is Note.NO_DATA) is empty or metric == "trade_rate"
            assert not empty or first[0] is None
