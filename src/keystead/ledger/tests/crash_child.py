"""What the child processes of the crash tests do; one may be killed at a named step.

This process starts once and forks for each order (a line of JSON on standard input), so that a
test does not pay for starting Python and Django every time.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from datetime import date
from pathlib import Path
from typing import Any

import django
import pyarrow as pa

django.setup()
pa.array(["warm"])  # PyArrow looks for pandas here: seconds, paid once and not in every child

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from keystead.kernel.errors import Conflict  # noqa: E402
from keystead.kit.access import SYSTEM  # noqa: E402
from keystead.kit.jobs.worker import work  # noqa: E402
from keystead.kit.models import AuditEntry, OutboxEvent  # noqa: E402
from keystead.kit.testing.template import begin_migrated  # noqa: E402
from keystead.ledger import models, queries, services  # noqa: E402
from keystead.ledger.tests.factories import new_batch, post, seen, sell_in  # noqa: E402
from keystead.ledger.types import Counts  # noqa: E402

JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)


def prepare() -> None:
    """Leave one posted batch with a waiting row, and one that is ready to be posted."""
    post((1, JAN, 1, "1"), (2, FEB, 1, "2"), waiting=1, effect_key="first")
    new_batch(effect_key="second")


def do_post() -> None:
    row = models.Batch.objects.get(effect_key="second")
    if row.state == "posted":
        return
    services.post_rows(
        actor=SYSTEM,
        batch_id=row.pk,
        tables=[sell_in((1, JAN, 1, "10")), sell_in((3, JAN, 1, "30"))],
        counts=Counts(rows_in=2, posted=2),
    )


def do_release() -> None:
    row = models.Batch.objects.get(effect_key="first")
    if row.rows_waiting:
        services.release_rows(
            actor=SYSTEM,
            batch_id=row.pk,
            tables=[sell_in((9, FEB, 1, "9"))],
            counts=Counts(rows_in=3, posted=3),
        )


def do_undo() -> None:
    row = models.Batch.objects.get(effect_key="first")
    if row.state == "posted":
        services.undo_batch(actor=SYSTEM, batch_id=row.pk)


def do_compact() -> None:
    do_post()
    services.compact(actor=SYSTEM, dataset="sell_in", limit=1)


def do_cache() -> None:
    services.build_cache("sell_in")


def do_race(name: str) -> None:
    """Post five batches of an own source, and one file that the other process posts too."""
    for number in range(5):
        post((1, JAN, 1, "1"), source=f"{name}-{number}")
    try:
        post((7, JAN, 1, "7"), source="both", effect_key="same file")
    except Conflict as conflict:
        print(json.dumps({"conflict": conflict.code}))
    else:
        print(json.dumps({"conflict": ""}))


def state() -> dict[str, Any]:
    """Return everything that a crash must leave whole."""
    known = set(models.Segment.objects.values_list("path", flat=True))
    return {
        "seen": seen(),
        "commit": queries.current_commit(),
        "findings": [str(finding) for finding in services.verify(actor=SYSTEM).findings],
        "trail": AuditEntry.objects.filter(action__startswith="ledger.").count(),
        "events": OutboxEvent.objects.filter(name__startswith="ledger.").count(),
        "commits": models.Commit.objects.count(),
        "segments": len(known),
    }


def act(action: str) -> None:
    name, _, argument = action.partition(":")
    if name == "again":  # what is there after a kill, then the same once more, then a worker
        before = state()
        globals()[f"do_{argument}"]()
        work(once=True)
        print(json.dumps({"before": before, "after": state()}))
    elif name == "migrate":
        begin_migrated()
        prepare()
    elif name == "state":
        print(json.dumps(state()))
    elif name == "race":
        do_race(argument)
    else:
        globals()[f"do_{name}"]()


def fork(order: dict[str, str]) -> tuple[int, int]:
    """Carry out one order in a child; return its process and the end of its output."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    try:
        os.dup2(writing, sys.stdout.fileno())
        os.environ["KEYSTEAD_FAULT"] = order["fault"]
        settings.KEYSTEAD_HOME = Path(order["home"])
        settings.KEYSTEAD_HOME.mkdir(parents=True, exist_ok=True)
        connection.settings_dict["NAME"] = order["database"]
        act(order["action"])
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def ended(child: int, reading: int) -> dict[str, Any]:
    with os.fdopen(reading) as output:
        said = output.read()
    _pid, status = os.waitpid(child, 0)
    return {"code": os.waitstatus_to_exitcode(status), "said": said}


if __name__ == "__main__":
    for line in sys.stdin:
        children = [fork(order) for order in json.loads(line)]
        print(json.dumps([ended(*child) for child in children]), flush=True)
