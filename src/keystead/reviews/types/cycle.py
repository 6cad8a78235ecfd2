"""Reviews as values: which meeting, how far, with whom, about what, and what came of it."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from datetime import date, datetime

from keystead.kernel.periods import Period


class ReviewKind(enum.StrEnum):
    """Which meeting it is."""

    QUARTER = "quarter"
    MONTH = "month"
    MID_YEAR = "mid_year"
    JOINT_PLAN = "joint_plan"


class ReviewState(enum.StrEnum):
    """How far a review is."""

    PREPARING = "preparing"
    FROZEN = "frozen"
    APPROVED = "approved"
    HELD = "held"
    FOLLOWED_UP = "followed_up"


class ItemKind(enum.StrEnum):
    """What was agreed: something to do, or something decided."""

    ACTION = "action"
    DECISION = "decision"


class Side(enum.StrEnum):
    """Who does it."""

    OURS = "ours"
    THEIRS = "theirs"


class ItemState(enum.StrEnum):
    """What became of an action."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclasses.dataclass(frozen=True)
class AgendaItem:
    """A point of the agenda. ``code``: a shipped one, in every language; else ``texts`` by
    language, of which one is enough.
    """

    minutes: int
    code: str = ""
    texts: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class OwnWords:
    """What a person made of a part: its title, a sentence of their own, notes for the speaker."""

    title: str = ""
    text: str = ""
    notes: str = ""

    def __bool__(self) -> bool:
        return bool(self.title or self.text or self.notes)


@dataclasses.dataclass(frozen=True)
class Edits:
    """How the story was changed: the order of its parts, those left out, own words.

    No figure is in here, so none can be changed.
    """

    order: tuple[str, ...] = ()
    left_out: frozenset[str] = frozenset()
    own: Mapping[str, OwnWords] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Rating:
    """How the customer and we found the meeting, from 1 to 5, with words."""

    theirs: int | None = None
    ours: int | None = None
    words: str = ""


@dataclasses.dataclass(frozen=True)
class Version:
    """A frozen version of a review; its content stays in storage until it is opened."""

    id: int
    number: int
    code: str
    commit: int
    content_hash: str
    by_name: str
    at: datetime


@dataclasses.dataclass(frozen=True)
class Item:
    """An action or a decision. ``quote``: the words of the notes it was made of.

    ``came_from``: the review in which an action was agreed, where it is shown in a later one.
    """

    id: int
    review_id: int
    account_id: int
    kind: ItemKind
    text: str
    quote: str
    side: Side
    owner_id: int | None
    owner_name: str
    due: date | None
    state: ItemState
    outcome: str
    done_on: date | None
    version: int
    account_name: str = ""
    review_kind: ReviewKind = ReviewKind.QUARTER
    review_period: Period | None = None

    @property
    def open(self) -> bool:
        return self.state is ItemState.OPEN

    def late(self, today: date) -> bool:
        """Say whether an open action should have been done."""
        return self.open and self.kind is ItemKind.ACTION and bool(self.due and self.due < today)


@dataclasses.dataclass(frozen=True, kw_only=True)
class ItemEntry:
    """An action or decision as typed."""

    kind: ItemKind
    text: str
    quote: str = ""
    side: Side = Side.OURS
    owner_id: int | None = None
    owner_words: str = ""
    due: date | None = None


@dataclasses.dataclass(frozen=True)
class Review:
    """One meeting with one account about one period. ``version`` is that of the row."""

    id: int
    account_id: int
    kind: ReviewKind
    period: Period
    state: ReviewState
    planned_on: date | None
    place: str
    owner_id: int | None
    owner_name: str
    agenda: tuple[AgendaItem, ...]
    people: tuple[int, ...]
    colleagues: tuple[int, ...]
    edits: Edits
    notes: str
    held_on: date | None
    next_on: date | None
    rating: Rating
    approved_by: str
    approved_at: datetime | None
    version: int
    account_name: str = ""
    account_code: str = ""
    frozen: Version | None = None

    @property
    def is_open(self) -> bool:
        return self.state is not ReviewState.FOLLOWED_UP


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReviewEntry:
    """A review as it is begun or changed. Lists that are None are carried over."""

    account_id: int
    kind: ReviewKind
    period: Period
    planned_on: date | None = None
    place: str = ""
    owner_id: int | None = None
    agenda: tuple[AgendaItem, ...] | None = None
    people: tuple[int, ...] | None = None
    colleagues: tuple[int, ...] | None = None


@dataclasses.dataclass(frozen=True)
class AgendaTemplate:
    """An agenda that is kept for the next time, for one kind of review."""

    id: int
    name: str
    kind: ReviewKind
    items: tuple[AgendaItem, ...]
    version: int


@dataclasses.dataclass(frozen=True)
class Master:
    """A company's own PowerPoint file whose layouts decks are built on."""

    id: int
    name: str
    file_name: str
    sha256: str
    size_bytes: int
    layouts: tuple[str, ...]
    retired: bool
    version: int
