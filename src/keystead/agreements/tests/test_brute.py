"""Ten thousand random contracts: a calculator that shares nothing with ours says the same cents."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from keystead.agreements.calc.evaluate import evaluate
from keystead.agreements.calc.measures import Inputs
from keystead.agreements.calc.volumes import Volumes
from keystead.agreements.tests import brute
from keystead.agreements.tests.world import tiers, version, volumes
from keystead.agreements.types import (
    Boundary,
    Cap,
    Condition,
    Every,
    Family,
    Gate,
    Measure,
    Method,
    RateKind,
    Scope,
    Selection,
    StackMode,
)

EVERY = {1: Every.MONTH, 3: Every.QUARTER, 6: Every.HALF, 12: Every.YEAR}
CONTRACTS = 10_000
BATCH = 500


def test_a_thousand_random_contracts() -> None:
    _agree(random.Random(7), 1000)


@pytest.mark.slow
def test_ten_thousand_random_contracts() -> None:
    _agree(random.Random(20261122), CONTRACTS)


def _agree(chance: random.Random, contracts: int) -> None:
    for first in range(0, contracts, BATCH):
        cases = [_random(chance) for _ in range(BATCH)]
        sales = volumes(line for place, case in enumerate(cases) for line in _lines(case[1], place))
        for place, (terms, rows, until) in enumerate(cases):
            ours = _ours(terms, sales, place, until)
            theirs = brute.contract(terms, rows, until)
            assert ours == theirs, f"contract {first + place}: {terms} {rows}"


def test_the_second_calculator_can_disagree() -> None:
    """A wrong schedule is found: the comparison is not empty."""
    chance = random.Random(1)
    found = 0
    for _ in range(100):
        terms, rows, until = _random(chance)
        ours = _ours(terms, volumes(_lines(rows, 0)), 0, until)
        for term in terms["conditions"]:
            term["steps"] = [(bound, rate + 1) for bound, rate in term["steps"]]
        found += ours != brute.contract(terms, rows, until)
    assert found > 30


def _random(chance: random.Random) -> tuple[dict[str, Any], list[dict[str, Any]], int]:
    rows = []
    for _ in range(chance.randint(0, 12)):
        units = chance.randint(-20, 60)
        cents = units * chance.randint(500, 1500)
        rows.append({
            "month": chance.randint(1, 12), "product": chance.randint(1, 3),
            "account": chance.choice([1, 1, 1, 2, 9]), "units": Fraction(units),
            "value": Fraction(cents, 100), "return": units < 0,
        })  # fmt: skip
    conditions: list[dict[str, Any]] = []
    best = chance.random() < 0.3
    months = chance.choice([3, 12])
    for place in range(chance.randint(1, 3)):
        conditions.append(_term(chance, place, best, months, conditions))
    return {"accounts": [1, 2], "conditions": conditions}, rows, chance.randint(1, 12)


def _term(
    chance: random.Random, place: int, best: bool, months: int, before: list[dict[str, Any]]
) -> dict[str, Any]:
    on_units = chance.random() < 0.3
    top = 60 if on_units else 900
    bounds = sorted(chance.sample(range(0, top), chance.randint(1, 4)))
    method = chance.choice(["all_units", "incremental", "additive", "fixed"])
    length = months if best else chance.choice([1, 3, 6, 12])
    less = [t["key"] for t in before if length % t["months"] == 0 and chance.random() < 0.4]
    return {
        "key": f"c{place}", "months": length, "method": method, "on_units": on_units,
        "steps": [(bound, chance.randint(0, 12)) for bound in bounds],
        "inclusive": chance.random() < 0.5, "returns": chance.random() < 0.7,
        "products": chance.choice([[], [], [1], [1, 2]]), "without": chance.choice([[], [], [3]]),
        "cap": chance.choice([None, None, chance.randint(0, 40)]),
        "open": chance.random() < 0.9, "best": best, "less": [] if best else less,
    }  # fmt: skip


def _lines(rows: list[dict[str, Any]], place: int) -> list[dict[str, Any]]:
    """The rows as lines; each contract of a batch has accounts of its own."""
    return [
        {
            "account_id": row["account"] + 10 * place, "product_id": row["product"],
            "month": date(2026, row["month"], 1), "quantity": _dec(row["units"]),
            "value": _dec(row["value"]), "gross_value": _dec(row["value"]),
            "is_return": row["return"], "channel": "x",
        }
        for row in rows
    ]  # fmt: skip


def _ours(terms: dict[str, Any], sales: Volumes, place: int, until: int) -> dict[str, list[int]]:
    conditions = [_condition(term) for term in terms["conditions"]]
    readings = {f"gate-{term['key']}": term["open"] for term in terms["conditions"]}
    day = (date(2026, until, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    accounts = frozenset(account + 10 * place for account in terms["accounts"])
    run = evaluate(version(*conditions), Inputs(sales, accounts, readings), day)
    found: dict[str, list[int]] = {term["key"]: [] for term in terms["conditions"]}
    for line in run.lines:
        found[line.condition].append(int(line.amount.amount * 100))
    return found


def _condition(term: dict[str, Any]) -> Condition:
    fixed = term["method"] == "fixed"
    return Condition(
        term["key"],
        Family.VOLUME_REBATE,
        scope=Scope(
            Selection(products=tuple(term["products"])), Selection(products=tuple(term["without"]))
        ),
        tier_measure=Measure.QUANTITY if term["on_units"] else Measure.NET_VALUE,
        tier_period=EVERY[term["months"]],
        rate_kind=RateKind.FIXED if fixed else RateKind.PERCENT,
        method=Method.ALL_UNITS if fixed else Method(term["method"]),
        boundary=Boundary.GTE if term["inclusive"] else Boundary.GT,
        tiers=tiers(*term["steps"]),
        returns_count=term["returns"],
        cap=None if term["cap"] is None else Cap(Decimal(term["cap"])),
        gates=(Gate(f"gate-{term['key']}"),),
        stack_group="best" if term["best"] else "",
        stack_mode=StackMode.BEST_OF if term["best"] else StackMode.ADDITIVE,
        reduce_by=tuple(term["less"]),
        sequence=int(term["key"][1:]),
    )


def _dec(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
