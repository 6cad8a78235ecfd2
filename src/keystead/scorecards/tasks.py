"""The job behind the handlers."""

from __future__ import annotations

from typing import Any

from keystead.kit import jobs
from keystead.scorecards import services


@jobs.job("scorecards.refresh")
def refresh(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Compute the totals that fell behind."""
    run.progress(0, 1, "scoring accounts")
    ids = payload.get("account_ids")
    return {"scored": services.refresh_scores(account_ids=ids)}
