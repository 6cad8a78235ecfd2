"""Write down what a competitor lost at an account."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.pipeline import models
from keystead.pipeline.services.loading import account_to_plan, checked_year
from keystead.pipeline.types.seen import RivalLoss


def tell_rival_loss(*, actor: Actor, loss: RivalLoss, today: date | None = None) -> int:
    """Keep what a competitor lost; it becomes a signal. Needs ``pipeline.edit``. One audit row.

    Raises Invalid without a name, what was lost or the source, and for a day to come.
    """
    account = account_to_plan(actor, loss.account_id)
    given = {"rival": loss.rival.strip(), "what": loss.what.strip(), "source": loss.source.strip()}
    if not all(given.values()):
        text = _("Say who lost, what they lost, and where you have it from.")
        empty = next(name for name, value in given.items() if not value)
        raise Invalid(text, code="rival_loss", fields={empty: text})
    checked_year(loss.on, "on")
    if loss.on > (today or timezone.localdate()):
        text = _("What was lost lies behind us: choose a day up to today.")
        raise Invalid(text, code="rival_loss", fields={"on": text})
    with transaction.atomic():
        row = models.RivalLossRow(
            account_id=account.id, rival=given["rival"][:120], what=given["what"][:160],
            source=given["source"][:200], lost_on=loss.on, at=timezone.now(), by_id=actor.user_id,
        )  # fmt: skip
        row.save(force_insert=True)
        audit.record(
            actor=actor, action="rival.lost", subject=("rival_loss", row.pk), old=None,
            new={**given, "on": loss.on.isoformat()}, account_id=account.id,
        )  # fmt: skip
    return row.pk
