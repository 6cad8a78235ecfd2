"""Who can see an account, and why: every grant that opens it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.utils import timezone

from keystead.accounts import models
from keystead.accounts.queries.door import account_for, current, of_family, on_team, opened
from keystead.accounts.rules.territories import codes_above
from keystead.accounts.types import (
    Account,
    Grant,
    GrantKind,
    Share,
    ShareRights,
    Span,
)
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.kit.access.matrix import ROLE_ORDER, scope_in
from keystead.kit.access.rules import capabilities_of
from keystead.kit.models import BreakGlass, User


def shares_for(actor: Actor, account: Account | int) -> tuple[Share, ...]:
    """Return every share of the account, those that hold first; needs ``shares.view``."""
    actor.require("shares.view")
    found = opened(actor, account)
    rows = models.AccountShare.objects.filter(of_family(found.id))
    rows = rows.select_related("user", "created_by", "ended_by")
    today = timezone.localdate()
    shares = [as_share(row) for row in rows]
    return tuple(sorted(shares, key=lambda one: (not one.holds_on(today), -one.id)))


def who_sees(actor: Actor, account: Account | int) -> dict[int, tuple[Grant, ...]]:
    """Return for every person who can see the account now all that opens it to them.

    Needs ``shares.view`` and the account. The widest answer: roles, team with report lines,
    territories, shares, broken glass. Who has no grant here cannot see it.
    """
    actor.require("shares.view")
    return _grants(opened(actor, account))


def why_visible(actor: Actor, account_id: int, user_id: int) -> tuple[Grant, ...]:
    """Return what opens the account to a person now; empty when they cannot see it.

    Everybody may ask about themselves, ``shares.view`` about others.
    """
    account = account_for(actor, account_id)
    if user_id != actor.user_id:
        actor.require("shares.view")
    if not User.objects.filter(pk=user_id).exists():
        raise NotFound("There is no such person.", user_id=user_id)
    return _grants(account).get(user_id, ())


def people_who_could(actor: Actor) -> tuple[tuple[int, str], ...]:
    """Return (id, name) of the active users, to ask about or to share with, by name."""
    actor.require("shares.view")
    users = User.objects.filter(is_active=True)
    return tuple(sorted(((user.pk, str(user)) for user in users), key=lambda pair: pair[1]))


def as_share(row: models.AccountShare) -> Share:
    """Return the value for a stored row."""
    return Share(
        id=row.pk,
        account_id=row.account_id,
        user_id=row.user_id,
        name=str(row.user),
        rights=ShareRights(row.rights),
        reason=row.reason,
        span=Span(row.valid_from, row.valid_to),
        given_by=str(row.created_by) if row.created_by else "",
        given_at=row.created_at,
        ended_at=row.ended_at,
        ended_by=str(row.ended_by) if row.ended_by else "",
        version=row.version,
    )


def _grants(account: Account) -> dict[int, tuple[Grant, ...]]:
    users = {user.pk: user for user in User.objects.filter(is_active=True)}
    found: dict[int, list[Grant]] = defaultdict(list)
    for grant in (
        *_of_team(account, users),
        *_of_shares(account, users),
        *_of_territories(account, users),
        *_of_roles(users),
        *_of_glass(users),
    ):
        found[grant.user_id].append(grant)
    return {pk: tuple(grants) for pk, grants in found.items()}


def _reads(user: User) -> bool:
    return "accounts.view" in capabilities_of(frozenset(user.roles))


def _writes(user: User) -> bool:
    return "w" in "".join(_rights(user))


def _rights(user: User) -> list[str]:
    roles = frozenset(user.roles)
    return [right for right in "rw" if scope_in(roles, "profile", right)]


def _of_team(account: Account, users: dict[int, User]) -> Iterable[Grant]:
    rows = models.AccountTeamMember.objects.filter(on_team(), of_family(account.id))
    for row in rows.select_related("user").order_by("id"):
        span = Span(row.valid_from, row.valid_to)
        member = users.get(row.user_id)
        if member is not None and _reads(member):
            yield Grant(GrantKind.TEAM, member.pk, str(member), row.role, _writes(member), span)
        for boss in _above(row.user_id, users):
            if scope_in(frozenset(boss.roles), "profile", "r") in ("T", "A"):
                kind = GrantKind.REPORT_LINE
                yield Grant(kind, boss.pk, str(boss), str(row.user), _writes(boss), span)


def _above(user_id: int, users: dict[int, User]) -> Iterable[User]:
    managers = dict(User.objects.exclude(manager=None).values_list("pk", "manager_id"))
    seen = {user_id}
    at = managers.get(user_id)
    while at is not None and at not in seen:
        seen.add(at)
        boss = users.get(at)
        if boss is not None and "director" in boss.roles:
            yield boss
        at = managers.get(at)


def _of_shares(account: Account, users: dict[int, User]) -> Iterable[Grant]:
    rows = models.AccountShare.objects.filter(current(), of_family(account.id), ended_at=None)
    for row in rows.select_related("created_by"):
        user = users.get(row.user_id)
        if user is None or not _reads(user):
            continue
        yield Grant(
            GrantKind.SHARE,
            user.pk,
            str(user),
            row.rights,
            row.rights == ShareRights.WRITE and _writes(user),
            Span(row.valid_from, row.valid_to),
            row.reason,
            str(row.created_by) if row.created_by else "",
            row.pk,
        )


def _of_territories(account: Account, users: dict[int, User]) -> Iterable[Grant]:
    rows = {row.code: row for row in models.Territory.objects.filter(current())}
    parents = {code: row.parent_code for code, row in rows.items()}
    for code in codes_above(parents, account.territory):
        row = rows[code]
        lead = users.get(row.lead_id or 0)
        if lead is not None and scope_in(frozenset(lead.roles), "profile", "r") in ("T", "A"):
            span = Span(row.valid_from, row.valid_to)
            kind = GrantKind.TERRITORY
            yield Grant(kind, lead.pk, str(lead), row.name or row.code, _writes(lead), span)


def _of_roles(users: dict[int, User]) -> Iterable[Grant]:
    for user in users.values():
        for role in ROLE_ORDER:
            if role in user.roles and scope_in(frozenset({role}), "profile", "r") == "A":
                writes = scope_in(frozenset({role}), "profile", "w") == "A"
                yield Grant(GrantKind.ROLE, user.pk, str(user), role, writes)


def _of_glass(users: dict[int, User]) -> Iterable[Grant]:
    rows = BreakGlass.objects.filter(closed_at=None, ends_at__gt=timezone.now())
    for row in rows:
        user = users.get(row.user_id)
        if user is not None and "admin" in user.roles:
            until = timezone.localtime(row.ends_at).strftime("%H:%M")
            kind = GrantKind.BREAK_GLASS
            yield Grant(kind, user.pk, str(user), until, reason=row.reason)
