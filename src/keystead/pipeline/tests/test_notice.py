"""The arithmetic of notice dates, with every example of the field reference."""

from datetime import date

import pytest

from keystead.kernel.errors import Invalid
from keystead.pipeline.calc import notice
from keystead.pipeline.types.renewals import NoticeRule, NoticeUnit, OnClosedDay

U = NoticeUnit
END = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("last", "rule", "deadline"),
    [
        (END, NoticeRule(90), date(2026, 10, 2)),  # infoscience 2.2
        (END, NoticeRule(3, U.MONTHS), date(2026, 9, 30)),  # infoscience 2.2: month end clamped
        (END, NoticeRule(0), END),
        (date(2028, 5, 31), NoticeRule(3, U.MONTHS), date(2028, 2, 29)),
        (date(2027, 5, 31), NoticeRule(3, U.MONTHS), date(2027, 2, 28)),
        (date(2027, 2, 28), NoticeRule(12, U.MONTHS), date(2026, 2, 28)),
        (date(2026, 6, 30), NoticeRule(6, U.MONTHS), date(2025, 12, 30)),
        # Working days of the country: 25 December is not worked in France, but is in China.
        (END, NoticeRule(5, U.BUSINESS_DAYS, "FR"), date(2026, 12, 23)),
        (END, NoticeRule(5, U.BUSINESS_DAYS, "CN"), date(2026, 12, 24)),
        # Golden week: 1 to 7 October 2025 (with Mid-autumn 8) are off in China.
        (date(2025, 10, 9), NoticeRule(1, U.BUSINESS_DAYS, "CN"), date(2025, 9, 30)),
        # 28 September 2025, a Sunday, was worked for it.
        (date(2025, 9, 29), NoticeRule(1, U.BUSINESS_DAYS, "CN"), date(2025, 9, 28)),
        # A deadline on a Saturday, 3 October 2026, as the contract says.
        (date(2027, 1, 1), NoticeRule(90), date(2026, 10, 3)),
        (date(2027, 1, 1), NoticeRule(90, country="FR", closed_day=OnClosedDay.BEFORE),
         date(2026, 10, 2)),
        (date(2027, 1, 1), NoticeRule(90, country="FR", closed_day=OnClosedDay.AFTER),
         date(2026, 10, 5)),
        # Good Friday 2026 is off in Germany, Easter Monday too.
        (date(2026, 4, 7), NoticeRule(1, U.BUSINESS_DAYS, "DE"), date(2026, 4, 2)),
    ],
)  # fmt: skip
def test_the_last_day_for_notice(last, rule, deadline):
    found = notice.notice_dates(last, rule)
    assert (found.deadline, found.send_by) == (deadline, deadline)


def test_what_must_have_arrived_is_sent_earlier():
    rule = NoticeRule(90, country="FR", must_arrive=True, transit_days=5)
    found = notice.notice_dates(END, rule)
    # Five days before 2 October 2026 is Sunday, 27 September: it is posted on the Friday.
    assert (found.deadline, found.send_by) == (date(2026, 10, 2), date(2026, 9, 25))
    blind = notice.notice_dates(END, NoticeRule(90, must_arrive=True, transit_days=5))
    assert blind.send_by == date(2026, 9, 27)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (NoticeRule(5, U.BUSINESS_DAYS), "notice_country"),
        (NoticeRule(90, closed_day=OnClosedDay.AFTER), "notice_country"),
        (NoticeRule(90, country="XX"), "notice_country"),
        (NoticeRule(-1), "notice"),
        (NoticeRule(1001, U.BUSINESS_DAYS, "FR"), "notice"),
        (NoticeRule(999_999), "notice"),
        (NoticeRule(99_999, U.MONTHS), "notice"),
    ],
)
def test_a_rule_that_cannot_be_counted_says_so(rule, code):
    with pytest.raises(Invalid) as error:
        notice.notice_dates(END, rule)
    assert error.value.code == code


def test_without_a_rule_there_is_no_day():
    assert notice.notice_dates(END, NoticeRule()) is None


def test_warnings_are_120_90_60_30_7_days_before():
    day = date(2026, 10, 2)
    told = [notice.alert_due(day, on) for _, on in notice.alerts(day)]
    assert told == [120, 90, 60, 30, 7]
    assert notice.alert_due(day, date(2026, 9, 24)) == 30
    assert notice.alert_due(day, day) == 7
    assert notice.alert_due(day, date(2026, 10, 3)) == 0


def test_auto_renewal_only_once_the_day_is_over():
    rule = NoticeRule(3, U.MONTHS, auto_renew_months=12)
    told = [notice.may_renew_itself(END, rule, date(2026, *day)) for day in ((9, 30), (10, 1))]
    assert told == [False, True]
    assert not notice.may_renew_itself(END, NoticeRule(90), date(2027, 6, 1))
    silent = NoticeRule(auto_renew_months=12)  # nothing to give notice of: it runs to its end
    assert notice.may_renew_itself(END, silent, date(2027, 1, 1))
    assert not notice.may_renew_itself(END, silent, END)
    assert notice.next_term(date(2027, 2, 28), rule) == date(2028, 2, 29)
