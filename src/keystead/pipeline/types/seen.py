"""Signals: what the records say that could become an opportunity."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from keystead.pipeline.types.opportunities import OpportunityKind


class SignalKind(enum.StrEnum):
    """What was seen."""

    TURNAWAYS = "turnaways"
    NEW_SITE = "new_site"
    GROWTH = "growth"
    USE_GROWTH = "use_growth"
    COMPETITOR = "competitor"
    RIVAL_LOST = "rival_lost"
    CONTRACT_END = "contract_end"


class SignalAnswer(enum.StrEnum):
    """What became of a signal."""

    TAKEN = "taken"
    DISMISSED = "dismissed"


@dataclasses.dataclass(frozen=True)
class Signal:
    """One signal. ``key`` names it for ever: it is proposed until it is answered, and never again.

    ``told`` are the numbers and names of its sentence; ``proof`` opens the figure behind it.
    """

    key: str
    kind: SignalKind
    account_id: int
    account_name: str
    proposes: OpportunityKind
    on: date
    strength: Decimal
    told: Mapping[str, str] = dataclasses.field(default_factory=dict)
    proof: str = ""


@dataclasses.dataclass(frozen=True)
class RivalLoss:
    """What a competitor lost at an account, as somebody heard it, and where from."""

    account_id: int
    rival: str
    what: str
    on: date
    source: str


@dataclasses.dataclass(frozen=True)
class FreshSignal:
    """A signal as the nightly work found it: when it was first seen."""

    key: str
    account_id: int
    account_name: str
    first_seen: date


@dataclasses.dataclass(frozen=True)
class AnsweredSignal:
    """A signal that somebody answered: the opportunity it became, or why it was dismissed."""

    key: str
    kind: SignalKind
    account_id: int
    account_name: str
    answer: SignalAnswer
    reason: str
    by_name: str
    on: date
    opportunity_id: int | None
