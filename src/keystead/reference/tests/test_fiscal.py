"""Fiscal calendars against published years of real companies and associations."""

import doctest
import itertools
from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.kernel.errors import Invalid, NotFound
from keystead.kernel.periods import Period
from keystead.reference import rules
from keystead.reference.calc import fiscal, fx, units
from keystead.reference.queries import calendar_table, fiscal_calendar, fiscal_calendars
from keystead.reference.types import FiscalCalendar

CODES = ["calendar", "april", "4-4-5", "4-5-4", "5-4-4"]
days = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@pytest.mark.parametrize("module", [fiscal, fx, units, rules], ids=lambda m: m.__name__)
def test_examples(module):
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert result.attempted > 0
    assert result.failed == 0


# Year, first day, last day, weeks. National Retail Federation, 4-5-4 calendars 2012 to 2026.
RETAIL = [
    (2012, date(2012, 1, 29), date(2013, 2, 2), 53),
    (2013, date(2013, 2, 3), date(2014, 2, 1), 52),
    (2017, date(2017, 1, 29), date(2018, 2, 3), 53),
    (2018, date(2018, 2, 4), date(2019, 2, 2), 52),
    (2022, date(2022, 1, 30), date(2023, 1, 28), 52),
    (2023, date(2023, 1, 29), date(2024, 2, 3), 53),
    (2024, date(2024, 2, 4), date(2025, 2, 1), 52),
    (2025, date(2025, 2, 2), date(2026, 1, 31), 52),
]
# Johnson & Johnson annual reports: the year ends on the Sunday nearest to the end of December.
NEAREST_SUNDAY = [
    (2014, date(2013, 12, 30), date(2014, 12, 28), 52),
    (2015, date(2014, 12, 29), date(2016, 1, 3), 53),
    (2020, date(2019, 12, 30), date(2021, 1, 3), 53),
    (2021, date(2021, 1, 4), date(2022, 1, 2), 52),
    (2022, date(2022, 1, 3), date(2023, 1, 1), 52),
    (2023, date(2023, 1, 2), date(2023, 12, 31), 52),
    (2024, date(2024, 1, 1), date(2024, 12, 29), 52),
]
# Apple annual reports: the year ends on the last Saturday of September.
LAST_SATURDAY = [
    (2017, date(2016, 9, 25), date(2017, 9, 30), 53),
    (2018, date(2017, 10, 1), date(2018, 9, 29), 52),
    (2022, date(2021, 9, 26), date(2022, 9, 24), 52),
    (2023, date(2022, 9, 25), date(2023, 9, 30), 53),
    (2024, date(2023, 10, 1), date(2024, 9, 28), 52),
]


@pytest.mark.parametrize(
    ("code", "year", "first", "last", "weeks"),
    [("4-5-4", *row) for row in RETAIL]
    + [("4-4-5", *row) for row in NEAREST_SUNDAY]
    + [("5-4-4", *row) for row in LAST_SATURDAY],
)
def test_published_years_of_weeks(code, year, first, last, weeks):
    found = fiscal.fiscal_year(fiscal_calendar(code), year)
    assert (found.period.start, found.period.last, found.weeks) == (first, last, weeks)


