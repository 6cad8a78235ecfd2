"""Many agreements at once: the very runs that each of them gives by itself."""

from __future__ import annotations

import random
from datetime import date

import pytest

from keystead.agreements.calc.volumes import Counting
from keystead.agreements.queries import batch
from keystead.agreements.queries.batch import evaluate_many
from keystead.agreements.queries.closing import sales_of_many
from keystead.agreements.queries.evaluation import evaluate_agreement
from keystead.agreements.queries.expected import expected_at, sales_of
from keystead.agreements.services import catch_up, catch_up_each
from keystead.agreements.tests.factories import D, now, rebate, terms, tiers
from keystead.agreements.tests.sold import active, agreed, sell
from keystead.agreements.types import (
    Baseline,
    Cap,
    Condition,
    Every,
    Family,
    Floor,
    Gate,
    GateKind,
    Measure,
    Method,
    Scope,
    Selection,
)
from keystead.catalog.services import groups
from keystead.kernel.errors import KeysteadError, NotFound
from keystead.kit.access import SYSTEM
from keystead.metrics.tests import room
from keystead.reference.services import type_rate

pytestmark = pytest.mark.django_db
END = date(2025, 12, 31)
FLAT = tiers((0, 10))


def only(**chosen: object) -> Scope:
    return Scope(include=Selection(**chosen))  # type: ignore[arg-type]


def but(**chosen: object) -> Scope:
    return Scope(exclude=Selection(**chosen))  # type: ignore[arg-type]


@pytest.fixture
def shelf(kam, house):
    """Two years of sales of several products, with returns, channels and lines without product."""
    for place in range(6):
        house[f"x{place}"] = room.product(f"X{place}", brand=("Acu", "Bio", "Cen")[place % 3])
    made = groups.create_group(actor=SYSTEM, code="FOCUS", name="Focus")
    groups.add_member(actor=SYSTEM, group_id=made.id, brand="Cen")
    groups.add_member(
        actor=SYSTEM, group_id=made.id, product_id=house["p"], valid_to=date(2025, 7, 1)
    )
    random.seed(4)
    rows = []
    for place in range(160):
        day = f"{2024 + place % 2}-{place % 12 + 1:02}-{place % 27 + 1:02}"
        value = f"{(place * 7919) % 997 + 1}.{place % 100:02}"
        what = random.choice(("p", "q", *(f"x{n}" for n in range(6))))
        more = {"channel": random.choice(("online", "shop", None))}
        who = random.choice(("jd", "shop", "else"))
        rows.append((who, what, day, f"-{value}" if place % 9 == 0 else value, more))
    sell(house, *rows)
    return house


def alone(actor, one, **more):
    try:
        return evaluate_agreement(actor, one, as_of=more.pop("as_of", END), **more).run
    except KeysteadError as error:
        return type(error), error.code, str(error)


def together(actor, ids, **more):
    found = evaluate_many(actor, ids, as_of=more.pop("as_of", END), **more)
    return {
        one: (type(got), got.code, str(got)) if isinstance(got, KeysteadError) else got.run
        for one, got in found.items()
    }


def conditions(house) -> dict[str, Condition]:
    p, q = house["p"], house["q"]
    return {
        "all": rebate("all"),
        "brand": rebate("brand", tiers=FLAT, scope=only(brands=("Acu",))),
        "two": rebate("two", tiers=FLAT, scope=only(brands=("Acu", "Bio"), products=(p, q))),
        "not": rebate("not", tiers=FLAT, scope=but(products=(p,), channels=("online",))),
        "shop": rebate("shop", tiers=FLAT, scope=only(channels=("shop",)), cap=Cap(D(20))),
        "unit": rebate("unit", tier_measure=Measure.QUANTITY, tier_period=Every.QUARTER),
        "gross": rebate("gross", returns_count=False, tier_period=Every.MONTH, floor=Floor(D(5))),
        "below": rebate("below", tiers=FLAT, scope=only(accounts=(house["shop"],))),
        "group": rebate("group", tiers=FLAT, scope=only(groups=("FOCUS",)), tier_period=Every.MONTH),
        "place": rebate("place", tiers=FLAT, scope=only(ship_tos=(house["jd"],))),
        "mix": rebate("mix", tier_measure=Measure.SHARE_PCT, focus=only(brands=("Cen",)),
                      tiers=tiers((5, 1), (30, 2)), tier_period=Every.HALF),
        "step": rebate("step", method=Method.INCREMENTAL, reduce_by=("all",)),
        "gate": rebate("gate", gates=(Gate("sell_in_units", GateKind.NUMBER, at_least=D(3)),)),
        "share": rebate("share", gates=(Gate("f", GateKind.SHARE, at_least=D(9),
                                             focus=only(products=(q,))),)),
        "paid": rebate("paid", paid_only=True),
    }  # fmt: skip


