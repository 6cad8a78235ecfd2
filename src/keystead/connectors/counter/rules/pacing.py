"""How long to wait: what a server says, else twice as long each time, to a limit."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST_SECONDS = 60
LONGEST_SECONDS = 6 * 3600
MOST_ATTEMPTS = 6
NOT_READY_SECONDS = 24 * 3600


def retry_after(said: str, now: datetime) -> int | None:
    """Return the seconds that a Retry-After header asks for; None when it says nothing usable.

    It may be a number of seconds or a moment (RFC 9110, 10.2.3).

    >>> retry_after("120", datetime(2026, 1, 1, tzinfo=UTC))
    120
    >>> retry_after("Thu, 01 Jan 2026 00:01:00 GMT", datetime(2026, 1, 1, tzinfo=UTC))
    60
    >>> retry_after("soon", datetime(2026, 1, 1, tzinfo=UTC)) is None
    True
    """
    text = said.strip()
    if text.isdecimal() and len(text) < 10:
        return min(int(text), LONGEST_SECONDS)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0, min(int((moment - now).total_seconds()), LONGEST_SECONDS))


def wait_seconds(attempt: int, asked: int | None, first: int = FIRST_SECONDS) -> int:
    """Return how long to wait before the next call: what was asked for, or twice as long each time.

    ``attempt``: how often it was tried, from 1.

    >>> [wait_seconds(one, None) for one in (1, 2, 3, 20)], wait_seconds(3, 5)
    ([60, 120, 240, 21600], 5)
    """
    if asked is not None:
        return asked
    return int(min(first * 2 ** min(max(attempt, 1) - 1, 16), LONGEST_SECONDS))
