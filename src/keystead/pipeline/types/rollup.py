"""The roll-up of renewals and new sales against the target of the year."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal

from keystead.pipeline.types.opportunities import ForecastCategory

ZERO = Decimal(0)


@dataclasses.dataclass(frozen=True)
class Piece:
    """One renewal or opportunity in the currency of the roll-up.

    ``amount`` is the final amount once it is closed (zero for a loss). ``manager_pct`` None:
    nobody said; ``model_pct`` None: not enough data.
    """

    account_id: int
    owner_id: int | None
    renewal: bool
    category: ForecastCategory
    amount: Decimal
    manager_pct: Decimal | None
    model_pct: Decimal | None
    open: bool


@dataclasses.dataclass(frozen=True)
class Sums:
    """What a line adds up, for renewals or for new sales alone.

    ``weighted``: open amounts times the manager's probability; ``by_model`` times the model's,
    over those of which it says anything, and ``by_manager`` the manager's over the very same, so
    that both can be compared. ``unsaid``: open ones without a probability; ``unmodelled`` open
    ones the model says nothing of.
    """

    categories: Mapping[ForecastCategory, Decimal]
    weighted: Decimal = ZERO
    by_model: Decimal = ZERO
    by_manager: Decimal = ZERO
    open: int = 0
    unsaid: int = 0
    unmodelled: int = 0

    @property
    def closed(self) -> Decimal:
        return self.categories.get(ForecastCategory.CLOSED, ZERO)

    @property
    def expected(self) -> Decimal:
        """What is closed, and what is open times its probability."""
        return self.closed + self.weighted


@dataclasses.dataclass(frozen=True)
class RollupLine:
    """A team, a manager, an account, or the whole; ``target`` None: nobody set one."""

    level: int
    name: str
    target: Decimal | None
    sold: Decimal | None
    new: Sums
    renewals: Sums
    key: str = ""
    target_proof: str = ""
    sold_proof: str = ""

    @property
    def expected(self) -> Decimal:
        return self.new.expected + self.renewals.expected


@dataclasses.dataclass(frozen=True)
class Rollup:
    """The lines from the whole down; ``unrated`` pieces had no rate and are in no sum."""

    year: int
    currency: str
    lines: tuple[RollupLine, ...]
    unrated: int = 0
    unset: int = 0
