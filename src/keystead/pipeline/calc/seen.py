"""When something seen is a signal, and the key that names it for ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from keystead.kernel.exact import round_half_up
from keystead.kernel.periods import add_months
from keystead.pipeline.types.seen import SignalKind

TURNAWAYS_FROM: Final = 100
TURNAWAY_RATE_FROM: Final = Decimal(2)  # percent of the use that was wanted
GROWTH_FROM: Final = Decimal(10)  # percent
USE_GROWTH_FROM: Final = Decimal(15)
USE_FROM: Final = 500
NEW_FOR_DAYS: Final = 365
ASK_MONTHS: Final = 9  # before a competitor's or our own contract ends
COMPETITOR_MONTHS: Final = 12  # where nobody wrote until when the competitor has it


def key_of(kind: SignalKind, *parts: object) -> str:
    """Return the name of a signal: the same thing seen again has the same name.

    >>> key_of(SignalKind.NEW_SITE, 3, 7)
    'new_site:3:7'
    """
    return ":".join([kind.value, *(str(one) for one in parts)])


def growth_pct(before: Decimal | None, now: Decimal | None) -> Decimal | None:
    """Return the growth in percent to one decimal; None without something to compare with.

    >>> growth_pct(Decimal(200), Decimal(230)), growth_pct(None, Decimal(1))
    (Decimal('15.0'), None)
    """
    if before is None or now is None or before <= 0:
        return None
    return round_half_up((now - before) * 100 / before, 1)


def many_turnaways(
    refused: Decimal, wanted: Decimal, least: int = TURNAWAYS_FROM
) -> Decimal | None:
    """Return the share of refused use in percent where it is many, else None.

    ``wanted``: licensed requests and what was refused. Source: infoscience 6.7, turnaway_rate.

    >>> many_turnaways(Decimal(150), Decimal(1500)), many_turnaways(Decimal(20), Decimal(20))
    (Decimal('10.0'), None)
    """
    if refused < least or wanted <= 0:
        return None
    rate = round_half_up(refused * 100 / wanted, 1)
    return rate if rate >= TURNAWAY_RATE_FROM else None


def latest_two(measures: Iterable[tuple[date, Decimal]]) -> tuple[Decimal, Decimal, date] | None:
    """Return the value before, the value now and its day; None with one day only.

    >>> latest_two([(date(2026, 1, 1), Decimal(5)), (date(2025, 1, 1), Decimal(4))])
    (Decimal('4'), Decimal('5'), datetime.date(2026, 1, 1))
    """
    by_day: Mapping[date, Decimal] = dict(sorted(measures))
    days = sorted(by_day)
    if len(days) < 2:
        return None
    return by_day[days[-2]], by_day[days[-1]], days[-1]


def competitor_ends(lost_on: date, until: date | None) -> date:
    """Return when a competitor's contract ends: as written, else a year after the loss.

    >>> competitor_ends(date(2026, 3, 1), None)
    datetime.date(2027, 3, 1)
    """
    return until if until is not None else add_months(lost_on, COMPETITOR_MONTHS)


def time_to_ask(ends: date, today: date) -> bool:
    """Return whether a contract that ends then is to be talked of now: from nine months before.

    >>> today = date(2026, 11, 1)
    >>> time_to_ask(date(2027, 9, 1), today), time_to_ask(date(2027, 7, 1), today)
    (False, True)
    """
    return add_months(ends.replace(day=1), -ASK_MONTHS) <= today <= ends


def is_new(began: date | None, today: date) -> bool:
    """Return whether something that began on a day is still new.

    >>> is_new(date(2026, 6, 1), date(2026, 11, 1)), is_new(None, date(2026, 11, 1))
    (True, False)
    """
    return began is not None and today - timedelta(days=NEW_FOR_DAYS) <= began <= today
