"""Who added value: stairs from naive to agreed, people's records, a correction worth trying."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from keystead.forecasting.types.value_added import (
    ENOUGH_CYCLES,
    STAIRS,
    Debias,
    Interval,
    Judgement,
    Outcome,
    Share,
    Stair,
    StairCase,
    TrackRecord,
)

Floats: TypeAlias = npt.NDArray[np.float64]
ZERO: Final = Decimal(0)
DRAWS: Final = 2000
SMALL_PCT: Final = 5  # changes below this are small: they often hurt (Fildes et al. 2009)
OWN_BIAS: Final = "own_bias"  # the reason of a correction, not of something typed
WORTH_PCT: Final = 2.0  # a correction must take away at least this share of the error


def stair_case(
    outcomes: Sequence[Outcome], *, layers: Sequence[str] = STAIRS, seed: int = 0
) -> StairCase:
    """Return the error of each layer and what it changed against the one before.

    Cells without a naive and a statistical number are left out, so all stairs stand on one set.
    WAPE and bias are in percent of the actuals. The interval is a bootstrap over whole cycles
    (the cells of one cycle err together); under six cycles there is none.

    >>> from datetime import date
    >>> one = Outcome("c", "a", date(2026, 1, 1), Decimal(100),
    ...     {"naive": Decimal(80), "statistical": Decimal(90), "agreed": Decimal(95)})
    >>> [(s.layer, s.wape, s.change) for s in stair_case([one]).stairs if s.touched]
    [('naive', 20.0, None), ('statistical', 10.0, -10.0), ('agreed', 5.0, -5.0)]
    """
    used = [one for one in outcomes if {"naive", "statistical"} <= one.layers.keys()]
    said = [_filled(one, layers) for one in used]
    cycles = sorted({one.cycle for one in used}, key=str)
    at = {cycle: place for place, cycle in enumerate(cycles)}
    place = np.array([at[one.cycle] for one in used], dtype=np.intp)
    actual = np.array([float(one.actual) for one in used])
    sizes = _by_cycle(np.abs(actual), place, len(cycles))
    wrong = [
        _by_cycle(np.abs(actual - np.array([float(row[step]) for row in said])), place, len(cycles))
        for step in range(len(layers))
    ]
    drawn = _draws(len(cycles), seed) if len(cycles) >= ENOUGH_CYCLES else None
    stairs = []
    for step, layer in enumerate(layers):
        before = wrong[step - 1] if step else None
        stairs.append(
            Stair(
                layer, _ratio(wrong[step].sum(), sizes.sum()), _bias(used, said, step),
                None if before is None else _ratio((wrong[step] - before).sum(), sizes.sum()),
                None if before is None else _interval(wrong[step] - before, sizes, drawn),
                _saved(used, said, step), _touched(used, said, layer, step), len(used),
            )
        )  # fmt: skip
    return StairCase(tuple(stairs), len(cycles), len(used))


def track_records(judgements: Iterable[Judgement], *, seed: int = 0) -> tuple[TrackRecord, ...]:
    """Return one record per author over the cells their overrides changed, by author.

    >>> track_records([])
    ()
    """
    by_author = sorted(judgements, key=lambda one: str(one.author))
    groups = groupby(by_author, key=lambda one: one.author)
    return tuple(track_record(author, list(group), seed=seed) for author, group in groups)


def track_record(author: object, judgements: Sequence[Judgement], *, seed: int = 0) -> TrackRecord:
    """Return what these overrides of one person did; ``debias`` only where it is worth trying.

    One that changed nothing does not count. Small is a change below 5 %.

    >>> track_record("me", []).overrides
    0
    """
    moved = [one for one in judgements if one.after != one.before]
    cycles = sorted({one.cycle for one in moved}, key=str)
    at = {cycle: place for place, cycle in enumerate(cycles)}
    place = np.array([at[one.cycle] for one in moved], dtype=np.intp)
    actual = _column(moved, "actual")
    sizes = _by_cycle(np.abs(actual), place, len(cycles))
    before = _by_cycle(np.abs(_column(moved, "before") - actual), place, len(cycles))
    after = _by_cycle(np.abs(_column(moved, "after") - actual), place, len(cycles))
    drawn = _draws(len(cycles), seed) if len(cycles) >= ENOUGH_CYCLES else None
    small = [one for one in moved if abs(one.after - one.before) * 100 < SMALL_PCT * one.before]
    return TrackRecord(
        author=author,
        overrides=len(moved),
        helped=sum(one.gain > 0 for one in moved),
        upward=_share([one for one in moved if one.upward]),
        downward=_share([one for one in moved if not one.upward]),
        small=_share(small),
        wape_before=_ratio(before.sum(), sizes.sum()),
        wape_after=_ratio(after.sum(), sizes.sum()),
        change=_ratio((after - before).sum(), sizes.sum()),
        interval=_interval(after - before, sizes, drawn),
        value=sum((one.value for one in moved), ZERO),
        cycles=len(cycles),
        debias=_debias(moved),
    )


def ranked(judgements: Iterable[Judgement]) -> list[Judgement]:
    """Return the overrides from the greatest gain to the greatest loss, in value, then units.

    >>> ranked([])
    []
    """
    return sorted(judgements, key=lambda one: (-one.value, -one.gain, str(one.override)))


def _filled(one: Outcome, layers: Sequence[str]) -> list[Decimal]:
    """What each layer said; who said nothing said what stood there before."""
    row: list[Decimal] = []
    for layer in layers:
        row.append(one.layers[layer] if layer in one.layers else row[-1])
    return row


def _touched(used: Sequence[Outcome], said: list[list[Decimal]], layer: str, step: int) -> int:
    if not step:
        return sum(layer in one.layers for one in used)
    return sum(row[step] != row[step - 1] for row in said)


def _bias(used: Sequence[Outcome], said: list[list[Decimal]], step: int) -> float | None:
    error = sum((row[step] - one.actual for row, one in zip(said, used, strict=True)), ZERO)
    return _ratio(float(error), float(sum((abs(one.actual) for one in used), ZERO)))


def _saved(used: Sequence[Outcome], said: list[list[Decimal]], step: int) -> Decimal:
    if not step:
        return ZERO
    return sum(
        (
            (abs(row[step - 1] - one.actual) - abs(row[step] - one.actual)) * one.unit_value
            for row, one in zip(said, used, strict=True)
        ),
        ZERO,
    )


def _ratio(part: float, whole: float) -> float | None:
    return float(part) * 100 / float(whole) if whole else None


def _share(judgements: Sequence[Judgement]) -> Share:
    return Share(sum(one.gain > 0 for one in judgements), len(judgements))


def _column(judgements: Sequence[Judgement], name: str) -> Floats:
    return np.array([float(getattr(one, name)) for one in judgements])


def _by_cycle(values: Floats, place: npt.NDArray[np.intp], cycles: int) -> Floats:
    return np.bincount(place, weights=values, minlength=cycles).astype(np.float64)


def _draws(cycles: int, seed: int) -> Floats:
    """How often each cycle is drawn: one row per draw."""
    chance = np.full(cycles, 1 / cycles)
    return np.random.default_rng(seed).multinomial(cycles, chance, size=DRAWS).astype(np.float64)


def _interval(change: Floats, sizes: Floats, drawn: Floats | None) -> Interval | None:
    if drawn is None:
        return None
    whole = drawn @ sizes
    if not whole.all():
        return None
    low, high = np.percentile((drawn @ change) * 100 / whole, [2.5, 97.5])
    return Interval(float(low), float(high))


def _debias(judgements: Sequence[Judgement]) -> Debias | None:
    """A factor on what the person says, kept only if it helps in cycles it was not made from.

    What was already taken out does not count: the factor is for what is typed.
    """
    typed = [one for one in judgements if one.reason != OWN_BIAS]
    names = sorted({one.cycle for one in typed}, key=str)
    at = {cycle: place for place, cycle in enumerate(names)}
    place, cycles = np.array([at[one.cycle] for one in typed], dtype=np.intp), len(names)
    actual, said = _column(typed, "actual"), _column(typed, "after")
    if cycles < ENOUGH_CYCLES or not np.abs(actual).sum():
        return None
    tried = np.empty_like(said)
    for cycle in range(cycles):
        rest = place != cycle
        if not said[rest].sum():
            return None
        tried[~rest] = said[~rest] * actual[rest].sum() / said[rest].sum()
    whole = np.abs(actual).sum()
    now = float(np.abs(said - actual).sum() * 100 / whole)
    then = float(np.abs(tried - actual).sum() * 100 / whole)
    if not now or (now - then) * 100 / now < WORTH_PCT:
        return None
    return Debias(float(actual.sum() / said.sum()), now, then)
