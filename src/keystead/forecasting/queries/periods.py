"""Periods of a cycle in the reader's language: Oct 2026, 2026-W41."""

from __future__ import annotations

from datetime import date

from django.utils.translation import get_language, pgettext

from keystead.forecasting.types.rhythm import Rhythm
from keystead.kit.ui import formats


def period_words(rhythm: Rhythm, start: date, *, year: bool = True) -> str:
    """Return what a period is called, with its year or without; a week by its ISO number."""
    if rhythm is Rhythm.MONTH:
        return formats.month(start, locale=get_language() or "en", year=year)
    iso_year, week, _day = start.isocalendar()
    shown = {"year": iso_year, "week": f"{week:02}"}
    if year:
        return pgettext("ISO week", "%(year)s-W%(week)s") % shown
    return pgettext("ISO week", "W%(week)s") % shown


def heads(rhythm: Rhythm, periods: tuple[date, ...] | list[date]) -> list[str]:
    """Return the heads of columns: the year with the first one and where a year begins."""
    found, before = [], 0
    for start in periods:
        year = start.isocalendar().year if rhythm is Rhythm.WEEK else start.year
        found.append(period_words(rhythm, start, year=year != before))
        before = year
    return found
