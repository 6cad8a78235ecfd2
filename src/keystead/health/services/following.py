"""Closes the loop on unhappy answers, takes what people tell, forgets whom it must."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.health import models
from keystead.health.queries.surveys import follow_up_for
from keystead.health.services.keeping import account_to_keep, checked_owner, keep
from keystead.health.types.scores import ENTERED, Signal
from keystead.health.types.surveys import FollowUp, FollowUpOutcome, FollowUpState
from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor

MOST_VALUE = Decimal(100_000)


@dataclasses.dataclass(frozen=True, kw_only=True)
class FollowUpEntry:
    """A follow-up as typed. ``outcome`` None: still open."""

    owner_id: int | None
    due_on: date
    outcome: FollowUpOutcome | None = None
    note: str = ""


def edit_follow_up(
    *, actor: Actor, follow_up_id: int, expected_version: int | None, entry: FollowUpEntry
) -> FollowUp:
    """Say who looks after it until when, or how it ended; an end says what was done.

    Needs ``health.edit`` on the account. One audit row, without the customer's words.
    """
    with transaction.atomic():
        found = follow_up_for(actor, follow_up_id)
        account_to_keep(actor, found.account_id)
        row = models.FollowUpRow.objects.select_for_update().get(pk=found.id)
        if entry.outcome is not None and not entry.note.strip():
            text = _("Say what was done.")
            raise Invalid(text, code="note", fields={"note": text})
        old = row.snapshot()
        row.owner_id = checked_owner(actor, entry.owner_id, before=row.owner_id)
        row.due_on, row.note = entry.due_on, entry.note.strip()[:1000]
        row.outcome = entry.outcome.value if entry.outcome else ""
        state = FollowUpState.DONE if entry.outcome else FollowUpState.OPEN
        row.state = state.value
        keep(actor, row, "follow_up.edit", account_id=row.account_id, old=old,
             expected=expected_version)  # fmt: skip
    return follow_up_for(actor, follow_up_id)


def observe(
    *, actor: Actor, account_id: int, signal: Signal, on: date, value: Decimal, source: str
) -> int:
    """Keep what somebody knows of a signal on a day, with its source; return its id.

    Needs ``health.edit`` on the account. It is never changed: a newer one counts. One audit row.
    """
    account = account_to_keep(actor, account_id)
    wrong: dict[str, str] = {}
    if signal not in ENTERED:
        wrong["signal"] = _("This signal is not written down by people.")
    if on > timezone.localdate():
        wrong["on"] = _("This day has not been yet.")
    if not 0 <= value <= MOST_VALUE:
        wrong["value"] = _("A number from 0.")
    if not source.strip():
        wrong["source"] = _("Say where it is from.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="observation", fields=wrong)
    with transaction.atomic():
        row = models.ObservationRow(
            account_id=account.id, signal=signal.value, on=on, value=value,
            source=source.strip()[:200], at=timezone.now(), by_id=actor.user_id,
        )  # fmt: skip
        row.save(force_insert=True)
        told = {"signal": signal.value, "on": on, "value": str(value), "source": row.source}
        audit.record(
            actor=actor, action="health.observe", subject=("health", account.id), new=told,
            account_id=account.id,
        )  # fmt: skip
    return row.pk


@transaction.atomic
def forget(*, person_ids: Iterable[int]) -> int:
    """Remove what erased people wrote; their figures stay. Told twice changes nothing.

    Links that wait for them end. The erasing itself is in the trail of the stakeholders.
    """
    ids = sorted(set(person_ids))
    models.InvitationRow.objects.filter(person_id__in=ids, answered_at=None).update(
        waiting=False, token_hash=None
    )
    wrote = models.ResponseRow.objects.filter(person_id__in=ids)
    gone, _by = models.RemarkRow.objects.filter(response__in=wrote.values("pk")).delete()
    return gone
