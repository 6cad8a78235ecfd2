"""Work of the connector in the background: fetch, load what came in, look for what is due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from keystead.connectors.counter.queries.sources import due_sources
from keystead.connectors.counter.services.harvest import harvest as fetch_from
from keystead.connectors.counter.services.intake import take_run
from keystead.kit import jobs


@jobs.job("counter.harvest")
def harvest(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Fetch what is missing, or due, from one source."""
    found = fetch_from(
        actor=run.actor,
        source_id=payload["source_id"],
        months=[date.fromisoformat(month) for month in payload.get("months", ())],
        by_hand=bool(payload.get("by_hand")),
        progress=run.progress,
    )
    return {"asked": found.asked, "loaded": found.loaded, "waiting": found.waiting,
            "trouble": found.trouble}  # fmt: skip


@jobs.job("counter.take")
def take(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Read, check and load a report that came in, or that waited for its institution."""
    found = take_run(actor=run.actor, run_id=payload["run_id"])
    return {"state": found.state, "rows": found.rows}


@jobs.periodic("counter.look", every=timedelta(minutes=15))
def look(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Start a job for each source that has something due."""
    due = due_sources()
    for source_id in due:
        jobs.enqueue("counter.harvest", {"source_id": source_id}, key=f"counter:{source_id}")
    return {"sources": list(due)}
