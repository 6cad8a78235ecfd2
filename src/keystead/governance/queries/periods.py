"""Reads of closed periods."""

from __future__ import annotations

from datetime import date

from keystead.governance.models import PeriodLockRow
from keystead.governance.types.periods import PeriodLock


def locks(ledger: str | None = None, *, only_closed: bool = False) -> tuple[PeriodLock, ...]:
    """Return closings, newest period first."""
    rows = PeriodLockRow.objects.select_related("created_by")
    if ledger is not None:
        rows = rows.filter(ledger=ledger)
    if only_closed:
        rows = rows.filter(reopened_at=None)
    return tuple(lock(row) for row in rows)


def closed_within(ledger: str, first: date, last: date) -> PeriodLock | None:
    """Return a closed period of the ledger that holds a day of [first, last], else None."""
    row = (
        PeriodLockRow.objects.select_related("created_by")
        .filter(ledger=ledger, reopened_at=None, start__lte=last, end__gt=first)
        .order_by("start")
        .first()
    )
    return lock(row) if row else None


def lock(row: PeriodLockRow) -> PeriodLock:
    """Return the stored closing as a type."""
    return PeriodLock(
        id=row.pk,
        ledger=row.ledger,
        label=row.label,
        start=row.start,
        end=row.end,
        closed_at=row.closed_at,
        closed_by_name=str(row.created_by or ""),
        reopened_at=row.reopened_at,
        version=row.version,
    )
