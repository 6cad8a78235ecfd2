"""Reads of people and tokens."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone

from keystead.governance.rules.people import token_is_live
from keystead.governance.types.people import Person, Token
from keystead.kit.access import Actor, actor_for
from keystead.kit.models import ApiToken, User

LAST_USED_EVERY = timedelta(minutes=1)


def people(*, actor: Actor) -> tuple[Person, ...]:
    """Return everybody who can sign in; needs ``users.manage``."""
    actor.require("users.manage")
    rows = User.objects.select_related("manager").order_by("username")
    return tuple(person_of(user) for user in rows)


def tokens(*, actor: Actor) -> tuple[Token, ...]:
    """Return the actor's own tokens, newest first."""
    rows = ApiToken.objects.filter(user_id=actor.user_id or 0).select_related("user")
    return tuple(token_of(row) for row in rows.order_by("-pk"))


def actor_of_token(secret: str) -> Actor | None:
    """Return who a personal token speaks for, or None; notes the use about once a minute."""
    if not secret.startswith(ApiToken.PREFIX):
        return None
    row = (
        ApiToken.objects.select_related("user")
        .filter(token_hash=ApiToken.hash_of(secret), user__is_active=True)
        .first()
    )
    now = timezone.now()
    if row is None or not token_is_live(
        now=now, expires_at=row.expires_at, revoked_at=row.revoked_at
    ):
        return None
    if row.last_used_at is None or now - row.last_used_at > LAST_USED_EVERY:
        with contextlib.suppress(DatabaseError), transaction.atomic():  # a full disk: reads go on
            ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
    return actor_for(row.user, row.capabilities or None, token_id=row.pk)


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Return the names behind ids; colleagues' names are no secret to those who read a trail."""
    return {user.pk: str(user) for user in User.objects.filter(pk__in=set(user_ids))}


def leads_of(user_ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Return who each person reports to, id and name; those who report to nobody are left out."""
    rows = User.objects.filter(pk__in=set(user_ids)).exclude(manager=None)
    return {
        row.pk: (row.manager.pk, str(row.manager))
        for row in rows.select_related("manager")
        if row.manager is not None
    }


def person_of(user: User) -> Person:
    """Return the stored user as a value."""
    return Person(
        id=user.pk,
        username=user.username,
        name=str(user),
        roles=tuple(user.roles),
        manager=user.manager.username if user.manager else "",
        language=user.language,
        active=user.is_active,
        last_seen=user.last_login,
        email=user.email,
    )


def token_of(row: ApiToken) -> Token:
    """Return the stored token as a value, without its secret."""
    return Token(
        id=row.pk,
        owner=row.user.username,
        label=row.label,
        hint=row.hint,
        capabilities=tuple(row.capabilities),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )


def deputies(*, actor: Actor) -> list[tuple[int, str]]:
    """Return who may be named as a deputy: everybody active who may see approvals, but oneself."""
    rows = User.objects.filter(is_active=True).exclude(pk=actor.user_id or 0).order_by("username")
    return [(user.pk, str(user)) for user in rows if actor_for(user).can("approvals.view")]
