"""Answer a signal: make an opportunity of it, or say why not. Once, for the whole house."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.pipeline import models
from keystead.pipeline.queries.seen import signals_for
from keystead.pipeline.queries.seen_words import sentence, title_of
from keystead.pipeline.services.loading import account_to_plan
from keystead.pipeline.services.opportunities import create_opportunity
from keystead.pipeline.types.opportunities import Opportunity, OpportunityEntry
from keystead.pipeline.types.seen import Signal, SignalAnswer

DRAFT_DAYS = 180


def take_signal(*, actor: Actor, key: str, currency: str = "") -> Opportunity:
    """Make a draft opportunity of a signal; one audit row, that of the opportunity."""
    found = _found(actor, key)
    account = account_for(actor, found.account_id)
    entry = OpportunityEntry(
        account_id=found.account_id, title=title_of(found), kind=found.proposes,
        currency=currency or account.currency or "EUR",
        expected_close=_close(found), wanted=sentence(found)[:400], owner_id=actor.user_id,
    )  # fmt: skip
    with transaction.atomic():
        made = create_opportunity(actor=actor, entry=entry, signal=found.key)
        _answer(actor, found, SignalAnswer.TAKEN, "", made.id)
    return made


def dismiss_signal(*, actor: Actor, key: str, reason: str) -> None:
    """Say why a signal is no opportunity; it is never proposed again. One audit row."""
    if not reason.strip():
        text = _("Say why not: nobody will be asked again.")
        raise Invalid(text, code="reason", fields={"reason": text})
    found = _found(actor, key)
    with transaction.atomic():
        _answer(actor, found, SignalAnswer.DISMISSED, reason.strip()[:400], None)
        audit.record(
            actor=actor, action="signal.dismiss", subject=("account", found.account_id),
            old=None, new={"signal": found.key, "reason": reason.strip()[:400]},
            account_id=found.account_id,
        )  # fmt: skip


def _found(actor: Actor, key: str) -> Signal:
    actor.require("pipeline.edit")
    found = next((one for one in signals_for(actor) if one.key == key), None)
    if found is None:
        raise NotFound(
            _("This signal is gone, answered by now, or not one of yours."),
            code="signal_not_found",
        )
    account_to_plan(actor, found.account_id)
    return found


def _answer(
    actor: Actor, found: Signal, answer: SignalAnswer, reason: str, opportunity_id: int | None
) -> None:
    row = models.SignalAnswerRow(
        key=found.key, kind=found.kind.value, account_id=found.account_id, answer=answer.value,
        reason=reason, opportunity_id=opportunity_id, at=timezone.now(), by_id=actor.user_id,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(_("Somebody answered this signal by now."), code="signal") from error


def _close(found: Signal) -> date:
    today = timezone.localdate()
    return found.on if found.on > today else today + timedelta(days=DRAFT_DAYS)
