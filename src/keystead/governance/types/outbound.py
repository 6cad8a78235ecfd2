"""What leaves for a customer: its pieces, what must not be in them, what was found, the release."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from enum import StrEnum


class Leak(StrEnum):
    """Why a piece may not leave as it is."""

    OTHER_ACCOUNT = "other_account"  # a name, alias or code of another customer
    OTHER_FIGURE = "other_figure"  # a figure whose source is another customer
    PRIVATE = "private"  # what only we may know: mandates, walk-aways, notes
    INSIDE = "inside"  # a slide or sheet that is marked as ours alone
    OPINION = "opinion"  # what we think of a person
    PRICE_CONTROL = "price_control"  # wording that could fix resale prices
    RESALE_PRICE = "resale_price"  # named resale prices
    NO_APPROVAL = "no_approval"  # what must be approved first and is not
    CAMPAIGN = "campaign"  # campaign material that nobody approved


class Severity(StrEnum):
    """What a finding does: ``block`` stops, ``review`` asks for a reason."""

    BLOCK = "block"
    REVIEW = "review"


SEVERITY: dict[Leak, Severity] = {
    Leak.OTHER_ACCOUNT: Severity.BLOCK,
    Leak.OTHER_FIGURE: Severity.BLOCK,
    Leak.PRIVATE: Severity.BLOCK,
    Leak.INSIDE: Severity.BLOCK,
    Leak.OPINION: Severity.BLOCK,
    Leak.PRICE_CONTROL: Severity.REVIEW,
    Leak.RESALE_PRICE: Severity.BLOCK,
    Leak.NO_APPROVAL: Severity.BLOCK,
    Leak.CAMPAIGN: Severity.REVIEW,
}


@dataclasses.dataclass(frozen=True)
class Piece:
    """A text with its place; ``kind`` as ``kit.office.texts`` says it (text, note, hidden ...)."""

    place: str
    text: str
    kind: str = "text"


@dataclasses.dataclass(frozen=True)
class SourcedFigure:
    """A figure that carries a proof. ``account_ids`` None: of every account; ``known`` False: the
    proof cannot be opened by who sends it, so that nobody can say whose it is."""

    place: str
    text: str
    account_ids: frozenset[int] | None
    known: bool = True
    resale_price: bool = False


@dataclasses.dataclass(frozen=True)
class Other:
    """Another account: how it is called and by which codes it is known."""

    account_id: int
    names: tuple[str, ...]
    codes: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """What must not leave for one account, and what may.

    ``own``: names and codes that belong to the account itself, its tree and its consortium.
    ``own_ids``: the accounts whose figures it may see. ``private``: texts that only we may know.
    ``people``: names of known people; ``opinions``: what we wrote about them. ``unapproved``:
    campaign material without approval, by its name. ``missing``: approvals that are not there,
    as sentences. ``phrases``: price-control wording.
    """

    own_ids: frozenset[int]
    own: tuple[str, ...] = ()
    others: tuple[Other, ...] = ()
    private: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    opinions: tuple[str, ...] = ()
    unapproved: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Finding:
    """What was found: where, why, and the words that did it. ``account_id``: whose it is."""

    place: str
    leak: Leak
    severity: Severity
    found: str
    account_id: int | None = None


class Missing(StrEnum):
    """Approvals that may be missing, in the stable words that are kept."""

    REVIEW = "The review is not approved."
    TAKEN_BACK = "Version %(number)s was taken back."
    VERSION = "Version %(number)s is not approved."


def missing(kind: Missing, number: int | str = "") -> str:
    """Return what is kept of a missing approval.

    >>> missing(Missing.VERSION, 2)
    'Version 2 is not approved.'
    """
    return kind.value % {"number": number}


def missing_of(said: str) -> tuple[Missing | None, str]:
    """Return which missing approval was kept, and its number; None for other words.

    >>> missing_of("Version 2 is not approved.")
    (<Missing.VERSION: 'Version %(number)s is not approved.'>, '2')
    """
    for kind in Missing:
        before, _mark, after = kind.value.partition("%(number)s")
        number = said.removeprefix(before).removesuffix(after)
        if missing(kind, number) == said:
            return kind, number if _mark else ""
    return None, ""


@dataclasses.dataclass(frozen=True)
class Findings:
    """All that was found in a document."""

    found: tuple[Finding, ...] = ()

    @property
    def blocked(self) -> bool:
        return any(one.severity is Severity.BLOCK for one in self.found)

    @property
    def clean(self) -> bool:
        return not self.found


class ReleaseState(StrEnum):
    """What became of a document that was looked over."""

    RELEASED = "released"
    WAITING = "waiting"  # for a reason by another person
    BLOCKED = "blocked"


@dataclasses.dataclass(frozen=True)
class Release:
    """A document that was let out, or stopped: written once, never changed."""

    id: int
    account_id: int
    kind: str
    name: str
    sha256: str
    state: ReleaseState
    findings: tuple[Finding, ...]
    reason: str
    by_name: str
    made_by_id: int | None
    at: datetime


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A document that is to leave for a customer.

    ``readable``: name and bytes of the same contents in a format that can be read, of a PDF.
    ``together``: accounts that take part in what it is about, and know of each other. ``missing``:
    approvals that are not there, as ``missing`` writes them.
    """

    account_id: int
    kind: str
    name: str
    content: bytes = dataclasses.field(repr=False)
    readable: tuple[str, bytes] | None = dataclasses.field(default=None, repr=False)
    together: frozenset[int] = frozenset()
    missing: tuple[str, ...] = ()
