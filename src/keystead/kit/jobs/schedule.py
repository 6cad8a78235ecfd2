"""Work that comes round: each kind at most once in its period, whoever's clock says what.

A period is a slice of UTC, so that summer time neither doubles nor skips one. The row of the kind
is locked while it is decided, so that two workers start it once. A clock that was far ahead when
the last one started, and was put right since, is noticed: that day is not waited for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from keystead.kit.jobs.queue import JobFunction, enqueue, job
from keystead.kit.models import Schedule

_periods: dict[str, timedelta] = {}


def periodic(kind: str, *, every: timedelta) -> Callable[[JobFunction], JobFunction]:
    """Register a job that the workers start once in every period; it must be idempotent."""

    def add(function: JobFunction) -> JobFunction:
        _periods[kind] = every
        return job(kind)(function)

    return add


def periods() -> dict[str, timedelta]:
    """Return the kinds that come round, with their period."""
    return dict(sorted(_periods.items()))


def tick(now: datetime | None = None) -> list[int]:
    """Start what is due and return the ids of the jobs; cheap when nothing is."""
    moment = now or timezone.now()
    known = dict(Schedule.objects.values_list("kind", "slot"))
    started = []
    for kind, every in periods().items():
        if known.get(kind) == slot_of(moment, every):
            continue
        job_id = _start_if_due(kind, every, moment)
        if job_id is not None:
            started.append(job_id)
    return started


def slot_of(moment: datetime, every: timedelta) -> int:
    """Return the number of the period that a moment is in.

    >>> from datetime import UTC
    >>> slot_of(datetime(1970, 1, 2, 1, tzinfo=UTC), timedelta(days=1))
    1
    """
    return int(moment.timestamp() // every.total_seconds())


@transaction.atomic
def _start_if_due(kind: str, every: timedelta, now: datetime) -> int | None:
    Schedule.objects.get_or_create(kind=kind)
    row = Schedule.objects.select_for_update().get(kind=kind)
    slot = slot_of(now, every)
    if row.started_at and row.started_at - now > every / 2:
        # The clock ran ahead and is right again: this period had its turn before it did.
        row.slot, row.started_at = slot, now
        row.save()
        return None
    if row.slot is not None and slot <= row.slot:
        return None
    row.slot, row.started_at = slot, now
    row.save()
    return enqueue(kind, {"slot": slot}, key=f"every:{kind}")
