"""The cookies that hold a browser's language and light."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponseBase

from keystead.kit.ui.context import THEME_COOKIE

YEAR = 365 * 24 * 3600


def keep_language(response: HttpResponseBase, code: str) -> None:
    """Put the language in its cookie."""
    _keep(response, settings.LANGUAGE_COOKIE_NAME, code, settings.LANGUAGE_COOKIE_AGE)


def keep_theme(response: HttpResponseBase, theme: str) -> None:
    """Put light or dark in its cookie."""
    _keep(response, THEME_COOKIE, theme, YEAR)


def _keep(response: HttpResponseBase, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name, value, max_age=seconds, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
