"""Marks sentences for the catalogues; screens translate them."""

from __future__ import annotations


def gettext_noop(text: str) -> str:
    """Return the sentence as it is."""
    return text
