"""Talks with people, what follows on them, and how often they are due."""

from __future__ import annotations

import dataclasses
from datetime import date

from keystead.stakeholders.types.contact import ChannelKind, Draft
from keystead.stakeholders.types.place import Initiator, TouchKind


@dataclasses.dataclass(frozen=True, kw_only=True)
class InteractionEntry:
    """A meeting, call or mail as typed, with who took part on both sides."""

    account_id: int
    kind: TouchKind
    on: date
    subject: str
    summary: str = ""
    initiator: Initiator = Initiator.US
    people: tuple[int, ...] = ()
    colleagues: tuple[int, ...] = ()
    next_step: str = ""
    next_on: date | None = None
    message_id: str = ""


@dataclasses.dataclass(frozen=True)
class Interaction:
    """A stored interaction. ``people`` and ``colleagues``: (id, name)."""

    id: int
    version: int
    account_id: int
    kind: TouchKind
    on: date
    subject: str
    summary: str
    initiator: Initiator
    people: tuple[tuple[int, str], ...]
    colleagues: tuple[tuple[int, str], ...]
    next_step: str
    next_on: date | None
    next_done: bool


@dataclasses.dataclass(frozen=True)
class Step:
    """A next step that is open."""

    interaction_id: int
    version: int
    account_id: int
    text: str
    on: date | None


@dataclasses.dataclass(frozen=True)
class Message:
    """What a mail or an invitation says: who, when, what; taken as a draft of an interaction.

    ``attachments`` are names; ``events`` counts those of an invitation, ``more`` are the further.
    """

    kind: TouchKind
    subject: str
    on: date | None
    text: str
    sender: Draft | None
    others: tuple[Draft, ...]
    message_id: str
    attachments: tuple[str, ...] = ()
    events: int = 1
    cancelled: bool = False
    more: tuple[Message, ...] = ()


@dataclasses.dataclass(frozen=True)
class TalkDraft:
    """What a message offers as a talk, and who of it is known neither at the account nor of ours.

    ``ahead``: the day lies in the future, so it is offered as the next step.
    """

    entry: InteractionEntry
    strangers: tuple[Draft, ...]
    ahead: bool
    cut: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class CadenceEntry:
    """How often somebody is met, by whom, about what."""

    account_id: int
    every_days: int
    owner_id: int
    channel: ChannelKind = ChannelKind.MEETING
    topics: str = ""


@dataclasses.dataclass(frozen=True)
class Cadence:
    """A stored rhythm of the engagement plan."""

    id: int
    version: int
    person_id: int
    account_id: int
    every_days: int
    owner_id: int
    owner: str
    channel: ChannelKind
    topics: str


@dataclasses.dataclass(frozen=True)
class Due:
    """Somebody of the plan with the day they are due; ``last_on`` is empty when never met."""

    cadence: Cadence
    person: str
    account: str
    last_on: date | None
    due_on: date
    late_days: int
