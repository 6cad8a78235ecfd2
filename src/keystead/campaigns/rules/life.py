"""The life of an expense: which state may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from keystead.campaigns.types import ExpenseState

S = ExpenseState
EDITABLE: Final = frozenset({S.PLANNED, S.APPROVED})
_AFTER: Final[Mapping[ExpenseState, frozenset[ExpenseState]]] = {
    S.PLANNED: frozenset({S.APPROVED, S.CANCELLED}),
    S.APPROVED: frozenset({S.PLANNED, S.COMMITTED, S.CANCELLED}),
    S.COMMITTED: frozenset({S.PROVED, S.CANCELLED}),
    S.PROVED: frozenset({S.POSTED, S.CANCELLED}),
    S.POSTED: frozenset({S.PROVED, S.PAID}),
    S.PAID: frozenset(),
    S.CANCELLED: frozenset(),
}


def may_follow(state: ExpenseState, following: ExpenseState) -> bool:
    """Say whether an expense may go from one state to another.

    >>> may_follow(ExpenseState.APPROVED, ExpenseState.PAID)
    False
    """
    return following in _AFTER[state]
