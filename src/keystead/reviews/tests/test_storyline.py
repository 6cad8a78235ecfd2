"""The story by rules: messages, order, wins and misses, own words; golden on a small material."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

import pytest

from keystead.kernel.errors import Conflict, Invalid
from keystead.kernel.periods import Period
from keystead.reviews.calc.codec import (
    digest,
    fact_at,
    material_of,
    plain_material,
    with_proofs,
)
from keystead.reviews.rules.cycle import check_period, check_step
from keystead.reviews.rules.findings import asks, misses, wins
from keystead.reviews.rules.storyline import headline, storyline, strip
from keystead.reviews.rules.words import check_edits, loose_numbers
from keystead.reviews.types.cycle import Edits, OwnWords, ReviewKind, ReviewState
from keystead.reviews.types.material import Fact, Material, Record

D = Decimal


def money(value: object, proof: str = "") -> Fact:
    return Fact(D(str(value)), "money", "EUR", proof, "up")


def percent(value: object) -> Fact:
    return Fact(D(str(value)), "percent", "", "", "up")


FACTS = {
    "sell_in": money(900, "sell_in.1~c1~h1"), "sell_in_last_year": money(1000),
    "sell_in_growth": percent(-10), "target": money(1000), "target_gap": money(-100),
    "target_attainment": percent(90), "listing_coverage": percent(100),
    "run_rate": money(300), "required_run_rate": money(350),
    "months_remaining": Fact(D(3), "months"), "trade_rate": percent(8),
}  # fmt: skip


def mover(key: str, name: str, change: int, reason: str = "volume") -> Record:
    facts = {"base": money(10), "actual": money(10 + change), "change": money(change),
             "reason": money(change)}  # fmt: skip
    return Record(key, {"name": name, "reason": reason}, facts)


LISTS = {
    "bridge": (
        Record("base", {}, {"amount": money(1000)}), Record("volume", {}, {"amount": money(-80)}),
        Record("price", {}, {"amount": money(-20)}), Record("actual", {}, {"amount": money(900)}),
    ),
    "movers": (mover("1", "Strips", -70), mover("2", "Meter", 30), mover("3", "Pens", -20)),
    "pnl": (
        Record("invoice_sales", {"label": "Invoice sales"}, {"actual": money(900)}, {}, "terms"),
        Record("contribution", {"label": "Contribution"}, {"actual": money(300)}, {}, "cost"),
    ),
    "range": (
        Record("7", {"name": "Strips", "sku": "P1", "listed": "1"}),
        Record("8", {"name": "Pens", "sku": "S1", "listed": ""}),
    ),
    "claims": (
        Record("2", {"number": "DN-9", "state": "received", "reason": "rebate", "invoice": ""},
               {"amount": money(60)}, {"on": date(2026, 9, 1)}, "terms"),
    ),
    "agreements": (
        Record("4", {"number": "A-4", "title": "Year", "state": "active", "kind": "annual"}, {},
               {"starts": date(2026, 1, 1), "last": date(2026, 12, 31)}, "terms"),
    ),
    "carried": (
        Record("5", {"text": "Send prices", "owner": "Lin", "side": "ours", "state": "open",
                     "outcome": ""}, {}, {"due": date(2026, 8, 1)}),
    ),
}  # fmt: skip
MATERIAL = Material(
    account_id=1, account_code="A1", account_name="Pharmacie 24", account_kind="shop",
    kind=ReviewKind.QUARTER, period=Period.quarter(2026, 3), before=Period.quarter(2025, 3),
    year=Period.year(2026), currency="EUR", commit=1,
    frozen_at=datetime(2026, 10, 5, tzinfo=UTC), until=date(2026, 9, 30), facts=FACTS,
    lists=LISTS, metrics=(("sell_in", 1),),
)  # fmt: skip


def test_the_golden_story():
    found = storyline(MATERIAL, Edits())
    assert [(one.key, one.message.code, one.inside, one.needs) for one in found] == [
        ("cover", "cover", False, ""),
        ("agenda", "agenda", False, ""),
        ("headline", "headline_behind_down", False, ""),
        ("carried", "carried_open", False, ""),
        ("bridge", "bridge", False, ""),
        ("movers", "movers_both", False, ""),
        ("net_sales", "net_sales", False, "terms"),
        ("pnl", "pnl", True, "cost"),
        ("wins", "wins", False, ""),
        ("misses", "misses", False, ""),
        ("range", "range_gaps", False, ""),
        ("agreements", "agreements", False, "terms"),
        ("claims", "claims", False, "terms"),
        ("asks", "asks", False, "terms"),
        ("next", "next", False, ""),
    ]
    bridge = next(one for one in found if one.key == "bridge")
    assert (bridge.message.words, bridge.message.facts["amount"].value) == (
        {"part": "volume"}, D(-80),
    )  # fmt: skip
    assert next(one for one in found if one.key == "net_sales").shows == ("invoice_sales",)


def test_wins_misses_and_asks():
    assert [one.code for one in wins(MATERIAL)] == ["win_product", "win_range"]
    assert [one.code for one in misses(MATERIAL)] == [
        "miss_target", "miss_product", "miss_product", "miss_action",
    ]  # fmt: skip
    assert [(one.code, *one.words.values()) for one in asks(MATERIAL)] == [
        ("ask_list", "Pens"), ("ask_claim", "DN-9"), ("ask_renewal", "A-4"), ("ask_gap",),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("gap", "growth", "code"),
    [(5, 2, "ahead_up"), (5, -2, "ahead_down"), (-5, 2, "behind_up"), (-5, -2, "behind_down"),
     (None, 2, "no_target_up"), (5, None, "ahead_no_last_year"),
     (None, None, "no_target_no_last_year")],
)  # fmt: skip
def test_the_headline(gap, growth, code):
    facts = {"sell_in": money(100)}
    if gap is not None:
        facts |= {"target": money(90), "target_gap": money(gap)}
    if growth is not None:
        facts |= {"sell_in_last_year": money(90), "sell_in_growth": percent(growth)}
    found = headline(dataclasses.replace(MATERIAL, facts=facts))
    assert found.code == f"headline_{code}"


def test_an_account_without_anything_says_so():
    bare = dataclasses.replace(MATERIAL, facts={}, lists={})
    assert [one.key for one in storyline(bare, Edits())] == ["cover", "agenda", "headline", "next"]
    assert headline(bare).code == "headline_nothing"


def test_edits_move_leave_out_and_reword_but_no_figure():
    edits = Edits(
        ("misses", "wins"), frozenset({"range", "cover"}), {"wins": OwnWords(title="Ours")}
    )
    found = storyline(MATERIAL, edits)
    assert [one.key for one in found][:3] == ["cover", "misses", "wins"]
    assert [one.key for one in found if one.left_out] == ["range"]
    assert next(one for one in found if one.key == "wins").own.title == "Ours"
    plain = {one.key: one for one in storyline(MATERIAL, Edits())}
    assert all(one.message == plain[one.key].message for one in found)


def test_what_we_spend_is_not_on_the_customers_strip():
    assert "trade_rate" not in strip(MATERIAL, inside=False)
    assert "trade_rate" in strip(MATERIAL, inside=True)


def test_own_words_name_figures_and_never_type_them():
    def own(text: str) -> Edits:
        return Edits(own={"wins": OwnWords(text=text)})

    for good in ("Up in Q3 2026 to {sell_in}", "Vitamin B12 sells", "Thanks to Pharmacie 24"):
        check_edits(own(good), MATERIAL)
    for bad in ("Up by 12 %", "{nothing_here} more", "1,5 Mio"):
        with pytest.raises(Invalid):
            check_edits(own(bad), MATERIAL)
    with pytest.raises(Invalid):
        check_edits(Edits(order=("nowhere",)), MATERIAL)
    assert loose_numbers("3 boxes")


def test_material_comes_back_as_it_was_kept():
    proved = with_proofs(MATERIAL, lambda key: f"review:x~{key}~h1")
    stored = json.loads(json.dumps(plain_material(proved)))
    assert material_of(stored) == proved
    assert proved.fact("sell_in").proof == "sell_in.1~c1~h1"
    fact, line = fact_at(proved, "claims.2.amount")
    assert (fact.value, fact.proof, line.needs) == (
        D(60), "review:x~claims.2.amount~h1", "terms",
    )  # fmt: skip
    assert fact_at(proved, "claims.9.amount") is None
    turned = dict(reversed(stored.items()))
    assert digest(stored) == digest(turned)
    turned["facts"]["sell_in"]["v"] = "901"
    assert digest(turned) != digest(json.loads(json.dumps(plain_material(proved))))


def test_the_steps_of_the_cycle():
    order = list(ReviewState)
    for before, after in pairwise(order):
        check_step(before, after)
    for wrong in ((0, 2), (1, 3), (3, 0), (4, 0), (3, 1)):
        with pytest.raises(Conflict):
            check_step(order[wrong[0]], order[wrong[1]])
    check_period(ReviewKind.MID_YEAR, Period.parse("2026-01..2026-06"))
    with pytest.raises(Invalid):
        check_period(ReviewKind.QUARTER, Period.parse("2026-07"))
