"""Worked examples and properties: NPS and its interval, shares, the score, the back-test."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.health.calc.satisfaction import nps, result, share, unhappy, wilson
from keystead.health.calc.score import points, score
from keystead.health.calc.validation import auc, back_test, calibration
from keystead.health.rules.scoring import SHIPPED
from keystead.health.types.scores import Band, Pair, Reading, Rule, Signal, Snapshot, Standing, Why
from keystead.health.types.surveys import Given, Kind

D = Decimal


def test_nps_by_hand():
    # 30 promoters, 10 passives, 10 detractors: (30 - 10) / 50 = 40; variance (0.6 + 0.2 - 0.16)
    # = 0.64, error sqrt(0.64 / 50) = 0.113137; 40 +- 22.17.
    found = nps([9] * 20 + [10] * 10 + [7] * 5 + [8] * 5 + [0] * 5 + [6] * 5)
    assert (found.n, found.promoters, found.passives, found.detractors) == (50, 30, 10, 10)
    assert (found.score, found.low, found.high) == (D("40.0"), D("17.8"), D("62.2"))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([10] * 5, (D("100.0"), D("100.0"), D("100.0"))),
        ([0] * 5, (D("-100.0"), D("-100.0"), D("-100.0"))),
        ([7] * 5, (D("0.0"), D("0.0"), D("0.0"))),
        ([10, 10, 10, 0, 0], (D("20.0"), D("-65.9"), D("100.0"))),
    ],
)
def test_nps_at_its_ends(values, expected):
    found = nps(values)
    assert (found.score, found.low, found.high) == expected


def test_below_five_answers_there_is_no_figure():
    few = nps([10, 9, 0, 8])
    assert (few.few, few.n, few.score, few.low, few.high) == (True, 4, None, None, None)
    assert share(3, 4).pct is None
    assert nps([]).few
    assert nps([9, 9, 9], fewest=3).score == D("100.0")


def test_an_answer_outside_the_scale_is_refused():
    with pytest.raises(ValueError, match="0 to 10"):
        nps([11] * 5)


@given(st.lists(st.integers(0, 10), min_size=5, max_size=60))
def test_the_interval_holds_the_score(values):
    found = nps(values)
    assert found.promoters + found.passives + found.detractors == found.n == len(values)
    assert D(-100) <= found.low <= found.score <= found.high <= D(100)


def test_wilson_by_hand():
    # 81 of 263, 95 %: 0.2553 to 0.3662 (Newcombe 1998, table I, method 3)
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    low, high = wilson(15, 148)  # Newcombe 1998: 0.0624 to 0.1605
    assert (round(low, 4), round(high, 4)) == (0.0624, 0.1605)


def test_results_by_kind():
    csat = result("c", Kind.CSAT, "?", [Given("c", Kind.CSAT, "?", v) for v in (5, 4, 4, 3, 1)])
    assert (csat.n, csat.share.pct, csat.mean) == (5, D("60.0"), D("3.4"))
    assert csat.counts == ((1, 1), (3, 1), (4, 2), (5, 1))
    ease = result("e", Kind.EFFORT, "?", [Given("e", Kind.EFFORT, "?", v) for v in (7, 6, 5, 4, 1)])
    assert ease.share.pct == D("60.0")
    assert result("t", Kind.TEXT, "?", []).share is None


def test_who_is_unhappy():
    answers = [
        Given("nps", Kind.NPS, "", 6), Given("csat", Kind.CSAT, "", 2),
        Given("effort", Kind.EFFORT, "", 4), Given("own1", Kind.SCALE, "", 1),
    ]  # fmt: skip
    assert [one.code for one in unhappy(answers)] == ["nps", "csat"]


def readings(**values):
    return {Signal(key): Reading(Signal(key), D(value)) for key, value in values.items()}


def test_the_score_by_hand():
    # usage -7.5 % of -20..5: 50 points x 30; satisfaction 15 of -20..50: 50 x 20;
    # coverage 90: 100 x 15; sponsor 0: 100 x 15; payment 9 of 45..0: 80 x 10; issues missing.
    found = score(SHIPPED, readings(usage_trend="-7.5", satisfaction="15", coverage="90",
                                    sponsor="0", payment="9"))  # fmt: skip
    assert [one.points for one in found.parts] == [50, 50, 100, 100, 80, None]
    assert (found.score, found.ceiling, found.known_pct) == (D("63.0"), D("73.0"), D("90.0"))
    assert (found.band, found.rules_number) == (Band.WATCH, 1)
    assert sum(one.adds for one in found.parts) == found.score
    assert found.parts[5].reading.why is Why.NO_DATA


def test_nothing_known_is_unknown_and_not_good():
    found = score(SHIPPED, {})
    assert (found.score, found.ceiling, found.known_pct) == (D("0.0"), D("100.0"), D("0.0"))
    assert found.band is Band.UNKNOWN


def test_points_in_both_directions():
    more = Rule(Signal.COVERAGE, D(1), bad=D(20), good=D(90))
    less = Rule(Signal.ISSUES, D(1), bad=D(5), good=D(0))
    assert (points(more, D(55)), points(more, D(10)), points(more, D(99))) == (50, 0, 100)
    assert (points(less, D(1)), points(less, D(9)), points(less, D(0))) == (80, 0, 100)
    assert (more.more_is_better, less.more_is_better) == (True, False)


GOOD = {Band.AT_RISK: 0, Band.WATCH: 1, Band.HEALTHY: 2}


@given(
    st.dictionaries(
        st.sampled_from(list(Signal)), st.decimals(-100, 100, places=1), min_size=1, max_size=6
    ),
    st.data(),
)
def test_losing_sight_of_a_signal_never_looks_better(values, data):
    known = {key: Reading(key, value) for key, value in values.items()}
    gone = data.draw(st.sampled_from(sorted(known)))
    before = score(SHIPPED, known)
    after = score(SHIPPED, {key: one for key, one in known.items() if key != gone})
    assert after.score <= before.score <= before.ceiling <= D(100)
    assert after.ceiling >= before.ceiling
    if after.band in GOOD and before.band in GOOD:
        assert GOOD[after.band] <= GOOD[before.band]
    assert after.band is not Band.HEALTHY or before.band is Band.HEALTHY


def pairs(*given):
    return [Pair(D(value), won) for value, won in given]


def test_auc_by_hand():
    # 80 beats both, 60 beats 40 and ties 60: (2 + 1.5) / 4 = 0.875. Placements of the renewed
    # 1 and 0.75 (variance 0.03125), of the lost 1 and 0.75: error sqrt(0.03125) = 0.1768.
    area, low, high = auc(pairs((80, True), (60, True), (40, False), (60, False)))
    assert (round(area, 3), round(low, 3), round(high, 3)) == (0.875, 0.529, 1.0)
    with pytest.raises(ValueError, match="renewals and losses"):
        auc(pairs((80, True)))


def test_auc_of_a_coin_and_of_a_perfect_score():
    assert auc(pairs((50, True), (50, False), (50, True), (50, False)))[0] == 0.5
    assert auc(pairs((90, True), (80, True), (10, False), (20, False))) == (1.0, 1.0, 1.0)


def test_calibration_counts_every_pair_once():
    found = calibration(pairs((0, False), (20, True), (39, False), (100, True), (80, True)))
    assert [(one.n, one.renewed) for one in found] == [(1, 0), (2, 1), (0, 0), (0, 0), (2, 2)]
    assert (found[1].mean_score, found[1].pct) == (D("29.5"), D("50.0"))
    assert found[2].pct is None


@pytest.mark.parametrize(("won", "lost", "told"), [(40, 9, False), (41, 9, False), (39, 10, False),
                                                   (40, 10, True), (60, 0, False)])  # fmt: skip
def test_below_fifty_renewals_or_ten_losses_nothing_is_validated(won, lost, told):
    made = pairs(*[(70 + n % 20, True) for n in range(won)], *[(30, False)] * lost)
    found = back_test(12, made, closed=won + lost + 5, late=2)
    assert found.validated is told
    assert (found.auc is not None, bool(found.bins)) == (told, told)
    assert (found.scored, found.losses, found.closed, found.late) == (won + lost, lost,
                                                                      won + lost + 5, 2)  # fmt: skip


def test_the_change_is_on_three_months_before():
    whole = score(SHIPPED, {})
    newest = Snapshot(1, date(2026, 10, 1), None, whole)
    trend = tuple((date(2026, month, 1), D(month)) for month in (5, 7, 9, 10))
    assert Standing(1, "A", "A", newest, trend).change == D(0) - D(7)
    assert Standing(1, "A", "A", newest, trend[2:]).change is None
