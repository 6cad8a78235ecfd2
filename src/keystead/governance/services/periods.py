"""Close a period; open it again only with finance and compliance together."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from keystead.governance.models import PeriodLockRow
from keystead.governance.queries import periods as reads
from keystead.governance.rules.approvals import content_hash
from keystead.governance.services.approvals import assert_approved, request_approval
from keystead.governance.types.approvals import ApprovalRequest, Ask, Change, Facts, SubjectKind
from keystead.governance.types.periods import PeriodClosed, PeriodLock, PeriodReopened
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit import audit, outbox
from keystead.kit.access import Actor

_LOCKS = 7061  # this program's number for locks of ledgers


def assert_open(*, ledger: str, first: date, last: date) -> None:
    """Raise Conflict when a day of [first, last] lies in a closed period of the ledger.

    Until the running transaction ends, none of the ledger's periods closes: what it writes is in
    before the closing or not at all.
    """
    hold(ledger)
    found = reads.closed_within(ledger, first, last)
    if found is not None:
        raise Conflict(
            f"{found.label} is closed for {ledger}.",
            hint="Post the correction in an open period, or ask to reopen this one.",
            code="period_closed",
            ledger=ledger,
            period=found.label,
        )


def hold(ledger: str, *, alone: bool = False) -> None:
    """Keep a ledger's periods as they are until the transaction ends.

    Writers hold it together, who closes or reopens holds it ``alone`` and waits for them. On
    SQLite the transaction itself is the lock (IMMEDIATE).
    """
    connection = transaction.get_connection()
    if connection.vendor != "postgresql":
        return
    call = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {call}(%s, hashtext(%s))", [_LOCKS, ledger])


@transaction.atomic
def close_period(*, actor: Actor, ledger: str, label: str, start: date, end: date) -> PeriodLock:
    """Close [start, end) of a ledger (``periods.close``); only a period that is over.

    What is being posted meanwhile is waited for; what comes after finds the period closed.
    """
    actor.require("periods.close")
    if end <= start:
        raise Invalid("A period ends after it starts.")
    if end > timezone.localdate():
        raise Invalid(f"{label} is not over yet.", hint="Close it once its last day has passed.")
    hold(ledger, alone=True)
    if reads.closed_within(ledger, start, end - timedelta(days=1)) is not None:
        raise Conflict(f"{label} is closed already, wholly or in part.", code="period_closed")
    row = PeriodLockRow(ledger=ledger, label=label, start=start, end=end, closed_at=timezone.now())
    row.save_checked(actor)
    audit.record(
        actor=actor,
        action="period.close",
        subject=("period", row.pk),
        new={"ledger": ledger, "label": label, "start": start, "end": end},
    )
    outbox.publish(PeriodClosed(ledger=ledger, start=start, end=end))
    return reads.lock(row)


@transaction.atomic
def ask_to_reopen(*, actor: Actor, lock_id: int, why: str) -> ApprovalRequest:
    """Ask finance and compliance to open a closed period again; the reason is the evidence."""
    row = _closed(lock_id)
    if not why.strip():
        raise Invalid("Say why.", fields={"why": "Reopening needs a reason."})
    return request_approval(
        actor=actor,
        ask=Ask(
            kind=SubjectKind.PERIOD_REOPENING,
            subject_id=str(row.pk),
            title=f"Reopen {row.label}, {row.ledger}",
            content_hash=_hash(row),
            facts=Facts(),
            changes=(Change("State", "closed", "open"),),
            evidence={"why": why},
        ),
    )


@transaction.atomic
def reopen_period(*, actor: Actor, lock_id: int) -> PeriodLock:
    """Open a period again (``periods.close``) once its reopening is approved."""
    actor.require("periods.close")
    hold(_closed(lock_id).ledger, alone=True)
    row = _closed(lock_id)
    assert_approved(
        kind=SubjectKind.PERIOD_REOPENING, subject_id=str(row.pk), content_hash=_hash(row)
    )
    row.reopened_at, row.reopened_by_id = timezone.now(), actor.user_id
    row.save_checked(actor)
    audit.record(
        actor=actor,
        action="period.reopen",
        subject=("period", row.pk),
        new={"ledger": row.ledger, "label": row.label},
    )
    outbox.publish(PeriodReopened(ledger=row.ledger, start=row.start, end=row.end))
    return reads.lock(row)


def _closed(lock_id: int) -> PeriodLockRow:
    row = PeriodLockRow.objects.select_for_update().filter(pk=lock_id, reopened_at=None).first()
    if row is None:
        raise NotFound("There is no such closed period.")
    return row


def _hash(row: PeriodLockRow) -> str:
    return content_hash([row.ledger, row.start.isoformat(), row.end.isoformat(), row.pk])
