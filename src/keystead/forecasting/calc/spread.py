"""An edit at any level becomes edits of the leaves, whose sum is what was typed, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from itertools import groupby
from typing import Final

from keystead.forecasting.calc.accuracy import WORKING
from keystead.forecasting.types.grid import EditKind, Leaf, Share, Split, SpreadBy
from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact, largest_remainder, round_half_up

ZERO: Final = Decimal(0)
MOST_PLACES: Final = 4  # what is stored
MOST_UNITS: Final = Decimal(10**12)  # of a month: above it nobody means it


def spread(leaves: Sequence[Leaf], kind: EditKind, amount: Decimal, *, places: int = 0) -> Split:
    """Return the edit spread over the leaves; their sum is the total asked for, exactly.

    The *change* of the total goes to the leaves that are not locked in proportion to ``mix``
    (the last agreed forecast), so earlier edits of single leaves keep their effect. Where
    nothing was agreed it goes by what the leaves hold, and where they hold nothing, evenly. No
    leaf falls below zero: what it cannot give is taken from the others. Percent works on each
    period by itself. Whole units (``places`` 0) stay whole where the leaves are; the units left
    over go to the largest remainders.

    Raises Invalid: no leaves (``nothing_to_edit``), a total below zero (``below_zero``), one
    of a thousand billion or more (``too_large``), more
    decimals than are kept (``too_fine``), all leaves locked (``all_locked``) or locked leaves
    above the total (``locked_above``).

    >>> from datetime import date
    >>> two = [Leaf(k, date(2026, 1, 1), Decimal(n), Decimal(n)) for k, n in (("a", 30), ("b", 10))]
    >>> [int(one.after) for one in spread(two, EditKind.ABSOLUTE, Decimal(50)).shares]
    [38, 12]
    """
    if not leaves:
        raise Invalid("There is nothing here to edit.", code="nothing_to_edit")
    amount = exact(amount)
    if kind is not EditKind.PERCENT:
        return _spread(leaves, kind, amount, places)
    order = {id(leaf): at for at, leaf in enumerate(leaves)}
    months = groupby(sorted(leaves, key=lambda leaf: leaf.period), key=lambda leaf: leaf.period)
    splits = [_spread(list(group), kind, amount, places) for _period, group in months]
    shares = sorted(
        (share for split in splits for share in split.shares),
        key=lambda share: order[id(share.leaf)],
    )
    worst = max((split.by for split in splits if split.change), key=list(SpreadBy).index,
                default=SpreadBy.MIX)  # fmt: skip
    return Split(
        kind, amount, sum((one.before for one in splits), ZERO),
        sum((one.after for one in splits), ZERO), worst, tuple(shares),
    )  # fmt: skip


def total_wanted(kind: EditKind, now: Decimal, amount: Decimal, places: int) -> Decimal:
    """Return the total an edit asks for, at ``places`` decimals.

    >>> total_wanted(EditKind.PERCENT, Decimal(150), Decimal(5), 0)
    Decimal('158')
    """
    with localcontext(WORKING):
        wanted = {
            EditKind.ABSOLUTE: amount,
            EditKind.DELTA: now + amount,
            EditKind.PERCENT: now + now * amount / 100,
        }[kind]
        return round_half_up(wanted, places)


def _spread(leaves: Sequence[Leaf], kind: EditKind, amount: Decimal, places: int) -> Split:
    fine = max(places, *(_decimals(leaf.now) for leaf in leaves))
    if fine > MOST_PLACES or (kind is not EditKind.PERCENT and _decimals(amount) > fine):
        raise Invalid(
            "This number has more decimals than quantities are kept with.",
            code="too_fine", hint="Round it to whole units.", places=fine,
        )  # fmt: skip
    before = sum((leaf.now for leaf in leaves), ZERO)
    after = total_wanted(kind, before, amount, fine)
    if after < 0:
        raise Invalid("A forecast cannot be below zero.", code="below_zero", total=str(after))
    if after >= MOST_UNITS and after > before:
        raise Invalid(
            "This number is too large to be real.", code="too_large", total=str(after),
            hint="A quantity of a month stays below a thousand billion.",
        )  # fmt: skip
    if after == before:
        return Split(kind, amount, before, after, SpreadBy.MIX,
                     tuple(Share(leaf, leaf.now) for leaf in leaves))  # fmt: skip
    free = [at for at, leaf in enumerate(leaves) if not leaf.locked]
    if not free:
        raise Invalid("All of these cells are locked.", code="all_locked")
    held = sum((leaf.now for leaf in leaves if leaf.locked), ZERO)
    least = held + sum((min(leaves[at].now, ZERO) for at in free), ZERO)
    if after < least:
        raise Invalid(
            "Locked cells below hold more than this total.",
            code="locked_above", hint="Type a total above them.", held=str(held),
        )  # fmt: skip
    weights, by = _weights([leaves[at] for at in free])
    units = int((after - before).scaleb(fine))
    steps = _up(units, weights) if units > 0 else _down(units, weights, [
        max(int(leaves[at].now.scaleb(fine)), 0) for at in free
    ])  # fmt: skip
    moved = dict(zip(free, steps, strict=True))
    shares = tuple(
        Share(leaf, leaf.now + Decimal(moved.get(at, 0)).scaleb(-fine))
        for at, leaf in enumerate(leaves)
    )
    return Split(kind, amount, before, after, by, shares)


def _decimals(value: Decimal) -> int:
    exponent = value.normalize(WORKING).as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _weights(leaves: Sequence[Leaf]) -> tuple[list[Decimal], SpreadBy]:
    agreed = [leaf.now if leaf.mix is None else leaf.mix for leaf in leaves]
    agreed = [max(weight, ZERO) for weight in agreed]
    if any(agreed):
        known = any(leaf.mix for leaf in leaves)
        return agreed, SpreadBy.MIX if known else SpreadBy.NOW
    held = [max(leaf.now, ZERO) for leaf in leaves]
    if any(held):
        return held, SpreadBy.NOW
    return [Decimal(1)] * len(leaves), SpreadBy.EQUAL


def _up(units: int, weights: Sequence[Decimal]) -> list[int]:
    return list(largest_remainder(units, weights))


def _down(units: int, weights: Sequence[Decimal], room: Sequence[int]) -> list[int]:
    """Take units away, from no leaf more than it holds; what is left asks the others."""
    taken = [0] * len(weights)
    left = -units
    while left:
        open_ = [at for at in range(len(weights)) if taken[at] < room[at]]
        by: list[Decimal | int] = [weights[at] for at in open_]
        if not any(by):
            by = [room[at] - taken[at] for at in open_]
        for at, asked in zip(open_, largest_remainder(left, by), strict=True):
            given = min(asked, room[at] - taken[at])
            taken[at] += given
            left -= given
    return [-one for one in taken]
