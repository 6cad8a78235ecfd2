"""A forecast cycle: its calendar, its layers, who changed what and who signed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Final

from keystead.forecasting.types.rhythm import Rhythm
from keystead.kernel.events import Event


class DemandKind(StrEnum):
    """What is forecast: what we invoice, or what the account sells on."""

    SELL_IN = "sell_in"
    OFF_TAKE = "off_take"


class Layer(StrEnum):
    """A step of the forecast; each one starts from the step before it."""

    NAIVE = "naive"
    STATISTICAL = "statistical"
    ACCOUNT_MANAGER = "account_manager"
    MARKETING = "marketing"
    OPERATIONS = "operations"
    FINANCE = "finance"
    AGREED = "agreed"


# In the order in which they build on each other. Naive stands beside: nothing builds on it.
STACK: Final = (
    Layer.STATISTICAL,
    Layer.ACCOUNT_MANAGER,
    Layer.MARKETING,
    Layer.OPERATIONS,
    Layer.FINANCE,
    Layer.AGREED,
)
HUMAN: Final = STACK[1:]
# Who signs: every layer that people write, but for the one that all agree on.
PARTIES: Final = (Layer.ACCOUNT_MANAGER, Layer.MARKETING, Layer.OPERATIONS, Layer.FINANCE)


class CycleState(StrEnum):
    """Where a cycle stands; after ``locked`` there is only the next cycle."""

    OPEN = "open"
    SUBMITTED = "submitted"
    REVIEW = "review"
    LOCKED = "locked"
    CANCELLED = "cancelled"


class RunState(StrEnum):
    """How the work of a run goes."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class OverrideKind(StrEnum):
    """How an override changes what the layer below says."""

    ABSOLUTE = "absolute"
    DELTA = "delta"
    PERCENT = "percent"
    WITHDRAW = "withdraw"


class Reason(StrEnum):
    """Why a person knows better than the figures so far."""

    PROMOTION = "promotion"
    TENDER = "tender"
    NEW_LISTING = "new_listing"
    DELISTING = "delisting"
    PRICE = "price"
    SUPPLY = "supply"
    STOCKING = "stocking"
    COMPETITOR = "competitor"
    CUSTOMER = "customer"
    LAUNCH = "launch"
    PUSH = "push"
    MISTAKE = "mistake"
    OWN_BIAS = "own_bias"  # what one's record says one is always off by; nobody types it
    OTHER = "other"


class Stance(StrEnum):
    """What a party says: handed in, sent back, agreed, or not agreed."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    SIGNED = "signed"
    OBJECTED = "objected"


class Verdict(StrEnum):
    """What became of an assumption."""

    PENDING = "pending"
    HELD = "held"
    PARTLY = "partly"
    FAILED = "failed"


@dataclasses.dataclass(frozen=True)
class Calendar:
    """The days of a cycle, each the last one on which its step may be done."""

    opens: date
    submit_by: date
    review_by: date
    lock_by: date


@dataclasses.dataclass(frozen=True, kw_only=True)
class CycleHead:
    """A cycle as it is opened. ``month`` is the first day that is forecast: of a month or week.

    ``accounts``: the accounts (with all below them) it is about, none for the whole house.
    ``gap_pct``: from which difference between parties on a gap must be explained before the lock.
    """

    month: date
    calendar: Calendar
    kind: DemandKind = DemandKind.SELL_IN
    name: str = ""
    horizon: int = 18
    frozen_months: int = 0
    gap_pct: Decimal = Decimal(10)
    accounts: frozenset[int] = frozenset()
    parties: tuple[Layer, ...] = (Layer.ACCOUNT_MANAGER, Layer.MARKETING, Layer.OPERATIONS)
    rhythm: Rhythm = Rhythm.MONTH


@dataclasses.dataclass(frozen=True)
class Cycle:
    """A stored cycle. ``cut_off`` is the last day of the history that it knows."""

    id: int
    head: CycleHead
    state: CycleState
    version: int
    run_id: int | None
    lock_request: int | None
    locked_at: datetime | None
    content_hash: str
    batch_id: int | None
    created_by: int | None

    @property
    def name(self) -> str:
        return self.head.name or self.head.rhythm.code(self.head.month)

    @property
    def rhythm(self) -> Rhythm:
        return self.head.rhythm

    @property
    def cut_off(self) -> date:
        return date.fromordinal(self.head.month.toordinal() - 1)

    @property
    def periods(self) -> tuple[date, ...]:
        return self.head.rhythm.periods(self.head.month, self.head.horizon)

    @property
    def frozen(self) -> frozenset[date]:
        return frozenset(self.periods[: self.head.frozen_months])

    @property
    def editable(self) -> bool:
        return self.state in (CycleState.OPEN, CycleState.SUBMITTED, CycleState.REVIEW) and (
            self.lock_request is None
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """How a run is to be calculated.

    ``trial``: another recipe beside the run that counts, for all segments; it never counts itself.
    """

    recipe: str = "standard"
    seed: int = 0
    country: str = ""
    trial: bool = False


USUAL: Final = Asked()


@dataclasses.dataclass(frozen=True)
class RunInfo:
    """One run of the engine: what it was told, what it froze, and how it went."""

    id: int
    cycle_id: int
    number: int
    state: RunState
    asked: Asked
    cut_off: date
    commit: int | None
    input_hash: str
    output_hash: str
    series: int
    problems: tuple[Mapping[str, Any], ...]
    backtest: Mapping[str, Any]
    job_id: int | None
    started_at: datetime | None
    finished_at: datetime | None
    error: str
    created_by: int | None


@dataclasses.dataclass(frozen=True, order=True)
class Key:
    """One series: an account and a product."""

    account_id: int
    product_id: int


@dataclasses.dataclass(frozen=True)
class Node:
    """A place in the two trees: nothing given is the top of both.

    ``account_id`` is an account with all below it, ``brand`` all its products.
    """

    account_id: int | None = None
    product_id: int | None = None
    brand: str = ""


TOP: Final = Node()
"""All accounts and all products."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class OverrideEntry:
    """A change as it is typed: for a node, from the first to the last month.

    ``amount`` in units for ``absolute`` (the new total of each month of the node) and ``delta``
    (more, or less, in each month), in percent for ``percent``. ``periods``: the months, each by
    itself; ``amounts`` gives each month its own amount. ``seen``: the newest override the author
    knew; anything later on the same cells is a conflict. ``layer``: the author's own when empty.
    """

    node: Node
    periods: tuple[date, ...]
    kind: OverrideKind
    amount: Decimal = Decimal(0)
    amounts: tuple[Decimal, ...] = ()
    reason: Reason
    note: str = ""
    evidence: str = ""
    expires: date | None = None
    layer: Layer | None = None
    seen: int | None = None

    def amount_of(self, place: int) -> Decimal:
        return self.amounts[place] if self.amounts else self.amount


