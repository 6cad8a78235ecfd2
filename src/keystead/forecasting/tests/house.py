"""A house with a history: accounts, products and three years of invoices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from keystead.accounts import services as accounts
from keystead.forecasting import services
from keystead.forecasting.types.cycle import (
    Asked,
    Calendar,
    Cycle,
    CycleHead,
    Layer,
    Node,
    OverrideEntry,
    OverrideKind,
    Reason,
)
from keystead.governance.services.approvals import decide
from keystead.kernel.periods import add_months
from keystead.kit import jobs, outbox
from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.tests import room

D = Decimal
FIRST = date(2023, 1, 1)
MONTH = date(2026, 1, 1)
DAYS = Calendar(date(2026, 1, 1), date(2026, 1, 8), date(2026, 1, 12), date(2026, 1, 15))
PARTIES = (Layer.ACCOUNT_MANAGER, Layer.OPERATIONS)


@pytest.fixture
def house(kam: Actor, other_kam: Actor, settings: Any, tmp_path: Any) -> dict[str, int]:
    """Two accounts of lin with a group above, one of claire; two brands; three years of sales."""
    settings.KEYSTEAD_HOME = tmp_path / "home"
    ids = {"group": room.account("GROUP", kam), "jd": room.account("JD", kam)}
    ids["ali"], ids["far"] = room.account("ALI", kam), room.account("FAR", other_kam)
    for one in ("jd", "ali"):
        accounts.add_membership(
            actor=SYSTEM, group_id=ids["group"], member_id=ids[one], valid_from=date(2020, 1, 1)
        )
    ids["p"], ids["q"] = room.product("P1", brand="Acu"), room.product("Q1", brand="Bio")
    sell(ids, 36)
    return ids


def sell(ids: dict[str, int], months: int, **more: Any) -> None:
    """Post a steady history: jd 120 and 60, ali 40, far 20 a month, up in each December."""
    rows = []
    for step in range(months):
        day = add_months(FIRST, step).replace(day=10)
        for who, what, units in (
            ("jd", "p", 120), ("jd", "q", 60), ("ali", "p", 40), ("far", "p", 20),
        ):  # fmt: skip
            quantity = D(units + (12 if day.month == 12 else 0))
            rows.append(
                {"account_id": ids[who], "product_id": ids[what], "date": day,
                 "quantity": quantity, "value": quantity * 10, "doc_no": f"I{step}{who}{what}"}
            )  # fmt: skip
    room.post("sell_in", rows + more.pop("rows", []), **more)


def opened(ops: Actor, **changes: Any) -> Cycle:
    head = {"month": MONTH, "calendar": DAYS, "horizon": 6, "parties": PARTIES, **changes}
    return services.open_cycle(actor=ops, head=CycleHead(**head))


def ran(ops: Actor, cycle: Cycle, **asked: Any) -> Cycle:
    """Run the engine in this process; return the cycle as it stands then."""
    from keystead.forecasting.queries import cycle_for

    run = services.start_run(
        actor=ops, cycle_id=cycle.id, asked=Asked(**{"recipe": "naive", **asked})
    )
    jobs.run_inline(run.job_id or 0)
    return cycle_for(ops, cycle.id)


def typed(node: Node, amount: Any, kind: str = "absolute", **more: Any) -> OverrideEntry:
    """Return an override of the second month, as somebody typed it."""
    return OverrideEntry(
        node=node, periods=more.pop("periods", (add_months(MONTH, 1),)), kind=OverrideKind(kind),
        amount=D(str(amount)), reason=more.pop("reason", Reason.PROMOTION), **more,
    )  # fmt: skip


def signed(cycle: Cycle, head: Actor, ops: Actor) -> None:
    """Bring a cycle into the review and have both parties sign."""
    services.begin_review(actor=ops, cycle_id=cycle.id, why="all said")
    services.sign_off(actor=head, cycle_id=cycle.id, party=Layer.ACCOUNT_MANAGER)
    services.sign_off(actor=ops, cycle_id=cycle.id, party=Layer.OPERATIONS)


def locked(cycle: Cycle, head: Actor, ops: Actor, finance: Actor) -> Cycle:
    """Sign, ask for the lock and have finance approve it."""
    from keystead.forecasting.queries import cycle_for

    signed(cycle, head, ops)
    asked = services.lock(actor=ops, cycle_id=cycle.id)
    decide(actor=finance, request_id=asked.lock_request or 0, approve=True)
    outbox.deliver_waiting()
    return cycle_for(ops, cycle.id)
