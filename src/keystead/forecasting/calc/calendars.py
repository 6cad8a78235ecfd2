"""What the calendar says about a period: working days, moving feasts, festivals, August.

Names start with ``calendar`` so that a forecast shows them with the season and not as a plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from keystead.forecasting.calc.festivals import days, festivals
from keystead.forecasting.calc.spans import step
from keystead.forecasting.types.panel import Floats

CHINA = "CN"
FRANCE = "FR"
EVE_DAYS = 15


def calendar_inputs(periods: Sequence[date], freq: str, country: str | None) -> dict[str, Floats]:
    """Return one line per fact of the calendar, over the periods; nothing without a country."""
    if not country or not periods:
        return {}
    closed = public_holidays(country, periods[0].year, periods[-1].year + 1)
    spans = [days(start, step(start, freq, 1) - timedelta(days=1)) for start in periods]
    made = {
        "calendar_working_days": np.array(
            [sum(day.weekday() < 5 and day not in closed for day in span) for span in spans], float
        ),
        "calendar_holidays": np.array(
            [sum(day in closed and day.weekday() < 5 for day in span) for span in spans], float
        ),
        "calendar_place": np.array([_place(start, freq) for start in periods], float),
    }
    if country == CHINA:
        made |= _china(spans, periods)
    if country == FRANCE:
        made["calendar_august"] = np.array(
            [sum(day.month == 8 for day in span) / len(span) for span in spans]
        )
    return made


def public_holidays(country: str, first: int, last: int) -> frozenset[date]:
    """Return the public holidays of the years; none for a country the library does not know."""
    import holidays

    try:
        found = holidays.country_holidays(country, years=range(first, last + 1))
    except NotImplementedError:
        return frozenset()
    return frozenset(found)


def new_year_days(years: Sequence[int]) -> dict[int, date]:
    """Return the first day of the Chinese year in each year.

    >>> new_year_days([2026])[2026]
    datetime.date(2026, 2, 17)
    """
    import holidays

    found: dict[int, date] = {}
    feasts = holidays.country_holidays(CHINA, years=list(years), language="en_US")
    for day, name in sorted(feasts.items()):
        if "Spring Festival" in name or "Chinese New Year" in name:
            eve = "Eve" in name
            found.setdefault(day.year, day + timedelta(days=1) if eve else day)
    return found


def _place(start: date, freq: str) -> int:
    return start.month if freq == "M" else start.isocalendar().week


def _china(spans: Sequence[tuple[date, ...]], periods: Sequence[date]) -> dict[str, Floats]:
    """Return the days of the feast, those before it, the shift, and the shopping festivals."""
    years = range(periods[0].year, spans[-1][-1].year + 2)
    first_days = new_year_days(list(years))
    feast, eve = set(), set()
    for day in first_days.values():
        feast |= set(days(day, day + timedelta(days=6)))
        eve |= set(days(day - timedelta(days=EVE_DAYS), day - timedelta(days=1)))
    selling, before = set(), set()
    for year in years:
        for festival in festivals(year):
            selling |= set(festival.selling())
            before |= set(festival.before())
    names = {
        "calendar_new_year": feast,
        "calendar_before_new_year": eve,
        "calendar_festival": selling,
        "calendar_presale": before,
    }
    made = {
        name: np.array([sum(day in wanted for day in span) for span in spans], float)
        for name, wanted in names.items()
    }
    # How far the feast lies from its middle date, in the months it moves between.
    shift = [
        (first_days[span[0].year] - date(span[0].year, 2, 5)).days / 15
        if span[0].month <= 3 and span[0].year in first_days
        else 0.0
        for span in spans
    ]
    made["calendar_new_year_shift"] = np.array(shift)
    return made
