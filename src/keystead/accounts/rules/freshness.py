"""When a profile field is too old to be trusted."""

from __future__ import annotations

from datetime import date, timedelta

from keystead.accounts.types import Freshness


def freshness_of(
    value: str, reviewed_on: date | None, freshness_days: int, today: date
) -> Freshness:
    """Return the state of a profile field on ``today``.

    Reviewed more than ``freshness_days`` days ago (or never): stale. In the last fifth of the
    limit, at most 30 days before it: due. ``freshness_days`` 0 means it never goes stale.

    >>> freshness_of("Net 60", date(2026, 1, 1), 90, date(2026, 4, 1))
    <Freshness.DUE: 'due'>
    >>> freshness_of("Net 60", date(2026, 1, 1), 90, date(2026, 4, 2))
    <Freshness.STALE: 'stale'>
    """
    if not value.strip():
        return Freshness.EMPTY
    if freshness_days == 0:
        return Freshness.FRESH
    if reviewed_on is None:
        return Freshness.STALE
    limit = reviewed_on + timedelta(days=freshness_days)
    if today > limit:
        return Freshness.STALE
    warning = timedelta(days=min(30, freshness_days // 5))
    return Freshness.DUE if today > limit - warning else Freshness.FRESH
