"""Pages that say why a figure moved: rooms offer them, figures lead to them.

A room further up offers a page for a metric when it starts (``AppConfig.ready``); the strip and
the proof, which know nothing of that room, ask here for the address.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

_PAGES: Final[dict[str, tuple[str, str]]] = {}


def offer_reason(metric: str, url_name: str, query: str = "") -> None:
    """Offer a page for a metric: ``offer_reason("sell_in", "room:why", "measure=sell_in")``.

    The page takes ``account_id`` in its path and ``period`` in its query.
    """
    _PAGES[metric] = (url_name, query)


def reason_url(metric: str, account_id: int | None, period: object) -> str:
    """Return where it says why this figure of an account moved; nothing where no page does."""
    if metric not in _PAGES or account_id is None:
        return ""
    url_name, query = _PAGES[metric]
    try:
        path = reverse(url_name, args=[account_id])
    except NoReverseMatch:
        return ""
    return f"{path}?{'&'.join(filter(None, [urlencode({'period': str(period)}), query]))}"
