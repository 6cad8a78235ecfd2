"""The page of an account plan with its live objectives, over the world of the benchmarks.

Goal: at most 150 ms on the server (95th percentile) for a plan with 12 measured objectives, 30
statements, 8 initiatives and 40 actions, and at most 45 relational queries. Limit, not rival: a
person waits for it.

``KEYSTEAD_BENCH=short`` takes fewer turns and fails only beyond four times the goal, for a machine
that does other work; the number of queries counts as it is.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from datetime import date
from decimal import Decimal

import _world

GOAL, QUERIES = 0.150, 45
SHORT = os.environ.get("KEYSTEAD_BENCH") == "short"
ALLOWED, TURNS = (4, 12) if SHORT else (1, 60)
METRICS = ("sell_in", "sell_in_units", "net_sales", "returns")


def main() -> int:
    _world.open_world()
    from django.conf import settings
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    settings.ALLOWED_HOSTS = ["testserver"]
    from account_page import _accounts, _signed_in

    from keystead.ledger import queries as ledger
    from keystead.ledger import services
    from keystead.metrics.queries.kept import memory

    if ledger.cache_for("sell_in") is None:
        services.build_cache("sell_in")
    client, account_id = _signed_in(), _accounts()[0]
    took = []
    with transaction.atomic():
        path = f"/plans/{_plan(account_id)}/"
        assert client.get(path).status_code == 200
        for _turn in range(TURNS):
            memory.clear()  # as for somebody who opens it first
            began = time.perf_counter()
            answer = client.get(path)
            took.append(time.perf_counter() - began)
            assert answer.status_code == 200
        with CaptureQueriesContext(connection) as seen:
            client.get(path)
        transaction.set_rollback(True)
    p95 = statistics.quantiles(took, n=20)[-1]
    good = p95 <= ALLOWED * GOAL and len(seen) <= QUERIES
    print(
        f"plan page, {ledger.slice_set('sell_in').rows:,} rows: median "
        f"{statistics.median(took) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, "
        f"{p95 / GOAL:.2f} x the goal of {GOAL * 1000:.0f} ms (here {ALLOWED} x passes), "
        f"{len(seen)} of {QUERIES} queries: {'ok' if good else 'MISSED'}"
    )
    return 0 if good else 1


def _plan(account_id: int) -> int:
    from keystead.kit.access import SYSTEM
    from keystead.planning import services
    from keystead.planning.types.plans import (
        ActionEntry,
        ClaimEntry,
        ClaimKind,
        InitiativeEntry,
        ObjectiveEntry,
    )

    actor = SYSTEM
    plan = services.create_plan(actor=actor, account_id=account_id, year=2025, currency="CNY")
    kinds = list(ClaimKind)
    for number in range(30):
        entry = ClaimEntry(kind=kinds[number % len(kinds)], text=f"Statement {number}",
                           amount=Decimal(number))  # fmt: skip
        services.add_line(actor=actor, plan_id=plan.id, entry=entry)
    for number in range(12):
        entry = ObjectiveEntry(title=f"Objective {number}", metric=METRICS[number % 4],
                               target=Decimal(1000 + number))  # fmt: skip
        services.add_line(actor=actor, plan_id=plan.id, entry=entry)
    for number in range(8):
        services.add_line(
            actor=actor, plan_id=plan.id, entry=InitiativeEntry(title=f"Initiative {number}")
        )
    for number in range(40):
        entry = ActionEntry(title=f"Action {number}", due_on=date(2025, 1 + number % 12, 5))
        services.add_action(actor=actor, account_id=account_id, plan_id=plan.id, entry=entry)
    return plan.id


if __name__ == "__main__":
    sys.exit(main())