def test_the_53rd_week_goes_into_the_last_month():
    year = fiscal.fiscal_year(fiscal_calendar("4-4-5"), 2020)
    assert [month.days // 7 for month in year.months] == [4, 4, 5] * 3 + [4, 4, 6]
    assert fiscal.fiscal_day(fiscal_calendar("4-4-5"), date(2021, 1, 3)).week == 53
    retail = fiscal.fiscal_year(fiscal_calendar("4-5-4"), 2022)
    assert [month.days // 7 for month in retail.months] == [4, 5, 4] * 4


def test_the_april_year():
    april = fiscal_calendar("april")
    year = fiscal.fiscal_year(april, 2026)
    assert str(year.period) == "2025-04..2026-03"
    assert [str(quarter) for quarter in year.quarters] == [
        "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1",
    ]  # fmt: skip
    last, first = (
        fiscal.fiscal_day(april, date(2026, 3, 31)),
        fiscal.fiscal_day(april, date(2026, 4, 1)),
    )
    assert (last.year, last.quarter, last.month, last.week) == (2026, 4, 12, 53)
    assert (first.year, first.quarter, first.month, first.week) == (2027, 1, 1, 1)


@given(st.sampled_from(CODES), days)
def test_every_day_has_exactly_one_place(code, day):
    calendar = fiscal_calendar(code)
    found = fiscal.fiscal_day(calendar, day)
    year = fiscal.fiscal_year(calendar, found.year)
    assert day in year.period
    assert day in year.months[found.month - 1]
    assert day in year.quarters[found.quarter - 1]
    assert 1 <= found.week <= year.weeks
    assert 0 <= (day - found.week_start).days < 7
    assert year.period.start <= found.week_start


@given(st.sampled_from(CODES), st.integers(1960, 2140))
def test_years_and_their_months_tile_time(code, label):
    calendar = fiscal_calendar(code)
    year, after = fiscal.fiscal_year(calendar, label), fiscal.fiscal_year(calendar, label + 1)
    assert year.period.end == after.period.start
    assert year.months[0].start == year.period.start
    assert year.months[-1].end == year.period.end
    assert all(a.end == b.start for a, b in itertools.pairwise(year.months))
    assert len(year.months) == 12
    assert year.weeks in ((52, 53) if calendar.kind == "weeks" else (53, 54))


def test_fiscal_periods_are_read():
    weeks = fiscal_calendar("4-4-5")
    assert fiscal.fiscal_period(weeks, "FY2020").days == 371
    assert fiscal.fiscal_period(weeks, "fy2020-w53") == Period(date(2020, 12, 28), date(2021, 1, 4))
    assert fiscal.fiscal_period(weeks, "FY2020-P12").days == 42
    assert str(fiscal.fiscal_period(fiscal_calendar("calendar"), "2026-Q2")) == "2026-Q2"
    for bad in ("FY2021-W53", "FY2020-P13", "FY2020-Q5", "2020-W00", "x", ""):
        with pytest.raises(Invalid):
            fiscal.fiscal_period(weeks, bad)


def test_the_calendar_table_has_a_row_per_day():
    table = calendar_table("4-4-5", date(2020, 12, 28), date(2021, 1, 5))
    assert table.num_rows == 8
    assert table.schema.field("date").type == pa.date32()
    first, last = table.slice(0, 1).to_pylist()[0], table.slice(7, 1).to_pylist()[0]
    assert first["week_label"] == "FY2020-W53"
    assert first["month_start"] == date(2020, 11, 23)
    assert (last["year_label"], last["quarter_label"], last["month_label"]) == (
        "FY2021", "FY2021-Q1", "FY2021-P01",
    )  # fmt: skip


def test_the_calendar_year_reads_as_people_write_it():
    row = calendar_table("calendar", date(2026, 6, 18), date(2026, 6, 19)).to_pylist()[0]
    assert (row["year_label"], row["quarter_label"], row["month_label"]) == (
        "2026", "2026-Q2", "2026-06",
    )  # fmt: skip
    assert row["month_start"] == date(2026, 6, 1)
    assert row["week_start"] == date(2026, 6, 15)


def test_calendar_months_agree_with_plain_dates():
    table = calendar_table("calendar", date(2024, 1, 1), date(2026, 1, 1)).to_pylist()
    assert len(table) == 731
    for row in table:
        assert row["month_start"] == row["date"].replace(day=1)
        assert row["quarter"] == (row["date"].month + 2) // 3


def test_limits_and_unknown_names():
    with pytest.raises(NotFound):
        fiscal_calendar("lunar")
    with pytest.raises(Invalid):
        calendar_table("calendar", date(1, 6, 1), date(900, 1, 1))
    with pytest.raises(Invalid):
        fiscal.fiscal_day(fiscal_calendar("april"), date(9999, 12, 31))
    with pytest.raises(Invalid):
        FiscalCalendar("x", "", "weeks", 12, pattern=(4, 4, 4))
    assert [calendar.code for calendar in fiscal_calendars()] == CODES
    assert (
        fiscal.fiscal_day(fiscal_calendar("4-4-5"), date(2026, 6, 18) + timedelta(0)).year == 2026
    )
