"""Work of the pipeline that comes round."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from keystead.kit import jobs
from keystead.pipeline import services


@jobs.periodic("pipeline.catch_up", every=timedelta(days=1))
def catch_up(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Bring in the renewals of agreements that were in force before this room was."""
    return {"made": len(services.catch_up())}


@jobs.periodic("pipeline.signals", every=timedelta(days=1))
def signals(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Look for signals; write down what is new and tell those who own the accounts."""
    return dict(services.watch_signals())
