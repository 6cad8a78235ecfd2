"""Names of states, sides and degrees as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from keystead.negotiation.types.cases import Measure
from keystead.negotiation.types.deal_terms import TermKind
from keystead.negotiation.types.room import CaseState, Trust, Who

STATES: Final[Mapping[CaseState, Promise]] = {
    CaseState.PLANNED: pgettext_lazy("negotiation", "In preparation"),
    CaseState.OPEN: pgettext_lazy("negotiation", "At the table"),
    CaseState.AGREED: pgettext_lazy("negotiation", "Agreed"),
    CaseState.NO_DEAL: pgettext_lazy("negotiation", "No deal"),
    CaseState.SUSPENDED: pgettext_lazy("negotiation", "Suspended"),
}
TRUST: Final[Mapping[Trust, Promise]] = {
    Trust.LOW: pgettext_lazy("estimate", "a guess"),
    Trust.MEDIUM: pgettext_lazy("estimate", "likely"),
    Trust.HIGH: pgettext_lazy("estimate", "well known"),
}
TERMS: Final[Mapping[TermKind, Promise]] = {
    TermKind.DISCOUNT: pgettext_lazy("term", "Discount"),
    TermKind.REBATE: pgettext_lazy("term", "Rebate by tiers"),
    TermKind.CAP: pgettext_lazy("term", "Most that is paid"),
    TermKind.PATH: pgettext_lazy("term", "Price path"),
}
WHO: Final[Mapping[Who, Promise]] = {
    Who.US: pgettext_lazy("negotiation", "We"),
    Who.THEM: pgettext_lazy("negotiation", "They"),
}
MEASURES: Final[Mapping[Measure, Promise]] = {
    Measure.MONEY: pgettext_lazy("negotiation", "By money"),
    Measure.SCORE: pgettext_lazy("negotiation", "By weighted points (0 to 1)"),
}
POINTS: Final[Mapping[str, Promise]] = {
    "nash": pgettext_lazy("negotiation", "Nash"),
    "kalai_smorodinsky": pgettext_lazy("negotiation", "Kalai-Smorodinsky"),
    "even": pgettext_lazy("negotiation", "Most even (Kalai)"),
}
