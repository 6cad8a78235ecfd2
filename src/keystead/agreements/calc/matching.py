"""Which open accruals a claim may be for: ranked, with reasons, split where one is too small."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from keystead.agreements.types import Claim
from keystead.agreements.types.claims import Candidate, MatchReason, OpenAccrual
from keystead.kernel.money import Money

R = MatchReason
WEIGHTS: Final[Mapping[MatchReason, int]] = {
    R.NAMED_CONDITION: 40,
    R.NAMED_AGREEMENT: 20,
    R.REASON: 15,
    R.PERIOD: 5,
    R.AMOUNT: 25,
    R.PERIOD_AMOUNT: 30,
    R.COVERS: 8,
    R.ONLY_ONE: 10,
}
CLEAR: Final = 30  # below that a guess is shown, never proposed


def candidates(claim: Claim, accruals: Sequence[OpenAccrual]) -> tuple[Candidate, ...]:
    """Return the open accruals a claim may be for, the best first, with what each would take.

    Only accruals in the claim's currency with something open. ``share`` fills the claim from the
    best candidate down; candidates that nothing but their period speaks for take nothing. Equal
    ranks keep the order of agreement and condition.
    """
    fitting = [one for one in accruals if one.open.currency == claim.amount.currency]
    fitting = [one for one in fitting if one.open.amount > 0]
    sure = [one for one in fitting if one.reason_fits or one.named_condition]
    ranked = sorted(
        (_judged(claim, one, alone=len(sure) == 1 and one in sure) for one in fitting),
        key=lambda found: (
            -found.score, found.accrual.agreement_number, found.accrual.condition,
        ),
    )  # fmt: skip
    return _shared(claim.amount, ranked)


def proposal(found: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return the candidates that take a part of the claim: what would be matched unasked."""
    return tuple(one for one in found if one.share)


def _judged(claim: Claim, one: OpenAccrual, *, alone: bool) -> Candidate:
    found = []
    if one.named_condition:
        found.append(R.NAMED_CONDITION)
    if one.named_agreement:
        found.append(R.NAMED_AGREEMENT)
    if one.reason_fits:
        found.append(R.REASON)
    if alone:
        found.append(R.ONLY_ONE)
    if one.in_period is not None and one.in_period == claim.amount:
        found.append(R.PERIOD_AMOUNT)
    elif one.open == claim.amount:
        found.append(R.AMOUNT)
    elif one.open > claim.amount:
        found.append(R.COVERS)
    if one.in_force:
        found.append(R.PERIOD)
    score = sum(WEIGHTS[reason] for reason in found)
    return Candidate(one, tuple(found), score, Money.zero(claim.amount.currency))


def _shared(amount: Money, ranked: Sequence[Candidate]) -> tuple[Candidate, ...]:
    rest, done = amount, []
    for one in ranked:
        takes = one.accrual.in_force and one.score >= CLEAR
        share = min(rest, one.accrual.open) if takes else Money.zero(amount.currency)
        rest -= share
        done.append(dataclasses.replace(one, share=share))
    return tuple(done)
