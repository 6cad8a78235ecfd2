"""Jobs that keep the storage fast and tidy; each may run again at any time."""

from __future__ import annotations

from typing import Any

from keystead.kit import jobs
from keystead.kit.access import SYSTEM
from keystead.ledger import services


@jobs.job("ledger.refresh")
def refresh(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Compact a dataset if it has too many segments, then build its cache."""
    dataset = payload["dataset"]
    run.progress(0, 2, "compacting")
    moved = services.compact(actor=SYSTEM, dataset=dataset)
    run.progress(1, 2, "building the cache")
    path = services.build_cache(dataset)
    run.progress(2, 2, "done")
    return {"compacted": moved, "cache": path}


@jobs.job("ledger.clean")
def clean(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Remove orphan files, superseded segments and states past retention."""
    run.progress(0, 1, "looking for orphans")
    return dict(services.clean(actor=SYSTEM))
