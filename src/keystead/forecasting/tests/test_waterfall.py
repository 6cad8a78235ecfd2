"""Why a number moved: by hand, and exact sums."""

from __future__ import annotations

import doctest
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from keystead.forecasting.calc import waterfall as module
from keystead.forecasting.calc.waterfall import added, refit_by_level, steps_between
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
