"""Surveys as values: what is asked, of whom, what was answered, what follows."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal


class Kind(enum.StrEnum):
    """What a question measures; the scale belongs to it."""

    NPS = "nps"  # 0 to 10: would you recommend us
    CSAT = "csat"  # 1 to 5: how satisfied are you
    EFFORT = "effort"  # 1 to 7: it was easy
    SCALE = "scale"  # 1 to 5, own words
    YES_NO = "yes_no"  # 0 or 1, own words
    TEXT = "text"  # own words


class SurveyState(enum.StrEnum):
    """The life of a survey."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Source(enum.StrEnum):
    """How an answer came in."""

    LINK = "link"
    FILE = "file"


class FollowUpState(enum.StrEnum):
    """Whether somebody closed the loop."""

    OPEN = "open"
    DONE = "done"


class FollowUpOutcome(enum.StrEnum):
    """How a follow-up ended."""

    SOLVED = "solved"
    EXPLAINED = "explained"
    NOT_SOLVED = "not_solved"
    NOT_REACHED = "not_reached"


SCALES: Mapping[Kind, tuple[int, int]] = {
    Kind.NPS: (0, 10),
    Kind.CSAT: (1, 5),
    Kind.EFFORT: (1, 7),
    Kind.SCALE: (1, 5),
    Kind.YES_NO: (0, 1),
}
STANDARD = (Kind.NPS, Kind.CSAT, Kind.EFFORT)


@dataclasses.dataclass(frozen=True)
class Question:
    """One question. ``words`` by language; empty where the standard question is asked."""

    code: str
    kind: Kind
    words: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def said(self, language: str) -> str:
        """Return the own words in a language, or in the first that has any."""
        return self.words.get(language) or next((one for one in self.words.values() if one), "")


@dataclasses.dataclass(frozen=True, kw_only=True)
class SurveyEntry:
    """A survey as entered. The owner gets the follow-ups."""

    account_id: int
    name: str
    questions: tuple[Question, ...]
    ends_on: date
    owner_id: int | None = None
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Survey:
    """A stored survey of one account."""

    id: int
    version: int
    account_id: int
    account_name: str
    name: str
    questions: tuple[Question, ...]
    state: SurveyState
    ends_on: date
    owner_id: int | None
    owner_name: str
    note: str
    opened_at: datetime | None
    asked: int = 0
    answered: int = 0


@dataclasses.dataclass(frozen=True)
class Invitation:
    """Somebody who was asked. The secret of the link is nowhere: only its hash is kept."""

    id: int
    person_id: int
    name: str
    has_mail: bool
    made: bool
    sent_at: datetime | None
    expires_at: datetime | None
    answered_at: datetime | None
    waiting: bool = False


@dataclasses.dataclass(frozen=True)
class Given:
    """One answer to one question, with the words and the scale that were shown."""

    code: str
    kind: Kind
    question: str
    value: int | None
    text: str = ""


@dataclasses.dataclass(frozen=True)
class Response:
    """What one person answered on a day. ``name`` is empty for who is not known here."""

    id: int
    survey_id: int
    account_id: int
    on: date
    source: Source
    person_id: int | None
    name: str
    role: str
    answers: tuple[Given, ...]
    row: int | None = None


@dataclasses.dataclass(frozen=True)
class Share:
    """A share in percent with its 95 % interval; ``few``: too few answers to say anything."""

    n: int
    pct: Decimal | None
    low: Decimal | None
    high: Decimal | None
    few: bool


@dataclasses.dataclass(frozen=True)
class Nps:
    """Net promoter score in points, -100 to 100, with its 95 % interval."""

    n: int
    promoters: int
    passives: int
    detractors: int
    score: Decimal | None
    low: Decimal | None
    high: Decimal | None
    few: bool


@dataclasses.dataclass(frozen=True)
class Result:
    """What all answers to one question say."""

    code: str
    kind: Kind
    question: str
    n: int
    nps: Nps | None = None
    share: Share | None = None
    mean: Decimal | None = None
    counts: tuple[tuple[int, int], ...] = ()
    texts: tuple[tuple[date, str, str], ...] = ()


@dataclasses.dataclass(frozen=True)
class FollowUp:
    """What is done about an unhappy answer."""

    id: int
    version: int
    survey_id: int
    survey_name: str
    account_id: int
    account_name: str
    response_id: int
    person: str
    said: tuple[Given, ...]
    owner_id: int | None
    owner_name: str
    due_on: date
    state: FollowUpState
    outcome: FollowUpOutcome | None
    note: str


@dataclasses.dataclass(frozen=True)
class RowProblem:
    """What is wrong in a cell of a file with answers."""

    row: int
    column: str
    said: str
