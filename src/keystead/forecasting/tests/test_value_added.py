"""Who added value: stairs by hand, too few cycles, records, corrections."""

from __future__ import annotations

import doctest
from datetime import date
from decimal import Decimal

import pytest

from keystead.forecasting.calc import value_added as module
from keystead.forecasting.calc.value_added import ranked, stair_case, track_record, track_records
from keystead.forecasting.types.value_added import Judgement, Outcome, Share


def _outcome(cycle: int, actual: int, **layers: int) -> Outcome:
    return Outcome(
        cycle, "a", date(2026, cycle % 12 + 1, 1), Decimal(actual),
        {name: Decimal(value) for name, value in layers.items()}, Decimal(2),
    )  # fmt: skip


def _judged(cycle: int, before: int, after: int, actual: int, author: str = "lin") -> Judgement:
    month = date(2026, cycle % 12 + 1, 1)
    return Judgement((cycle, before, after), author, cycle, "a", month, Decimal(before),
                     Decimal(after), Decimal(actual), Decimal(2), "event")  # fmt: skip


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(module).failed == 0


def test_the_stairs_by_hand() -> None:
    cells = [
        _outcome(1, 100, naive=80, statistical=90, account_manager=100, agreed=110),
        _outcome(1, 100, naive=100, statistical=110),
    ]
    case = stair_case(cells)
    told = {one.layer: (one.wape, one.bias, one.change, int(one.value), one.touched)
            for one in case.stairs}  # fmt: skip
    assert told["naive"] == (10.0, -10.0, None, 0, 2)
    assert told["statistical"] == (10.0, 0.0, 0.0, 0, 2)
    assert told["account_manager"] == (5.0, 5.0, -5.0, 20, 1)
    assert told["marketing"] == (5.0, 5.0, 0.0, 0, 0)
    assert told["agreed"] == (10.0, 10.0, 5.0, -20, 1)
    assert (case.cycles, case.cells, case.enough) == (1, 2, False)
    assert all(one.interval is None for one in case.stairs)


def test_five_cycles_are_not_enough_and_six_are() -> None:
    cells = [_outcome(n, 100, naive=80, statistical=90, agreed=99 - n) for n in range(6)]
    assert all(one.interval is None for one in stair_case(cells[:5]).stairs)
    case = stair_case(cells)
    assert case.enough
    agreed = case.stairs[-1].interval
    assert agreed is not None
    assert agreed.sure
    assert -9 <= agreed.low < agreed.high <= -4
    assert stair_case(cells) == case  # seeded
    statistical = case.stairs[1].interval
    assert statistical is not None
    assert statistical.low == pytest.approx(-10)
    assert statistical.high == pytest.approx(-10)


def test_what_helps_half_the_time_is_not_sure() -> None:
    cells = [
        _outcome(n, 100, naive=80, statistical=90, agreed=100 if n % 2 else 80) for n in range(8)
    ]
    interval = stair_case(cells).stairs[-1].interval
    assert interval is not None
    assert interval.low < 0 < interval.high
    assert not interval.sure


def test_nothing_is_not_zero() -> None:
    assert stair_case([]).stairs[0].wape is None
    zeros = [_outcome(n, 0, naive=1, statistical=1) for n in range(6)]
    assert stair_case(zeros).stairs[1].interval is None
    assert stair_case([_outcome(1, 5, statistical=1)]).cells == 0


def test_a_record_counts_what_helped() -> None:
    judged = [
        _judged(1, 100, 120, 130),  # up, helped by 20
        _judged(2, 100, 102, 90),  # up, small, hurt by 2
        _judged(3, 100, 80, 90),  # down, neither
        _judged(4, 100, 60, 50),  # down, helped by 40
        _judged(5, 100, 100, 50),  # changed nothing
    ]
    record = track_record("lin", judged)
    assert (record.overrides, record.helped) == (4, 2)
    assert (record.upward, record.downward, record.small) == (Share(1, 2), Share(1, 2), Share(0, 1))
    assert record.value == 2 * (20 - 2 + 0 + 40)
    assert record.wape_before == pytest.approx((30 + 10 + 10 + 50) * 100 / 360)
    assert record.wape_after == pytest.approx((10 + 12 + 10 + 10) * 100 / 360)
    assert record.interval is None
    assert record.debias is None
    assert [int(one.gain) for one in ranked(judged)] == [40, 20, 0, 0, -2]


def test_people_apart() -> None:
    records = track_records([_judged(1, 1, 2, 3), _judged(1, 1, 2, 0, author="anna")])
    assert [(one.author, one.helped) for one in records] == [("anna", 0), ("lin", 1)]


def test_a_steady_bias_is_worth_correcting_and_chance_is_not() -> None:
    high = [_judged(n, 100, 120, 100 + n % 2) for n in range(8)]
    found = track_record("lin", high).debias
    assert found is not None
    assert found.factor == pytest.approx(804 / 960)
    assert found.wape_then < 2
    assert found.wape_now > 15
    chance = [_judged(n, 100, 120 if n % 2 else 80, 100) for n in range(8)]
    assert track_record("lin", chance).debias is None
    assert track_record("lin", high[:5]).debias is None
