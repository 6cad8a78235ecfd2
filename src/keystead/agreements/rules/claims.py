"""The life of a claim: which state may follow which, and what a proposal must say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from keystead.agreements.types import ClaimState
from keystead.kernel.money import Money

S = ClaimState
EDITABLE: Final = frozenset({S.RECEIVED, S.MATCHED, S.UNMATCHED, S.VALIDATED})
OPEN: Final = frozenset(S) - {S.SETTLED, S.REJECTED}
GRANTED: Final = frozenset({S.APPROVED, S.PARTLY})

_AFTER: Final[Mapping[ClaimState, frozenset[ClaimState]]] = {
    S.RECEIVED: frozenset({S.MATCHED, S.UNMATCHED}),
    S.MATCHED: frozenset({S.RECEIVED, S.MATCHED, S.UNMATCHED, S.VALIDATED}),
    S.UNMATCHED: frozenset({S.RECEIVED, S.MATCHED, S.VALIDATED}),
    S.VALIDATED: frozenset({S.RECEIVED, S.MATCHED, S.UNMATCHED, S.APPROVED, S.PARTLY, S.REJECTED}),
    S.APPROVED: frozenset({S.SETTLED}),
    S.PARTLY: frozenset({S.SETTLED}),
    S.REJECTED: frozenset(),
    S.SETTLED: frozenset(),
}


def may_follow(state: ClaimState, following: ClaimState) -> bool:
    """Say whether a claim may go from one state to another.

    >>> may_follow(ClaimState.RECEIVED, ClaimState.SETTLED)
    False
    """
    return following in _AFTER[state]


def outcome(claimed: Money, granted: Money) -> ClaimState:
    """Return what a claim becomes when so much of it is granted.

    >>> outcome(Money(10, "EUR"), Money(4, "EUR"))
    <ClaimState.PARTLY: 'partly'>
    """
    if not granted:
        return S.REJECTED
    return S.APPROVED if granted == claimed else S.PARTLY
