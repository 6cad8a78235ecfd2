"""Lines of the P&L and parts of a bridge prove themselves, to the cent, then and now."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import pytest

from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.calc.derived import is_derived
from keystead.metrics.queries import standings
from keystead.metrics.tests import room
from keystead.profitability import queries
from keystead.profitability.queries.proving import ACTUAL, BASE, amount_proof, part_proof
from keystead.profitability.tests.house import HALF
from keystead.profitability.types import Part, Scenario
from keystead.reference.services import type_rate

pytestmark = pytest.mark.django_db
D = Decimal


def test_every_line_of_the_statement_re_evaluates(house, anna: Actor) -> None:
    found = queries.account_pnl(actor=anna, account_id=house["own"], period=HALF)
    amounts = {
        (row.line.id, row.detail, scenario): row.totals[scenario]
        for row in found.rows
        for scenario in (Scenario.ACTUAL, Scenario.LAST_YEAR)
        if row.totals[scenario].value is not None
    }
    proofs = {place: amount_proof(amount) for place, amount in amounts.items()}
    assert all(proofs.values())
    assert is_derived(proofs["gross_margin", "", Scenario.ACTUAL])
    answers = standings(actor=anna, proof_ids=proofs.values())
    assert len(amounts) > 20
    for place, proof in proofs.items():
        assert (place, answers[proof].then.value) == (place, amounts[place].value)
        assert answers[proof].then.measure == "CNY"
        assert not answers[proof].moved


def test_parts_of_a_bridge_then_and_now(house, anna: Actor, vera: Actor) -> None:
    found = queries.growth(actor=anna, account_id=house["own"], period=HALF)
    parts = {part: part_proof(found, part) for part in (*found.bridge.parts, BASE, ACTUAL)}
    room.post(
        "sell_in",
        [{"account_id": house["own"], "product_id": house["meter"], "date": date(2026, 4, 1),
          "quantity": 50, "value": 210}],
        source="late",
    )  # fmt: skip
    answers = standings(actor=anna, proof_ids=parts.values())
    later = queries.growth(actor=anna, account_id=house["own"], period=HALF)
    for part in found.bridge.parts:
        assert answers[parts[part]].then.value == found.bridge.parts[part]
        assert answers[parts[part]].now.value == later.bridge.parts[part]
    assert answers[parts[BASE]].then.value == found.base.value == D(1490)
    assert (answers[parts[ACTUAL]].then.value, answers[parts[ACTUAL]].now.value) == (1910, 2120)
    assert answers[parts[ACTUAL]].because == ("new",)
    assert not answers[parts[Part.NEW]].moved
    foreign = part_proof(dataclasses.replace(found, account_id=house["foreign"]), BASE)
    assert standings(actor=anna, proof_ids=[foreign]) == {}


def test_a_converted_bridge_keeps_its_rates(house, anna: Actor) -> None:
    def rate(value: str) -> None:
        for on in ("2025-05-01", "2026-05-01"):
            type_rate(actor=SYSTEM, cells=[on, "EUR", "CNY", value, "bank"])

    rate("8")
    found = queries.growth(actor=anna, account_id=house["euro"], period=HALF, currency="CNY")
    proof = part_proof(found, ACTUAL)
    assert found.actual.value == D(960)
    rate("9")
    assert standings(actor=anna, proof_ids=[proof])[proof].then.value == D(960)
