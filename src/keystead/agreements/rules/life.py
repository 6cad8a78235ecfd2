"""The life of an agreement: which state may follow which, and by whom."""

from __future__ import annotations

from datetime import date, timedelta

from keystead.agreements.types import AgreementState
from keystead.kernel.periods import Period

S = AgreementState
DEFAULT_NOTICE_DAYS = 90

# A version: written until it is signed; an edit before that leads back to the draft.
EDITABLE = frozenset({S.DRAFT, S.IN_REVIEW, S.APPROVED, S.OFFERED})
SIGNED = frozenset({S.SIGNED, S.ACTIVE})  # frozen from here on
RUNNING = frozenset({S.ACTIVE, S.EXPIRING})
ENDED = frozenset({S.RENEWED, S.EXPIRED, S.TERMINATED})

_AFTER: dict[AgreementState, frozenset[AgreementState]] = {
    S.DRAFT: frozenset({S.IN_REVIEW}),
    S.IN_REVIEW: frozenset({S.DRAFT, S.APPROVED}),
    S.APPROVED: frozenset({S.DRAFT, S.OFFERED, S.SIGNED}),
    S.OFFERED: frozenset({S.DRAFT, S.SIGNED}),
    S.SIGNED: frozenset({S.ACTIVE, S.TERMINATED}),
    S.ACTIVE: frozenset({S.EXPIRING, S.RENEWED, S.EXPIRED, S.TERMINATED}),
    S.EXPIRING: frozenset({S.RENEWED, S.EXPIRED, S.TERMINATED}),
}


def may_follow(state: AgreementState, following: AgreementState) -> bool:
    """Return whether a state may follow another.

    >>> may_follow(AgreementState.DRAFT, AgreementState.ACTIVE)
    False
    """
    return following in _AFTER.get(state, frozenset())


def state_on(
    state: AgreementState, valid: Period, notice_days: int | None, on: date
) -> AgreementState:
    """Return the state that the calendar alone gives an agreement on a day.

    Expiring from the day on which notice must be given (90 days before the end where none is
    agreed); expired once its last day is over. Other states stay.

    >>> year = Period.parse("2026")
    >>> str(state_on(AgreementState.ACTIVE, year, None, date(2026, 11, 1)))
    'expiring'
    """
    if state not in RUNNING:
        return state
    if on >= valid.end:
        return S.EXPIRED
    days = DEFAULT_NOTICE_DAYS if notice_days is None else notice_days
    return S.EXPIRING if on >= valid.end - timedelta(days=days) else S.ACTIVE
