"""Marks texts for translation where Django may not be imported."""

from __future__ import annotations


def gettext_noop(text: str) -> str:
    """Return the text as it is; ``makemessages`` finds it by the name of this function."""
    return text
