"""What the grid works with: leaf cells, edits, splits, steps between two cycles."""

from __future__ import annotations

import enum
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


class EditKind(enum.StrEnum):
    """How a typed number is meant."""

    ABSOLUTE = "absolute"  # the total of the node and periods becomes this
    DELTA = "delta"  # the total moves by this
    PERCENT = "percent"  # each period's total moves by this many percent


class SpreadBy(enum.StrEnum):
    """What an edit was spread by."""

    MIX = "mix"  # the last agreed forecast
    NOW = "now"  # nothing agreed here: what the cells hold
    EQUAL = "equal"  # nothing agreed and nothing held: evenly


@dataclass(frozen=True, slots=True)
class Leaf:
    """One cell at the bottom: a series in a period; ``mix`` None means never agreed."""

    key: Hashable
    period: date
    now: Decimal
    mix: Decimal | None = None
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What an edit does to one leaf."""

    leaf: Leaf
    after: Decimal

    @property
    def change(self) -> Decimal:
        return self.after - self.leaf.now


@dataclass(frozen=True, slots=True)
class Split:
    """An edit spread to the leaves: the shares add up to ``after`` exactly."""

    kind: EditKind
    amount: Decimal
    before: Decimal
    after: Decimal
    by: SpreadBy
    shares: tuple[Share, ...]

    @property
    def change(self) -> Decimal:
        return self.after - self.before

    @property
    def change_pct(self) -> Decimal | None:
        """Return the change in percent of what was there; None where that was nothing."""
        return self.change * 100 / abs(self.before) if self.before else None


class Cause(enum.StrEnum):
    """Why a number is not what it was last cycle, in the order it is told."""

    DATA = "data"
    PROMOTION = "promotion"
    PRICE = "price"
    CALENDAR = "calendar"
    MODEL = "model"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class Side:
    """One cycle's number and what it is made of.

    ``agreed`` is the number people ended at, ``statistical`` the engine's; ``parts`` are the
    effects inside the engine's number (promotion, price, calendar), the rest being its base.
    """

    agreed: Decimal
    statistical: Decimal
    parts: Mapping[Cause, Decimal]
    recipe: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """The way from last cycle's number to this one's: start + the steps = end, exactly."""

    start: Decimal
    end: Decimal
    steps: tuple[tuple[Cause, Decimal], ...]

    def change(self, cause: Cause) -> Decimal:
        return dict(self.steps).get(cause, Decimal(0))