def test_each_run_is_the_one_it_gives_by_itself(kam, shelf):
    made, offered = [], conditions(shelf)
    spans = [
        {},
        {"starts": date(2024, 3, 1), "last": date(2025, 6, 30)},
        {"starts": date(2025, 1, 15), "last": date(2025, 11, 20)},
    ]
    for place, (name, one) in enumerate(offered.items()):
        chosen = [one, offered["all"]] if name == "step" else [one]
        made.append(active(kam, shelf, *chosen, **spans[place % 3]).id)
    made.append(active(kam, shelf, *(offered[n] for n in ("brand", "not", "gross", "unit"))).id)
    made.append(agreed(kam, shelf, offered["two"]).id)
    for as_of in (END, date(2025, 8, 9)):
        for gates in (False, True):
            got = together(kam, made, as_of=as_of, assume_gates=gates)
            assert got == {one: alone(kam, one, as_of=as_of, assume_gates=gates) for one in made}
    assert sum(len(run.lines) for run in got.values() if not isinstance(run, tuple)) > 20


def test_growth_reads_its_baseline_and_a_commit_stays_as_it_was(kam, shelf):
    months = tuple((date(2025, n, 1), D(100)) for n in range(1, 13))
    growth = rebate("growth", family=Family.GROWTH_REBATE, tier_measure=Measure.GROWTH_PCT,
                    baseline="ly", tiers=tiers((0, 1), (5, 2)), tier_period=Every.QUARTER)  # fmt: skip
    whole = terms(conditions=(growth,), baselines=(Baseline("ly", Measure.NET_VALUE, months),))
    one = active(kam, shelf, terms=whole).id
    before = evaluate_many(kam, [one], as_of=END)[one]
    sell(shelf, ("jd", "p", "2025-05-05", "90000"), source="later")
    assert together(kam, [one]) == {one: alone(kam, one)}
    assert together(kam, [one], commit=before.commit) == {one: before.run}
    assert before.run != alone(kam, one)
    assert before.lines  # read when looked at, as by itself


def test_foreign_money_mixed_units_and_strangers_are_told_one_by_one(kam, house, make_actor):
    sell(
        house,
        ("jd", "p", "2025-02-10", "600"),
        ("jd", "q", "2025-02-10", "100", {"currency": "EUR", "unit": "box"}),
    )
    ids = [
        active(kam, house, rebate("v")).id,
        active(kam, house, rebate("u", tier_measure=Measure.QUANTITY)).id,
    ]
    got = together(kam, [*ids, 999_999])
    assert got == {one: alone(kam, one) for one in (*ids, 999_999)}
    assert {kind[1] for kind in got.values()} == {"no_rate", "agreement_not_found"}
    type_rate(actor=SYSTEM, cells=["2025-02-01", "EUR", "CNY", "7.5", "test"])
    got = together(kam, ids)
    assert got == {one: alone(kam, one) for one in ids}
    assert got[ids[1]][1] == "mixed_units"
    stranger = make_actor("stranger", "kam")
    assert {kind[1] for kind in together(stranger, ids).values()} == {"agreement_not_found"}


def test_the_sales_of_all_are_read_once(kam, shelf, monkeypatch):
    ids = [active(kam, shelf, one).id for name, one in conditions(shelf).items()
           if name not in ("paid", "step")]  # fmt: skip
    asked = []
    real = batch.standing_sums
    monkeypatch.setattr(batch, "standing_sums", lambda **how: asked.append(1) or real(**how))
    together(kam, ids)
    assert asked == [1]


def test_products_that_no_term_tells_apart_are_added_up_as_one(kam, shelf):
    one = active(kam, shelf, rebate("brand", scope=only(brands=("Acu",)))).id
    (found,) = evaluate_many(kam, [one], as_of=END).values()
    cells = found.inputs.volumes.cells(found.basis.accounts, (), Counting())
    assert len({product for _month, product, _account in cells}) == 2


def test_accruals_of_many_are_those_of_each(kam, shelf):
    names = ("brand", "not", "gross", "unit", "mix", "gate")
    ids = [active(kam, shelf, conditions(shelf)[name]).id for name in names]
    read = sales_of_many(ids, date(2025, 10, 31))
    assert sorted(read) == ids
    for one in ids:
        whole = sales_of(now(one), date(2025, 10, 31))
        got, wanted = (expected_at(sales, date(2025, 10, 1)) for sales in (read[one], whole))
        assert (got.to_date, got.whole, got.basis) == (wanted.to_date, wanted.whole, wanted.basis)
        assert got.weights(got.version.conditions[0].key) == wanted.weights(
            wanted.version.conditions[0].key
        )
    months = (date(2025, 9, 1), date(2025, 10, 1))
    booked = dict(catch_up_each(actor=SYSTEM, spans=dict.fromkeys((*ids, 999_999), months)))
    assert isinstance(booked.pop(999_999), NotFound)
    assert all(booked[one] for one in ids)
    again = dict(catch_up_each(actor=SYSTEM, spans=dict.fromkeys(ids, months)))
    assert set(again.values()) == {()}
    for one in ids:
        assert catch_up(actor=SYSTEM, agreement_id=one, first=months[0], last=months[1]) == ()
