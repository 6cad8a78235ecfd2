"""From last cycle's number to this one's: steps that add up exactly."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

import numpy as np
import numpy.typing as npt

from keystead.forecasting.types.grid import Cause, Side, Steps

ZERO: Final = Decimal(0)
PLACES: Final = 4
SCALE: Final = 10**PLACES
Units = npt.NDArray[np.int64]
EFFECTS: Final = (Cause.PROMOTION, Cause.PRICE, Cause.CALENDAR)


def steps_between(before: Side, after: Side, *, refit: Decimal | None = None) -> Steps:
    """Return why the number moved: data, promotion, price, calendar, model, override.

    Override is the change of what people added to the engine's number; promotion, price and
    calendar the change of these effects inside it. The rest moved the engine's base: with
    ``refit`` (what last cycle's recipe says of today's data, effects included) it divides into
    data (last base to refit base) and model (refit base to today's); without it, all of it is
    data while the recipe stayed, and model when the recipe changed. Effects of the refit are
    those of this cycle. The steps add up to the change exactly, whatever the parts say.

    >>> was = Side(Decimal(100), Decimal(90), {Cause.PROMOTION: Decimal(10)}, "fast")
    >>> now = Side(Decimal(120), Decimal(105), {Cause.PROMOTION: Decimal(20)}, "fast")
    >>> [(cause.value, int(change)) for cause, change in steps_between(was, now).steps if change]
    [('data', 5), ('promotion', 10), ('override', 5)]
    """
    effects = {
        cause: after.parts.get(cause, ZERO) - before.parts.get(cause, ZERO) for cause in EFFECTS
    }
    base = after.statistical - before.statistical - sum(effects.values(), ZERO)
    if refit is not None:
        model = after.statistical - refit
    else:
        model = base if before.recipe != after.recipe else ZERO
    override = (after.agreed - after.statistical) - (before.agreed - before.statistical)
    parts = {Cause.DATA: base - model, **effects, Cause.MODEL: model, Cause.OVERRIDE: override}
    return Steps(before.agreed, after.agreed, tuple((cause, parts[cause]) for cause in Cause))


def refit_by_level(before: Side, after: Side, moved: Decimal) -> Decimal | None:
    """Return what last cycle's way would say of today's data, where the way of forecasting changed.

    Last cycle's number, moved by what was sold lately against what had been sold lately then
    (``moved``), with this cycle's effects; never below zero. None where the recipe stayed: all of
    the move is data then. A series that was not there before is data too.

    >>> was = Side(Decimal(9), Decimal(9), {}, "fast")
    >>> now = Side(Decimal(15), Decimal(15), {}, "intermittent")
    >>> refit_by_level(was, now, Decimal(2))
    Decimal('11')
    """
    if not before.recipe:
        return after.statistical
    if before.recipe == after.recipe:
        return None
    effects = sum(
        (after.parts.get(cause, ZERO) - before.parts.get(cause, ZERO) for cause in EFFECTS), ZERO
    )
    return max(before.statistical + effects + moved, ZERO)


@dataclasses.dataclass(frozen=True, eq=False)
class Sides:
    """One cycle's numbers over many cells, series x months, in ten-thousandths of a unit.

    ``parts`` as in ``Side``; ``recipes`` by series, empty for one that was not there.
    """

    agreed: Units
    statistical: Units
    parts: Mapping[Cause, Units]
    recipes: Sequence[str]


def in_units(values: npt.NDArray[np.float64]) -> Units:
    """Return quantities as whole ten-thousandths: what they are stored with, and add up exactly.

    >>> in_units(np.array([0.1, 2.00005])).tolist()
    [1000, 20000]
    """
    return np.asarray(np.rint(values * SCALE), dtype=np.int64)


def steps_over(before: Sides, after: Sides, moved: Units) -> Steps:
    """Return the sum of ``steps_between`` over all cells, with ``refit_by_level`` of each series.

    ``moved``: by series, what is sold a month more lately. For thousands of series: whole numbers
    are added instead of decimals, so the steps add up as exactly.
    """
    nothing = np.zeros_like(after.agreed)
    effects = {
        cause: after.parts.get(cause, nothing) - before.parts.get(cause, nothing)
        for cause in EFFECTS
    }
    inside = sum(effects.values(), nothing)
    base = after.statistical - before.statistical - inside
    there = np.array([bool(one) for one in before.recipes], dtype=np.bool_)
    changed = np.array(
        [a != b for a, b in zip(after.recipes, before.recipes, strict=True)],
        dtype=np.bool_,
    )
    refit = np.maximum(before.statistical + inside + moved[:, None], 0)
    model = np.where((there & changed)[:, None], after.statistical - refit, 0)
    override = (after.agreed - after.statistical) - (before.agreed - before.statistical)
    parts = {Cause.DATA: base - model, **effects, Cause.MODEL: model, Cause.OVERRIDE: override}
    return Steps(
        _whole(before.agreed), _whole(after.agreed),
        tuple((cause, _whole(parts[cause])) for cause in Cause),
    )  # fmt: skip


def _whole(units: Units) -> Decimal:
    return Decimal(sum(units.sum(axis=1).tolist())).scaleb(-PLACES)


def added(several: Iterable[Steps]) -> Steps:
    """Return the sum of the steps of several cells: of a brand, an account, a year.

    >>> added([]).end
    Decimal('0')
    """
    start = end = ZERO
    sums = dict.fromkeys(Cause, ZERO)
    for one in several:
        start += one.start
        end += one.end
        for cause, change in one.steps:
            sums[cause] += change
    return Steps(start, end, tuple(sums.items()))
