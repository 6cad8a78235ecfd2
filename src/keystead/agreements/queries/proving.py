"""Answers for the figures of settlements and claims in documents: then from the trail, and now.

What was accrued and settled by month is a metric (``rebate_accrued``, ``rebate_settled``) and has
its own proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext

from keystead.agreements import models
from keystead.agreements.queries.agreements import visible
from keystead.agreements.queries.claims import visible_claims
from keystead.kernel.standing import Standing, Worth
from keystead.kit.access import Actor
from keystead.kit.proven import Kept, State, amount_of, record_proof, record_standings

SETTLEMENT, CLAIM = "settlement", "claim"


def settlement_proof(settlement_id: int, figure: str = "total", seq: int | None = None) -> str:
    """Return the proof id of the ``total`` of a settlement."""
    return record_proof(SETTLEMENT, settlement_id, figure, seq)


def claim_proof(claim_id: int, figure: str, seq: int | None = None) -> str:
    """Return the proof id of ``amount``, ``granted`` or ``written_off`` of a claim."""
    return record_proof(CLAIM, claim_id, figure, seq)


def prove_settlements(actor: Actor, ids: Sequence[str]) -> dict[str, Standing]:
    """Return what ids of settlements stand for, of those the actor may read."""
    words = {"total": gettext("Total of the settlement")}
    return record_standings(SETTLEMENT, ids, lambda keys: _settlements(actor, keys), _read, words)


def prove_claims(actor: Actor, ids: Sequence[str]) -> dict[str, Standing]:
    """Return what ids of claims stand for, of those the actor may read."""
    words = {
        "amount": gettext("Claimed amount"),
        "granted": gettext("Granted of the claim"),
        "written_off": gettext("Written off of the claim"),
    }
    return record_standings(CLAIM, ids, lambda keys: _claims(actor, keys), _read, words)


def _settlements(actor: Actor, keys: frozenset[int]) -> Iterator[Kept]:
    rows = models.Settlement.objects.filter(pk__in=keys, agreement__in=visible(actor))
    for row in rows.select_related("agreement"):
        yield Kept(
            key=row.pk,
            state=row.snapshot(),
            label=row.agreement.number,
            account_id=row.agreement.account_id,
            at=reverse("agreements:settlement", args=[row.pk]),
        )


def _claims(actor: Actor, keys: frozenset[int]) -> Iterator[Kept]:
    for row in visible_claims(actor).filter(pk__in=keys):
        yield Kept(
            key=row.pk,
            state=row.snapshot(),
            label=row.external_number,
            account_id=row.account_id,
            at=reverse("agreements:claim", args=[row.pk]),
        )


def _read(_record: Kept, state: State, figure: str, _seq: int | None) -> tuple[Worth, str] | None:
    return amount_of(state, figure), "money"
