"""A fee shared over the members of a consortium: members, methods, limits, and what comes out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from keystead.kernel.money import Money

EQUAL = "equal"  # the part of a mix that is the same for everybody


@dataclasses.dataclass(frozen=True)
class Member:
    """One member: its code, its measures (FTE, budget, use, a bid ...) and last year's fee."""

    code: str
    measures: Mapping[str, Decimal] = dataclasses.field(default_factory=dict)
    previous: Decimal | None = None


@dataclasses.dataclass(frozen=True)
class Equal:
    """Everybody pays the same."""


@dataclasses.dataclass(frozen=True)
class Proportional:
    """In proportion to one measure."""

    measure: str


@dataclasses.dataclass(frozen=True)
class Mix:
    """A weighted mix: part (a measure, or ``equal``) to weight; the weights add up to 1."""

    parts: Mapping[str, Decimal]


@dataclasses.dataclass(frozen=True)
class Band:
    """From ``lower`` of the measure on, a member counts ``points`` (or pays this list price)."""

    lower: Decimal
    points: Decimal


@dataclasses.dataclass(frozen=True)
class Bands:
    """In proportion to the points of the band a measure falls into."""

    measure: str
    bands: tuple[Band, ...]


@dataclasses.dataclass(frozen=True)
class FixedPlus:
    """A fixed fee for everybody; what is left by another method."""

    fixed: Decimal
    rest: Method


@dataclasses.dataclass(frozen=True)
class SavingsShare:
    """The price alone (``alone``, a measure) less a share of what buying together saves."""

    alone: str
    by: Method = dataclasses.field(default_factory=Equal)


class BidRule(StrEnum):
    PROPORTIONAL = "proportional"
    EQUAL = "equal"


@dataclasses.dataclass(frozen=True)
class Bids:
    """Nobody pays more than the bid; in proportion to the bids, or the same as far as bids go."""

    bid: str = "bid"
    rule: BidRule = BidRule.PROPORTIONAL


@dataclasses.dataclass(frozen=True)
class ContestedGarment:
    """The rule of the Talmud (Aumann and Maschler): half of a claim before more than half."""

    claim: str = "claim"


@dataclasses.dataclass(frozen=True)
class CoalitionCosts:
    """What each group of members would pay by itself; every group is named."""

    costs: Mapping[frozenset[str], Decimal]


@dataclasses.dataclass(frozen=True)
class DiscountSteps:
    """A group pays the sum of its prices alone, less the discount of the step that sum reaches.

    ``steps``: sum from which on, discount in percent. A group just below a step never pays more
    than one that reaches it, so no fee is negative.
    """

    alone: str
    steps: tuple[tuple[Decimal, Decimal], ...]


@dataclasses.dataclass(frozen=True)
class Shapley:
    """By what each member adds to the cost, over all orders of joining; sampled above 15."""

    game: CoalitionCosts | DiscountSteps
    orders: int = 400
    seed: int = 0


@dataclasses.dataclass(frozen=True)
class Manual:
    """Each fee by hand, with the reason."""

    fees: Mapping[str, Decimal]
    reason: str


Method: TypeAlias = (
    Equal
    | Proportional
    | Mix
    | Bands
    | FixedPlus
    | SavingsShare
    | Bids
    | ContestedGarment
    | Shapley
    | Manual
)


class Repair(StrEnum):
    """Who takes what the limits leave over: all by their weight, or all by the room they have."""

    WEIGHT = "weight"
    ROOM = "room"


@dataclasses.dataclass(frozen=True)
class Limits:
    """Floor and cap for a fee, and the collar: percent up and down against last year.

    ``repair`` is by weight where there is no collar and by room where there is one.
    """

    floor: Decimal | None = None
    cap: Decimal | None = None
    up_pct: Decimal | None = None
    down_pct: Decimal | None = None
    repair: Repair | None = None


@dataclasses.dataclass(frozen=True)
class Override:
    """A fee set by hand for one member, and why."""

    fee: Decimal
    reason: str


@dataclasses.dataclass(frozen=True)
class FeeCase:
    """A total, the members that pay it, the method and what limits it."""

    total: Money
    members: tuple[Member, ...]
    method: Method
    limits: Limits = dataclasses.field(default_factory=Limits)
    overrides: Mapping[str, Override] = dataclasses.field(default_factory=dict)


class Bound(StrEnum):
    """What held a fee where it is."""

    FLOOR = "floor"
    CAP = "cap"
    COLLAR_DOWN = "collar_down"
    COLLAR_UP = "collar_up"
    CEILING = "ceiling"  # the member's own bid, claim or price alone
    MANUAL = "manual"


@dataclasses.dataclass(frozen=True)
class FeeLine:
    """What one member pays. ``wanted`` is what the method says before limits, unrounded."""

    code: str
    fee: Decimal
    share_pct: Decimal
    wanted: Decimal
    bound: Bound | None = None
    previous: Decimal | None = None
    change: Decimal | None = None
    change_pct: Decimal | None = None
    reason: str = ""


@dataclasses.dataclass(frozen=True)
class FeeNote:
    """Something to know about the split: a code, an English sentence, the numbers in it."""

    code: str
    text: str
    data: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Allocation:
    """The fees by member code; they add up to the total to its smallest unit."""

    total: Money
    lines: tuple[FeeLine, ...]
    feasible_from: Decimal
    feasible_to: Decimal | None
    notes: tuple[FeeNote, ...] = ()

    @property
    def fees(self) -> dict[str, Decimal]:
        return {line.code: line.fee for line in self.lines}


class OnOptOut(StrEnum):
    """What happens to the total when a member leaves."""

    TOTAL_STAYS = "total_stays"
    FEE_LEAVES = "fee_leaves"


@dataclasses.dataclass(frozen=True)
class Moved:
    """What one member pays before and after; ``after`` is None for one that left."""

    code: str
    before: Decimal | None
    after: Decimal | None
    change: Decimal
    change_pct: Decimal | None = None


@dataclasses.dataclass(frozen=True)
class OptOut:
    """A split before and after members left; who pays more, dearest first."""

    before: Allocation
    after: Allocation
    moved: tuple[Moved, ...]

    @property
    def pays_more(self) -> tuple[Moved, ...]:
        rises = [one for one in self.moved if one.after is not None and one.change > 0]
        return tuple(sorted(rises, key=lambda one: (-one.change, one.code)))
