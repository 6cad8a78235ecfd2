"""Shares: an account opened to one more person, with a reason and an end."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts import models
from keystead.accounts.queries.door import may_write, restrict
from keystead.accounts.queries.sharing import as_share
from keystead.accounts.rules.fields import tidy
from keystead.accounts.services.loading import account_row, check_span, chosen, missing
from keystead.accounts.services.team import user_for_team
from keystead.accounts.types import Share, ShareRights
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.access.rules import capabilities_of

SHORTEST_REASON = 5


def share_account(
    *,
    actor: Actor,
    account_id: int,
    user_id: int,
    reason: str,
    rights: ShareRights | str = ShareRights.READ,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Share:
    """Return the new share from a day (default today); half-open dates.

    Needs ``shares.edit`` on the account: its owner may let somebody read until a day; the
    director and sales operations may also let write, or leave the end open. Raises Invalid for
    somebody whose role opens no account, and for a second share on a common day.
    """
    start = valid_from or timezone.localdate()
    kind, why = chosen(ShareRights, rights, "rights"), tidy(reason)[:400]
    check_span(start, valid_to)
    with transaction.atomic():
        account = account_row(actor, account_id, "shares.edit", "sharing")
        _check(actor, why, kind, start, valid_to)
        user = user_for_team(user_id)
        if "accounts.view" not in capabilities_of(frozenset(user.roles)):
            text = _("The role of %(name)s opens no account.") % {"name": user}
            raise Invalid(text, code="share_role", field="user")
        twins = models.AccountShare.objects.filter(account=account, user=user, ended_at=None)
        for twin in twins.select_for_update():
            ends = twin.valid_to
            if (ends is None or start < ends) and (valid_to is None or twin.valid_from < valid_to):
                text = _("It is shared with %(name)s already in these dates.") % {"name": user}
                hint = _("End that share first.")
                raise Invalid(text, code="share_twice", field="user", hint=hint)
        row = models.AccountShare(
            account=account,
            user=user,
            rights=kind,
            reason=why,
            valid_from=start,
            valid_to=valid_to,
        )
        row.save_checked(actor)
        audit.record(
            actor=actor,
            action="account.share",
            subject=("account_share", row.pk),
            new={**row.snapshot(), "username": user.username},
            why=why,
            account_id=account.pk,
        )
    return as_share(row)


def end_share(*, actor: Actor, share_id: int, version: int | None = None, why: str = "") -> Share:
    """Return the share, ended at this moment: the next request of the person is refused.

    Needs ``shares.edit`` on the account, or to have given the share. Ending twice changes nothing.
    """
    with transaction.atomic():
        rows = restrict(models.AccountShare.objects.filter(pk=share_id), actor)
        row = rows.select_for_update(of=("self",)).select_related("user", "created_by").first()
        if row is None:
            raise missing(share_id)
        actor.require("shares.edit")
        given = row.created_by_id is not None and row.created_by_id == actor.user_id
        if not (given or may_write(actor, row.account_id, name="sharing")):
            account_row(actor, row.account_id, "shares.edit", "sharing")
        if row.ended_at is not None:
            return as_share(row)
        if version is not None and version != row.version:
            raise Conflict(_("Somebody else changed this share in the meantime."))
        old = row.snapshot()
        row.ended_at, row.ended_by_id = timezone.now(), actor.user_id
        row.save_checked(actor, version)
        audit.record(
            actor=actor,
            action="account.share.end",
            subject=("account_share", row.pk),
            old=old,
            new=row.snapshot(),
            why=tidy(why)[:400],
            account_id=row.account_id,
        )
    row.refresh_from_db()
    return as_share(row)


def may_share_freely(actor: Actor) -> bool:
    """Say whether the actor may let others write, or leave the end open."""
    return actor.scope_of("sharing", "w") in ("T", "A")


def _check(actor: Actor, why: str, rights: ShareRights, start: date, valid_to: date | None) -> None:
    if len(why) < SHORTEST_REASON:
        text = _("Say why, so that it can be understood later.")
        raise Invalid(text, code="share_reason", field="reason")
    if valid_to is not None and valid_to <= timezone.localdate():
        raise Invalid(_("The last day lies in the past."), code="share_past", field="last_day")
    if may_share_freely(actor):
        return
    if rights is not ShareRights.READ:
        text = _("You may let others read. Ask your director for more.")
        raise Invalid(text, code="share_write", field="rights")
    if valid_to is None:
        text = _("Give a last day: your shares end by themselves.")
        raise Invalid(text, code="share_end", field="last_day")
