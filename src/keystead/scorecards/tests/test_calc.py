"""Points, weights and totals, worked by hand."""

import doctest
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.kernel.periods import Period
from keystead.scorecards.calc import score as calc
from keystead.scorecards.types import (
    Direction,
    KpiSet,
    LineDef,
    Missing,
    Reading,
    TargetPer,
    TargetSource,
    Word,
    ZeroKind,
)
from keystead.scorecards.types import sets as types

D = Decimal


@pytest.mark.parametrize("module", [calc, types], ids=lambda module: module.__name__)
def test_examples(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def line(**values):
    return LineDef("sell_in", values.pop("weight", D(10)), **values)


def points(value, target, high=None, **values):
    made = line(**values)
    return calc.line_points(
        Reading(made, None if value is None else D(value), None if target is None else D(target),
                None if high is None else D(high))
    )  # fmt: skip


# Worked by hand from the formula in README.md.
HIGHER = [
    # value, target, zero %, points
    ("100", "100", "50", "100.0"),
    ("120", "100", "50", "100.0"),  # no more than full
    ("90", "100", "50", "80.0"),  # (90 - 50) / 50
    ("97.1", "100", "50", "94.2"),
    ("50", "100", "50", "0.0"),
    ("20", "100", "50", "0.0"),  # no less than nothing
    ("-5", "100", "50", "0.0"),
    ("48200000", "49600000", "60", "92.9"),  # (48.2 - 29.76) / 19.84 = 0.92944
    ("75.05", "100", "50", "50.1"),  # half up
]


@pytest.mark.parametrize(("value", "target", "zero", "wanted"), HIGHER)
def test_higher_is_better(value, target, zero, wanted):
    assert points(value, target, zero_at=D(zero)) == (D(wanted), Missing.NONE)


LOWER = [
    ("12", "12", "24", "100.0"),
    ("10", "12", "24", "100.0"),
    ("15", "12", "24", "75.0"),  # (15 - 24) / (12 - 24)
    ("24", "12", "24", "0.0"),
    ("40", "12", "24", "0.0"),
]


@pytest.mark.parametrize(("value", "target", "zero", "wanted"), LOWER)
def test_lower_is_better(value, target, zero, wanted):
    found = points(
        value, target, direction=Direction.LOWER, zero_kind=ZeroKind.VALUE, zero_at=D(zero)
    )
    assert found == (D(wanted), Missing.NONE)


BAND = [
    ("30", "100.0"),
    ("38", "100.0"),
    ("45", "100.0"),
    ("60", "50.0"),  # 15 above the edge, points end at 30
    ("15", "50.0"),
    ("75", "0.0"),
    ("-10", "0.0"),
]


@pytest.mark.parametrize(("value", "wanted"), BAND)
def test_a_band_is_best_inside(value, wanted):
    found = points(
        value, "30", "45", direction=Direction.BAND, zero_kind=ZeroKind.VALUE, zero_at=D(30)
    )
    assert found == (D(wanted), Missing.NONE)


def test_a_band_in_percent_of_its_edge():
    # Half of 40 below, half of 60 above.
    assert points("30", "40", "60", direction=Direction.BAND)[0] == D("50.0")
    assert points("75", "40", "60", direction=Direction.BAND)[0] == D("50.0")
    assert points("5", "0", "0", direction=Direction.BAND)[0] == D("0.0")


def test_growth_is_measured_between_two_values():
    for value, wanted in (("8", "100.0"), ("0", "50.0"), ("-8", "0.0"), ("4", "75.0")):
        assert points(value, "8", zero_kind=ZeroKind.VALUE, zero_at=D(-8))[0] == D(wanted)


@pytest.mark.parametrize(
    ("value", "target", "values", "reason"),
    [
        (None, "100", {}, Missing.NO_VALUE),
        ("5", None, {}, Missing.NO_TARGET),
        ("5", "0", {}, Missing.ZERO_POINT),
        ("-5", "-10", {}, Missing.ZERO_POINT),
        ("5", "10", {"direction": Direction.LOWER}, Missing.ZERO_POINT),
        ("5", "10", {"direction": Direction.BAND}, Missing.NO_TARGET),
        ("5", None, {"target_source": TargetSource.NONE}, Missing.NOT_SCORED),
    ],
)
def test_where_no_points_are_possible_the_reason_is_given(value, target, values, reason):
    assert points(value, target, **values) == (None, reason)


def card(*weights, **thresholds):
    lines = tuple(LineDef(f"m{i}", D(weight)) for i, weight in enumerate(weights))
    return KpiSet(1, "s", "S", "", (), lines, **thresholds)


def readings(kpi_set, *values):
    return [
        Reading(found, None if value is None else D(value), D(100))
        for found, value in zip(kpi_set.lines, values, strict=True)
    ]


def test_the_total_is_the_weighted_mean_of_points():
    kpis = card(50, 30, 20)
    found = calc.score_card(kpis, readings(kpis, 100, 75, 50))
    # 100 x 50 + 50 x 30 + 0 x 20 = 6500 / 100
    assert (found.total, found.coverage_pct, found.word) == (D("65.0"), D("100.0"), Word.WATCH)
    assert [str(done.share_pct) for done in found.lines] == ["50.0", "30.0", "20.0"]
    assert [done.word for done in found.lines] == [Word.GOOD, Word.WATCH, Word.BEHIND]


def test_a_missing_line_falls_out_and_the_others_carry_its_weight():
    kpis = card(50, 30, 20)
    found = calc.score_card(kpis, readings(kpis, None, 75, 100))
    # (50 x 30 + 100 x 20) / 50
    assert (found.total, found.coverage_pct) == (D("70.0"), D("50.0"))
    assert [str(done.share_pct) for done in found.lines] == ["0.0", "60.0", "40.0"]
    assert found.lines[0].word is Word.MISSING
    assert found.lines[0].missing is Missing.NO_VALUE


def test_too_little_coverage_gives_no_total():
    kpis = card(60, 40)
    found = calc.score_card(kpis, readings(kpis, None, 100))
    assert (found.total, found.coverage_pct, found.word) == (None, D("40.0"), Word.MISSING)
    assert found.lines[1].points == D("100.0")
    none = calc.score_card(kpis, readings(kpis, None, None))
    assert (none.total, none.coverage_pct) == (None, D("0.0"))


def test_shown_lines_never_count():
    lines = (LineDef("a", D(100)), LineDef("b", D(0), target_source=TargetSource.NONE))
    kpis = KpiSet(1, "s", "S", "", (), lines)
    found = calc.score_card(kpis, [Reading(lines[0], D(90), D(100)), Reading(lines[1], D(7))])
    assert (found.total, found.coverage_pct) == (D("80.0"), D("100.0"))
    assert (found.lines[1].word, found.lines[1].share_pct) == (Word.SHOWN, D("0.0"))


def test_the_words_begin_at_the_thresholds():
    kpis = card(100, good_from=D(90), watch_from=D(60))
    for value, word in (
        (95, Word.GOOD),
        ("94.9", Word.WATCH),
        (80, Word.WATCH),
        ("79.9", Word.BEHIND),
    ):
        assert calc.score_card(kpis, readings(kpis, value)).word is word


@given(
    st.lists(
        st.tuples(
            st.integers(1, 60),
            st.none() | st.decimals(-1000, 1000, places=2, allow_nan=False, allow_infinity=False),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_shares_add_up_and_the_total_lies_between_its_lines(rows):
    kpis = card(*(weight for weight, _ in rows))
    found = calc.score_card(kpis, readings(kpis, *(value for _, value in rows)))
    have = [done for done in found.lines if done.points is not None]
    assert sum(done.share_pct for done in found.lines) == (100 if have else 0)
    if found.total is not None:
        assert min(d.points for d in have) <= found.total <= max(d.points for d in have)
        assert all(D(0) <= d.points <= D(100) for d in have)
    assert D(0) <= found.coverage_pct <= D(100)


@given(
    st.decimals(-(10**9), 10**9, places=4, allow_nan=False, allow_infinity=False),
    st.decimals(-(10**9), 10**9, places=4, allow_nan=False, allow_infinity=False),
)
def test_more_is_never_worse_where_higher_is_better(one, other):
    low, high = sorted((one, other))
    target = D(1000)
    assert points(low, target)[0] <= points(high, target)[0]
    lower = {"direction": Direction.LOWER, "zero_at": D(150)}
    assert points(low, target, **lower)[0] >= points(high, target, **lower)[0]


def test_typed_targets_count_for_their_months():
    quarter, part = Period.parse("2026-Q1"), Period.parse("2026-02-01..2026-02-14")
    assert calc.typed_target(D(90), TargetPer.AS_IS, quarter) == D(90)
    assert calc.typed_target(D(90), TargetPer.MONTH, quarter) == D(270)
    assert calc.typed_target(D(90), TargetPer.MONTH, part) == D(45)
    assert calc.typed_target(D(100), TargetPer.YEAR, Period.parse("2026-01")) == D("8.3333")
