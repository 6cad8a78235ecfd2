"""Relationship strength: an open formula, stored with its version.

``touches-1``: 100 x (0.40 recency + 0.30 frequency + 0.15 reciprocity + 0.15 breadth), with

- recency = 0.5 ^ (days since the last interaction / 90),
- frequency = min(1, sum of weights, each halved every 90 days, / 10); a meeting weighs 3, a call 2,
  a mail 1,
- reciprocity = min(1, 2 x share of interactions that they began): half is full marks,
- breadth = min(1, number of our people who took part / 3).

Only the 365 days up to the day asked for count; what lies in the future does not. Seniority enters
where people are added up: the account's figure is the mean weighted by the roles they hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from keystead.stakeholders.types import Initiator, RoleKind, Strength, Touch, TouchKind

FORMULA = "touches-1"
HALF_LIFE_DAYS = 90
WINDOW_DAYS = 365
WEIGHTS: Mapping[TouchKind, int] = {TouchKind.MEETING: 3, TouchKind.CALL: 2, TouchKind.MAIL: 1}
FULL_FREQUENCY = 10
FULL_BREADTH = 3
SENIORITY: Mapping[RoleKind, int] = {
    RoleKind.ECONOMIC_BUYER: 4,
    RoleKind.PROCESS_OWNER: 3,
    RoleKind.CHAMPION: 3,
    RoleKind.PROCUREMENT: 2,
}


def strength(touches: Iterable[Touch], on: date) -> Strength:
    """Return the strength of a relationship on a day, 0 without any interaction in the window.

    >>> from datetime import timedelta
    >>> day = date(2026, 6, 30)
    >>> met = Touch(day, TouchKind.MEETING, Initiator.THEM, frozenset({1}))
    >>> strength([met], day).score        # 0.40 + 0.30 x 3/10 + 0.15 + 0.15 / 3
    69
    >>> strength([met], day + timedelta(days=90)).score   # recency and frequency halved
    44
    """
    counted = [one for one in touches if 0 <= (on - one.on).days < WINDOW_DAYS]
    if not counted:
        return Strength(0, 0.0, 0.0, 0.0, 0.0, 0, None, FORMULA)
    last = max(one.on for one in counted)
    recency = _left(last, on)
    frequency = min(1.0, sum(WEIGHTS[one.kind] * _left(one.on, on) for one in counted)
                    / FULL_FREQUENCY)  # fmt: skip
    theirs = sum(one.initiator is Initiator.THEM for one in counted)
    reciprocity = min(1.0, 2 * theirs / len(counted))
    ours = frozenset[int]().union(*(one.colleagues for one in counted))
    breadth = min(1.0, len(ours) / FULL_BREADTH)
    score = 40 * recency + 30 * frequency + 15 * reciprocity + 15 * breadth
    return Strength(
        round(score), recency, frequency, reciprocity, breadth, len(counted), last, FORMULA
    )


def together(scores: Iterable[tuple[int, Iterable[RoleKind]]]) -> int | None:
    """Return the strength of an account: the mean of its people by the weight of their roles.

    A person counts with the heaviest role they hold, without a role once. None without people.

    >>> together([(80, [RoleKind.ECONOMIC_BUYER]), (20, [])])
    68
    >>> together([]) is None
    True
    """
    weighted = [
        (score, max((SENIORITY.get(role, 1) for role in roles), default=1))
        for score, roles in scores
    ]
    if not weighted:
        return None
    return round(sum(s * w for s, w in weighted) / sum(w for _, w in weighted))


def _left(then: date, on: date) -> float:
    return float(0.5 ** ((on - then).days / HALF_LIFE_DAYS))
