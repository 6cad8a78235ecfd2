"""Scopes over the real ledger: groups by month, accounts with all below, addresses, merged ids."""

from __future__ import annotations

from datetime import date

import pytest

from keystead.accounts import services as accounts
from keystead.agreements.calc.naming import Named
from keystead.agreements.queries.evaluation import evaluate_agreement
from keystead.agreements.queries.preview import preview
from keystead.agreements.queries.statements import statement_of
from keystead.agreements.services.baselines import with_baselines
from keystead.agreements.tests.factories import D, now, rebate, terms, tiers
from keystead.agreements.tests.sold import active, agreed, sell
from keystead.agreements.types import (
    Every,
    Family,
    Gate,
    GateKind,
    Measure,
    PriceRow,
    Scope,
    Selection,
)
from keystead.catalog import services as catalog
from keystead.catalog.types import GroupSpan
from keystead.kernel.errors import Invalid
from keystead.kit.access import SYSTEM
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db
END = date(2025, 12, 31)
FLAT = tiers((0, 10))


@pytest.fixture
def grouped(house):
    """A house with a group: P1 always, Q1 from April on."""
    made = catalog.create_group(actor=SYSTEM, code="FOCUS", name="Focus range")
    for what, first in (("p", None), ("q", date(2025, 4, 1))):
        catalog.add_member(actor=SYSTEM, group_id=made.id, product_id=house[what], valid_from=first)
    return house


def only(**chosen):
    return Scope(include=Selection(**chosen))


def without(**chosen):
    return Scope(exclude=Selection(**chosen))


def earned(kam, house, *conditions, **more):
    one = active(kam, house, *conditions, **more)
    found = evaluate_agreement(kam, one.id, as_of=END)
    return {line.condition: str(line.amount.amount) for line in found.run.lines}, found


def test_a_line_counts_by_the_group_of_its_month_in_and_out(kam, grouped):
    sell(
        grouped,
        ("jd", "p", "2025-02-10", "1000"),
        ("jd", "q", "2025-03-31", "400"),
        ("jd", "q", "2025-04-01", "50"),
        ("shop", "q", "2025-09-10", "50"),
    )
    amounts, found = earned(
        kam, grouped,
        rebate("in", tiers=FLAT, scope=only(groups=("FOCUS",)), gl_code="1"),
        rebate("out", tiers=FLAT, scope=without(groups=("FOCUS",)), gl_code="1"),
    )  # fmt: skip
    assert amounts == {"in": "110.00", "out": "40.00"}
    assert [line.conditions for line in found.lines] == [("in",), ("out",), ("in",), ("in",)]
    stated = statement_of(kam, found.agreement.id, as_of=END)
    assert sum(line.value for line in stated.lines if "in" in line.counts) == 1100
    assert sum(line.value for line in stated.lines if "out" in line.counts) == 400


def test_the_scope_of_the_whole_agreement_and_a_focus_range_may_be_groups(kam, grouped):
    sell(grouped, ("jd", "p", "2025-02-10", "600"), ("jd", "q", "2025-02-10", "400"))
    share = rebate(
        "mix", family=Family.MIX_REBATE, tier_measure=Measure.SHARE_PCT, tiers=tiers((50, 10)),
        focus=only(groups=("FOCUS",)), gl_code="1",
    )  # fmt: skip
    gate = Gate("mix", GateKind.SHARE, at_least=D(61), focus=only(groups=("FOCUS",)))
    closed = rebate("gated", tiers=FLAT, gates=(gate,), gl_code="1")
    assert earned(kam, grouped, share, closed)[0] == {"mix": "100.00", "gated": "0.00"}
    whole = terms(conditions=(rebate("v", tiers=FLAT, gl_code="1"),), scope=only(groups=("FOCUS",)))
    assert earned(kam, grouped, terms=whole)[0] == {"v": "60.00"}


