"""Work of the room in the background."""

from __future__ import annotations

from typing import Any

from keystead.kit import jobs
from keystead.reviews.services.batches import JOB, keep_archive, make_decks, wanted_of


@jobs.job(JOB)
def build_decks(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Build the decks of many accounts; each review is frozen once, so it may run again."""
    made = make_decks(actor=run.actor, wanted=wanted_of(payload), told=run.progress)
    return {"sha256": keep_archive(made), "decks": len(made.files), "problems": made.problems}
