"""Edits at any level: exact totals, locked leaves, zeros, and what is refused."""

from __future__ import annotations

import doctest
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keystead.forecasting.calc import spread as module
from keystead.forecasting.calc.spread import spread
from keystead.forecasting.types.grid import EditKind, Leaf, Split, SpreadBy
from keystead.kernel.errors import Invalid

JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)


def _leaf(key: str, now: str, mix: str | None = None, **more: object) -> Leaf:
    return Leaf(key, more.get("period", JAN), Decimal(now),  # type: ignore[arg-type]
                None if mix is None else Decimal(mix), bool(more.get("locked")))  # fmt: skip


def _after(split: Split) -> list[str]:
    return [str(one.after) for one in split.shares]


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(module).failed == 0


def test_the_change_goes_by_the_last_agreed_mix() -> None:
    leaves = [_leaf("a", "100", "60"), _leaf("b", "100", "30"), _leaf("c", "100", "10")]
    split = spread(leaves, EditKind.ABSOLUTE, Decimal(400))
    assert _after(split) == ["160", "130", "110"]
    assert (split.before, split.after, split.by) == (300, 400, SpreadBy.MIX)
    assert split.change_pct is not None
    assert round(split.change_pct, 4) == Decimal("33.3333")


def test_units_left_over_go_to_the_largest_remainders() -> None:
    leaves = [_leaf(key, "0", "1") for key in "abc"]
    assert _after(spread(leaves, EditKind.ABSOLUTE, Decimal(100))) == ["34", "33", "33"]


def test_zeros_never_agreed_then_held_then_evenly() -> None:
    held = spread([_leaf("a", "30", "0"), _leaf("b", "10", "0")], EditKind.DELTA, Decimal(8))
    assert (_after(held), held.by) == (["36", "12"], SpreadBy.NOW)
    new = spread([_leaf("a", "30"), _leaf("b", "10")], EditKind.DELTA, Decimal(8))
    assert (_after(new), new.by) == (["36", "12"], SpreadBy.NOW)
    empty = spread([_leaf("a", "0", "0"), _leaf("b", "0")], EditKind.DELTA, Decimal(3))
    assert (_after(empty), empty.by) == (["2", "1"], SpreadBy.EQUAL)
    some = spread([_leaf("a", "0", "0"), _leaf("b", "5", "5")], EditKind.DELTA, Decimal(3))
    assert _after(some) == ["0", "8"]


def test_locked_leaves_keep_what_they_hold() -> None:
    leaves = [_leaf("a", "50", "50", locked=True), _leaf("b", "50", "50")]
    assert _after(spread(leaves, EditKind.ABSOLUTE, Decimal(120))) == ["50", "70"]
    with pytest.raises(Invalid) as caught:
        spread(leaves, EditKind.ABSOLUTE, Decimal(40))
    assert (caught.value.code, caught.value.data["held"]) == ("locked_above", "50")
    with pytest.raises(Invalid) as caught:
        spread(leaves[:1], EditKind.DELTA, Decimal(1))
    assert caught.value.code == "all_locked"


def test_nothing_falls_below_zero_and_the_others_give_the_rest() -> None:
    leaves = [_leaf("a", "2", "90"), _leaf("b", "50", "10"), _leaf("c", "8", "0")]
    assert _after(spread(leaves, EditKind.ABSOLUTE, Decimal(10))) == ["0", "2", "8"]
    assert _after(spread(leaves, EditKind.ABSOLUTE, Decimal(5))) == ["0", "0", "5"]
    assert _after(spread(leaves, EditKind.ABSOLUTE, Decimal(0))) == ["0", "0", "0"]


def test_percent_works_on_each_period_by_itself() -> None:
    leaves = [_leaf("a", "100", "1"), _leaf("a", "300", "1000", period=FEB)]
    assert _after(spread(leaves, EditKind.PERCENT, Decimal(10))) == ["110", "330"]
    assert _after(spread(leaves, EditKind.DELTA, Decimal(-2))) == ["100", "298"]


@pytest.mark.parametrize(
    ("kind", "amount", "code"),
    [
        (EditKind.ABSOLUTE, "-1", "below_zero"),
        (EditKind.PERCENT, "-100.5", "below_zero"),
        (EditKind.ABSOLUTE, "10.5", "too_fine"),
        (EditKind.ABSOLUTE, "1e30", "too_large"),
    ],
)
def test_what_is_refused(kind: EditKind, amount: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        spread([_leaf("a", "100", "1")], kind, Decimal(amount))
    assert caught.value.code == code


def test_no_leaves() -> None:
    with pytest.raises(Invalid) as caught:
        spread([], EditKind.DELTA, Decimal(1))
    assert caught.value.code == "nothing_to_edit"


_LEAVES = st.lists(
    st.builds(
        Leaf,
        st.integers(0, 10**6),
        st.sampled_from([JAN, FEB]),
        st.integers(0, 10**7).map(lambda n: Decimal(n).scaleb(-2))
        | st.integers(0, 99).map(Decimal),
        st.none() | st.integers(0, 10**6).map(Decimal),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(_LEAVES, st.sampled_from(EditKind), st.integers(-200, 10**6))
def test_shares_add_up_exactly_and_locked_ones_stay(
    leaves: list[Leaf], kind: EditKind, amount: int
) -> None:
    try:
        split = spread(leaves, kind, Decimal(amount))
    except Invalid as error:
        refused = error.code
    else:
        refused = ""
    if refused:
        assert refused in {"below_zero", "all_locked", "locked_above"}
        return
    assert sum(one.after for one in split.shares) == split.after
    assert sum(one.leaf.now for one in split.shares) == split.before
    assert [one.leaf for one in split.shares] == leaves
    assert all(one.after == one.leaf.now for one in split.shares if one.leaf.locked)
    assert all(one.after >= 0 for one in split.shares)
    if kind is EditKind.ABSOLUTE:
        assert split.after == amount
    if split.change > 0:
        assert all(one.change >= 0 for one in split.shares)
