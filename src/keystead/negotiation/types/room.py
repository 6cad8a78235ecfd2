"""A negotiation as it is stored: the case, offers, concessions, objections.

Fields that are ``Private`` are ours alone: limits, no deal, weights, money, estimates, reasons.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from keystead.negotiation.types.cases import Measure, Side
from keystead.negotiation.types.privacy import Private

ZERO, ONE = Decimal(0), Decimal(1)
BY_MONEY = Side(measure=Measure.MONEY)


class CaseState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    AGREED = "agreed"
    NO_DEAL = "no_deal"
    SUSPENDED = "suspended"


class Trust(StrEnum):
    """How sure we are of what we think they make of an issue."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Who(StrEnum):
    US = "us"
    THEM = "them"


@dataclasses.dataclass(frozen=True)
class OptionPlan:
    """One way to settle an issue; what it brings us and (we think) them, in money and points.

    ``term``: what it means for the agreement where it calculates (``types.deal_terms``).
    """

    name: str
    our_money: Private[Decimal | None] = None
    their_money: Private[Decimal | None] = None
    ours: Private[Decimal] = ZERO
    theirs: Private[Decimal] = ZERO
    term: str = ""


@dataclasses.dataclass(frozen=True)
class IssuePlan:
    """What is negotiated, its options, and how much it weighs for both."""

    name: str
    options: tuple[OptionPlan, ...]
    our_weight: Private[Decimal] = ONE
    their_weight: Private[Decimal] = ONE
    trust: Private[Trust] = Trust.MEDIUM

    def option(self, name: str) -> OptionPlan | None:
        return next((one for one in self.options if one.name == name), None)


@dataclasses.dataclass(frozen=True)
class Draft:
    """An offer that has not been sent: one option per issue. The key stays when it is changed."""

    key: str
    name: str
    package: Mapping[str, str]
    valid_until: date | None = None


@dataclasses.dataclass(frozen=True)
class Negotiation:
    """A case: what is negotiated with an account, by whom, and what we keep to ourselves."""

    id: int
    account_id: int
    name: str
    parties: tuple[str, ...]
    currency: str
    state: CaseState
    issues: tuple[IssuePlan, ...]
    version: int
    mandate: Private[str] = ""
    ours: Private[Side] = BY_MONEY
    theirs: Private[Side] = BY_MONEY
    drafts: Private[tuple[Draft, ...]] = ()

    def issue(self, name: str) -> IssuePlan | None:
        return next((one for one in self.issues if one.name == name), None)

    def terms_of(self, package: Mapping[str, str]) -> dict[str, str]:
        """Return the terms that the options of a package carry, by issue."""
        found = {}
        for issue in self.issues:
            option = issue.option(package.get(issue.name, ""))
            if option is not None and option.term:
                found[issue.name] = option.term
        return found

    def draft(self, key: str) -> Draft | None:
        return next((one for one in self.drafts if one.key == key), None)


@dataclasses.dataclass(frozen=True)
class Worth:
    """What a package is worth to both sides as they count, and in money where all is known."""

    ours: Decimal
    theirs: Decimal
    our_money: Decimal | None = None
    their_money: Decimal | None = None
    above_floor: Decimal = ZERO


@dataclasses.dataclass(frozen=True)
class SentOffer:
    """An offer as it went out (or came in); nothing of it ever changes."""

    id: int
    number: int
    side: Who
    name: str
    package: Mapping[str, str]
    sent_on: date
    valid_until: date | None
    content_hash: str
    terms: Mapping[str, str] = dataclasses.field(default_factory=dict)
    worth: Private[Worth | None] = None
    request_id: Private[int | None] = None
    by_name: Private[str] = ""


@dataclasses.dataclass(frozen=True)
class Concession:
    """Who gave what, its price for us and (we think) for them, and what it answers.

    ``our_money`` is what it changed for us: below zero where it cost us.
    """

    id: int
    on: date
    side: Who
    issue: str
    before: str
    after: str
    answers: int | None = None
    got: Private[str] = ""
    our_money: Private[Decimal | None] = None
    their_money: Private[Decimal | None] = None
    reason: Private[str] = ""
    by_name: Private[str] = ""


@dataclasses.dataclass(frozen=True)
class Balance:
    """What was given and got, at our prices; concessions of ours that nothing answers."""

    given: Decimal
    got: Decimal
    ratio: Decimal | None
    unanswered: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Objection:
    """What they say against it, our answer, and what proves it (a proof id or a document)."""

    id: int
    text: str
    answer: str
    proof: str
    document: str
    version: int
