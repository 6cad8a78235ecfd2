"""Opportunities as values: what may be sold, how far it is, how sure we are, how it ended."""

from __future__ import annotations

import dataclasses
import enum
from datetime import date, datetime
from decimal import Decimal

from keystead.pipeline.types.renewals import Reason


class OpportunityKind(enum.StrEnum):
    """What kind of business it would be."""

    NEW = "new"
    EXPANSION = "expansion"
    CROSS = "cross"
    TENDER = "tender"


class ForecastCategory(enum.StrEnum):
    """How much a forecast may count on it, from least to most."""

    OMITTED = "omitted"
    PIPELINE = "pipeline"
    BEST_CASE = "best_case"
    COMMIT = "commit"
    CLOSED = "closed"


class Ending(enum.StrEnum):
    """How an opportunity ends."""

    WON = "won"
    LOST = "lost"


class LotState(enum.StrEnum):
    """What became of a lot of a tender."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage: its place, the chance it stands for, its forecast category.

    ``name`` empty: the shipped word of the code. ``version`` 0: as shipped, never changed.
    """

    code: str
    position: int
    pct: Decimal
    category: ForecastCategory
    name: str = ""
    active: bool = True
    version: int = 0


@dataclasses.dataclass(frozen=True)
class Lot:
    """A part of a tender that is awarded by itself. ``deadline`` None: that of the tender."""

    id: int
    opportunity_id: int
    number: str
    title: str
    amount: Decimal | None
    deadline: date | None
    state: LotState
    awarded: Decimal | None
    winner: str
    version: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class LotEntry:
    """A lot as it is typed."""

    number: str
    title: str = ""
    amount: Decimal | None = None
    deadline: date | None = None
    state: LotState = LotState.OPEN
    awarded: Decimal | None = None
    winner: str = ""


@dataclasses.dataclass(frozen=True)
class StageChange:
    """A step of an opportunity, with what was said of it then; written once."""

    before: str
    after: str
    pct: Decimal
    category: ForecastCategory
    amount: Decimal | None
    currency: str
    expected_close: date
    why: str
    by_name: str
    at: datetime


@dataclasses.dataclass(frozen=True)
class DealOutcome:
    """How an opportunity ended: written once, never changed."""

    ending: Ending
    closed_on: date
    currency: str
    amount: Decimal | None
    final: Decimal
    pct: Decimal
    model_pct: Decimal | None
    reason: Reason
    note: str
    winner: str
    winner_until: date | None
    document: str
    kind: OpportunityKind
    reached: tuple[str, ...]
    contested: bool
    qualified: bool
    by_name: str = ""
    at: datetime | None = None
    account_id: int = 0

    @property
    def won(self) -> bool:
        return self.ending is Ending.WON


@dataclasses.dataclass(frozen=True)
class Opportunity:
    """Business that may come. ``own_pct`` and ``own_category`` None: those of the stage."""

    id: int
    account_id: int
    title: str
    kind: OpportunityKind
    product_ids: tuple[int, ...]
    wanted: str
    stage: Stage
    entered: Decimal | None
    currency: str
    expected_close: date
    own_pct: Decimal | None
    pct_reason: str
    own_category: ForecastCategory | None
    competitors: tuple[str, ...]
    owner_id: int | None
    owner_name: str
    next_step: str
    next_on: date | None
    note: str
    reference: str
    questions_until: date | None
    submit_until: date | None
    submitted_on: date | None
    signal: str
    version: int
    lots: tuple[Lot, ...] = ()
    outcome: DealOutcome | None = None
    account_name: str = ""
    territory: str = ""

    @property
    def open(self) -> bool:
        return self.outcome is None

    @property
    def amount(self) -> Decimal | None:
        """What it is worth: the lots that still count, else what was entered."""
        counted = [one.amount for one in self.lots if one.state is not LotState.WITHDRAWN]
        known = [amount for amount in counted if amount is not None]
        return sum(known, Decimal(0)) if known else self.entered

    @property
    def pct(self) -> Decimal:
        """The probability in percent: the manager's own, else the stage's."""
        if self.outcome is not None:
            return self.outcome.pct
        return self.stage.pct if self.own_pct is None else self.own_pct

    @property
    def category(self) -> ForecastCategory:
        if self.outcome is not None:
            return ForecastCategory.CLOSED if self.outcome.won else ForecastCategory.OMITTED
        return self.own_category or self.stage.category


@dataclasses.dataclass(frozen=True, kw_only=True)
class OpportunityEntry:
    """What a person enters or changes. The stage moves by a step of its own."""

    account_id: int
    title: str
    kind: OpportunityKind
    currency: str
    expected_close: date
    product_ids: tuple[int, ...] = ()
    wanted: str = ""
    stage: str = ""
    amount: Decimal | None = None
    own_pct: Decimal | None = None
    pct_reason: str = ""
    own_category: ForecastCategory | None = None
    competitors: tuple[str, ...] = ()
    owner_id: int | None = None
    next_step: str = ""
    next_on: date | None = None
    note: str = ""
    reference: str = ""
    questions_until: date | None = None
    submit_until: date | None = None
    submitted_on: date | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class DealClosing:
    """How an opportunity ends; a loss may say who won and until when they hold it."""

    ending: Ending
    on: date
    reason: Reason
    final: Decimal = Decimal(0)
    note: str = ""
    document: str = ""
    winner: str = ""
    winner_until: date | None = None


class DeadlineKind(enum.StrEnum):
    """What a tender asks for by a day."""

    QUESTIONS = "questions"
    SUBMISSION = "submission"
    LOT = "lot"


@dataclasses.dataclass(frozen=True)
class Deadline:
    """A day of a tender that comes near; ``warning`` 0 once it is over."""

    kind: DeadlineKind
    on: date
    warning: int
    lot: str = ""
