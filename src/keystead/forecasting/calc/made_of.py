"""What a number of any node is made of: the parts of its series, adding up exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

ORDER: Final = ("level", "trend", "season", "promotion", "price", "calendar")
REST: Final = "adjusted"  # what coherence and rounding moved, and the series without parts


def made_of(
    parts: Iterable[Mapping[str, Sequence[float]]], total: Sequence[Decimal]
) -> dict[str, tuple[Decimal, ...]]:
    """Return each part by month over all series; with the rest they add up to ``total`` exactly.

    ``parts``: one mapping per series, of lines as long as ``total``; a line of another length is
    left to the rest. Parts that are nothing in every month are left out.

    >>> found = made_of([{"level": [2.0, 2.0]}, {"level": [1.0, 1.0], "season": [0.0, 0.5]}],
    ...                 [Decimal(3), Decimal(4)])
    >>> {name: [float(one) for one in line] for name, line in found.items()}
    {'level': [3.0, 3.0], 'season': [0.0, 0.5], 'adjusted': [0.0, 0.5]}
    """
    months = len(total)
    sums: dict[str, list[float]] = {}
    for held in parts:
        for name, line in held.items():
            if name == REST or len(line) != months:
                continue
            whole = sums.setdefault(name, [0.0] * months)
            for at, value in enumerate(line):
                whole[at] += value
    found = {
        name: tuple(Decimal(f"{value:.4f}") for value in sums[name])
        for name in sorted(sums, key=lambda name: (_rank(name), name))
    }
    left = tuple(
        total[at] - sum((line[at] for line in found.values()), Decimal(0)) for at in range(months)
    )
    found = {name: line for name, line in found.items() if any(line)}
    return {**found, REST: left} if any(left) else found


def _rank(name: str) -> int:
    return ORDER.index(name) if name in ORDER else len(ORDER)