def test_an_account_in_a_scope_is_it_with_all_below_an_address_that_one_alone(kam, house):
    house["corner"] = room.account("CORNER", kam)
    accounts.add_membership(
        actor=SYSTEM, group_id=house["shop"], member_id=house["corner"],
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    for who, value in (("jd", "100"), ("shop", "20"), ("corner", "3")):
        sell(house, (who, "p", "2025-02-10", value), source=who)
    place = {"tiers": FLAT, "gl_code": "1"}
    amounts, _found = earned(
        kam, house,
        rebate("below", scope=only(accounts=(house["shop"],)), **place),
        rebate("above", scope=without(accounts=(house["shop"],)), **place),
        rebate("there", scope=only(ship_tos=(house["shop"],)), **place),
        rebate("elsewhere", scope=without(ship_tos=(house["shop"],)), **place),
        rebate("both", scope=only(ship_tos=(house["shop"],), groups=()), **place),
    )  # fmt: skip
    assert amounts == {
        "below": "2.30", "above": "10.00", "there": "2.00", "elsewhere": "10.30", "both": "2.00",
    }  # fmt: skip


def test_what_was_merged_counts_as_what_it_lives_on_in(kam, house):
    house["new"] = room.product("NEW")
    sell(house, ("jd", "p", "2025-02-10", "100"), ("jd", "new", "2025-05-10", "50"))
    catalog.merge_products(actor=SYSTEM, source_id=house["p"], target_id=house["new"])
    amounts, _found = earned(
        kam, house, rebate("v", tiers=FLAT, gl_code="1", scope=only(products=(house["p"],)))
    )
    assert amounts == {"v": "15.00"}


def test_growth_of_a_group_is_counted_from_the_same_products_a_year_before(kam, grouped):
    sell(
        grouped,
        ("jd", "p", "2024-02-10", "100"),
        ("jd", "q", "2024-02-10", "70"),
        ("jd", "q", "2024-06-10", "30"),
    )
    growth = rebate(
        "g", family=Family.GROWTH_REBATE, tier_measure=Measure.GROWTH_PCT, baseline="g",
        tier_period=Every.YEAR, scope=only(groups=("FOCUS",)), gl_code="1",
    )  # fmt: skip
    one = agreed(kam, grouped, growth)
    read = with_baselines(kam, grouped["jd"], one.versions[0], date(2024, 12, 1))
    held = {month.month: amount for month, amount in read.baselines[0].months if amount}
    assert held == {2: 100, 6: 30}


def test_the_preview_takes_the_group_as_the_agreement_will(kam, grouped, monkeypatch):
    today = date(2025, 1, 15)
    sell(grouped, ("jd", "q", "2024-02-10", "70"), ("jd", "q", "2024-06-10", "30"))
    one = agreed(kam, grouped, rebate("v", tiers=FLAT, scope=only(groups=("FOCUS",)), gl_code="1"))
    shown = preview(kam, grouped["jd"], one.versions[0], one.versions[0].conditions[0], today)
    assert (shown.base, shown.paid) == (30, 3)


def test_a_group_that_is_not_defined_is_refused_and_nothing_is_stored(kam, house, client_of):
    with pytest.raises(Invalid, match="no product group NOPE") as caught:
        agreed(kam, house, rebate("v", scope=only(groups=("NOPE",))))
    assert caught.value.code == "group_unknown"
    with pytest.raises(Invalid, match="no product group NOPE"):
        agreed(kam, house, terms=terms(prices=(PriceRow(D(1), "CNY", group="NOPE"),)))
    one = agreed(kam, house)
    answer = client_of(kam).post(
        f"/agreements/{one.id}/whole/", {"in_groups": "NOPE", "version": one.version}
    )
    assert answer.status_code == 422
    assert "“NOPE” is not known here." in answer.content.decode()
    assert now(one.id) == one


def test_a_group_stands_where_no_name_is_known_as_an_error_never_a_guess():
    named = Named({"A": (GroupSpan(frozenset({1})),)})
    assert named.spans("A")[0].products == {1}
    with pytest.raises(Invalid):
        named.spans("B")
