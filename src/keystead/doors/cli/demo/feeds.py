"""Sends the files of the world through the import desk, as a person at sales operations would."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from keystead.doors.cli.demo.world.types import DemoFile
from keystead.doors.cli.demo.world.whole import World
from keystead.kit.access import Actor
from keystead.kit.jobs.worker import work
from keystead.ledger import queries
from keystead.ledger.services import desk
from keystead.ledger.types import Batch, BatchState

Say = Callable[[str], None]


def fill_feeds(
    world: World, ops: Actor, say: Say, *, until: date, then: Callable[[Say], None]
) -> set[int]:
    """Import every file in the order of arrival, then let the worker finish what follows.

    ``then`` is done once all that arrived ``until`` a day is there, and nothing later. Returns the
    batches that stay open.
    """
    rows, left_open, waits = 0, set(), True
    for file in world.files:
        if waits and file.arrived > until:
            then(say)
            waits = False
        batch = send(ops, file)
        rows += batch.counts.posted
        if batch.state != BatchState.POSTED:
            left_open.add(batch.id)
        say(f"{batch.counts.rows_in:>7,} rows in  {batch.state:<9} {file.name}")
    say(f"{rows:,} rows posted; caches follow")
    work(once=True)
    say("worker has nothing left to do")
    return left_open


def send(ops: Actor, file: DemoFile) -> Batch:
    """Import one file and return its batch; every row of a file that is to be posted must be."""
    batch = desk.receive_file(
        actor=ops,
        content=file.content,
        name=file.name,
        dataset=file.dataset,
        source=file.source,
        decisions=_decisions(file),
        start=False,
    )
    desk.prepare(actor=ops, batch_id=batch.id)
    if not file.leave_open:
        view = queries.desk_of(ops, batch.id)
        if view.questions:
            raise SystemExit(f"{file.name}: {view.questions}")
        desk.post_batch(actor=ops, batch_id=batch.id)
    batch = queries.batch(ops, batch.id)
    lost = batch.counts.rows_in - batch.counts.posted - batch.counts.skipped
    if not file.leave_open and (batch.state != BatchState.POSTED or lost):
        view = queries.desk_of(ops, batch.id)
        raise SystemExit(f"{file.name}: {batch.state}, {batch.counts}, {view.outcome}")
    return batch


def _decisions(file: DemoFile) -> dict[str, Any]:
    fields = {name: {"column": header} for name, header in file.mapping}
    fields |= {name: {"constant": value} for name, value in file.constants}
    said = {"fields": fields, "options": dict(file.options)}
    return {name: value for name, value in said.items() if value}
