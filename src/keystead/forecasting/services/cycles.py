"""Open a cycle, move its days, begin and reopen the review, cancel it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for
from keystead.forecasting import models
from keystead.forecasting.queries.cycles import as_cycle
from keystead.forecasting.queries.overlap import overlapping
from keystead.forecasting.rules.cycles import check_head
from keystead.forecasting.services.loading import keep, row_to_write, step, tell
from keystead.forecasting.types.cycle import PARTIES, Calendar, Cycle, CycleHead, CycleState
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import Actor


def open_cycle(*, actor: Actor, head: CycleHead) -> Cycle:
    """Open the cycle of a month or a week; needs ``forecasting.run``.

    Writes the cycle and one audit row. Raises Conflict where the period has a cycle already or
    another one of its rhythm forecasts some of the same accounts and periods (their numbers
    would be added), Invalid for days or lengths that make no sense, NotFound for a foreign account.
    """
    actor.require("forecasting.run")
    check_head(head.horizon, head.frozen_months, head.gap_pct, head.rhythm)
    _check_days(head.calendar)
    if not head.parties or not set(head.parties) <= set(PARTIES):
        raise Invalid(_("Say who signs."), code="parties", fields={"parties": _("Say who signs.")})
    accounts = sorted(account_for(actor, one).id for one in head.accounts)
    month = head.rhythm.start(head.month)
    with transaction.atomic():
        same = models.CycleRow.objects.select_for_update().filter(
            kind=head.kind.value, rhythm=head.rhythm.value, month=month, name=head.name
        )
        if same.exclude(state=CycleState.CANCELLED.value).exists():
            raise Conflict(
                _("This week has a cycle already.") if head.rhythm is Rhythm.WEEK
                else _("This month has a cycle already."),
                code="cycle_exists",
                hint=_("Open that one, or give the new one a name of its own."),
            )  # fmt: skip
        _check_alone(accounts, month, head)
        row = models.CycleRow(
            kind=head.kind.value, name=head.name, month=month, horizon=head.horizon,
            rhythm=head.rhythm.value,
            frozen_months=head.frozen_months, gap_pct=head.gap_pct, accounts=accounts,
            parties=[one.value for one in head.parties], **_days(head.calendar),
        )  # fmt: skip
        row.save_checked(actor)
        tell(actor, row, "open", None, row.snapshot())
    return as_cycle(row)


def _check_alone(accounts: list[int], month: date, head: CycleHead) -> None:
    other = overlapping(accounts, month, head.horizon, head.rhythm)
    if other is not None:
        text = (
            _("The cycle of %(month)s (%(name)s) forecasts some of these accounts in the same "
              "weeks: both would count.")
            if head.rhythm is Rhythm.WEEK
            else _("The cycle of %(month)s (%(name)s) forecasts some of these accounts in the "
                   "same months: both would count.")
        )  # fmt: skip
        raise Conflict(
            text % {"month": head.rhythm.code(other.month), "name": other.name or other.pk},
            code="cycle_overlaps",
            hint=_("Give the new cycle exactly the same accounts, so that it follows on, or none "
                   "of them."),
        )  # fmt: skip


def set_calendar(
    *, actor: Actor, cycle_id: int, calendar: Calendar, expected_version: int
) -> Cycle:
    """Move the days of a cycle that is not locked; needs ``forecasting.run``."""
    _check_days(calendar)
    with transaction.atomic():
        row = _live(actor, cycle_id)
        old = row.snapshot()
        for name, day in _days(calendar).items():
            setattr(row, name, day)
        keep(actor, row, "calendar", old, expected=expected_version)
    return as_cycle(row)


def begin_review(
    *, actor: Actor, cycle_id: int, expected_version: int | None = None, why: str = ""
) -> Cycle:
    """Put all lines side by side; needs ``forecasting.run``.

    Before everybody has handed in it needs a reason.
    """
    with transaction.atomic():
        row = _live(actor, cycle_id)
        if row.state == CycleState.OPEN.value and not why.strip():
            text = _("Not everybody has handed in. Say why the review begins now.")
            raise Invalid(text, code="not_submitted", fields={"why": text})
        if row.run_id is None:
            raise Conflict(_("There is no statistical forecast in this cycle yet."), code="no_run")
        old = row.snapshot()
        step(row, CycleState.REVIEW)
        keep(actor, row, "review", old, expected=expected_version, why=why.strip())
    return as_cycle(row)


def back_to_open(
    *, actor: Actor, cycle_id: int, why: str, expected_version: int | None = None
) -> Cycle:
    """Take the review back, so that the parties write again; needs ``forecasting.run``."""
    with transaction.atomic():
        row = _live(actor, cycle_id)
        _reason(why)
        old = row.snapshot()
        step(row, CycleState.OPEN)
        keep(actor, row, "reopen", old, expected=expected_version, why=why.strip())
    return as_cycle(row)


def cancel_cycle(
    *, actor: Actor, cycle_id: int, why: str, expected_version: int | None = None
) -> Cycle:
    """Give a cycle up; what was written stays readable. Needs ``forecasting.run``."""
    with transaction.atomic():
        row = _live(actor, cycle_id)
        _reason(why)
        old = row.snapshot()
        step(row, CycleState.CANCELLED)
        keep(actor, row, "cancel", old, expected=expected_version, why=why.strip())
    return as_cycle(row)


def _live(actor: Actor, cycle_id: int) -> models.CycleRow:
    row = row_to_write(actor, cycle_id, "forecasting.run")
    if row.state == CycleState.LOCKED.value:
        raise Conflict(
            _("This cycle is locked. Its numbers stay as they were agreed."), code="locked"
        )
    if row.lock_request is not None:
        raise Conflict(_("The lock of this cycle waits for an approval."), code="lock_asked")
    return row


def _reason(why: str) -> None:
    if not why.strip():
        raise Invalid(_("Say why."), code="why", fields={"why": _("Say why.")})


def _check_days(calendar: Calendar) -> None:
    days = [calendar.opens, calendar.submit_by, calendar.review_by, calendar.lock_by]
    if days != sorted(days):
        text = _("The days follow each other: open, submit, review, lock.")
        raise Invalid(text, code="calendar", fields={"lock_by": text})


def _days(calendar: Calendar) -> dict[str, object]:
    return {
        "opens": calendar.opens,
        "submit_by": calendar.submit_by,
        "review_by": calendar.review_by,
        "lock_by": calendar.lock_by,
    }
