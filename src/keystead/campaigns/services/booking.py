"""The one way of an expense into the ledger: a posting that stays, the same amount as a fact."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

import pyarrow as pa
from django.utils import timezone

from keystead.campaigns import models
from keystead.campaigns.types import PostingKind
from keystead.governance.services.periods import assert_open
from keystead.kit.access import SYSTEM, Actor
from keystead.ledger.services import post_facts
from keystead.ledger.types import MONEY, Mode

DATASET: Final = "expense"


def book(
    actor: Actor,
    row: models.Expense,
    kind: PostingKind,
    amount: Decimal,
    on: date,
    *,
    reverses: models.ExpensePosting | None = None,
    reason: str = "",
) -> models.ExpensePosting:
    """Write an amount of an expense as a fact and as a posting; a closed month refuses it.

    Call inside the transaction of the step it belongs to.
    """
    assert_open(ledger=DATASET, first=on, last=on)
    place = models.ExpensePosting.objects.filter(expense=row).count() + 1
    batch = post_facts(
        actor=SYSTEM,
        dataset=DATASET,
        source="campaigns",
        lineage=f"expense:{row.pk}:{place}",
        table=_fact(row, kind, amount, on),
        mode=Mode.APPEND,
    )
    return models.ExpensePosting.objects.create(
        expense=row,
        kind=kind.value,
        amount=amount,
        currency=row.currency,
        on=on,
        batch_id=batch.id,
        reverses=reverses,
        reason=reason[:400],
        by_id=actor.user_id,
        at=timezone.now(),
    )


def reverse_all(
    actor: Actor, row: models.Expense, reason: str, *, kind: PostingKind | None = None
) -> tuple[models.ExpensePosting, ...]:
    """Take back what of an expense stands in the ledger (of one kind), each with its opposite.

    A reversal falls on the day of what it reverses; where finance closed it, it is refused.
    """
    rows = models.ExpensePosting.objects.filter(expense=row, reverses=None)
    taken = models.ExpensePosting.objects.exclude(reverses=None).values("reverses_id")
    live = rows.exclude(pk__in=taken).order_by("id")
    if kind is not None:
        live = live.filter(kind=kind.value)
    return tuple(
        book(
            actor, row, PostingKind(one.kind), -one.amount, one.on, reverses=one, reason=reason
        )
        for one in list(live)
    )  # fmt: skip


def _fact(row: models.Expense, kind: PostingKind, amount: Decimal, on: date) -> pa.Table:
    fact = {
        "account_id": row.account_id,
        "product_id": row.product_id,
        "date": on,
        "category": row.category,
        "campaign": row.campaign.name if row.campaign else None,
        "status": kind.value,
        "value": amount,
        "currency": row.currency,
        "doc_no": row.document or f"expense {row.pk}",
    }
    types = {
        "account_id": pa.int64(), "product_id": pa.int64(), "date": pa.date32(),
        "value": MONEY,
    }  # fmt: skip
    schema = pa.schema([(name, types.get(name, pa.string())) for name in fact])
    return pa.Table.from_pylist([fact], schema=schema)
