"""Two senders that tell of the same months of a series: the same sales twice, or two parts?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Final

SURE: Final = 2


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two senders with rows of the same months; ``left_out``: those of the second are repeats."""

    first: str
    second: str
    months: tuple[date, ...]
    left_out: bool


def overlaps(
    sent: Mapping[str, Mapping[date, Decimal]], order: Sequence[str]
) -> tuple[Overlap, ...]:
    """Return where two senders of one series tell of the same months.

    ``sent``: net units by sender and month; ``order``: the senders, the one that counts first.
    At least two months with the very same quantities, and none that differs, are the same sales
    told twice; anything else may be two parts of one demand, and both count. A sender that is left
    out is compared with no other. Months without net units say nothing.

    >>> a, b = date(2026, 1, 1), date(2026, 2, 1)
    >>> twice = {"erp": {a: Decimal(5), b: Decimal(7)}, "wms": {a: Decimal(5), b: Decimal(7)}}
    >>> [(one.second, one.left_out) for one in overlaps(twice, ["erp", "wms"])]
    [('wms', True)]
    """
    found: list[Overlap] = []
    gone: set[str] = set()
    for first, second in combinations([one for one in order if one in sent], 2):
        if first in gone or second in gone:
            continue
        mine, other = sent[first], sent[second]
        shared = tuple(sorted(m for m in mine.keys() & other.keys() if mine[m] and other[m]))
        if not shared:
            continue
        same = len(shared) >= SURE and all(mine[month] == other[month] for month in shared)
        found.append(Overlap(first, second, shared, same))
        if same:
            gone.add(second)
    return tuple(found)
