"""After a change of what is visible: refresh the cache of that dataset, and tidy now and then."""

from __future__ import annotations

from keystead.kit import jobs, outbox
from keystead.ledger.types import BatchPosted, BatchUndone


@outbox.listens(BatchPosted)
def refresh_after_post(event: BatchPosted) -> None:
    _refresh(event.dataset, event.commit)


@outbox.listens(BatchUndone)
def refresh_after_undo(event: BatchUndone) -> None:
    _refresh(event.dataset, event.commit)


def _refresh(dataset: str, commit: int) -> None:
    jobs.enqueue("ledger.refresh", {"dataset": dataset}, key=f"ledger.refresh:{dataset}:{commit}")
    if commit % 20 == 0:
        jobs.enqueue("ledger.clean", {}, key="ledger.clean")
