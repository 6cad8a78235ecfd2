"""What people confirm to have read and understood: statements, questions, where somebody stands."""

from __future__ import annotations

import dataclasses
import enum
from datetime import date, datetime

Words = dict[str, str]  # language code > text


class Topic(enum.StrEnum):
    """What a statement is about."""

    CONDUCT = "conduct"
    COMPETITION_LAW = "competition_law"
    SAFETY = "safety"
    DATA_PROTECTION = "data_protection"


class State(enum.StrEnum):
    """Where a person stands: not concerned, owing, holding, or lapsed."""

    DUE = "due"
    OVERDUE = "overdue"
    CURRENT = "current"
    RENEW = "renew"
    LAPSED = "lapsed"


@dataclasses.dataclass(frozen=True)
class Question:
    """One question of a quiz; ``right`` is the place of the right choice."""

    text: Words
    choices: tuple[Words, ...]
    right: int


@dataclasses.dataclass(frozen=True)
class Statement:
    """One edition of a text, whom it concerns (no role: everybody), and for how long it holds.

    ``enforced``: who lacks it may not do what hangs on it. ``published_on`` None: it was always
    there.
    """

    topic: Topic
    edition: int
    title: Words
    body: Words
    roles: frozenset[str] = frozenset()
    due_days: int = 14
    validity_months: int = 12
    quiz: tuple[Question, ...] = ()
    enforced: bool = False
    published_on: date | None = None


@dataclasses.dataclass(frozen=True)
class Given:
    """An acknowledgement somebody gave: of which edition, when, and to which day it holds."""

    topic: Topic
    edition: int
    at: datetime
    until: date


@dataclasses.dataclass(frozen=True)
class Standing:
    """Where a person stands with a statement; ``holds`` is what a rule may rely on."""

    statement: Statement
    state: State
    holds: bool
    due_on: date
    given: Given | None = None
