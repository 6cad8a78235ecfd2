"""The account page over 10,000,000 sell-in rows, with its strip of figures and each panel.

Goal: the server needs at most 150 ms for the page (95th percentile) and 15 relational queries.
Limit, not rival: a person waits for it. The panels load when they are seen, each by itself, and are
printed beside it with the same 150 ms as their mark.

``KEYSTEAD_BENCH=short`` takes fewer turns and fails only beyond four times the goal, for a machine
that does other work; the number of queries counts as it is.
"""

from __future__ import annotations

import os
import re
import statistics
import sys
import time

import _world

GOAL, QUERIES = 0.150, 15
SHORT = os.environ.get("KEYSTEAD_BENCH") == "short"
ALLOWED, TURNS = (4, 12) if SHORT else (1, 60)


def main() -> int:
    _world.open_world()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    from keystead.ledger import queries as ledger
    from keystead.ledger import services

    if ledger.cache_for("sell_in") is None:
        services.build_cache("sell_in")
    client, ids = _signed_in(), _accounts()
    paths = [f"/accounts/{account_id}/?period=2025" for account_id in ids]
    page = client.get(paths[0])
    assert page.status_code == 200, page
    panels = sorted(
        set(re.findall(rf"/accounts/{ids[0]}/panels/([a-z_]+)/", page.content.decode()))
    )
    assert len(panels) > 5, panels
    rows = ledger.slice_set("sell_in").rows
    p95, queries = _measure(client, paths, f"{rows:,} rows; page with its strip")
    good = p95 <= ALLOWED * GOAL and queries <= QUERIES
    for panel in panels:
        here = [f"/accounts/{account_id}/panels/{panel}/?period=2025" for account_id in ids]
        _measure(client, here, f"  panel {panel}")
    print(
        f"page: {p95 / GOAL:.2f} x the goal of {GOAL * 1000:.0f} ms (here {ALLOWED} x passes), "
        f"{queries} of {QUERIES} queries: {'ok' if good else 'MISSED'}"
    )
    return 0 if good else 1


def _measure(client, paths: list[str], label: str) -> tuple[float, int]:
    """Ask in turn for the page of different accounts; return the 95th percentile and queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from keystead.metrics.queries.kept import memory

    client.get(paths[0])
    took = []
    for turn in range(TURNS):
        memory.clear()  # as for somebody who opens it first
        began = time.perf_counter()
        answer = client.get(paths[turn % len(paths)])
        took.append(time.perf_counter() - began)
        assert answer.status_code == 200, (label, answer.status_code)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        client.get(paths[-1])
    p95 = statistics.quantiles(took, n=20)[-1]
    print(
        f"{label}: median {statistics.median(took) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, "
        f"{len(seen)} queries"
    )
    return p95, len(seen)


def _accounts() -> list[int]:
    from keystead.accounts.queries import accounts_for
    from keystead.kit.access import SYSTEM

    return [account.id for account in accounts_for(SYSTEM)][:200:10]


def _signed_in():
    """Return a client of somebody who sees all accounts and costs."""
    from keystead.kit.models import User

    user, new = User.objects.get_or_create(
        username="all", defaults={"roles": ["sales_ops", "finance"]}
    )
    if new:
        user.set_password("kept-for-the-benchmark")
        user.save()
    return _session(user)


def _session(user):
    """Return a client signed in as somebody."""
    from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
    from django.test import Client

    from keystead.doors.web.sign_in.middleware import BEGAN, SEEN

    client = Client()
    client.force_login(user)
    session, now = client.session, int(time.time())
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": now}]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(user.pk)
    session[BEGAN] = session[SEEN] = now
    session.save()
    return client


if __name__ == "__main__":
    sys.exit(main())
