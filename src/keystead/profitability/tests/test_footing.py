"""Every column foots and every movement is the movement of what was posted, for random facts."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from keystead.agreements import services as agreements
from keystead.agreements.queries.accruals import balances
from keystead.agreements.queries.accruals import entries as booked
from keystead.agreements.tests.factories import rebate, tiers
from keystead.agreements.tests.sold import active, sell
from keystead.agreements.types import Family, Service
from keystead.kernel.money import Money
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.ledger.types import Mode
from keystead.metrics.queries import evaluate
from keystead.metrics.tests import room
from keystead.profitability import queries
from keystead.profitability.calc.pnl import LINES
from keystead.profitability.tests.house import HALF
from keystead.profitability.types import AccountPnl, Scenario

pytestmark = pytest.mark.django_db
D = Decimal
ACTUAL, BUDGET = Scenario.ACTUAL, Scenario.BUDGET
LONG = bool(os.environ.get("KEYSTEAD_LONG"))


def few(count: int) -> settings:
    """So many examples, none of them shrunk: each one posts facts."""
    return settings(
        max_examples=count * 20 if LONG else count, deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )  # fmt: skip


cents = st.integers(-50_000, 50_000).filter(bool).map(lambda one: D(one).scaleb(-2))


def _pnl(actor: Actor, account_id: int, period: Period = HALF) -> AccountPnl:
    return queries.account_pnl(actor=actor, account_id=account_id, period=period)


def _column(found: AccountPnl, scenario: Scenario) -> dict[str, Decimal]:
    return {
        row.detail or row.line.id: row.totals[scenario].value or D(0)
        for row in found.rows
        if scenario in row.totals
    }


def _moved(before: dict[str, Decimal], after: dict[str, Decimal]) -> dict[str, Decimal]:
    names = {*before, *after}
    found = {name: after.get(name, D(0)) - before.get(name, D(0)) for name in names}
    return {name: amount for name, amount in found.items() if amount}


def foots(found: AccountPnl) -> int:
    """Assert that every subtotal of every column and month is the sum of its parts; count them."""
    rows = {row.line.id: row for row in found.rows if not row.detail}
    checked = 0
    for line in LINES:
        if not line.is_sum or line.id not in rows:
            continue
        cuts = [lambda row, one=one: row.totals.get(one) for one in found.scenarios]
        cuts += [lambda row, one=one: row.months.get(one) for one in found.months]
        for cut in cuts:
            amount = cut(rows[line.id])
            if amount is None or amount.value is None or (amount.proofs and _stated(amount, line)):
                continue
            parts = [cut(rows[name]) for name in line.parts if name in rows]
            assert amount.value == sum((one.value or D(0) for one in parts if one), D(0)), line.id
            checked += 1
    for row in found.rows:
        details = [one for one in found.rows if one.detail and one.line.id == row.line.id]
        for scenario in found.scenarios if details and not row.detail else ():
            told = [one.totals[scenario].value for one in details if scenario in one.totals]
            whole = row.totals[scenario].value
            assert whole is None or whole == sum((one or D(0) for one in told), D(0)), row.line.id
    return checked


def _stated(amount: Any, line: Any) -> bool:
    """A target is stated as invoice sales: there are no parts of it."""
    return line.id == "invoice_sales" and amount.proof_id.startswith("target.")


@pytest.mark.parametrize(
    ("category", "line", "sums"),
    [
        ("Congress", "account_marketing", ("contribution",)),
        ("Shelf display", "funds", ("net_net_sales", "gross_margin", "contribution")),
        ("Platform fee", "platform_fees", ("contribution",)),
        ("Free goods", "free_goods", ("net_net_sales", "gross_margin", "contribution")),
    ],
)
def test_the_statement_moves_by_exactly_a_posted_expense(
    house, anna: Actor, category: str, line: str, sums: tuple[str, ...]
) -> None:
    before = _pnl(anna, house["own"])
    row = {"account_id": house["own"], "date": date(2026, 4, 7), "category": category,
           "status": "actual", "value": D("123.45")}  # fmt: skip
    room.post("expense", [row], source="one more")
    after = _pnl(anna, house["own"])
    named = {category: D("-123.45")} if category != line else {}
    assert _moved(_column(before, ACTUAL), _column(after, ACTUAL)) == {
        line: D("-123.45"), **named, **dict.fromkeys(sums, D("-123.45")),
    }  # fmt: skip
    for name in (line, sums[-1]):
        rows = [found.row(name) for found in (before, after)]
        months = [
            {month: amount.value or D(0) for month, amount in one.months.items()} if one else {}
            for one in rows
        ]
        moved = {
            month: months[1][month] - months[0].get(month, D(0))
            for month in months[1]
            if months[1][month] != months[0].get(month, D(0))
        }
        if name == line:
            assert moved == {date(2026, 4, 1): D("-123.45")}
        assert set(moved) <= {date(2026, 4, 1)}, name  # no margin in a month without a cost
    assert foots(after) >= 15


def test_a_planned_expense_moves_the_budget_alone(house, anna: Actor) -> None:
    before = _pnl(anna, house["own"])
    row = {"account_id": house["own"], "date": date(2026, 4, 7), "category": "Congress",
           "status": "planned", "value": D("70.10")}  # fmt: skip
    room.post("expense", [row], source="one more")
    after = _pnl(anna, house["own"])
    assert _moved(_column(before, ACTUAL), _column(after, ACTUAL)) == {}
    assert _moved(_column(before, BUDGET), _column(after, BUDGET)) == {
        "account_marketing": D("-70.10"), "Congress": D("-70.10"),
    }  # fmt: skip


KINDS = ("accrue", "true_up", "release", "settle", "write_off")
entries = st.lists(
    st.tuples(
        st.sampled_from(KINDS), st.sampled_from(["revenue", "service", None]), cents,
        st.integers(1, 6), st.booleans(),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@few(4)
@given(rows=entries)
def test_rebates_and_services_are_the_movement_of_the_accrual_ledger(
    house, anna: Actor, rows: list[Any]
) -> None:
    """Entries pile up from one example to the next, as they do in a ledger."""
    own, products = house["own"], (house["strips"], house["meter"])
    before = _column(_pnl(anna, own), ACTUAL)
    spent = before.get("Rebate", D(0))
    room.post(
        "accrual",
        [{"account_id": own, "product_id": products[first], "date": date(2026, month, 9),
          "value": value, "kind": kind, "agreement": "AG-1", "condition": "x", "basis": "actual",
          "family": "x", "treatment": treatment}
         for kind, treatment, value, month, first in rows],
        mode=Mode.APPEND, lineage=f"{len(before)}-{hash(str((before, rows)))}",
    )  # fmt: skip
    found = _pnl(anna, own)
    after = _column(found, ACTUAL)
    counted = [(treatment, value) for kind, treatment, value, *_ in rows if kind != "settle"]
    services = sum((value for kind, value in counted if kind == "service"), D(0))
    rebates = sum((value for kind, value in counted if kind != "service"), D(0))
    # From its first accrual on, a rebate that was spent pays what is accrued: it goes out.
    paid = spent - after.get("Rebate", D(0))
    assert after.get("retro", D(0)) - before.get("retro", D(0)) == -rebates - paid
    assert after.get("services", D(0)) - before.get("services", D(0)) == -services
    asked = evaluate(
        actor=anna, metrics=["rebate_accrued"], period=HALF, filters={"account": [own]}
    ).figure("rebate_accrued")
    whole = after.get("retro", D(0)) + after.get("services", D(0)) - after.get("Rebate", D(0))
    assert whole == -D(asked.value or 0)
    assert foots(found) >= 15


moves = st.lists(
    st.tuples(st.sampled_from(["accrue", "settle", "write_off", "reverse"]), st.integers(1, 99)),
    min_size=3, max_size=4,
)  # fmt: skip


@few(2)
@given(steps=moves)
def test_what_agreements_book_is_what_the_statement_says(signed, steps: list[Any]) -> None:
    """Accrue, settle, write off and take back through the services, in any order."""
    kam, finance, house, one = signed
    last: list[int] = []
    month = date(2025, 1, 1)
    for step, share in steps:
        given_: dict[str, Any] = {"actor": finance, "agreement_id": one.id}
        left = balances(kam, one.id).get("volume", Money.zero("CNY"))
        part = Money((left.amount * share / 100).quantize(D("0.01")), "CNY")
        if step == "accrue":
            sell(house, ("jd", "p", f"2025-01-{share % 28 + 1:02d}", str(share)),
                 source=f"{share}-{len(last)}-{left.amount}")  # fmt: skip
            made = agreements.accrue(**given_, month=month)
            last += [entry.id for entry in made if entry.id]
        elif step == "reverse" and last:
            agreements.reverse_entry(actor=finance, entry_id=last.pop(), reason="Wrong")
        elif part.amount > 0 and step in ("settle", "write_off"):
            said = {**given_, "condition": "volume", "amount": part, "reason": "As agreed"}
            more = {"subject": f"claim:{share}"} if step == "settle" else {}
            entry = (agreements.settle_claim if step == "settle" else agreements.write_off)(
                **said, **more
            )
            last += [entry.id] if entry.id else []
    period = Period.parse("2025..2026")
    found = _pnl(kam, house["jd"], period)
    cost = {
        name: sum((one.entry.amount.amount for one in _cost_entries(kam, one_id=one.id, key=key)),
                  D(0))
        for name, key in (("retro", "volume"), ("services", "fee"))
    }  # fmt: skip
    told = _column(found, ACTUAL)
    assert {name: told.get(name, D(0)) for name in cost} == {n: -v for n, v in cost.items()}
    foots(found)


def _cost_entries(actor: Actor, *, one_id: int, key: str) -> list[Any]:
    """Return the entries of a condition that cost: all but settlements and what reverses one."""
    rows = booked(actor, one_id)
    settled = {row.entry.id for row in rows if row.entry.kind == "settle"}
    return [
        row
        for row in rows
        if row.entry.condition == key
        and row.entry.id not in settled
        and row.entry.reverses not in settled
    ]


@pytest.fixture
def signed(kam: Actor, make_actor, settings, tmp_path) -> Any:
    """An agreement in force over 2025: a volume rebate, and a display fee that buys a service."""
    settings.KEYSTEAD_HOME = tmp_path / "home"
    jd = room.account("JD", kam)
    house = {"jd": jd, "p": room.product("P1")}
    paid = Service(deliverable="Two end caps", fair_value_note="Three quotes")
    fee = rebate("fee", tiers=tiers((0, 1)), family=Family.DISPLAY_FEE, service=paid)
    one = active(kam, house, rebate("volume"), fee)
    sell(house, ("jd", "p", "2025-01-10", "1000"))
    return kam, make_actor("cash", "finance"), house, one


amounts = st.integers(-9_999_999, 9_999_999).filter(bool).map(lambda one: D(one).scaleb(-4))
facts = st.lists(
    st.tuples(
        st.sampled_from(["sell_in", "cogs", "logistics", "other", "actual", "planned", "target"]),
        amounts, st.integers(0, 17),
        st.sampled_from(["Congress", "Rebate", "Shelf display", "Platform fee", ""]),
    ),
    min_size=6, max_size=12,
)  # fmt: skip


@few(2)
@given(rows=facts)
def test_all_columns_foot_for_random_facts(house, anna: Actor, rows: list[Any]) -> None:
    own, strips = house["own"], house["strips"]
    by_set: dict[str, list[dict[str, Any]]] = {}
    for kind, value, place, category in rows:
        row = {"account_id": own, "date": date(2025 + place // 12, place % 12 + 1, 11),
               "value": value}  # fmt: skip
        if kind == "sell_in":
            row |= {"product_id": strips, "quantity": D(1), "is_return": value < 0}
        elif kind in ("actual", "planned"):
            row |= {"category": category, "status": kind}
        elif kind != "target":
            row |= {"product_id": strips, "kind": kind}
        name = {"actual": "expense", "planned": "expense", "target": "target",
                "sell_in": "sell_in"}.get(kind, "cost")  # fmt: skip
        by_set.setdefault(name, []).append(row)
    for name, found in by_set.items():
        room.post(name, found, source=f"more {hash(str(rows))}", mode=Mode.APPEND)
    for period in (HALF, Period.parse("2026")):
        statement = _pnl(anna, own, period)
        assert foots(statement) > 10
    assert Scenario.FORECAST in statement.scenarios
