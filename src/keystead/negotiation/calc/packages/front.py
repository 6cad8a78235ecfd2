"""The exact Pareto front: issue after issue is merged, what is beaten is dropped at once.

A package that is beaten on some issues stays beaten whatever the others add, so nothing on the
front is ever lost. 6^40 packages take milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from keystead.negotiation.calc.packages.values import Table
from keystead.negotiation.types.cases import Front, Package

MOST_POINTS = 50_000  # kept while merging; beyond it the front is thinned, and says so
THINNED = 10_000

Whole: TypeAlias = NDArray[np.int64]


def front(ours: Table, theirs: Table, most: int = MOST_POINTS) -> Front:
    """Return the front of additive values: for each issue what each option adds to both sides.

    Two packages with the same values to both count as one: the first by the order of options.
    Should more than ``most`` points remain while merging, they are thinned evenly over our value;
    ``step`` then says how coarsely, and is 0 otherwise.

    >>> found = front(((3, 0), (2, 0)), ((0, 3), (0, 1)))
    >>> [(one.ours, one.theirs) for one in found.packages]
    [(5, 0), (3, 1), (2, 3), (0, 4)]
    """
    us, them = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    trail: list[tuple[Whole, Whole]] = []
    coarse = 0
    for our_row, their_row in zip(ours, theirs, strict=True):
        count = len(our_row)
        more_us = (us[:, None] + np.array(our_row, dtype=np.int64)).ravel()
        more_them = (them[:, None] + np.array(their_row, dtype=np.int64)).ravel()
        kept = _unbeaten(more_us, more_them)
        if len(kept) > most:
            kept, step = _thinned(kept, more_us, more_them)
            coarse += step
        us, them = more_us[kept], more_them[kept]
        trail.append((kept // count, kept % count))
    choices = _choices(trail, len(us))
    packages = tuple(
        Package(tuple(choice), one, other)
        for choice, one, other in zip(choices.tolist(), us.tolist(), them.tolist(), strict=True)
    )
    return Front(packages, coarse)


def _unbeaten(us: Whole, them: Whole) -> Whole:
    """Return the places of the points that none beats, best for us first."""
    order: Whole = np.lexsort((-them, -us))
    best = np.maximum.accumulate(them[order])
    keep = np.ones(len(order), dtype=bool)
    keep[1:] = them[order][1:] > best[:-1]
    return order[keep]


def _thinned(kept: Whole, us: Whole, them: Whole) -> tuple[Whole, int]:
    """Return the best of each of ``THINNED`` equal steps of our value, and the step."""
    highest, lowest = int(us[kept[0]]), int(us[kept[-1]])
    step = max(1, (highest - lowest) // THINNED + 1)
    place = (highest - us[kept]) // step
    # Sorted by our value downward, the last of a step is the best for them; both ends stay.
    last = np.ones(len(kept), dtype=bool)
    last[:-1] = place[1:] != place[:-1]
    last[0] = True
    return kept[last], step


def _choices(trail: Sequence[tuple[Whole, Whole]], count: int) -> Whole:
    """Return the option of each issue for every point, walking the merges backwards."""
    found: Whole = np.zeros((count, len(trail)), dtype=np.int64)
    at: Whole = np.arange(count)
    for place in range(len(trail) - 1, -1, -1):
        parents, options = trail[place]
        found[:, place] = options[at]
        at = parents[at]
    return found
