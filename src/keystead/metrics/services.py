"""Writes of the room: a note in the trail when somebody looks at resale prices."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from keystead.kernel.standing import Standing
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.metrics.queries import account_of_proof
from keystead.metrics.types import Evaluation, Proof


def note_price_view(*, actor: Actor, evaluation: Evaluation, account_id: int | None = None) -> None:
    """Record that resale prices were looked at; other metrics leave no trace.

    Writes one audit row (``prices.view``) with the metrics, the period and the cut, so that each
    view can be told from the trail later.
    """
    seen = sorted(metric.id for metric in evaluation.metrics if metric.resale_price)
    if not seen:
        return
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="prices.view",
            subject=("prices", account_id or "several"),
            new={
                "metrics": seen,
                "by": list(evaluation.by),
                "period": str(evaluation.period),
            },
            account_id=account_id,
        )


def note_proof_view(*, actor: Actor, proof: Proof) -> None:
    """Record that the observations behind a resale-price figure were opened."""
    if not proof.metric.resale_price:
        return
    account_id = account_of_proof(proof)
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="prices.view",
            subject=("prices", account_id or "several"),
            new={"metrics": [proof.metric.id], "period": str(proof.period), "proof": proof.id},
            account_id=account_id,
        )


def note_standings_view(*, actor: Actor, standings: Iterable[Standing]) -> None:
    """Record that figures that rest on resale prices were looked at, one row for all of them."""
    seen = [one for one in standings if one.resale_price]
    if not seen:
        return
    accounts = {frozenset(one.account_ids or ()) for one in seen}
    ids = accounts.pop() if len(accounts) == 1 else frozenset()
    account_id = min(ids) if len(ids) == 1 else None
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="prices.view",
            subject=("prices", account_id or "several"),
            new={"proofs": [one.proof_id for one in seen[:20]], "count": len(seen)},
            account_id=account_id,
        )
