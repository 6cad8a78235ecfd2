"""Reports that come by mail: which, how often, and what was sent."""

from __future__ import annotations

import dataclasses
import enum
from datetime import date, datetime

from keystead.kernel.periods import Period
from keystead.reviews.types.cycle import ReviewKind


class ReportKind(enum.StrEnum):
    """What the report is."""

    SCORECARD = "scorecard"
    PORTFOLIO = "portfolio"
    REVIEW = "review"


class Every(enum.StrEnum):
    """How often it comes."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class SentState(enum.StrEnum):
    """What became of one report."""

    WAITING = "waiting"
    SENT = "sent"
    STOPPED = "stopped"


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReportEntry:
    """A subscription as typed. ``day``: of the week (1 is Monday), of the month, or of the first
    month of the quarter.

    ``inside``: of a review with what is ours alone.
    """

    kind: ReportKind
    account_id: int | None = None
    every: Every = Every.WEEK
    day: int = 1
    hour: int = 7
    language: str = "en"
    segment: str = ""
    minutes: int = 0
    inside: bool = False


@dataclasses.dataclass(frozen=True)
class Report:
    """A stored subscription. ``stopped`` says why it sends no more."""

    id: int
    user_id: int
    entry: ReportEntry
    account_code: str
    account_name: str
    active: bool
    stopped: str
    version: int
    last_at: datetime | None = None
    minutes_this_year: int = 0


@dataclasses.dataclass(frozen=True)
class Sent:
    """One report that was made, or why it was not."""

    id: int
    report_id: int
    kind: ReportKind
    account_name: str
    period: str
    at: datetime
    state: SentState
    minutes: int
    words: str


def period_of(entry: ReportEntry, moment: datetime) -> str:
    """Return the period whose report is due at a local moment; empty before its day and hour.

    A day that a month does not have is its last one.

    >>> from datetime import datetime
    >>> weekly = ReportEntry(kind=ReportKind.SCORECARD, day=1, hour=7)
    >>> period_of(weekly, datetime(2026, 11, 23, 6)), period_of(weekly, datetime(2026, 11, 23, 7))
    ('', '2026-W48')
    >>> monthly = ReportEntry(kind=ReportKind.SCORECARD, every=Every.MONTH, day=31, hour=7)
    >>> period_of(monthly, datetime(2026, 2, 28, 8))
    '2026-02'
    >>> quarterly = ReportEntry(kind=ReportKind.REVIEW, every=Every.QUARTER, day=5, hour=7)
    >>> period_of(quarterly, datetime(2026, 10, 4, 8)), period_of(quarterly, datetime(2026, 11, 1))
    ('', '2026-Q4')
    """
    today = moment.date()
    if entry.every is Every.WEEK:
        year, week, weekday = today.isocalendar()
        due = (weekday, moment.hour) >= (min(entry.day, 7), entry.hour)
        return f"{year}-W{week:02}" if due else ""
    quarter = (today.month - 1) // 3
    late = entry.every is Every.QUARTER and today.month > 3 * quarter + 1
    due = late or (today.day, moment.hour) >= (min(entry.day, _last(today)), entry.hour)
    if entry.every is Every.QUARTER:
        return f"{today.year}-Q{quarter + 1}" if due else ""
    return f"{today:%Y-%m}" if due else ""


def reviewed(every: Every, today: date) -> tuple[ReviewKind, Period]:
    """Return which review a report of a day tells of: every week the running quarter, every month
    the month that has ended, every quarter the quarter that has ended.

    >>> from datetime import date
    >>> [str(reviewed(one, date(2026, 11, 23))[1]) for one in Every]
    ['2026-Q4', '2026-10', '2026-Q3']
    """
    if every is Every.MONTH:
        return ReviewKind.MONTH, Period.month(today.year, today.month).shift_months(-1)
    running = Period.quarter(today.year, (today.month - 1) // 3 + 1)
    return ReviewKind.QUARTER, running if every is Every.WEEK else running.shift_months(-3)


def _last(day: date) -> int:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return (following - date.resolution).day
