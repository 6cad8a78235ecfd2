"""Removes files that were stopped on their way out: what was found in them stays, they do not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from keystead.governance import models
from keystead.governance.types.outbound import ReleaseState
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.files.kept import files_in, forget

AREA: Final = "outbound"
UNKNOWN = timedelta(days=1)  # a file is written just after its row


def forget_stopped(*, actor: Actor, now: datetime | None = None) -> int:
    """Remove stopped files whose time is over; returns how many. One audit row for each, and
    account.

    One that nobody released goes KEYSTEAD_STOPPED_DAYS after it was last asked for, one that was
    released KEYSTEAD_RETENTION_DAYS after that; 0 keeps them for ever. What no row knows goes
    after a day. The rows stay. Idempotent: called by a nightly job.
    """
    moment = now or timezone.now()
    gone = 0
    for sha256, since in files_in(AREA):
        rows = list(models.ReleaseRow.objects.filter(sha256=sha256))
        kept_for, why = _kept_for(rows)
        last = max([since, *(row.at for row in rows)])
        if kept_for is None or moment < last + kept_for:
            continue
        with transaction.atomic():
            audit.record_all(actor=actor, rows=_told(sha256, rows, why))
        forget(AREA, sha256)
        gone += 1
    return gone


def _told(sha256: str, rows: list[models.ReleaseRow], why: str) -> list[audit.Told]:
    """Return a row of the trail for each account that the file was for, with its names there."""
    names: dict[int, set[str]] = {}
    first: dict[int, int] = {}
    for row in rows:
        names.setdefault(row.account_id, set()).add(row.file_name)
        first[row.account_id] = min(row.pk, first.get(row.account_id, row.pk))
    if not rows:
        return [
            audit.Told("outbound.forget", ("outbound", sha256), new={"sha256": sha256}, why=why)
        ]
    return [
        audit.Told(
            "outbound.forget", ("outbound", first[account_id]),
            new={"sha256": sha256, "files": sorted(files)}, why=why, account_id=account_id,
        )
        for account_id, files in sorted(names.items())
    ]  # fmt: skip


def _kept_for(rows: list[models.ReleaseRow]) -> tuple[timedelta | None, str]:
    """Return how long a file is kept, None for ever, and why it goes then."""
    if not rows:
        return UNKNOWN, "no release knows this file"
    released = any(row.state == ReleaseState.RELEASED.value for row in rows)
    days = settings.KEYSTEAD_RETENTION_DAYS if released else settings.KEYSTEAD_STOPPED_DAYS
    why = f"{'released' if released else 'never released'} for {days} days"
    return (timedelta(days=days) if days > 0 else None), why
