"""Pure numbers: progress, completeness, cells and sums, segments; by example and by property."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.kernel.periods import Period
from keystead.planning.calc.progress import expected_pct, progress_pct, standing
from keystead.planning.calc.segments import (
    segment,
    stability,
    value_classes,
    variability_class,
    variation,
)
from keystead.planning.calc.versions import difference
from keystead.planning.calc.whitespace import cell_of, together
from keystead.planning.rules.completeness import PARTS
from keystead.planning.types.segments import Cuts, Inputs, Segment
from keystead.planning.types.whitespace import CellState, Said

D = Decimal
MONEY = st.decimals(min_value=0, max_value=10**9, places=2)
VALUES = st.dictionaries(st.integers(1, 99), MONEY, min_size=1, max_size=30)


def said(potential=None, state=CellState.OPEN, currency="EUR", owner=None):
    return Said(
        id=1, account_id=1, brand="Acu", product_id=None, state=state, potential=potential,
        currency=currency, competitor="", owner_id=owner, owner_name="", note="",
        stated_on=date(2026, 1, 1), stale_days=180, version=1,
    )  # fmt: skip


@given(MONEY, MONEY, MONEY)
def test_progress_is_none_or_exact_at_both_ends(value, target, start):
    found = progress_pct(value, target, start)
    assert (found is None) == (target == start)
    if target != start:
        assert progress_pct(start, target, start) == 0
        assert progress_pct(target, target, start) == 100


@given(st.dates(date(2025, 1, 1), date(2027, 12, 31)))
def test_what_is_expected_never_falls_and_ends_at_all(day):
    year = Period.year(2026)
    assert 0 <= expected_pct(year, day, grows=True) <= 100
    assert expected_pct(year, day, grows=False) == 100


@pytest.mark.parametrize(
    ("progress", "expected", "limit", "word"),
    [(100, 50, False, "reached"), (50, 50, False, "on_track"), (40, 50, False, "at_risk"),
     (39, 50, False, "behind"), (51, 50, True, "at_risk"), (101, 50, True, "behind")],
)  # fmt: skip
def test_the_word_of_a_progress(progress, expected, limit, word):
    assert standing(D(progress), D(expected), limit=limit).value == word


def test_the_weights_of_the_completeness_add_up_to_a_hundred():
    assert sum(weight for _code, weight, _rule in PARTS) == 100


@given(st.lists(st.tuples(MONEY, MONEY | st.none(), st.sampled_from(CellState)), max_size=20))
def test_no_cell_loses_money(cells):
    found = [
        cell_of(1, "Acu", bought, said(potential, state), "EUR")
        for bought, potential, state in cells
    ]
    whole = together(found)
    wanted = sum((max(bought, potential or D(0)) for bought, potential, _s in cells), D(0))
    assert whole.whole == wanted
    assert whole.current == sum((bought for bought, _p, _s in cells), D(0))
    assert sum(whole.states.values()) == len(cells)


@pytest.mark.parametrize(
    ("bought", "told", "shown", "room", "other"),
    [(30, None, "current", 0, 0), (0, None, "open", 0, 0), (-5, None, "open", 0, 0),
     (30, said(D(100)), "current", 70, 0), (0, said(D(100)), "potential", 100, 0),
     (0, said(D(100), CellState.COMPETITOR), "competitor", 0, 100),
     (0, said(None, CellState.UNSUITED), "unsuited", 0, 0),
     (0, said(D(100), currency="CNY"), "open", 0, 0)],
)  # fmt: skip
def test_what_a_cell_shows(bought, told, shown, room, other):
    found = cell_of(1, "Acu", D(bought), told, "EUR")
    assert (found.shown.value, found.room, found.other) == (shown, room, other)
    assert found.unowned == (room + other > 0)


@given(VALUES)
def test_classes_fall_with_the_value_and_ties_stay_together(values):
    found = value_classes(values, Cuts())
    assert set(found) == set(values)
    for one, left in values.items():
        for other, right in values.items():
            if left == right:
                assert found[one] == found[other]
            elif left > right:
                assert found[one] <= found[other]
    if any(values.values()):
        assert found[max(values, key=lambda key: values[key])] == "A"


@given(VALUES)
def test_a_second_run_on_the_same_values_moves_nothing(values):
    first = value_classes(values, Cuts())
    assert value_classes(values, Cuts(), first) == first


def test_a_class_holds_on_at_a_border():
    cuts = Cuts()
    assert variability_class(0.51, cuts) == "Y"
    assert variability_class(0.51, cuts, "X") == "X"
    assert variability_class(0.55, cuts, "X") == "Y"
    assert variability_class(0.46, cuts, "Y") == "Y"
    assert variability_class(0.44, cuts, "Y") == "X"
    assert variability_class(1.2, cuts, "X") == "Z"
    # 81 of 100 come before: B at first sight, A while it was A
    assert value_classes({1: D(81), 2: D(19)}, cuts)[2] == "B"
    assert value_classes({1: D(81), 2: D(19)}, cuts, {2: "A"})[2] == "A"


def test_variation_leaves_seasons_out():
    season = [D(10), D(2), D(2), D(40)] * 6
    assert variation(season) == 0
    assert variation([D(5)] * 5) is None
    assert variation([D(0)] * 24) is None
    assert variation([D(0), D(2)] * 6) == 1.0  # under two years there is no season to tell


def test_a_segment_and_how_stable_they_are():
    inputs = Inputs(D(100), 0.4, 30.0, 80.0, 50.0)
    one = segment(inputs, "A", Cuts())
    assert one == Segment("A", "X", "mid", "mid")
    bare = segment(Inputs(D(1)), "C", Cuts())
    assert bare == Segment("C", "Z", "none", "none")
    assert stability({1: one, 2: bare}, {1: one, 2: one, 3: one}) == D("50.0")
    assert stability({}, {1: one}) is None


@given(st.dictionaries(st.sampled_from("abc"), st.integers(0, 9), max_size=3))
def test_a_version_does_not_differ_from_itself(head):
    content = {"head": head, "claims": [{"id": 1, "kind": "goal", "text": "x", **head}]}
    assert difference(content, content) == ()
