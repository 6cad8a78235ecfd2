"""Work of governance that comes round."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from keystead.governance.services import approvals, forgetting, glass
from keystead.kit import jobs
from keystead.kit.access import SYSTEM


@jobs.periodic("governance.escalate", every=timedelta(hours=1))
def escalate(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Escalate what nobody answered in time; each step once."""
    return {"requests": list(approvals.escalate_overdue(actor=SYSTEM))}


@jobs.periodic("governance.close_glass", every=timedelta(minutes=5))
def close_glass(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Write into the trail which broken glass has run out; it opens nothing any more anyway."""
    return {"closed": glass.close_expired()}


@jobs.periodic("governance.forget_stopped", every=timedelta(days=1))
def forget_stopped(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Remove files that were stopped on their way out and that nobody waits for any more."""
    return {"removed": forgetting.forget_stopped(actor=SYSTEM)}
