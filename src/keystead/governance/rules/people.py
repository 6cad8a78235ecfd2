"""Pure decisions about people and tokens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from keystead.kernel.errors import Invalid

LANGUAGES = ("en", "zh-hans", "fr")


def checked_roles(roles: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Return the roles in their usual order, or raise Invalid for an unknown or empty list.

    >>> checked_roles(["kam", "viewer"], ["viewer", "kam", "admin"])
    ('viewer', 'kam')
    """
    order = list(known)
    wanted = set(roles)
    unknown = sorted(wanted - set(order))
    if unknown or not wanted:
        raise Invalid(
            f"There is no role called {', '.join(unknown)}." if unknown else "A role is missing.",
            code="unknown_role",
            hint="Roles are: " + ", ".join(order) + ".",
        )
    return tuple(role for role in order if role in wanted)


def checked_language(language: str) -> str:
    """Return the language, or raise Invalid when no page speaks it.

    >>> checked_language("fr")
    'fr'
    """
    if language not in LANGUAGES:
        raise Invalid(
            f"Keystead does not speak {language}.",
            code="unknown_language",
            hint="Languages are: " + ", ".join(LANGUAGES) + ".",
        )
    return language


def token_is_live(
    *, now: datetime, expires_at: datetime | None, revoked_at: datetime | None
) -> bool:
    """Return whether a token still opens the door at ``now``; the moment of expiry is too late.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> token_is_live(now=noon, expires_at=noon, revoked_at=None)
    False
    """
    return revoked_at is None and (expires_at is None or now < expires_at)
