"""Offers and settings as JSON and back: strict, as terms are."""

from __future__ import annotations

from typing import Any

from keystead.agreements.calc.written import read, written
from keystead.profitability.types.offers import Offer, Setting


def offer_written(offer: Offer) -> dict[str, Any]:
    """Return an offer as JSON values; fields that have their default are left out.

    >>> offer_written(Offer("a", "Offer A"))
    {'key': 'a', 'name': 'Offer A'}
    """
    found: dict[str, Any] = written(offer)
    if not found.get("terms"):
        found.pop("terms", None)
    return found


def offer_read(data: Any) -> Offer:
    """Return an offer from what was written; raises Invalid (``terms_form``) for anything else.

    >>> offer_read({"key": "a", "name": "Offer A"}).name
    'Offer A'
    """
    return read(Offer, data)


def setting_written(setting: Setting) -> dict[str, Any]:
    """Return the setting of a case as JSON values."""
    found: dict[str, Any] = written(setting)
    return found


def setting_read(data: Any) -> Setting:
    """Return the setting of a case from what was written."""
    return read(Setting, data)
