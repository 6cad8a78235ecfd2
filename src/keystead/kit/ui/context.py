"""What every page knows: the actor, which frame to extend, theme and language."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info

from keystead.kit.access import actor_of

PAGE, PANEL, SLIDE = "ui/base.html", "ui/panel.html", "ui/slide.html"
THEMES = ("auto", "light", "dark")
THEME_COOKIE = settings.KEYSTEAD_COOKIE_PREFIX + "keystead_theme"
SLIDE_TARGET = "slide-body"


@cache
def demo_note() -> dict[str, Any] | None:
    """Return what the demo folder says of itself (password, people); None with real data."""
    path = Path(settings.KEYSTEAD_HOME) / "demo.json"
    if not path.exists():
        return None
    note: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return note


@cache
def file_note() -> dict[str, Any] | None:
    """Return what the file of an account says of itself; None unless one is open to read."""
    path = Path(settings.KEYSTEAD_HOME) / "handover.json"
    if not settings.KEYSTEAD_READ_ONLY or not path.exists():
        return None
    note: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    note["made_at"] = datetime.fromisoformat(note["made_at"])
    return note


def frame_for(request: HttpRequest) -> str:
    """Return the template a room extends: a page, or a fragment when htmx asked for one."""
    htmx = getattr(request, "htmx", None)
    if not htmx or htmx.boosted or htmx.history_restore_request:
        return PAGE
    return SLIDE if htmx.target == SLIDE_TARGET else PANEL


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the actor, the frame, the theme and the languages, for the shell of each page."""
    user = getattr(request, "user", None)
    theme = request.COOKIES.get(THEME_COOKIE) or getattr(user, "theme", "") or "auto"
    language = get_language() or settings.LANGUAGE_CODE
    return {
        **({"actor": actor_of(request)} if user is not None else {}),
        "ui_base": frame_for(request),
        "ui_theme": theme if theme in THEMES else "auto",
        "ui_language": language,
        "ui_demo": demo_note(),
        "ui_file": file_note(),
        "ui_languages": [
            (code, get_language_info(code)["name_local"]) for code, _ in settings.LANGUAGES
        ],
        "ui_html_lang": {"zh-hans": "zh-Hans"}.get(language, language),
    }
