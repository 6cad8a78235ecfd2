"""Answers for the figures of renewals and opportunities in documents: then from the trail, and now.

What an opportunity is worth when it has lots, and what a closed one brought, is worked out of the
rows that hold it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext

from keystead.kernel.errors import NotFound
from keystead.kernel.standing import Standing, Worth
from keystead.kit.access import Actor
from keystead.kit.audit import states_then
from keystead.kit.proven import (
    Kept,
    State,
    amount_of,
    percent_of,
    record_proof,
    record_standings,
)
from keystead.kit.provers import parts_of
from keystead.pipeline import models
from keystead.pipeline.queries.opportunities import visible_deals
from keystead.pipeline.queries.renewals import visible
from keystead.pipeline.types.opportunities import LotState

RENEWAL, OPPORTUNITY = "renewal", "opportunity"


def renewal_proof(renewal_id: int, figure: str, seq: int | None = None) -> str:
    """Return the proof id of ``target``, ``forecast``, ``manager_pct`` or ``final``."""
    return record_proof(RENEWAL, renewal_id, figure, seq)


def opportunity_proof(opportunity_id: int, figure: str, seq: int | None = None) -> str:
    """Return the proof id of ``amount``, ``own_pct`` or ``final``."""
    return record_proof(OPPORTUNITY, opportunity_id, figure, seq)


def prove_renewals(actor: Actor, ids: Sequence[str]) -> dict[str, Standing]:
    """Return what ids of renewals stand for, of those the actor may read."""
    words = {
        "target": gettext("Up for renewal"),
        "forecast": gettext("Expected of the renewal"),
        "manager_pct": gettext("Probability of the renewal"),
        "final": gettext("Signed for the next term"),
    }
    return record_standings(RENEWAL, ids, lambda keys: _renewals(actor, keys), _read, words)


def prove_opportunities(actor: Actor, ids: Sequence[str]) -> dict[str, Standing]:
    """Return what ids of opportunities stand for, of those the actor may read."""
    words = {
        "amount": gettext("Amount of the opportunity"),
        "own_pct": gettext("Probability of the opportunity"),
        "final": gettext("Won amount"),
    }
    lots = _Lots(ids)
    return record_standings(OPPORTUNITY, ids, lambda keys: _deals(actor, keys), lots.read, words)


def _renewals(actor: Actor, keys: frozenset[int]) -> Iterator[Kept]:
    ended = models.RenewalOutcome.objects.filter(renewal_id__in=keys)
    finals = {row.renewal_id: str(row.final) for row in ended}
    for row in visible(actor).filter(pk__in=keys):
        yield Kept(
            key=row.pk,
            state=row.snapshot(),
            label=row.title or row.contract,
            account_id=row.account_id,
            at=reverse("pipeline:renewal", args=[row.pk]),
            detail=row.account.name,
            more={"final": finals.get(row.pk)},
        )


def _deals(actor: Actor, keys: frozenset[int]) -> Iterator[Kept]:
    ended = models.OpportunityOutcome.objects.filter(opportunity_id__in=keys)
    finals = {row.opportunity_id: str(row.final) for row in ended}
    for row in visible_deals(actor).filter(pk__in=keys):
        yield Kept(
            key=row.pk,
            state=row.snapshot(),
            label=row.title,
            account_id=row.account_id,
            at=reverse("pipeline:opportunity", args=[row.pk]),
            detail=row.account.name,
            more={"final": finals.get(row.pk)},
        )


def _read(record: Kept, state: State, figure: str, _seq: int | None) -> tuple[Worth, str] | None:
    if figure.endswith("_pct"):
        return percent_of(state, figure), "percent"
    if figure == "final":
        closed = state.get("closed") is True
        told = {"final": record.more["final"] if closed else None, "currency": state["currency"]}
        return amount_of(told, "final"), "money"
    return amount_of(state, figure), "money"


class _Lots:
    """The lots of the tenders that are asked for, as they were at each moment."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.keys = set()
        for one in ids:
            with suppress(NotFound, ValueError):
                self.keys.add(int(parts_of(one, 3)[0]))
        self._at: dict[int | None, dict[int, list[State]]] = {}

    def read(
        self, record: Kept, state: State, figure: str, seq: int | None
    ) -> tuple[Worth, str] | None:
        if figure == "amount":
            lots = self._of(record.key, seq)
            counted = [one["amount"] for one in lots if one["state"] != LotState.WITHDRAWN.value]
            known = [Decimal(str(one)) for one in counted if one not in (None, "")]
            if known:
                return Worth(sum(known, Decimal(0)), str(state["currency"])), "money"
        return _read(record, state, figure, seq)

    def _of(self, key: int, seq: int | None) -> list[State]:
        if seq not in self._at:
            now = {
                str(row.pk): row.snapshot()
                for row in models.LotRow.objects.filter(opportunity_id__in=self.keys)
            }
            found = now if seq is None else states_then("lot", now, seq)
            by_deal: dict[int, list[State]] = defaultdict(list)
            for state in found.values():
                by_deal[int(state["opportunity"])].append(state)
            self._at[seq] = by_deal
        return self._at[seq].get(key, [])
