"""Why a number moved: by hand, and exact sums."""

from __future__ import annotations

import doctest
from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from keystead.forecasting.calc import waterfall as module
from keystead.forecasting.calc.waterfall import (
    Sides,
    added,
    in_units,
    refit_by_level,
    steps_between,
    steps_over,
)
from keystead.forecasting.types.grid import Cause, Side, Steps


def _side(agreed: int, statistical: int, recipe: str = "fast", **parts: int) -> Side:
    return Side(
        Decimal(agreed), Decimal(statistical),
        {Cause(name): Decimal(value) for name, value in parts.items()}, recipe,
    )  # fmt: skip


def _told(steps: Steps) -> dict[str, int]:
    return {cause.value: int(change) for cause, change in steps.steps if change}


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(module).failed == 0


def test_effects_and_people_by_hand() -> None:
    was = _side(1000, 950, promotion=100, calendar=-20)
    now = _side(1130, 1100, promotion=180, price=-30, calendar=10)
    # base: 950-80=870 to 1100-160=940, +70; promotion +80, price -30, calendar +30; people 50>30
    assert _told(steps_between(was, now)) == {
        "data": 70, "promotion": 80, "price": -30, "calendar": 30, "override": -20,
    }  # fmt: skip


def test_model_is_told_apart_from_data() -> None:
    was, now = _side(100, 100), _side(130, 130, "standard")
    assert _told(steps_between(was, now)) == {"model": 30}
    assert _told(steps_between(was, now, refit=Decimal(110))) == {"data": 10, "model": 20}
    same = _side(130, 130)
    assert _told(steps_between(was, same)) == {"data": 30}


def test_a_series_that_was_not_there() -> None:
    nothing = _side(0, 0)
    steps = steps_between(nothing, _side(60, 50, promotion=20))
    assert _told(steps) == {"data": 30, "promotion": 20, "override": 10}


_MONEY = st.integers(-(10**6), 10**6).map(lambda n: Decimal(n).scaleb(-2))
_SIDES = st.builds(
    Side, _MONEY, _MONEY, st.dictionaries(st.sampled_from(Cause), _MONEY),
    st.sampled_from(["fast", "standard"]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_SIDES, _SIDES, st.none() | _MONEY), max_size=5))
def test_the_steps_add_up_exactly(cells: list[tuple[Side, Side, Decimal | None]]) -> None:
    each = [steps_between(was, now, refit=refit) for was, now, refit in cells]
    for one in (*each, added(each)):
        assert one.start + sum(change for _cause, change in one.steps) == one.end
    assert added(each).end == sum(now.agreed for _was, now, _refit in cells)


def test_a_new_recipe_is_told_from_new_data() -> None:
    was, now = _side(100, 100, "fast", promotion=10), _side(150, 140, "intermittent", promotion=30)
    # last cycle's way: 100, promotion +20, sold lately +5 a month: 125; the model made 140 of it
    refit = refit_by_level(was, now, Decimal(5))
    assert refit == 125
    assert _told(steps_between(was, now, refit=refit)) == {
        "data": 5, "promotion": 20, "model": 15, "override": 10,
    }  # fmt: skip
    assert refit_by_level(was, _side(1, 1), Decimal(5)) is None
    new = Side(Decimal(0), Decimal(0), {}, "")
    assert _told(steps_between(new, now, refit=refit_by_level(new, now, Decimal(0)))) == {
        "data": 110, "promotion": 30, "override": 10,
    }  # fmt: skip


_RECIPES = st.sampled_from(["", "fast", "standard"])
_UNITS = st.integers(-(10**9), 10**9)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(0, 4), st.integers(1, 3))
def test_many_cells_at_once_are_the_sum_of_each(
    data: st.DataObject, rows: int, months: int
) -> None:
    def cells() -> np.ndarray:
        drawn = data.draw(st.lists(_UNITS, min_size=rows * months, max_size=rows * months))
        return np.array(drawn, dtype=np.int64).reshape(rows, months)

    def sides() -> Sides:
        causes = data.draw(st.sets(st.sampled_from([Cause.PROMOTION, Cause.PRICE, Cause.CALENDAR])))
        recipes = data.draw(st.lists(_RECIPES, min_size=rows, max_size=rows))
        return Sides(cells(), cells(), {cause: cells() for cause in causes}, recipes)

    def side(of: Sides, row: int, month: int) -> Side:
        def exact(held: np.ndarray) -> Decimal:
            return Decimal(int(held[row, month])).scaleb(-4)

        parts = {cause: exact(held) for cause, held in of.parts.items()}
        return Side(exact(of.agreed), exact(of.statistical), parts, of.recipes[row])

    before, after = sides(), sides()
    moved = np.array(data.draw(st.lists(_UNITS, min_size=rows, max_size=rows)), dtype=np.int64)
    found = steps_over(before, after, moved)
    one_by_one = added(
        steps_between(was, now, refit=refit_by_level(was, now, Decimal(int(moved[row])).scaleb(-4)))
        for row in range(rows)
        for month in range(months)
        for was, now in [(side(before, row, month), side(after, row, month))]
    )
    assert (found.start, found.end) == (one_by_one.start, one_by_one.end)
    assert dict(found.steps) == dict(one_by_one.steps)
    assert found.start + sum(change for _cause, change in found.steps) == found.end


def test_stored_quantities_are_whole_ten_thousandths() -> None:
    assert in_units(np.array([0.1 + 0.2, 1e9 + 0.0001])).tolist() == [3000, 10**13 + 1]
