"""New, restated or undone facts: the totals of the accounts they touch are computed again."""

from __future__ import annotations

from keystead.kit import jobs, outbox
from keystead.ledger.types import BatchPosted, BatchUndone


@outbox.listens(BatchPosted)
def refresh_after_post(event: BatchPosted) -> None:
    _refresh(event.commit)


@outbox.listens(BatchUndone)
def refresh_after_undo(event: BatchUndone) -> None:
    _refresh(event.commit)


def _refresh(commit: int) -> None:
    # All accounts: a new month of one moves the period of all. Fresh totals cost nothing.
    jobs.enqueue("scorecards.refresh", {}, key=f"scorecards.refresh:{commit}")
