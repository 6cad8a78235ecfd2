"""Waterfall, statement, spreading, drivers, the customer's view."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keystead.kernel.errors import Invalid
from keystead.profitability.calc.bridge import growth_bridge
from keystead.profitability.calc.drivers import drivers
from keystead.profitability.calc.pnl import ITEMS, LINES, added, spread, statement
from keystead.profitability.calc.waterfall import waterfall
from keystead.profitability.types import Base, Level, Line, Statement, Step

D = Decimal
ON_INVOICE = Step("a", rate_pct=D(10), base=Base.LIST, leads_to=Level.INVOICE)


def test_the_base_of_a_step_decides_what_is_left() -> None:
    left = [
        waterfall(D(100), [ON_INVOICE, Step("b", rate_pct=D(10), base=base)]).end for base in Base
    ]
    assert left == [D("80.00"), D("81.00"), D("81.00")]
    third = [ON_INVOICE, Step("b", amount=D(40)), Step("c", rate_pct=D(10), base=Base.INVOICE)]
    assert waterfall(D(100), third).end == D("41.00")  # of the 90 invoiced, not of the 50 left
    third[2] = Step("c", rate_pct=D(10), base=Base.RUNNING)
    assert waterfall(D(100), third).end == D("45.00")


def test_levels_are_what_is_left_when_their_steps_are_taken() -> None:
    steps = [
        ON_INVOICE,
        Step("b", amount=D(5)),
        Step("c", amount=D(50), leads_to=Level.CONTRIBUTION),
    ]
    found = waterfall(D(100), steps)
    assert {level.value: amount for level, amount in found.levels.items()} == {
        "list": D("100.00"), "invoice": D("90.00"), "net_net": D("85.00"),
        "contribution": D("35.00"),
    }  # fmt: skip
    assert found.gross_to_net_pct == D(15)


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([Step("x")], "step_form"),
        ([Step("x", amount=D(1), rate_pct=D(1))], "step_form"),
        ([Step("x", rate_pct=D(1), base=Base.INVOICE, leads_to=Level.INVOICE)], "step_order"),
        ([Step("x", amount=D(1)), ON_INVOICE], "step_order"),
    ],
)
def test_steps_that_make_no_sense_are_refused(steps: list[Step], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        waterfall(D(100), steps)
    assert caught.value.code == code


def test_a_margin_without_its_cost_is_no_margin() -> None:
    items = {"gross_sales": D(1000), "returns": D(-50), "account_marketing": D(-30)}
    found = statement(items)
    assert (found["invoice_sales"], found["net_net_sales"]) == (D(950), D(950))
    assert found["gross_margin"] is None
    assert found["contribution"] is None
    whole = statement({**items, "cogs": D(-400), "logistics": D(-20)})
    assert whole["gross_margin"] == D(550)
    assert whole["contribution"] == D(500)


def test_unknown_lines_are_named() -> None:
    for name in ("sales", "gross_margin"):
        with pytest.raises(Invalid, match=name):
            statement({name: D(1)})


units = st.integers(-(10**10), 10**10)  # ten-thousandths: cheaper to draw than decimals
item_sets = st.dictionaries(st.sampled_from(ITEMS), units.map(lambda one: D(one).scaleb(-4)))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # its first draw is slow
@given(st.lists(item_sets, min_size=1, max_size=6))
def test_statements_foot_down_and_across(sets: list[dict[str, Decimal]]) -> None:
    each = [statement(items) for items in sets]
    total = added(each)
    for line in LINES:
        known = [one[line.id] for one in each if one[line.id] is not None]
        if not line.is_sum:
            assert total[line.id] == (sum(known, D(0)) if known else None)
        elif len(known) == len(each):
            assert total[line.id] == sum(known, D(0))
    contribution = total["contribution"]
    if contribution is not None:
        assert contribution == sum((total[name] or D(0) for name in ITEMS), D(0))


@given(
    st.decimals(min_value=-(10**6), max_value=10**6, places=2),
    st.dictionaries(st.text(max_size=3), st.decimals(-100, 100, places=2), min_size=1, max_size=9),
)
def test_spreading_loses_no_cent(amount: Decimal, keys: dict[str, Decimal]) -> None:
    found = spread(amount, keys)
    assert list(found) == list(keys)
    assert sum(found.values()) == amount
    if any(weight > 0 for weight in keys.values()):
        assert all(not found[name] for name, weight in keys.items() if weight <= 0)


def _sides() -> tuple[Statement, Statement]:
    before = {"gross_sales": D(1000), "cogs": D(-400), "account_marketing": D(-100)}
    after = {"gross_sales": D(1300), "cogs": D(-500), "platform_fees": D(-50)}
    return statement(before), statement(after)


def test_drivers_lead_from_one_contribution_to_the_other() -> None:
    sales = growth_bridge([Line("A", D(100), D(1000), D(120), D(1300))])
    found = drivers(sales, *_sides())
    assert [(one.id, one.amount) for one in found] == [
        ("volume", D(200)), ("price", D(100)), ("cogs", D(-100)),
        ("account_marketing", D(100)), ("platform_fees", D(-50)),
    ]  # fmt: skip
    assert sum(one.amount for one in found) == D(750) - D(500)


def test_drivers_of_another_bridge_are_refused() -> None:
    with pytest.raises(Invalid) as caught:
        drivers(growth_bridge([]), *_sides())
    assert caught.value.code == "other_bridge"
