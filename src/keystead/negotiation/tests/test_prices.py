"""Price rules beyond the published examples: caps, inflation, rights, joining late."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from keystead.kernel.errors import Invalid
from keystead.negotiation.calc.prices.articles import bill, per_article
from keystead.negotiation.calc.prices.paths import (
    banded,
    cpi_path,
    cpi_steps,
    escalated,
    highest_within_cap,
    path,
    total_change_pct,
    within_cap,
)
from keystead.negotiation.calc.prices.rights import fee_at, late_fee, standing
from keystead.negotiation.calc.written.prices import priced
from keystead.negotiation.types.prices import (
    ArticleGroup,
    Banded,
    CpiLinked,
    Escalator,
    LateJoin,
    Path,
    PerArticle,
    ProRata,
    QuorumStep,
    QuorumSteps,
)

D = Decimal


def test_a_path_is_compound_and_empty_is_no_change() -> None:
    assert path(Path(D(100), (D(10), D(-10)))) == (D("110.00"), D("99.0000"))
    assert total_change_pct(Path(D(100), ())) == 0
    with pytest.raises(Invalid):
        total_change_pct(Path(D(0), (D(1),)))


def test_an_escalator_stops_at_its_cap() -> None:
    assert escalated(Escalator(D(100), D(10), 4, D(115))) == (D(100), D(110), D(115), D(115))


def test_inflation_between_lowest_and_highest() -> None:
    rule = CpiLinked(D(100), (D("0.5"), D(2), D(9)), D(1), D(2), D(5))
    assert cpi_steps(rule) == (D(2), D(3), D(5))
    assert cpi_path(rule)[-1] == D(100) * D("1.02") * D("1.03") * D("1.05")
    with pytest.raises(Invalid):
        cpi_steps(CpiLinked(D(100), (D(1),), lowest_pct=D(3), highest_pct=D(2)))


def test_a_band_begins_at_its_bound() -> None:
    rule = Banded(((D(0), D(100)), (D(5000), D(250))))
    assert [banded(rule, D(n)) for n in (0, 4999, 5000)] == [100, 100, 250]
    with pytest.raises(Invalid):
        banded(rule, D(-1))


def test_a_cap_is_never_passed_by_rounding() -> None:
    # 33.33 x 1.055 = 35.16315: a price of 35.17 would be above the cap.
    assert highest_within_cap(D("33.33"), D("5.5")) == D("35.16")
    assert within_cap(D("33.33"), D("35.16"), D("5.5"))
    assert not within_cap(D("33.33"), D("35.17"), D("5.5"))
    # 10.01 x 1.055 = 10.56055, 10.03 x 1.05 = 10.5315: half a cent never rounds up.
    assert highest_within_cap(D("10.10"), D("5.5")) == D("10.65")


def test_a_bill_with_reading_and_credits() -> None:
    groups = {"core": ArticleGroup(3, D("33.335")), "gold": ArticleGroup(1, D(100), D(15))}
    found = bill(PerArticle(groups, D(50), D(20)))
    assert found.groups == {"core": D("100.01"), "gold": D("85.00")}
    assert found.total == D("215.01")
    with pytest.raises(Invalid):
        per_article(D(1), 0)


def test_a_fee_that_the_contract_states_wins_over_a_percentage() -> None:
    rule = QuorumSteps((QuorumStep(D(90), fee=D(2500)), QuorumStep(D(70))))
    assert fee_at(standing(rule, D(95)).step, D(2550)) == D("2500.00")
    at = standing(rule, D("69.5"))
    assert (at.step, at.missing) == (None, D("0.5"))
    assert fee_at(at.step, D(2550)) is None
    assert fee_at(QuorumStep(D(0), in_force=False), D(2550)) is None
    assert standing(rule, D(90)).upcoming is None


def test_joining_late_by_months_and_by_days() -> None:
    year = (D(1200), date(2026, 1, 1), date(2026, 12, 31))
    assert late_fee(LateJoin(*year, date(2026, 1, 31))) == D("1200.00")
    assert late_fee(LateJoin(*year, date(2026, 12, 31))) == D("100.00")
    assert late_fee(LateJoin(*year, date(2026, 12, 31), ProRata.DAYS)) == D("3.29")
    assert late_fee(LateJoin(*year, date(2026, 1, 1), ProRata.DAYS)) == D("1200.00")
    with pytest.raises(Invalid):
        late_fee(LateJoin(*year, date(2027, 1, 1)))


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        ({"kind": "path", "base": 100, "steps_pct": [-5, -4, -3, -2]}, {"total_change_pct": "-13.305280"}),
        ({"kind": "escalator", "first": 100, "escalator_pct": 10, "years": 2}, {"by_year": ["100.00", "110.00"]}),
        ({"kind": "cpi", "base": 100, "cpi_pct": [9], "highest_pct": 5}, {"applied_pct": ["5"]}),
        ({"kind": "banded", "bands": [{"from": 0, "price": 7}], "values": [1]}, {"prices": ["7"]}),
        ({"kind": "per_article", "groups": {"core": {"count": 2, "fee": "2.50"}}}, {"total": "5.00"}),
        ({"kind": "cancellation", "base": 519000, "allowance_pct": "7.5", "years": 3}, {"pct_per_year": "2.500000"}),
        ({"kind": "quorum", "steps": [{"from": 70, "fee": 10}], "reached": [69, 70]}, {"fees": [None, "10.00"]}),
        ({"kind": "late_join", "fee": 1200, "start": "2026-01-01", "end": "2026-12-31", "joined": "2026-05-20"}, {"fee": "800.00"}),
    ],
)  # fmt: skip
def test_every_rule_as_data(rule: dict[str, Any], answer: dict[str, Any]) -> None:
    found = priced(rule)
    assert {name: found[name] for name in answer} == answer


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"kind": "paths"}, "rules.0.kind: 'paths' is not known."),
        ({"kind": "path", "base": 1}, "rules.0.steps_pct: this field is missing."),
        ({"kind": "path", "base": 1, "steps_pct": [1, "x"]}, "rules.0.steps_pct.1: This number is not a number: x"),
        ({"kind": "path", "base": 1, "steps_pct": [1], "setps": 1}, "rules.0.setps: this field is not known."),
        ({"kind": "late_join", "fee": 1, "start": "1.1.2026"}, "rules.0.start: '1.1.2026' is no date."),
        ({"kind": "path", "base": 1, "steps_pct": ["1e17"] * 40}, "rules.0.steps_pct: 100000000000000000 % a year is not between -50 and 100."),
        ({"kind": "path", "base": 1, "steps_pct": [1] * 51}, "rules.0.steps_pct: more than 50 years are not worked out."),
        ({"kind": "escalator", "first": 1, "escalator_pct": "-51", "years": 2}, "rules.0.escalator_pct: -51 % a year is not between -50 and 100."),
        ([1], "rules.0: here stands a list, but fields are needed."),
    ],
)  # fmt: skip
def test_the_place_of_a_fault(rule: Any, said: str) -> None:
    with pytest.raises(Invalid) as caught:
        priced(rule, "rules.0")
    assert caught.value.message == said