@dataclasses.dataclass(frozen=True)
class Split:
    """What an override does to one cell."""

    key: Key
    period: date
    before: Decimal
    after: Decimal


@dataclasses.dataclass(frozen=True)
class Override:
    """A stored override; ``void`` once it was withdrawn."""

    id: int
    cycle_id: int
    layer: Layer
    node: Node
    periods: tuple[date, ...]
    kind: OverrideKind
    amounts: tuple[Decimal, ...]
    reason: str
    note: str
    evidence: str
    expires: date | None
    supersedes: int | None
    carried_from: int | None
    warnings: tuple[str, ...]
    change: Decimal
    change_pct: Decimal | None
    by: int | None
    by_name: str
    at: datetime
    void: bool = False


@dataclasses.dataclass(frozen=True)
class Warned:
    """A guard rail that an override touches, with what the author's own record says."""

    code: str  # small_change, large_rise, scale_jump
    text: str


@dataclasses.dataclass(frozen=True)
class Preview:
    """An override before it is saved: the split, the totals, what to think about."""

    layer: Layer
    splits: tuple[Split, ...]
    before: Decimal
    after: Decimal
    warnings: tuple[Warned, ...]
    mix: str


@dataclasses.dataclass(frozen=True)
class SignOff:
    """What a party said, for an account or for the whole; ``stamp``: the newest override then."""

    id: int
    party: Layer
    stance: Stance
    account_id: int | None
    note: str
    by: int | None
    by_name: str
    at: datetime
    stamp: int = 0


@dataclasses.dataclass(frozen=True)
class Gap:
    """Two steps that differ at a node over the whole horizon; ``explained``: somebody said why.

    ``against`` is a layer, ``target`` or ``contract``: those two are shown and never blended in.
    """

    node: Node
    label: str
    layer: str
    against: str
    ours: Decimal
    theirs: Decimal
    pct: Decimal | None
    over: bool
    explained: str = ""
    unit: str = ""


CATEGORIES = ("market", "event", "customer", "price", "supply", "other")


@dataclasses.dataclass(frozen=True, kw_only=True)
class AssumptionEntry:
    """Something the forecast rests on, as it is written down; ``category`` is one of CATEGORIES."""

    text: str
    category: str = "market"
    effect: str = ""
    node: Node = TOP
    starts: date
    expires: date
    owner_id: int | None = None


@dataclasses.dataclass(frozen=True)
class Assumption:
    """A stored assumption and what became of it."""

    id: int
    cycle_id: int
    entry: AssumptionEntry
    owner_name: str
    verdict: Verdict
    verdict_note: str
    version: int


@dataclasses.dataclass(frozen=True)
class Comment:
    """A remark at a node and month; ``about`` names a gap that it explains."""

    id: int
    node: Node
    period: date | None
    about: str
    text: str
    by_name: str
    at: datetime


@dataclasses.dataclass(frozen=True, kw_only=True)
class ForecastLocked(Event):
    """A cycle was locked and its agreed layer stands in the ledger."""

    name: ClassVar[str] = "forecasting.locked"
    cycle_id: int
    batch_id: int | None
    account_ids: tuple[int, ...] = ()
