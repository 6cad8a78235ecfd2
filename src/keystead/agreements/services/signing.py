"""From signature to end: freeze, activate, expire, renew, terminate."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.agreements import models
from keystead.agreements.calc.written import written
from keystead.agreements.queries.agreements import as_version, frozen_content, stored
from keystead.agreements.rules.life import RUNNING, SIGNED, state_on
from keystead.agreements.services.approving import approved_content, step
from keystead.agreements.services.baselines import with_baselines
from keystead.agreements.services.loading import (
    keep,
    row_to_write,
    told,
    working_row,
    write_state,
)
from keystead.agreements.types import (
    Agreement,
    AgreementActivated,
    AgreementEnded,
    AgreementState,
)
from keystead.governance.rules.approvals import content_hash
from keystead.governance.services.approvals import assert_approved
from keystead.governance.types.approvals import SubjectKind
from keystead.kernel.errors import Conflict, Invalid
from keystead.kernel.periods import Period
from keystead.kit import outbox
from keystead.kit.access import Actor

S = AgreementState


def sign(*, actor: Actor, agreement_id: int, expected_version: int, signed_on: date) -> Agreement:
    """Freeze the approved version for ever, with the baselines that growth is counted from.

    What is signed must be exactly what was approved. Baselines that the terms name and do not
    give are read from sell-in of the year before, and kept with their proof. Raises Conflict
    when it is not approved, Invalid when a baseline cannot be read; one audit row.
    """
    if signed_on > timezone.localdate():
        text = _("The day of signing is not past yet.")
        raise Invalid(text, fields={"signed_on": text})
    with transaction.atomic():
        row = row_to_write(actor, agreement_id)
        version, old = working_row(row), told(row)
        step(version, S.SIGNED)
        approved = approved_content(row, version)
        subject = str(version.pk)
        assert_approved(kind=SubjectKind.AGREEMENT, subject_id=subject, content_hash=approved)
        value = as_version(row, version, None)
        terms = with_baselines(actor, row.account_id, value, signed_on)
        frozen = models.SignedTerms(
            version=version,
            starts=version.starts,
            ends=version.ends or row.ends,
            currency=row.currency,
            terms=written(terms),
            approved_hash=approved,
            signed_on=signed_on,
            frozen_at=timezone.now(),
            frozen_by_id=actor.user_id,
        )
        frozen.content_hash = content_hash(frozen_content(frozen))
        frozen.save(force_insert=True)
        version.terms = {}
        write_state(row, version, S.SIGNED)
        keep(actor, row, "sign", old, expected=expected_version)
    return stored(row)


def activate(*, actor: Actor, agreement_id: int, expected_version: int | None = None) -> Agreement:
    """Bring the signed version into force once its first day has come; event AgreementActivated."""
    with transaction.atomic():
        row = row_to_write(actor, agreement_id)
        version = (
            models.AgreementVersion.objects.select_for_update()
            .filter(agreement=row, state=S.SIGNED.value)
            .first()
        )
        if version is None:
            raise Conflict(_("There is no signed version that waits."), code="state")
        today = timezone.localdate()
        if version.starts > today:
            raise Invalid(_("It comes into force on its first day."), code="not_yet")
        old = told(row)
        version.state = S.ACTIVE.value
        version.save()
        if version.ends is not None:
            row.ends = version.ends
            row.state = state_on(
                S.ACTIVE, Period(row.starts, row.ends), row.notice_days, today
            ).value
        if version.number == 1:
            row.state = state_on(
                S.ACTIVE, Period(row.starts, row.ends), row.notice_days, today
            ).value
        keep(actor, row, "activate", old, expected=expected_version)
        _tell(row, version)
        if version.number == 1 and row.renews_id:
            _renewed(actor, row)
    return stored(row)


def terminate(
    *, actor: Actor, agreement_id: int, expected_version: int, on: date, reason: str
) -> Agreement:
    """End a signed or running agreement before its time; the last day and a reason are kept."""
    if not reason.strip():
        raise Invalid(_("Say why."), fields={"reason": _("An end before its time has a reason.")})
    with transaction.atomic():
        row = row_to_write(actor, agreement_id)
        if AgreementState(row.state) not in RUNNING | SIGNED:
            raise Conflict(_("Only a signed agreement is terminated."), code="state")
        if not row.starts <= on < row.ends:
            text = _("The day lies inside the agreement.")
            raise Invalid(text, fields={"on": text})
        _end(actor, row, S.TERMINATED, on, expected=expected_version, why=reason.strip())
    return stored(row)


def follow_calendar(*, actor: Actor, today: date) -> tuple[int, ...]:
    """Activate, mark as expiring and end what the day says; returns the ids that moved."""
    moved = []
    waiting = models.AgreementVersion.objects.filter(state=S.SIGNED.value, starts__lte=today)
    for agreement_id in list(waiting.values_list("agreement_id", flat=True)):
        activate(actor=actor, agreement_id=agreement_id)
        moved.append(agreement_id)
    running = models.Agreement.objects.filter(state__in=[state.value for state in RUNNING])
    for pk in list(running.values_list("pk", flat=True)):
        with transaction.atomic():
            row = models.Agreement.objects.select_for_update().get(pk=pk)
            found = state_on(
                AgreementState(row.state), Period(row.starts, row.ends), row.notice_days, today
            )
            if found.value == row.state:
                continue
            if found is S.EXPIRED:
                _end(actor, row, found, Period(row.starts, row.ends).last)
            else:
                old = told(row)
                row.state = found.value
                keep(actor, row, "calendar", old)
            moved.append(pk)
    return tuple(moved)


def _tell(row: models.Agreement, version: models.AgreementVersion) -> None:
    before = models.AgreementVersion.objects.filter(
        agreement=row, number__lt=version.number, state=S.ACTIVE.value
    )
    replaced = before.order_by("-number").values_list("pk", flat=True).first()
    outbox.publish(
        AgreementActivated(
            agreement_id=row.pk,
            account_id=row.account_id,
            version_id=version.pk,
            version_number=version.number,
            starts=version.starts,
            ends=row.ends,
            replaces=replaced,
        )
    )


def _renewed(actor: Actor, row: models.Agreement) -> None:
    former = models.Agreement.objects.select_for_update().get(pk=row.renews_id or 0)
    if AgreementState(former.state) in RUNNING:
        last = min(Period(former.starts, former.ends).last, timezone.localdate())
        _end(actor, former, S.RENEWED, last, by=row.pk)


def _end(
    actor: Actor,
    row: models.Agreement,
    state: AgreementState,
    on: date,
    *,
    expected: int | None = None,
    why: str = "",
    by: int | None = None,
) -> None:
    old = told(row)
    row.state, row.ended_on = state.value, on
    keep(actor, row, "end", old, expected=expected, why=why)
    outbox.publish(
        AgreementEnded(
            agreement_id=row.pk,
            account_id=row.account_id,
            state=state.value,
            on=on,
            renewed_by=by,
        )
    )
