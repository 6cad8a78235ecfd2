"""Work of agreements that comes round."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from keystead.agreements import services
from keystead.kernel.errors import KeysteadError
from keystead.kernel.periods import add_months, month_start
from keystead.kit import jobs
from keystead.kit.access import SYSTEM


@jobs.periodic("agreements.calendar", every=timedelta(hours=6))
def calendar(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Activate, mark as expiring and end what the day says; each change once."""
    return {"moved": list(services.follow_calendar(actor=SYSTEM, today=timezone.localdate()))}


@jobs.job("agreements.accrue")
def accrue(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Bring the accruals along that new sales or a new forecast moved."""
    months = [date.fromisoformat(one) for one in payload.get("months", ())]
    return _accrue(run, services.running_on(payload.get("accounts")), months)


@jobs.periodic("agreements.month_close", every=timedelta(hours=12))
def month_close(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Accrue the month that ended last, for every agreement; what is there already stays."""
    ended = add_months(month_start(timezone.localdate()), -1)
    return _accrue(run, services.running_on(), [ended])


def _accrue(run: jobs.Run, ids: tuple[int, ...], months: list[date]) -> dict[str, Any]:
    """Accrue each agreement by itself: one that cannot be calculated stops no other."""
    written, refused = 0, {}
    found = {one: services.months_to_follow(one, months) for one in ids}
    spans = {one: span for one, span in found.items() if span is not None}
    for done, (one, outcome) in enumerate(services.catch_up_each(actor=SYSTEM, spans=spans)):
        run.progress(done, len(spans), "accruing")
        if isinstance(outcome, KeysteadError):
            refused[str(one)] = str(outcome)
        else:
            written += len(outcome)
    return {"agreements": len(ids), "entries": written, "refused": refused}
