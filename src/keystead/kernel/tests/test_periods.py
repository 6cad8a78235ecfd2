import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period, add_months

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
periods = st.builds(
    lambda start, length: Period(start, start + timedelta(days=length)), days, st.integers(1, 1200)
)
whole_months = st.builds(
    lambda start, length: Period(start.replace(day=1), add_months(start.replace(day=1), length)),
    days,
    st.integers(1, 40),
)


@pytest.mark.parametrize(
    ("text", "start", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30)),
        ("2026-q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-01..2026-06", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-01-05..2026-02-03", date(2026, 1, 5), date(2026, 2, 3)),
        ("2025..2026-Q1", date(2025, 1, 1), date(2026, 3, 31)),
        (" 2026-06-18 ", date(2026, 6, 18), date(2026, 6, 18)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
    ],
)
def test_written_forms(text, start, last):
    period = Period.parse(text)
    assert (period.start, period.last) == (start, last)


@pytest.mark.parametrize(
    "bad",
    [
        *"2026-13 2026-00 2026-Q5 2026-Q0 26 2026-1 2026-02-30 2026-06..2026-01 2026.. ..2026 x "
        "2026-01...2026-02 2025-W54 2021-W53 0000 9999-12-31 9999 2026/01 ２０２６ 2026-06-18T00:00".split(),
        "",
        "   ",
        "2026 06",
    ],
)
def test_bad_forms_are_refused(bad):
    with pytest.raises(Invalid):
        Period.parse(bad)


def test_an_empty_period_is_refused():
    with pytest.raises(Invalid):
        Period(date(2026, 1, 1), date(2026, 1, 1))


@given(st.one_of(periods, whole_months))
def test_text_round_trip(period):
    assert Period.parse(str(period)) == period


@given(st.one_of(periods, whole_months))
def test_pieces_tile_the_period(period):
    for pieces in (period.months(), period.quarters(), period.years()):
        assert pieces[0].start == period.start
        assert pieces[-1].end == period.end
        assert all(a.end == b.start for a, b in itertools.pairwise(pieces))
        assert sum(piece.days for piece in pieces) == period.days
    assert period.month_starts() == tuple(piece.start.replace(day=1) for piece in period.months())


@given(whole_months, st.integers(-30, 30))
def test_whole_months_stay_whole_when_moved(period, years):
    moved = period.shift_years(years)
    assert moved.is_whole_months
    assert moved.month_count == period.month_count
    assert moved.shift_years(-years) == period


@given(periods, st.integers(-300, 300))
def test_a_moved_period_is_never_empty(period, months):
    moved = period.shift_months(months)
    assert abs(moved.days - period.days) <= 4


@given(st.one_of(periods, whole_months))
def test_the_previous_period_ends_where_this_starts(period):
    before = period.previous()
    assert before.end == period.start
    assert not before.overlaps(period)
    if not period.is_whole_months:
        assert before.days == period.days


@given(periods, periods)
def test_intersection_agrees_with_overlap(a, b):
    common = a.intersection(b)
    assert (common is not None) == a.overlaps(b) == b.overlaps(a)
    if common:
        assert common in a
        assert common in b


def test_leap_days():
    assert Period.parse("2024-02-29").shift_years(-1) == Period.parse("2023-02-28")
    assert Period.parse("2023-02").shift_years(1) == Period.parse("2024-02")
    assert Period.parse("2024-02-01..2024-02-28").shift_years(-1) == Period.parse("2023-02")
    assert Period.parse("2024-01-15..2024-02-29").shift_years(1).last == date(2025, 2, 28)


def test_to_date():
    year = Period.parse("2026")
    assert str(year.until(date(2026, 3, 31))) == "2026-Q1"
    assert year.until(date(2027, 3, 1)) == year
    assert year.until(date(2025, 12, 31)) is None
    assert date(2026, 12, 31) in year
    assert date(2027, 1, 1) not in year


def test_out_of_range_is_invalid_not_a_crash():
    for act in (
        lambda: Period.year(0),
        lambda: Period.year(9999),
        lambda: Period.quarter(2026, 5),
        lambda: Period.month(2026, 13),
        lambda: Period.parse("2026").shift_years(9000),
        lambda: Period.parse("2026-01-02").shift_days(10**9),
        lambda: Period.between(date(2026, 1, 1), date(9999, 12, 31)),
    ):
        with pytest.raises(Invalid):
            act()
    assert Period(date(9999, 12, 1), date(9999, 12, 31)).months()[0].days == 30
