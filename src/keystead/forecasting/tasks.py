"""Work of forecasting that runs in the background."""

from __future__ import annotations

from typing import Any

from keystead.forecasting import services
from keystead.kernel.errors import KeysteadError
from keystead.kit import jobs


@jobs.job(services.JOB)
def run(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Run the engine for one run; what stops it is written down with the run."""
    try:
        found = services.calculate(run_id=payload["run"], progress=run.progress)
    except KeysteadError as error:
        services.fail(run_id=payload["run"], reason=f"{error} {error.hint}".strip())
        raise
    return {"run": found.id, "series": found.series}
