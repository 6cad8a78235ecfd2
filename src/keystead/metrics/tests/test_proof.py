"""Proofs: rows that add up to the figure exactly, rights on every account, what changed since."""

from __future__ import annotations

from decimal import Decimal

import pytest

from keystead.kernel.errors import NotFound
from keystead.kit.access import SYSTEM
from keystead.ledger import services as ledger
from keystead.metrics.queries import changes_since, evaluate, open_proof
from keystead.metrics.tests import room
from keystead.metrics.tests.worlds import day
from keystead.reference import services as reference
from keystead.reference.types import RateLine

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def house() -> dict:
    anna, ben = room.user("anna", "kam"), room.user("ben", "kam")
    a, b = room.account("A1", anna), room.account("B1", ben)
    p, q = room.product("P1", brand="Acu"), room.product("Q1", brand="Bio")
    lines = [(a, p, "2026-01-05", 10, 1000), (a, q, "2026-02-05", 3, "250.50"),
             (b, p, "2026-01-09", 1, 99), (a, p, "2025-01-05", 8, 800)]  # fmt: skip
    batch = room.post("sell_in", [_line(*line) for line in lines])
    return {"anna": anna, "ben": ben, "a": a, "b": b, "p": p, "q": q, "batch": batch.id}


def _line(account: int, product: int, when: str, quantity: object, value: object, **more) -> dict:
    return {"account_id": account, "product_id": product, "date": day(when),
            "quantity": quantity, "value": value, **more}  # fmt: skip


def test_rows_add_up_to_the_figure(house) -> None:
    figure = evaluate(actor=house["anna"], metrics="sell_in", period="2026").figure("sell_in")
    proof = open_proof(actor=house["anna"], proof_id=figure.proof_id)
    (section,) = proof.sections
    assert proof.figure.value == figure.value == section.total == D("1250.5")
    assert section.shown_total == section.total
    assert [(row.amount, row.row, row.account, row.product) for row in section.rows] == [
        (D("1000"), 1, "A1 A1 Ltd", "P1 P1 strips"),
        (D("250.5"), 2, "A1 A1 Ltd", "Q1 Q1 strips"),
    ]
    assert [(b.id, b.rows, b.amount, b.source) for b in proof.batches] == [
        (house["batch"], 2, D("1250.5"), "erp")
    ]
    assert (proof.commit, proof.latest_commit, proof.scope) == (1, 1, "A1 Ltd")
    assert proof.moment is not None


def test_pages_keep_the_grand_total(house) -> None:
    figure = evaluate(actor=SYSTEM, metrics="sell_in", period="2026").figure("sell_in")
    seen, offset = [], 0
    while offset is not None:
        (section,) = open_proof(
            actor=SYSTEM, proof_id=figure.proof_id, offset=offset, limit=1
        ).sections
        assert (section.total, section.rows_total) == (D("1349.5"), 3)
        seen += section.rows
        offset = section.next_offset
    assert sum(row.amount for row in seen) == figure.value


def test_a_ratio_shows_both_sides(house) -> None:
    found = evaluate(
        actor=house["anna"], metrics="sell_in_growth", by=["product"], period="2026-01"
    )
    figure = found.figure("sell_in_growth", product=house["p"])
    proof = open_proof(actor=house["anna"], proof_id=figure.proof_id)
    assert [(s.name, s.total, str(s.period)) for s in proof.sections] == [
        ("now", D("1000"), "2026-01"),
        ("before", D("800"), "2025-01"),
    ]
    assert figure.value == proof.figure.value == pytest.approx(25.0)
    assert [step.value for step in proof.steps] == [1000, 800]
    assert proof.filters == (("product", "P1 P1 strips"),)


def test_snapshot_target_count_and_list_sections(house) -> None:
    a, p = house["a"], house["p"]
    room.post(
        "stock",
        [{"account_id": a, "product_id": p, "date": day("2026-01-10"), "quantity": 9},
         {"account_id": a, "product_id": p, "date": day("2026-01-20"), "quantity": 7}],
    )  # fmt: skip
    room.post("target", [{"account_id": a, "date": day("2026-01-01"), "value": 310}])
    room.post(
        "shelf_price",
        [{"account_id": a, "product_id": p, "date": day("2026-01-03"), "price": price, "item": "x"}
         for price in (10, 10, 8)],
    )  # fmt: skip
    found = evaluate(
        actor=house["anna"], metrics=["stock_units", "target", "skus_sold", "promo_frequency"],
        period="2026-01-01..2026-01-10",
    )  # fmt: skip
    stock = open_proof(actor=house["anna"], proof_id=found.figure("stock_units").proof_id)
    assert (stock.sections[0].total, stock.sections[0].rows_total) == (9, 1)
    target = open_proof(actor=house["anna"], proof_id=found.figure("target").proof_id)
    assert target.sections[0].total == target.figure.value == D("310") * D("0.322580645161")
    skus = open_proof(actor=house["anna"], proof_id=found.figure("skus_sold").proof_id)
    assert (skus.figure.value, skus.sections[0].counted, skus.sections[0].what) == (1, 1, "count")
    promo = open_proof(actor=house["anna"], proof_id=found.figure("promo_frequency").proof_id)
    assert promo.figure.value == pytest.approx(100 / 3)
    assert [(row.amount, row.measure) for row in promo.sections[0].rows] == [
        (10, "CNY"), (10, "CNY"), (8, "CNY"),
    ]  # fmt: skip


