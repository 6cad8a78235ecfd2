"""Work of the import desk that takes longer than a page may."""

from __future__ import annotations

from typing import Any

from keystead.kit import jobs
from keystead.ledger.services import desk


@jobs.job("ledger.prepare")
def prepare(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Read, map, match and check a batch as far as it goes."""
    desk.prepare(actor=run.actor, batch_id=payload["batch_id"], progress=run.progress)
    return {}


@jobs.job("ledger.post")
def post(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Post a batch, or release what waited in it."""
    wanted = {
        "actor": run.actor,
        "batch_id": payload["batch_id"],
        "digest": payload.get("digest", ""),
        "progress": run.progress,
    }
    if payload.get("release"):
        batch = desk.release_waiting(**wanted)
    else:
        batch = desk.post_batch(**wanted, despite_sums=bool(payload.get("despite_sums")))
    return {"commit": batch.posted_commit}


@jobs.job("ledger.create")
def create(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Create the accounts or products that a file names."""
    created = desk.create_from_file(
        actor=run.actor,
        batch_id=payload["batch_id"],
        kind=payload["kind"],
        texts=payload.get("texts"),
        as_kind=payload.get("as_kind", ""),
        progress=run.progress,
    )
    return {"created": created}


@jobs.job("ledger.return_rows")
def return_rows(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Take corrected rows back into their batch."""
    changed = desk.take_rejects(actor=run.actor, batch_id=payload["batch_id"], name=payload["name"])
    return {"changed": changed}
