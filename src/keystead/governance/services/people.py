"""Use-cases that add people and hand out tokens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.governance.queries.people import person_of, token_of
from keystead.governance.rules.people import checked_language, checked_roles
from keystead.governance.types.people import Person, Token
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.access.rules import CAPABILITIES, ROLES
from keystead.kit.models import ApiToken, User

THEMES = ("auto", "light", "dark")


@transaction.atomic
def add_person(
    *,
    actor: Actor,
    username: str,
    password: str | None,
    roles: Iterable[str],
    name: str = "",
    manager: str = "",
    language: str = "en",
    email: str = "",
) -> Person:
    """Add somebody who can sign in; needs ``users.manage``. Writes one entry in the trail.

    Without a password they come by single sign-on only. One that an administrator chose holds for
    ``KEYSTEAD_FIRST_PASSWORD_HOURS`` and only to set an own one; at the server's own command line
    people choose theirs.
    """
    actor.require("users.manage")
    username = username.strip()
    if not username:
        raise Invalid(_("A user needs a name to sign in with."), code="username_missing")
    if User.objects.filter(username=username).exists():
        raise Conflict(
            _("There is already a user called %(username)s.") % {"username": username},
            code="username_taken",
        )
    first, last = [*name.strip().rsplit(" ", 1), ""][:2] if name.strip() else ("", "")
    user = User(
        username=username,
        first_name=first,
        last_name=last,
        roles=list(checked_roles(roles, ROLES)),
        manager=_user(manager) if manager else None,
        language=checked_language(language),
        email=_free_address(email),
    )
    user.set_password(None if password is None else _checked_password(password, user))
    user.password_ends = None if password is None else _first_ends(actor)
    user.save()
    audit.record(
        actor=actor,
        action="person.add",
        subject=("user", user.pk),
        new={"username": username, "roles": user.roles, "manager": manager, "language": language}
        | ({"email": user.email} if user.email else {}),
    )
    return person_of(user)


@transaction.atomic
def edit_person(
    *,
    actor: Actor,
    person_id: int,
    name: str,
    roles: Iterable[str],
    manager: str = "",
    language: str = "en",
    active: bool = True,
    email: str | None = None,
) -> Person:
    """Change who somebody is here; needs ``users.manage``. Nobody locks themselves out.

    Deactivating ends the sign-in and every token at once; the person stays in the trail. Without
    ``email`` the address stays.
    """
    actor.require("users.manage")
    user = User.objects.select_for_update(of=("self",)).filter(pk=person_id).first()
    if user is None:
        raise NotFound(_("There is no such user."))
    wanted = checked_roles(roles, ROLES)
    if user.pk == actor.user_id and (not active or "admin" not in wanted):
        raise Invalid(_("You cannot take your own access away."), code="own_access")
    old = _as_data(user)
    user.first_name, user.last_name = [*name.strip().rsplit(" ", 1), ""][:2]
    user.roles, user.language, user.is_active = list(wanted), checked_language(language), active
    user.manager = _manager(user, manager)
    if email is not None:
        user.email = _free_address(email, user)
    user.save()
    if not active:
        ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())
    audit.record(
        actor=actor, action="person.edit", subject=("user", user.pk), old=old, new=_as_data(user)
    )
    return person_of(user)


@transaction.atomic
def set_password(
    *, actor: Actor, password: str, person_id: int | None = None, current: str | None = None
) -> Person:
    """Set one's own password, proving the current one; or somebody's with ``users.manage``.

    One set for somebody else is a first password again: see ``add_person``.
    """
    own = person_id is None or person_id == actor.user_id
    actor.require("profile.self" if own else "users.manage")
    user = User.objects.filter(pk=(actor.user_id if own else person_id) or 0).first()
    if user is None:
        raise NotFound(_("There is no such user."))
    if own and not user.check_password(current or ""):
        raise Invalid(
            _("That is not your current password."),
            code="wrong_password",
            fields={"current": _("That is not your current password.")},
        )
    if own and password == current:
        raise Invalid(_("That is the password you have."), code="same_password")
    user.set_password(_checked_password(password, user))
    user.password_ends = None if own else _first_ends(actor)
    user.save(update_fields=["password", "password_ends"])
    audit.record(actor=actor, action="person.password", subject=("user", user.pk))
    return person_of(user)


@transaction.atomic
def set_preferences(*, actor: Actor, language: str | None = None, theme: str | None = None) -> None:
    """Keep the actor's own language and light or dark; not worth a line in the trail."""
    actor.require("profile.self")
    values: dict[str, str] = {}
    if language is not None:
        values["language"] = checked_language(language)
    if theme is not None:
        values["theme"] = theme if theme in THEMES else "auto"
    if values:
        User.objects.filter(pk=actor.user_id or 0).update(**values)


