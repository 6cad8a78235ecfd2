"""When notice must be given: calendar days, months, business days, receipt, closed days."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from keystead.kernel.errors import Invalid
from keystead.pipeline.types.marking import gettext_noop as _
from keystead.pipeline.types.renewals import NoticeDates, NoticeRule, NoticeUnit, OnClosedDay

ALERTS: Final = (120, 90, 60, 30, 7)
MOST_BUSINESS_DAYS: Final = 1000
DAY: Final = timedelta(days=1)


def months_before(day: date, months: int) -> date:
    """Return the day so many calendar months earlier, clamped to the end of a shorter month.

    >>> months_before(date(2026, 12, 31), 3)
    datetime.date(2026, 9, 30)
    >>> months_before(date(2028, 2, 29), 12), months_before(date(2026, 5, 31), 3)
    (datetime.date(2027, 2, 28), datetime.date(2026, 2, 28))
    """
    at = day.year * 12 + day.month - 1 - months
    year, month = divmod(at, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def working_day(day: date, country: str) -> bool:
    """Return whether people work on a day in a country: no weekend, no public holiday.

    Weekends are those of the country; a weekend day that is worked to make up for a holiday
    (China) counts as worked. Raises Invalid for a country whose calendar is not known.

    >>> working_day(date(2026, 7, 14), "FR"), working_day(date(2026, 7, 15), "FR")
    (False, True)
    >>> working_day(date(2026, 2, 17), "CN")
    False
    """
    return bool(_calendar(country.strip().upper()).is_working_day(day))


def business_days_before(day: date, number: int, country: str) -> date:
    """Return the working day that lies so many working days before a day; itself not counted.

    >>> business_days_before(date(2026, 12, 31), 5, "FR")  # Christmas Day is not worked
    datetime.date(2026, 12, 23)
    """
    found = day
    left = number
    while left > 0:
        found -= DAY
        left -= working_day(found, country)
    return found


def notice_dates(last: date, rule: NoticeRule) -> NoticeDates | None:
    """Return the last day for notice of a contract that runs through ``last``; None without rule.

    Counted back from the last day of the term. A deadline on a closed day moves as the contract
    says; where the notice must have arrived, ``send_by`` is the transit earlier, on a working day
    when the country is known. Raises Invalid for a country that is needed and not known.
    Source: infoscience 2.2.

    >>> notice_dates(date(2026, 12, 31), NoticeRule(90)).deadline
    datetime.date(2026, 10, 2)
    >>> notice_dates(date(2026, 12, 31), NoticeRule(3, NoticeUnit.MONTHS)).deadline
    datetime.date(2026, 9, 30)
    """
    if rule.amount is None:
        return None
    check(rule)
    try:
        deadline = _on_open_day(_counted(last, rule), rule)
        send_by = deadline
        if rule.must_arrive:
            send_by -= DAY * rule.transit_days
            if rule.country:
                send_by = _before(send_by, rule.country)
    except (OverflowError, ValueError) as error:
        text = _("The notice reaches back before the calendar begins.")
        raise Invalid(text, code="notice", fields={"notice_amount": text}) from error
    return NoticeDates(deadline, send_by)


def check(rule: NoticeRule) -> None:
    """Raise Invalid for a rule that cannot be counted."""
    if rule.amount is None:
        return
    if rule.amount < 0 or (
        rule.unit is NoticeUnit.BUSINESS_DAYS and rule.amount > MOST_BUSINESS_DAYS
    ):
        text = _("A notice is between none and about four years.")
        raise Invalid(text, code="notice", fields={"notice_amount": text})
    needs = rule.unit is NoticeUnit.BUSINESS_DAYS or rule.closed_day is not OnClosedDay.STANDS
    if needs and not rule.country:
        text = _("Say whose working days count.")
        raise Invalid(text, code="notice_country", fields={"notice_country": text})
    if rule.country:
        _calendar(rule.country.strip().upper())


def alerts(send_by: date, days: Iterable[int] = ALERTS) -> tuple[tuple[int, date], ...]:
    """Return the days before the notice on which to warn.

    >>> [str(day) for _, day in alerts(date(2026, 10, 2))]
    ['2026-06-04', '2026-07-04', '2026-08-03', '2026-09-02', '2026-09-25']
    """
    return tuple((number, send_by - DAY * number) for number in days)


def alert_due(send_by: date, today: date, days: Iterable[int] = ALERTS) -> int | None:
    """Return the warning that holds today: the smallest number reached; 0 once it is too late.

    >>> alert_due(date(2026, 10, 2), date(2026, 6, 3)) is None
    True
    >>> alert_due(date(2026, 10, 2), date(2026, 6, 4))
    120
    >>> alert_due(date(2026, 10, 2), date(2026, 10, 3))
    0
    """
    left = (send_by - today).days
    if left < 0:
        return 0
    return min((number for number in days if left <= number), default=None)


def next_term(last: date, rule: NoticeRule) -> date | None:
    """Return the last day of the next term if nobody acts; None where nothing renews itself.

    >>> next_term(date(2026, 12, 31), NoticeRule(90, auto_renew_months=12))
    datetime.date(2027, 12, 31)
    """
    if not rule.auto_renew_months:
        return None
    return months_before(last + DAY, -rule.auto_renew_months) - DAY


def may_renew_itself(last: date, rule: NoticeRule, today: date) -> bool:
    """Return whether a contract has renewed itself: it says so, and the notice day is over.

    >>> yearly = NoticeRule(90, auto_renew_months=12)
    >>> may_renew_itself(date(2026, 12, 31), yearly, date(2026, 10, 2))
    False
    """
    found = notice_dates(last, rule)
    return bool(rule.auto_renew_months) and today > (found.deadline if found else last)


def _counted(last: date, rule: NoticeRule) -> date:
    amount = rule.amount or 0
    if rule.unit is NoticeUnit.MONTHS:
        return months_before(last, amount)
    if rule.unit is NoticeUnit.BUSINESS_DAYS:
        return business_days_before(last, amount, rule.country)
    return last - DAY * amount


def _on_open_day(day: date, rule: NoticeRule) -> date:
    if rule.closed_day is OnClosedDay.BEFORE:
        return _before(day, rule.country)
    if rule.closed_day is OnClosedDay.AFTER:
        while not working_day(day, rule.country):
            day += DAY
    return day


def _before(day: date, country: str) -> date:
    while not working_day(day, country):
        day -= DAY
    return day


@lru_cache(maxsize=64)
def _calendar(country: str):  # type: ignore[no-untyped-def]
    import holidays

    try:
        return holidays.country_holidays(country)
    except NotImplementedError as error:
        text = _("The working days of this country are not known.")
        raise Invalid(
            text, code="notice_country", hint=_("Use the two letters of the country, such as FR."),
            fields={"notice_country": text},
        ) from error  # fmt: skip
