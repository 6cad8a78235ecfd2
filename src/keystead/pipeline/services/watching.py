"""The nightly look for signals: what is new is written down and told to who owns the account."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keystead.kit import mail
from keystead.kit.access import SYSTEM, actor_again
from keystead.kit.models import User
from keystead.pipeline import models
from keystead.pipeline.queries.first_seen import fresh_signals, owners_on
from keystead.pipeline.queries.seen import signals_for
from keystead.pipeline.queries.seen_words import sentence
from keystead.pipeline.types.seen import Signal

LETTER = "pipeline.signals"
TOLD = 10


def watch_signals(*, today: date | None = None) -> dict[str, int]:
    """Work all signals out, write down which are new, forget what is gone, tell the owners.

    Told twice on a day changes nothing. No row in the trail: these rows follow from others.
    """
    day = today or timezone.localdate()
    found = {one.key: one for one in signals_for(SYSTEM, today=day)}
    with transaction.atomic():
        rows = models.SeenSignalRow.objects
        known = set(rows.values_list("key", flat=True))
        gone = known - found.keys()
        rows.filter(key__in=gone).delete()
        rows.filter(key__in=known & found.keys()).update(seen_on=day)
        new = [one for key, one in found.items() if key not in known]
        rows.bulk_create([_row(one, day) for one in new], ignore_conflicts=True)
        told = _tell(new, day)
    return {"seen": len(found), "new": len(new), "gone": len(gone), "told": told}


def _row(one: Signal, day: date) -> models.SeenSignalRow:
    return models.SeenSignalRow(
        key=one.key, account_id=one.account_id, first_seen=day, seen_on=day
    )  # fmt: skip


def _tell(new: list[Signal], day: date) -> int:
    accounts = {one.account_id for one in new}
    readers = [user for user, mine in owners_on(day).items() if mine & accounts]
    data = {"day": day.isoformat()}
    return mail.post(user_ids=readers, kind=LETTER, key=f"{LETTER}:{day}", data=data)


@mail.letter(LETTER)
def words(user: User, data: dict[str, Any]) -> tuple[str, str] | None:
    """Write what is new at the accounts of a person, with the rights they have now."""
    actor = actor_again(user.pk)
    day = date.fromisoformat(data["day"])
    if not actor.can("pipeline.view"):
        return None
    fresh = {one.key for one in fresh_signals(actor, today=day, days=1)}
    found = [one for one in signals_for(actor) if one.key in fresh]
    if not found:
        return None
    text = ngettext(
        "%(count)s new signal at your accounts", "%(count)s new signals at your accounts",
        len(found),
    )  # fmt: skip
    lines = [f"{one.account_name}: {sentence(one)}" for one in found[:TOLD]]
    if len(found) > TOLD:
        lines.append(_("And %(count)s more.") % {"count": len(found) - TOLD})
    lines += ["", mail.link("/opportunities/signals/")]
    return text % {"count": len(found)}, "\n".join(lines).strip()