@transaction.atomic
def issue_token(
    *,
    actor: Actor,
    label: str,
    owner: str = "",
    capabilities: Iterable[str] = (),
    days: int | None = 365,
) -> tuple[Token, str]:
    """Hand out a personal token and return it with its secret, which is never shown again.

    People make their own. One for somebody else comes only from the server's own command line:
    an administrator with it would read that person's business data. Without
    ``capabilities`` the token can do what its owner can. A token makes no tokens: a narrow one
    could widen itself.
    """
    if actor.token_id is not None or actor.token_scope is not None:
        raise NotAllowed(
            _("A token cannot make another one."),
            code="token_makes_no_token",
            hint=_("Sign in and make it there."),
        )
    user = _owner(actor, owner)
    unknown = sorted(set(capabilities) - CAPABILITIES)
    if unknown:
        raise Invalid(
            _("There is no capability called %(names)s.") % {"names": ", ".join(unknown)},
            code="unknown_capability",
            hint=", ".join(sorted(CAPABILITIES)),
        )
    secret = ApiToken.new_secret()
    row = ApiToken.objects.create(
        user=user,
        label=label.strip()[:80] or _("Token"),
        token_hash=ApiToken.hash_of(secret),
        hint=secret[:8],
        capabilities=sorted(set(capabilities)),
        expires_at=None if days is None else timezone.now() + timedelta(days=days),
    )
    audit.record(
        actor=actor,
        action="token.issue",
        subject=("token", row.pk),
        new={"owner": user.username, "label": row.label, "capabilities": row.capabilities},
    )
    return token_of(row), secret


@transaction.atomic
def revoke_token(*, actor: Actor, token_id: int) -> Token:
    """End a token at once: one's own, or anybody's with ``users.manage``."""
    rows = ApiToken.objects.select_for_update(of=("self",)).select_related("user")
    if not actor.can("users.manage"):
        rows = rows.filter(user_id=actor.user_id or 0)
    row = rows.filter(pk=token_id).first()
    if row is None:
        raise NotFound(_("There is no such token."))
    if row.revoked_at is None:
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        audit.record(
            actor=actor,
            action="token.revoke",
            subject=("token", row.pk),
            new={"owner": row.user.username, "label": row.label},
        )
    return token_of(row)


def _first_ends(actor: Actor) -> datetime | None:
    hours = settings.KEYSTEAD_FIRST_PASSWORD_HOURS
    return None if actor.system else timezone.now() + timedelta(hours=hours)


def _as_data(user: User) -> dict[str, Any]:
    return {
        "name": user.get_full_name(),
        "roles": user.roles,
        "manager": user.manager.username if user.manager else "",
        "language": user.language,
        "active": user.is_active,
        "email": user.email,
    }


def _free_address(email: str, user: User | None = None) -> str:
    """Return a mail address that nobody else has: it may be what a sign-in is matched by."""
    email = email.strip().lower()
    others = User.objects.exclude(pk=user.pk) if user else User.objects.all()
    if email and others.filter(email__iexact=email).exists():
        raise Conflict(_("Somebody else has this mail address."), code="email_taken")
    return email


def _manager(user: User, manager: str) -> User | None:
    if not manager:
        return None
    found = _user(manager)
    above: User | None = found
    while above is not None:
        if above.pk == user.pk:
            raise Invalid(
                _("%(name)s already reports to %(user)s.") % {"name": found, "user": user},
                code="manager_circle",
            )
        above = above.manager
    return found


def _owner(actor: Actor, owner: str) -> User:
    if owner and owner != actor.username:
        if not actor.system:
            raise NotAllowed(
                _("A token is made by the person who will use it."),
                code="token_of_another",
                hint=_("Sign in and make it there."),
            )
        return _user(owner)
    actor.require("profile.self")
    found = User.objects.filter(pk=actor.user_id or 0).first()
    if found is None:
        raise NotFound(_("A token needs an owner."), hint=_("Name the user."))
    return found


def _user(username: str) -> User:
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise NotFound(_("There is no user called %(username)s.") % {"username": username})
    return found


def _checked_password(password: str, user: User) -> str:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(
            " ".join(error.messages),
            code="weak_password",
            hint=_("A sentence that you remember makes a good one."),
        ) from error
    return password
