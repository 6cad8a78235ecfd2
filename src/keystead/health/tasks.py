"""Work of health that comes round."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from keystead.health import services
from keystead.health.services.surveys import MAILS
from keystead.kit import jobs


@jobs.periodic("health.snapshots", every=timedelta(days=1))
def snapshots(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Keep the scores of the month that ended; those that are there already stay."""
    return services.take_snapshots()


@jobs.periodic(MAILS, every=timedelta(minutes=10))
def invitations(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Write to those who are asked in a survey."""
    return services.send_invitations()
