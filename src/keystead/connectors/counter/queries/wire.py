"""Sources of usage as plain values, for the API and ``--json``. No secret is ever in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from keystead.connectors.counter.queries.coverage import Line
from keystead.connectors.counter.types.harvest import Source


def source_body(found: Source) -> dict[str, Any]:
    """Return a source; of what opens it only whether it is stored."""
    return {
        "id": found.id, "name": found.name, "server": found.server, "release": found.release,
        "customer_id": found.customer_id, "platform": found.platform,
        "account_id": found.account_id, "reports": list(found.reports),
        "first_month": f"{found.first_month:%Y-%m}", "members": found.members,
        "pause_seconds": found.pause_seconds, "active": found.active,
        "has_requestor_id": found.has_requestor, "has_api_key": found.has_key,
        "trouble": found.trouble.get("message", ""), "offers": list(found.offers),
        "asked_at": found.asked_at.isoformat() if found.asked_at else None,
        "version": found.version,
    }  # fmt: skip


def month_bodies(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return which months are there, missing and gone for good, by customer and report."""
    return [
        {
            "customer_id": line.customer_id, "customer": line.customer, "report": line.report_id,
            "got": [f"{month:%Y-%m}" for month in line.got],
            "missing": [f"{month:%Y-%m}" for month in line.missing],
            "gone": [f"{month:%Y-%m}" for month in line.gone],
        }
        for line in lines
    ]  # fmt: skip
