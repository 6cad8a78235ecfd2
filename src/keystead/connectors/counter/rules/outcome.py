"""What an answer of a provider means for each month that was asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date

from keystead.connectors.counter.calc.months import months_named
from keystead.connectors.counter.types import Outcome, Report, State
from keystead.connectors.counter.types.harvest import MonthState

QUEUED = 1011
BUSY = frozenset({1000, 1010, 1020})
CLOSED = frozenset({1030, 2000, 2010, 2011, 2020})
"""What opens the source is wrong: nothing more is asked until somebody changes it."""
NOT_READY, GONE, PARTIAL, NO_USAGE = 3031, 3032, 3040, 3030


@dataclasses.dataclass(frozen=True)
class Told:
    """The state of each month; ``apart``: it does not say which, so ask for each by itself."""

    months: dict[date, MonthState]
    apart: bool = False


def told(report: Report, outcome: Outcome, asked: Sequence[date]) -> Told:
    """Return what a report says about the months it was asked for.

    3030 is a true zero, 3031 comes later, 3032 never comes, 3040 is a part for good (COUNTER 5.1,
    appendix D). Of a report with usage for some months, the others are zero, unless an exception
    says that they come later or never.
    """
    codes = {one.code for one in report.header.exceptions}
    if outcome.state in {State.USABLE, State.PARTIAL}:
        held = set(report.months)
        whole = MonthState.PARTIAL if PARTIAL in codes else MonthState.LOADED
        return Told({month: whole if month in held else _without(report, month, codes)
                     for month in asked})  # fmt: skip
    if len(asked) > 1 and codes & {NOT_READY, GONE}:
        return Told({}, apart=True)
    if outcome.state == State.NO_USAGE:
        said = MonthState.ZERO if NO_USAGE in codes else MonthState.WAITING
    elif outcome.state == State.GONE:
        said = MonthState.GONE
    elif outcome.state == State.WAITING:
        said = MonthState.WAITING
    else:
        said = MonthState.REFUSED
    return Told(dict.fromkeys(asked, said))


def _without(report: Report, month: date, codes: set[int]) -> MonthState:
    """Return the state of a month without usage in a report that has usage of others."""
    for one in report.header.exceptions:
        if one.code in {NOT_READY, GONE} and month in months_named(one.data):
            return MonthState.WAITING if one.code == NOT_READY else MonthState.GONE
    if NOT_READY in codes:
        return MonthState.WAITING
    if GONE in codes:
        return MonthState.GONE
    return MonthState.PARTIAL if PARTIAL in codes else MonthState.ZERO


def fits(report: Report, report_id: str, first: date, last: date) -> str:
    """Return why a report is not what was asked for, "" when it is."""
    head = report.header
    if head.report_id and head.report_id != report_id:
        return "another_report"
    if head.begin and head.end and (head.begin < first or date(head.end.year, head.end.month, 1)
                                    > last):  # fmt: skip
        return "other_months"
    return ""
