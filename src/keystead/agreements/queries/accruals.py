"""The accrual ledger: its entries, and what is still open by condition."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum

from keystead.agreements import models
from keystead.agreements.queries.agreements import agreement_for
from keystead.agreements.types import AccrualBasis, AccrualEntry, AccrualKind
from keystead.kernel.money import Money
from keystead.kit.access import Actor


@dataclasses.dataclass(frozen=True)
class Booked:
    """An entry as it was booked: where, on which evaluation, by whom, and by what it was undone.

    ``about`` is the closed month it corrects; ``subject`` what it belongs to (settlement:12).
    """

    entry: AccrualEntry
    about: date | None
    as_of: date
    subject: str
    batch_id: int | None
    at: datetime
    by: str
    reversed_by: int | None = None


def balances(actor: Actor, agreement_id: int, *, on: date | None = None) -> Mapping[str, Money]:
    """Return what is open by condition: accrued, less released, settled and written off.

    ``on``: only what was booked in months up to that of the day. NotFound as ``agreement_for``.
    """
    agreement = agreement_for(actor, agreement_id)
    return sums_of(rows_of(agreement.id, on), agreement.currency)


def rows_of(agreement_id: int, on: date | None = None) -> QuerySet[models.AccrualRow]:
    """Return the stored entries of an agreement. No rights are checked here."""
    rows = models.AccrualRow.objects.filter(agreement_id=agreement_id)
    return rows.filter(month__lte=on) if on else rows


def sums_of(rows: QuerySet[models.AccrualRow], currency: str) -> dict[str, Money]:
    """Return the sum of entries by condition."""
    found = rows.order_by("condition").values("condition").annotate(whole=Sum("amount"))
    return {one["condition"]: Money(one["whole"] or Decimal(0), currency) for one in found}


def entries(actor: Actor, agreement_id: int, *, condition: str | None = None) -> tuple[Booked, ...]:
    """Return the entries of an agreement in the order they were written."""
    agreement = agreement_for(actor, agreement_id)
    rows = rows_of(agreement.id).select_related("by").order_by("id")
    if condition is not None:
        rows = rows.filter(condition=condition)
    found = list(rows)
    undone = {row.reverses_id: row.pk for row in found if row.reverses_id}
    return tuple(_booked(row, undone.get(row.pk)) for row in found)


def as_entry(row: models.AccrualRow) -> AccrualEntry:
    """Return the value of a stored entry."""
    return AccrualEntry(
        agreement_id=row.agreement_id,
        condition=row.condition,
        month=row.month,
        kind=AccrualKind(row.kind),
        amount=Money(row.amount, row.currency).quantised(),
        basis=AccrualBasis(row.basis),
        run_hash=row.run_hash,
        reverses=row.reverses_id,
        reason=row.reason,
        id=row.pk,
    )


def _booked(row: models.AccrualRow, reversed_by: int | None) -> Booked:
    return Booked(
        as_entry(row), row.about, row.as_of, row.subject, row.batch_id, row.at,
        str(row.by or ""), reversed_by,
    )  # fmt: skip
