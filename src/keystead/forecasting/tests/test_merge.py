"""Workbooks that come back: three-way merge by cell, nothing lost, nothing taken silently."""

from __future__ import annotations

import doctest
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keystead.forecasting.calc import merge as module
from keystead.forecasting.calc.merge import merge, settled
from keystead.forecasting.types.workbook import CellChange, CellConflict
from keystead.kernel.errors import Invalid


def _cells(**values: int) -> dict[str, Decimal]:
    return {key: Decimal(value) for key, value in values.items()}


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(module).failed == 0


def test_each_cell_is_in_exactly_one_place() -> None:
    base = _cells(a=1, b=1, c=1, d=1, e=1, f=1, g=1)
    theirs = _cells(a=1, b=2, c=1, d=2, e=2, f=2, g=2)
    ours = _cells(a=1, b=1, c=3, d=2, e=3, f=1)
    found = merge(base, theirs, ours, closed={"f"})
    assert found.untouched == ("a",)
    assert found.changes == (CellChange("b", Decimal(1), Decimal(2)),)
    assert found.kept == ("c",)
    assert found.same == ("d",)
    assert found.conflicts == (
        CellConflict("e", Decimal(1), Decimal(2), Decimal(3)),
        CellConflict("g", Decimal(1), Decimal(2), None),
    )
    assert found.closed == (CellConflict("f", Decimal(1), Decimal(2), Decimal(1)),)
    assert not found.clean


def test_conflicts_need_a_choice_each() -> None:
    found = merge(_cells(a=1, b=1, g=1), _cells(a=2, b=2, g=2), _cells(a=3, b=3))
    with pytest.raises(Invalid) as caught:
        settled(found, {"a": Decimal(2)})
    assert (caught.value.code, caught.value.data["count"]) == ("conflicts_open", 2)
    written = settled(found, {"a": Decimal(2), "b": Decimal(3), "g": None})
    assert written == (CellChange("a", Decimal(3), Decimal(2)),)
    with pytest.raises(Invalid) as caught:
        settled(found, {"a": None, "b": None, "g": Decimal(2)})
    assert caught.value.code == "cell_gone"


def test_a_cell_of_another_export_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        merge(_cells(a=1), _cells(a=1, z=1), _cells(a=1))
    assert caught.value.code == "unknown_cells"


_BASE = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 9).map(Decimal), min_size=1)


@settings(max_examples=60, deadline=None)
@given(_BASE, st.data())
def test_two_workbooks_both_come_home(base: dict[str, Decimal], data: st.DataObject) -> None:
    """Whatever two people changed, every edit is written or is a conflict with both values."""
    book = st.fixed_dictionaries({key: st.integers(0, 9).map(Decimal) for key in base})
    first, second = data.draw(book), data.draw(book)
    now = dict(base)
    for workbook in (first, second):
        found = merge(base, workbook, now)
        told = [one.key for one in (*found.changes, *found.conflicts)]
        told += [*found.same, *found.kept, *found.untouched]
        assert sorted(told) == sorted(base)
        for change in found.changes:
            now[change.key] = change.becomes
    for key, was in base.items():
        edits = {book[key] for book in (first, second) if book[key] != was}
        if len(edits) == 1:
            assert now[key] in edits
        elif edits:
            assert now[key] == first[key]
            assert [one.ours for one in merge(base, second, now).conflicts if one.key == key] == [
                first[key]
            ]
        else:
            assert now[key] == was