def test_a_day_of_prices_keeps_its_reference(house) -> None:
    room.post(
        "shelf_price",
        [{"account_id": house["a"], "product_id": house["p"], "date": day(when), "price": price,
          "item": "x"} for when, price in (("2026-01-03", 10), ("2026-01-04", 8))],
    )  # fmt: skip
    found = evaluate(
        actor=house["anna"],
        metrics="price_under_peak",
        by=["date"],
        period="2026-01-01..2026-01-10",
    )
    values = {row["date"].day: row["price_under_peak"] for row in found.rows()}
    assert [values[3].value, values[4].value] == [0, 100]
    proof = open_proof(actor=house["anna"], proof_id=values[4].proof_id)
    assert proof.figure.value == 100


def test_rights_on_every_account_or_not_found(house) -> None:
    everything = evaluate(actor=SYSTEM, metrics="sell_in", period="2026").figure("sell_in")
    of_anna = evaluate(actor=house["anna"], metrics="sell_in", period="2026").figure("sell_in")
    for actor, figure in (
        (house["anna"], everything),
        (house["ben"], of_anna),
        (room.user("vera", "viewer"), of_anna),
    ):
        with pytest.raises(NotFound):
            open_proof(actor=actor, proof_id=figure.proof_id)
        with pytest.raises(NotFound):
            changes_since(actor=actor, proof_id=figure.proof_id)
    assert open_proof(actor=SYSTEM, proof_id=of_anna.proof_id).figure.value == of_anna.value
    with pytest.raises(NotFound):
        open_proof(actor=SYSTEM, proof_id=of_anna.proof_id.replace("~c1~", "~c2~"))


def test_what_changed_since_adds_up(house) -> None:
    a, p = house["a"], house["p"]
    figure = evaluate(actor=house["anna"], metrics="sell_in", period="2026").figure("sell_in")
    growth = evaluate(actor=house["anna"], metrics="sell_in_growth", period="2026-01")
    growth_id = growth.figure("sell_in_growth").proof_id
    extra = room.post("sell_in", [_line(a, p, "2026-03-01", 1, 40)], source="crm")
    room.post("sell_in", [_line(a, p, "2026-01-06", 12, 1200)])  # January is sent again
    found = changes_since(actor=house["anna"], proof_id=figure.proof_id)
    assert [(part.cause, part.amount) for part in found.parts] == [("restated", 200), ("new", 40)]
    assert (found.before.value, found.now.value) == (D("1250.5"), D("1490.5"))
    assert found.difference == 240
    assert found.parts[1].batch_ids == (extra.id,)
    ratio = changes_since(actor=house["anna"], proof_id=growth_id)
    assert sum(part.amount for part in ratio.parts) == ratio.difference
    assert ratio.now.value == pytest.approx(50.0)
    ledger.undo_batch(actor=SYSTEM, batch_id=extra.id)
    later = evaluate(actor=house["anna"], metrics="sell_in", period="2026", as_of=2)
    undone = changes_since(actor=house["anna"], proof_id=later.figure("sell_in").proof_id)
    assert [(part.cause, part.amount) for part in undone.parts] == [
        ("undone", -40), ("restated", 200),
    ]  # fmt: skip


def test_conversion_names_its_rates(house) -> None:
    line = RateLine("EUR", "CNY", day("2026-01-02"), D("7.8"), "ECB")
    reference.record_rates(actor=SYSTEM, lines=[line])
    room.post("sell_in", [_line(house["a"], house["p"], "2026-01-20", 1, 10, currency="EUR")],
              source="paris")  # fmt: skip
    found = evaluate(actor=house["anna"], metrics="sell_in", period="2026-01", currency="CNY")
    figure = found.figure("sell_in")
    assert (figure.value, figure.note) == (D("1078"), "converted")
    proof = open_proof(actor=house["anna"], proof_id=figure.proof_id)
    assert (proof.figure.value, proof.sections[0].total) == (1078, 1078)
    assert proof.sections[0].shown_total == 1078
    assert [(r.currency, r.rate, r.source) for r in proof.rates] == [("EUR", D("7.8"), "ECB")]
