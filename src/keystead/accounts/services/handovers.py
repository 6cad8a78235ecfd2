"""Hand-over: an account goes from its owner to another person at a moment."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts import models
from keystead.accounts.queries.door import account_for, family_ids, may_write
from keystead.accounts.queries.handovers import as_handover, owner_of
from keystead.accounts.rules.fields import tidy
from keystead.accounts.services.loading import account_row, lock_tree, missing
from keystead.accounts.services.team import user_for_team
from keystead.accounts.types import Handover, TeamRole
from keystead.kernel.errors import Invalid, NotAllowed
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.access.rules import capabilities_of
from keystead.kit.models import User

SHORTEST_REASON = 5
LATE = timedelta(minutes=5)  # a form may stay open that long


def hand_over(
    *,
    actor: Actor,
    account_id: int,
    to_user_id: int,
    reason: str,
    at: datetime | None = None,
) -> Handover:
    """Return the hand-over from the present owner to another person at a moment (default now).

    Needs ``shares.edit`` on the account. Until the moment the old owner sees it, from the moment
    on the new one; nobody has to be there when it comes. One audit row. Raises Invalid without an
    owner, for a moment that has passed, and while another hand-over is waiting.
    """
    now = timezone.now()
    moment = now if at is None else max(at, now) if at > now - LATE else at
    why = tidy(reason)[:400]
    with transaction.atomic():
        lock_tree()
        account = account_row(actor, account_id, "shares.edit", "sharing")
        old = _checked(account, why, moment, now)
        user = user_for_team(to_user_id)
        _check_heir(user, old)
        day = timezone.localtime(moment).date()
        ended = [_end(actor, row, moment) for row in _places_to_end(account, old, user, moment)]
        new = models.AccountTeamMember(
            account=account, user=user, role=TeamRole.OWNER, valid_from=day, starts_at=moment
        )
        new.save_checked(actor)
        row = models.AccountHandover(
            account=account,
            from_user=old.user,
            to_user=user,
            at=moment,
            reason=why,
            undo={"new": new.pk, "old": ended},
        )
        row.save_checked(actor)
        audit.record(
            actor=actor,
            action="account.hand_over",
            subject=("account_handover", row.pk),
            old={"owner": old.user.username},
            new={"owner": user.username, "at": moment},
            why=why,
            account_id=account.pk,
        )
    return as_handover(row)


def cancel_handover(*, actor: Actor, handover_id: int, why: str = "") -> None:
    """Take a hand-over back before its moment; the owner stays as before. One audit row."""
    with transaction.atomic():
        lock_tree()
        rows = models.AccountHandover.objects.filter(pk=handover_id, cancelled_at=None)
        row = rows.select_for_update(of=("self",)).first()
        if row is None:
            raise missing(handover_id)
        account_for(actor, row.account_id)
        actor.require("shares.edit")
        if not may_write(actor, row.account_id, name="sharing"):
            raise NotAllowed(_("You may read this account, not change it."), code="read_only")
        if row.at <= timezone.now():
            text = _("The hand-over has taken place. Hand the account back instead.")
            raise Invalid(text, code="handover_done")
        models.AccountTeamMember.objects.filter(pk=row.undo["new"]).delete()
        for place_id, valid_to in row.undo["old"]:
            place = models.AccountTeamMember.objects.get(pk=place_id)
            place.valid_to = date.fromisoformat(valid_to) if valid_to else None
            place.ends_at = None
            place.save_checked(actor)
        row.cancelled_at = timezone.now()
        row.save_checked(actor)
        audit.record(
            actor=actor,
            action="account.hand_over.cancel",
            subject=("account_handover", row.pk),
            new={"at": row.at},
            why=tidy(why)[:400],
            account_id=row.account_id,
        )


def _checked(
    account: models.Account, why: str, moment: datetime, now: datetime
) -> models.AccountTeamMember:
    if len(why) < SHORTEST_REASON:
        text = _("Say why, so that it can be understood later.")
        raise Invalid(text, code="handover_reason", field="reason")
    if moment < now:
        raise Invalid(_("This moment has passed."), code="handover_past", field="at")
    waiting = models.AccountHandover.objects.filter(
        account_id__in=family_ids(account.pk), cancelled_at=None, at__gt=now
    )
    if waiting.exists():
        text = _("Another hand-over of this account is waiting. Take it back first.")
        raise Invalid(text, code="handover_twice")
    old = owner_of(account.pk)
    if old is None:
        text = _("Nobody owns this account. Put the new owner into the team.")
        raise Invalid(text, code="handover_owner")
    return old


def _check_heir(user: User, old: models.AccountTeamMember) -> None:
    if user.pk == old.user_id:
        text = _("%(name)s owns it already.") % {"name": user}
        raise Invalid(text, code="handover_same", field="to_user")
    if "accounts.view" not in capabilities_of(frozenset(user.roles)):
        text = _("The role of %(name)s opens no account.") % {"name": user}
        raise Invalid(text, code="share_role", field="to_user")


def _places_to_end(
    account: models.Account, old: models.AccountTeamMember, user: User, moment: datetime
) -> list[models.AccountTeamMember]:
    """Return the old owner's place, and what the heir was on the team until then."""
    day = timezone.localtime(moment).date()
    rows = models.AccountTeamMember.objects.filter(account_id__in=family_ids(account.pk))
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=day))
    rows = rows.filter(Q(ends_at=None) | Q(ends_at__gt=moment))  # one that ended today is over
    going = list(rows.select_related("user"))
    for row in going:
        if row.user_id != old.user_id and row.role == TeamRole.OWNER:
            text = _("%(name)s is the owner in these dates.") % {"name": row.user}
            raise Invalid(text, code="team_second_owner", field="at")
    # An account that was merged into this one may have given its owner a second place.
    return [row for row in going if row.user_id in (old.user_id, user.pk)]


def _end(actor: Actor, row: models.AccountTeamMember, moment: datetime) -> list[object]:
    """End a place at the moment; return its id and the end it had.

    One that would begin later keeps a day on paper and never holds.
    """
    before = row.valid_to.isoformat() if row.valid_to else None
    local = timezone.localtime(moment)
    day = local.date()
    end = day if local.time() == time.min and day > row.valid_from else day + timedelta(days=1)
    end = max(end, row.valid_from + timedelta(days=1))
    row.valid_to = end if row.valid_to is None else min(end, row.valid_to)
    row.ends_at = moment
    row.save_checked(actor)
    return [row.pk, before]
