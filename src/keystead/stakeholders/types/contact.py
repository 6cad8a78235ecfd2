"""People at and around an account: how they are reached, where they work, why we may know it."""

from __future__ import annotations

import dataclasses
from datetime import date
from enum import StrEnum


class Basis(StrEnum):
    """Why the contact data may be kept."""

    INTEREST = "interest"
    CONTRACT = "contract"
    CONSENT = "consent"
    DUTY = "duty"


class ChannelKind(StrEnum):
    """How the person wants to be reached."""

    MAIL = "mail"
    CALL = "call"
    MEETING = "meeting"
    MESSAGE = "message"
    NONE = "none"


class OrganisationKind(StrEnum):
    """What an organisation outside the account tree is."""

    MINISTRY = "ministry"
    INSURER = "insurer"
    AGENCY = "agency"
    BOARD = "board"
    SOCIETY = "society"
    CONSULTANT = "consultant"
    OTHER = "other"


class Certainty(StrEnum):
    """How sure we are of what is written."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclasses.dataclass(frozen=True, kw_only=True)
class PersonEntry:
    """A person as typed: business contact data only, with the basis on which it is kept."""

    account_id: int
    name: str
    basis: Basis
    basis_note: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    channel: ChannelKind = ChannelKind.MAIL
    left_on: date | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Draft:
    """A person as a file tells of them, before anybody looked."""

    name: str
    title: str = ""
    email: str = ""
    phone: str = ""
    organisation: str = ""
    language: str = ""
    job_title: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class AffiliationEntry:
    """Where somebody works, from when and to which last day: an account, or a name outside."""

    job_title: str
    account_id: int | None = None
    organisation: str = ""
    organisation_kind: OrganisationKind = OrganisationKind.OTHER
    starts: date | None = None
    last: date | None = None


@dataclasses.dataclass(frozen=True)
class Organisation:
    """A stored affiliation. ``account_id`` is empty for organisations outside the tree."""

    id: int
    version: int
    person_id: int
    job_title: str
    account_id: int | None
    name: str
    kind: OrganisationKind
    starts: date | None
    last: date | None

    def current(self, on: date) -> bool:
        """Say whether it holds on a day; an open end holds.

        >>> one = Organisation(1, 1, 1, "Head", None, "ABES", OrganisationKind.AGENCY,
        ...                    date(2026, 1, 1), date(2026, 6, 30))
        >>> one.current(date(2026, 6, 30)), one.current(date(2026, 7, 1))
        (True, False)
        """
        return (self.starts is None or self.starts <= on) and (self.last is None or on <= self.last)


@dataclasses.dataclass(frozen=True)
class Contact:
    """A stored person. ``merged_into`` leads on; ``erased_on`` says the names are gone."""

    id: int
    version: int
    account_id: int
    name: str
    title: str
    email: str
    phone: str
    language: str
    channel: ChannelKind
    basis: Basis
    basis_note: str
    left_on: date | None
    merged_into: int | None
    erased_on: date | None
    affiliations: tuple[Organisation, ...] = ()

    def at(self, on: date) -> Organisation | None:
        """Return where they work on a day, the latest first."""
        held = [one for one in self.affiliations if one.current(on)]
        return max(held, key=lambda one: (one.starts or date.min, one.id), default=None)


@dataclasses.dataclass(frozen=True)
class FileLine:
    """A card or row of a file: where it begins, who it tells of, or why nobody (a code)."""

    line: int
    draft: Draft
    problem: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class FileTerms:
    """What holds for everybody of a file: why we may keep them, and where they work.

    ``as_filed``: at the organisation that the file names, where it is another than the account.
    """

    basis: Basis
    basis_note: str
    as_filed: bool = False


@dataclasses.dataclass(frozen=True)
class Candidate:
    """Somebody of a file, looked at: refused with a reason, or new, or probably known.

    ``known`` is who they probably are, ``twin`` the line of the same person further up.
    """

    line: int
    draft: Draft
    reason: str = ""
    known: Contact | None = None
    by_mail: bool = False
    twin: int | None = None

    @property
    def fresh(self) -> bool:
        """Say whether nobody like them is known, here or further up in the file."""
        return not self.reason and self.known is None and self.twin is None
