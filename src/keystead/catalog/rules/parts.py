"""Collections and kits: a product may not contain itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


def makes_a_loop(whole: int, part: int, links: Iterable[tuple[int, int]]) -> bool:
    """Say whether putting ``part`` into ``whole`` would let a product contain itself.

    ``links`` are (whole, part) pairs of any date: dates are not looked at, on purpose.

    >>> makes_a_loop(3, 1, [(1, 2), (2, 3)])
    True
    >>> makes_a_loop(1, 3, [(1, 2), (2, 3)])
    False
    """
    inside: dict[int, list[int]] = defaultdict(list)
    for outer, inner in links:
        inside[outer].append(inner)
    waiting, seen = [part], set()
    while waiting:
        here = waiting.pop()
        if here == whole:
            return True
        if here not in seen:
            seen.add(here)
            waiting.extend(inside[here])
    return False
