"""A cycle from its opening to the lock: who writes what, when, and what stays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from keystead.accounts import services as accounts
from keystead.forecasting import models, services
from keystead.forecasting.queries import cycle_for, cycles_for, overrides_of, runs_of
from keystead.forecasting.queries.overlap import source_of
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.tests.house import (
    MONTH,
    locked,
    opened,
    ran,
    signed,
    typed,
)
from keystead.forecasting.types.cycle import CycleState, Key, Layer, Node, RunState
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kernel.periods import Period, add_months
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry
from keystead.metrics.queries import sums

pytestmark = pytest.mark.django_db
L = Layer


@pytest.fixture
def head(make_actor, house):
    """The head of sales, who looks after the accounts of the first manager too."""
    leader = make_actor("zhang", "director")
    for one in ("group", "jd", "ali"):
        accounts.assign_team(
            actor=SYSTEM, account_id=house[one], user_id=leader.user_id, role="backup",
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
    return leader


@pytest.fixture
def cycle(house, sales_ops):
    return ran(sales_ops, opened(sales_ops))


def cell(table, house, layer, who="jd", what="p", step=1):
    at = [one.key for one in table.series].index(Key(house[who], house[what]))
    return table.quantity(layer, at, step)


def test_a_run_says_naive_and_statistical_for_each_series_and_month(cycle, kam, house, sales_ops):
    table = cycle_table(sales_ops, cycle.id)
    assert [one.key for one in table.series] == sorted(
        [Key(house["jd"], house["p"]), Key(house["jd"], house["q"]),
         Key(house["ali"], house["p"]), Key(house["far"], house["p"])]
    )  # fmt: skip
    assert table.periods == tuple(add_months(MONTH, step) for step in range(6))
    assert 90 <= cell(table, house, L.STATISTICAL) <= 150
    assert cell(table, house, L.NAIVE) == Decimal(120)  # as in the same month of last year
    assert {one.price for one in table.series} == {Decimal(10)}
    (run,) = runs_of(sales_ops, cycle.id)
    assert (run.state, run.series, len(run.input_hash)) == (RunState.DONE, 4, 64)
    rows = models.ForecastVersion.objects.filter(cycle_id=cycle.id)
    assert rows.count() == 4 * 6 * 2
    assert (table.bands["lo80"] <= table.layers[L.STATISTICAL] + 1e-9).all()


def test_the_same_run_gives_the_same_numbers(house, sales_ops):
    cycle = ran(sales_ops, opened(sales_ops))
    again = ran(sales_ops, cycle)
    first, second = sorted(runs_of(sales_ops, cycle.id), key=lambda run: run.number)
    assert again.run_id == second.id
    assert first.output_hash == second.output_hash
    assert first.input_hash == second.input_hash


def test_only_who_runs_the_cycle_opens_it(house, kam, viewer, sales_ops):
    for actor in (kam, viewer):
        with pytest.raises(NotAllowed):
            opened(actor)
    assert cycles_for(sales_ops) == ()
    opened(sales_ops)
    with pytest.raises(Conflict, match="a cycle already"):
        opened(sales_ops)
    with pytest.raises(Invalid):
        opened(sales_ops, name="other", horizon=0)
    assert len(cycles_for(kam)) == 1


def test_two_cycles_never_count_the_same_demand_twice(house, sales_ops):
    """Once two names were two sources in the ledger, and the agreed sell-in doubled."""
    first = opened(sales_ops, name="autumn")
    again = opened(sales_ops, name="winter", month=add_months(MONTH, 1))
    assert source_of(first.head.accounts) == source_of(again.head.accounts) == "agreed forecast"
    with pytest.raises(Conflict, match="both would count"):
        opened(sales_ops, name="one", accounts=frozenset({house["jd"]}))
    later = {"month": add_months(MONTH, 7), "accounts": frozenset({house["jd"]})}
    assert opened(sales_ops, name="one", **later).head.accounts == {house["jd"]}
    with pytest.raises(Conflict, match="both would count"):
        opened(sales_ops, name="all", month=add_months(MONTH, 8))
    opened(sales_ops, name="other", month=later["month"], accounts=frozenset({house["far"]}))


def test_a_foreign_account_is_missing_and_its_numbers_are_not_there(cycle, house, kam, other_kam):
    table = cycle_table(kam, cycle.id)
    assert house["far"] not in {one.key.account_id for one in table.series}
    foreign = typed(Node(house["far"], house["p"]), 5)
    with pytest.raises(NotFound):
        services.override(actor=kam, cycle_id=cycle.id, entry=foreign)
    with pytest.raises(NotFound):
        services.override(actor=kam, cycle_id=cycle.id, entry=typed(Node(987654, house["p"]), 5))
    assert not models.OverrideRow.objects.exists()
    mine = services.override(actor=other_kam, cycle_id=cycle.id, entry=foreign)
    assert overrides_of(kam, cycle.id) == ()
    assert overrides_of(other_kam, cycle.id) == (mine,)
    with pytest.raises(NotFound):
        services.withdraw(actor=kam, override_id=mine.id)


def test_an_override_stands_in_its_own_layer_and_those_above(cycle, house, kam, sales_ops):
    before = AuditEntry.objects.count()
    made = services.override(
        actor=kam, cycle_id=cycle.id, entry=typed(Node(house["jd"], house["p"]), 200, note="tender")
    )
    assert AuditEntry.objects.count() == before + 1
    assert (made.layer, made.by) == (L.ACCOUNT_MANAGER, kam.user_id)
    assert made.warnings == ("large_rise",)
    ops = typed(Node(house["jd"], house["p"]), -50, "delta", reason="supply")
    services.override(
        actor=sales_ops, cycle_id=cycle.id,
        entry=typed(Node(house["jd"], house["p"]), -50, "delta"),
    )  # fmt: skip
    assert ops.amount == -50
    table = cycle_table(sales_ops, cycle.id)
    found = {layer: cell(table, house, layer) for layer in Layer}
    assert found[L.ACCOUNT_MANAGER] == found[L.MARKETING] == 200
    assert found[L.OPERATIONS] == found[L.FINANCE] == found[L.AGREED] == 150
    assert found[L.STATISTICAL] not in (150, 200)
    services.withdraw(actor=kam, override_id=made.id, why="no tender")
    table = cycle_table(sales_ops, cycle.id)
    assert cell(table, house, L.ACCOUNT_MANAGER) == cell(table, house, L.STATISTICAL)
    assert [one.void for one in overrides_of(sales_ops, cycle.id)] == [True, False, False]
    with pytest.raises(Conflict):
        services.withdraw(actor=kam, override_id=made.id)


def test_an_override_above_is_spread_and_adds_up(cycle, house, kam):
    entry = typed(Node(account_id=house["group"], brand="Acu"), 300)
    shown = services.preview(actor=kam, cycle_id=cycle.id, entry=entry)
    assert (shown.after, len(shown.splits)) == (300, 2)
    assert not models.OverrideRow.objects.exists()
    services.override(actor=kam, cycle_id=cycle.id, entry=entry)
    table = cycle_table(kam, cycle.id)
    both = [cell(table, house, L.AGREED, who) for who in ("jd", "ali")]
    assert sum(both) == 300
    assert both[0] > 2 * both[1]
    lines = models.OverrideLine.objects.all()
    assert {(one.account_id, one.after) for one in lines} == {
        (house["jd"], both[0]), (house["ali"], both[1])
    }  # fmt: skip


def test_two_who_edit_the_same_cell_see_both_values(cycle, house, kam, head, make_user):
    seen = cycle_table(kam, cycle.id).stamp
    at = Node(house["jd"], house["p"])
    services.override(
        actor=SYSTEM, cycle_id=cycle.id, entry=typed(at, 140, layer=L.ACCOUNT_MANAGER)
    )
    with pytest.raises(Conflict) as stopped:
        services.override(actor=kam, cycle_id=cycle.id, entry=typed(at, 160, seen=seen))
    (both,) = stopped.value.data["cells"]
    assert (Decimal(both["mine"]), Decimal(both["theirs"])) == (160, 140)
    assert models.OverrideRow.objects.count() == 1
    elsewhere = typed(Node(house["jd"], house["q"]), 70, seen=seen)
    services.override(actor=kam, cycle_id=cycle.id, entry=elsewhere)  # other cells: no conflict
    again = typed(at, 160, seen=stopped.value.data["stamp"])
    services.override(actor=kam, cycle_id=cycle.id, entry=again)
    assert cell(cycle_table(kam, cycle.id), house, L.AGREED) == 160


def test_what_was_handed_in_is_closed_until_it_is_sent_back(
    cycle, house, kam, other_kam, sales_ops
):
    at = typed(Node(house["jd"], house["p"]), 140)
    services.submit(actor=kam, cycle_id=cycle.id)
    with pytest.raises(Conflict, match="handed in"):
        services.override(actor=kam, cycle_id=cycle.id, entry=at)
    with pytest.raises(NotFound):
        services.submit(actor=kam, cycle_id=cycle.id, account_ids=[house["far"]])
    services.submit(actor=other_kam, cycle_id=cycle.id)
    assert cycle_for(kam, cycle.id).state is CycleState.OPEN
    services.submit(actor=sales_ops, cycle_id=cycle.id)
    assert cycle_for(kam, cycle.id).state is CycleState.SUBMITTED
    with pytest.raises(NotAllowed):
        services.send_back(
            actor=kam, cycle_id=cycle.id, party=L.ACCOUNT_MANAGER, account_id=house["jd"], why="x"
        )
    services.send_back(
        actor=sales_ops, cycle_id=cycle.id, party=L.ACCOUNT_MANAGER, account_id=house["jd"],
        why="the tender is missing",
    )  # fmt: skip
    assert cycle_for(kam, cycle.id).state is CycleState.OPEN
    services.override(actor=kam, cycle_id=cycle.id, entry=at)


def test_frozen_months_and_months_outside_take_nothing(house, sales_ops, kam):
    cycle = ran(sales_ops, opened(sales_ops, frozen_months=2))
    for place, error in ((1, Conflict), (7, Invalid)):
        entry = typed(Node(house["jd"]), 5, periods=(add_months(MONTH, place),))
        with pytest.raises(error):
            services.override(actor=kam, cycle_id=cycle.id, entry=entry)
    assert not models.OverrideRow.objects.exists()


def test_the_lock_needs_signatures_explained_gaps_and_a_second_person(
    cycle, house, kam, head, sales_ops, finance
):
    at = typed(Node(house["jd"], house["p"]), 900)
    services.override(actor=kam, cycle_id=cycle.id, entry=at)
    with pytest.raises(Conflict) as early:
        services.lock(actor=sales_ops, cycle_id=cycle.id)
    assert {code for code, _ in early.value.data["problems"]} == {
        "not_in_review", "unsigned", "gap_open"
    }  # fmt: skip
    with pytest.raises(Invalid, match="begins now"):
        services.begin_review(actor=sales_ops, cycle_id=cycle.id)
    signed(cycle, head, sales_ops)
    with pytest.raises(Conflict) as gap:
        services.lock(actor=sales_ops, cycle_id=cycle.id)
    assert [code for code, _ in gap.value.data["problems"]] == ["gap_open"]
    services.comment(
        actor=kam, cycle_id=cycle.id, about="gap:account_manager:statistical:Acu", text="a tender"
    )
    with pytest.raises(NotAllowed):
        services.lock(actor=kam, cycle_id=cycle.id)
    asked = services.lock(actor=sales_ops, cycle_id=cycle.id)
    assert asked.lock_request
    assert asked.state is CycleState.REVIEW
    with pytest.raises(Conflict):
        services.override(actor=kam, cycle_id=cycle.id, entry=at)
    back = services.take_back_lock(actor=sales_ops, cycle_id=cycle.id)
    assert back.lock_request is None


def test_an_override_after_a_signature_asks_for_a_new_one(cycle, house, head, sales_ops):
    signed(cycle, head, sales_ops)
    services.override(
        actor=head, cycle_id=cycle.id,
        entry=typed(Node(house["jd"], house["p"]), 4, "percent", layer=L.AGREED),
    )  # fmt: skip
    with pytest.raises(Conflict) as stopped:
        services.lock(actor=sales_ops, cycle_id=cycle.id)
    assert stopped.value.data["problems"] == [
        ["unsigned", "account_manager"], ["unsigned", "operations"]
    ]  # fmt: skip


def test_a_locked_cycle_is_posted_and_never_changes(cycle, house, kam, head, sales_ops, finance):
    entry = typed(Node(house["jd"], house["p"]), 125)
    services.override(actor=kam, cycle_id=cycle.id, entry=entry)
    open_table = cycle_table(sales_ops, cycle.id)
    done = locked(cycle, head, sales_ops, finance)
    assert done.state is CycleState.LOCKED
    assert done.batch_id
    assert done.locked_at
    table = cycle_table(sales_ops, cycle.id)
    for layer in Layer:
        assert (table.layers[layer] == open_table.layers[layer]).all(), layer
    posted = sums(
        actor=SYSTEM, dataset="forecast", keys=("account_id", "product_id", "month", "currency"),
        period=Period(MONTH, add_months(MONTH, 6)),
    ).to_pylist()  # fmt: skip
    found = {(r["account_id"], r["product_id"], r["month"]): r for r in posted}
    row = found[house["jd"], house["p"], add_months(MONTH, 1)]
    assert (row["quantity"], row["value"], row["currency"]) == (125, 1250, "CNY")
    whole = sum((one["quantity"] for one in posted), Decimal(0))
    assert whole == table.total(L.AGREED)
    for call in (
        lambda: services.override(actor=kam, cycle_id=cycle.id, entry=entry),
        lambda: services.cancel_cycle(actor=sales_ops, cycle_id=cycle.id, why="x"),
        lambda: services.start_run(actor=sales_ops, cycle_id=cycle.id),
        lambda: services.submit(actor=kam, cycle_id=cycle.id),
        lambda: services.lock(actor=sales_ops, cycle_id=cycle.id),
    ):
        with pytest.raises(Conflict):
            call()


def test_who_wrote_an_override_cannot_approve_the_lock(cycle, house, head, sales_ops, finance):
    services.override(
        actor=head, cycle_id=cycle.id, entry=typed(Node(house["jd"], house["p"]), 125)
    )
    from keystead.governance.services.approvals import decide
    from keystead.kit import outbox

    signed(cycle, head, sales_ops)
    asked = services.lock(actor=sales_ops, cycle_id=cycle.id)
    decide(actor=head, request_id=asked.lock_request, approve=True)
    outbox.deliver_waiting()
    back = cycle_for(sales_ops, cycle.id)
    assert (back.state, back.lock_request) == (CycleState.REVIEW, None)


@pytest.mark.parametrize(
    "table",
    ["forecastversion", "runseries", "overriderow", "overrideline", "signoffrow", "commentrow"],
)
def test_the_database_refuses_to_change_what_was_written(cycle, house, kam, table):
    services.override(actor=kam, cycle_id=cycle.id, entry=typed(Node(house["jd"]), 300))
    services.comment(actor=kam, cycle_id=cycle.id, text="look")
    services.submit(actor=kam, cycle_id=cycle.id)
    for statement in ("UPDATE forecasting_%s SET id = id", "DELETE FROM forecasting_%s"):
        with (
            pytest.raises(DatabaseError, match="frozen"),
            transaction.atomic(),
            connection.cursor() as at,
        ):
            at.execute(statement % table)
