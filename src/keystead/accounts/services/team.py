"""The account team: who looks after an account, and thereby sees it."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts import models
from keystead.accounts.queries.details import as_team_member
from keystead.accounts.queries.door import family_ids
from keystead.accounts.services.loading import account_row, check_span, chosen, lock_tree, row_of
from keystead.accounts.types import Span, TeamMember, TeamRole
from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.models import User


def assign_team(
    *,
    actor: Actor,
    account_id: int,
    user_id: int,
    role: TeamRole | str = TeamRole.MEMBER,
    valid_from: date | None = None,
    valid_to: date | None = None,
    hand_over: bool = False,
) -> TeamMember:
    """Return the new place in the team from a day (default today); half-open dates.

    Needs ``accounts.edit`` and the account. From its first day on it opens the account to the
    user. A user is in a team once on a day, and there is one owner at a time: with ``hand_over``
    the present owner's time, and the user's own other role, end where this one begins.
    """
    start = valid_from or timezone.localdate()
    check_span(start, valid_to)
    kind, span = chosen(TeamRole, role, "role"), Span(start, valid_to)
    with transaction.atomic():
        lock_tree()
        account = account_row(actor, account_id)
        user = user_for_team(user_id)
        ended = _make_room(actor, account, user, kind, span, hand_over=hand_over)
        row = models.AccountTeamMember(
            account=account, user=user, role=kind, valid_from=start, valid_to=valid_to
        )
        row.save_checked(actor)
        audit.record(
            actor=actor,
            action="account.team.assign",
            subject=("account_team", row.pk),
            new={**row.snapshot(), "username": user.username, "ended": ended},
            account_id=account.pk,
        )
    return as_team_member(row)


def end_team(
    *, actor: Actor, team_id: int, valid_to: date | None = None, version: int | None = None
) -> TeamMember:
    """Return the place in the team with its end set: the first day without it (default today).

    One that began today or later keeps one day, so that the trail of who could see the account
    stays whole. It can only be made shorter.
    """
    end = valid_to or timezone.localdate()
    with transaction.atomic():
        row = row_of(actor, models.AccountTeamMember.objects.select_related("user"), team_id)
        old = row.snapshot()
        if row.valid_to is not None and end > row.valid_to:
            text = _("It ended earlier already. Add the person again for the time after.")
            raise Invalid(text, code="team_longer", field="valid_to")
        row.valid_to = max(end, row.valid_from + timedelta(days=1))
        if row.snapshot() == old:
            return as_team_member(row)
        row.save_checked(actor, version)
        audit.record(
            actor=actor,
            action="account.team.end",
            subject=("account_team", row.pk),
            old=old,
            new=row.snapshot(),
            account_id=row.account_id,
        )
    return as_team_member(row)


def user_for_team(user_id: int) -> User:
    """Return an active user who can look after accounts; raises Invalid otherwise."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise Invalid(_("There is no such active user."), code="user", field="user")
    return user


def _make_room(
    actor: Actor,
    account: models.Account,
    user: User,
    role: TeamRole,
    span: Span,
    *,
    hand_over: bool,
) -> list[str]:
    """End (or refuse for) the places that cannot stand beside the new one; return who ended."""
    ended: list[str] = []
    start = span.valid_from or timezone.localdate()
    rows = models.AccountTeamMember.objects.filter(account_id__in=family_ids(account.pk))
    for row in rows.select_related("user"):
        rival_owner = role is TeamRole.OWNER and row.role == TeamRole.OWNER
        if not (row.user_id == user.pk or rival_owner):
            continue
        if not span.overlaps(Span(row.valid_from, row.valid_to)):
            continue
        if not hand_over or row.valid_from >= start:
            raise _occupied(row, user)
        row.valid_to = start
        row.save_checked(actor)
        ended.append(f"{row.user.username} ({row.role})")
    return ended


def _occupied(row: models.AccountTeamMember, user: User) -> Invalid:
    if row.user_id == user.pk:
        text = _("%(name)s is on this team already in these dates.") % {"name": user}
        return Invalid(text, code="team_twice", field="user")
    return Invalid(
        _("%(name)s is the owner in these dates.") % {"name": row.user},
        code="team_second_owner",
        hint=_("Hand the account over: their time ends where the new owner's begins."),
        field="role",
    )
