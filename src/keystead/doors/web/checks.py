"""What Django's system check says of our own settings of coming in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from keystead.kit.access.rules import ROLES


@register()
def settings_of_coming_in(**given: Any) -> list[CheckMessage]:
    """Return an error for a role or a way of matching that does not exist."""
    found: list[CheckMessage] = []
    unknown = sorted(settings.KEYSTEAD_MFA_ROLES - set(ROLES))
    if unknown:
        found.append(
            Error(
                f"KEYSTEAD_MFA_ROLES names no role of ours: {', '.join(unknown)}",
                hint="Roles are: " + ", ".join(ROLES),
                id="keystead.E001",
            )
        )
    if settings.KEYSTEAD_OIDC_MATCH not in ("email", "username"):
        found.append(Error("KEYSTEAD_OIDC_MATCH is email or username", id="keystead.E002"))
    return found
