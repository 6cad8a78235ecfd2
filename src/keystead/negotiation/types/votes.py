"""A vote in a consortium: who has how much, the rule, and who can stop it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

HEADS = "members"  # one member one vote


class Vote(StrEnum):
    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"
    ABSENT = "absent"


class Basis(StrEnum):
    """Of what the yes votes are counted: yes and no, all present, or all members."""

    CAST = "cast"
    PRESENT = "present"
    ALL = "all"


@dataclasses.dataclass(frozen=True)
class Voter:
    code: str
    vote: Vote = Vote.YES
    measures: Mapping[str, Decimal] = dataclasses.field(default_factory=dict)
    veto: bool = False


@dataclasses.dataclass(frozen=True)
class VotingRule:
    """Weights by heads or a measure; the share that yes needs; the share that must be present.

    ``strict``: more than the share is needed, as with a simple majority.
    """

    weight: str = HEADS
    threshold: Fraction = Fraction(1, 2)
    strict: bool = True
    basis: Basis = Basis.CAST
    quorum: Fraction = Fraction(0)
    quorum_weight: str = HEADS


@dataclasses.dataclass(frozen=True)
class Tally:
    """What came out; ``short`` is the weight of yes that is missing, 0 when it passes."""

    passes: bool
    quorate: bool
    yes: Decimal
    no: Decimal
    abstained: Decimal
    present_pct: Decimal
    yes_pct: Decimal | None
    short: Decimal
    vetoed_by: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Blocking:
    """Smallest groups that stop a motion all others want; ``more``: not all are listed."""

    by_no: tuple[tuple[str, ...], ...]
    by_absence: tuple[tuple[str, ...], ...]
    more: bool


@dataclasses.dataclass(frozen=True)
class Power:
    """Each member's power in percent; ``orders``: over how many it was sampled, 0 where exact."""

    shares: Mapping[str, Decimal]
    exact: bool
    orders: int
