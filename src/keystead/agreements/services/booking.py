"""The one way into the accrual ledger: rows that stay, and the same amounts as facts.

Both are written in one transaction. A month that finance closed takes nothing any more: the entry
stands in the next open one and says which month it is about.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import pyarrow as pa
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.agreements import models
from keystead.agreements.calc.allocation import Cell
from keystead.agreements.queries.accruals import as_entry, rows_of
from keystead.agreements.queries.agreements import MISSING, visible
from keystead.agreements.rules.treatment import kind_of
from keystead.agreements.types import (
    AccrualBasis,
    AccrualEntry,
    AccrualKind,
    AccrualsPosted,
    Agreement,
)
from keystead.governance.queries.periods import closed_within
from keystead.governance.services.periods import assert_open, hold
from keystead.kernel.errors import Conflict, NotFound
from keystead.kernel.money import Money
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit import audit, outbox
from keystead.kit.access import SYSTEM, Actor
from keystead.ledger.services import post_facts
from keystead.ledger.types import MONEY, Mode

DATASET = "accrual"
LONGEST_SEARCH = 60  # months; nobody closes five years ahead
Weights = Callable[[str], Mapping[Cell, Decimal]]


@dataclasses.dataclass(frozen=True)
class Booking:
    """Why entries are written: about which month, as of which day and commit, for what."""

    month: date
    as_of: date
    commit: int | None = None
    subject: str = ""
    reason: str = ""
    action: str = "accrue"


@dataclasses.dataclass(frozen=True)
class Part:
    """A part of an entry on an account and a product; an entry is the sum of its parts.

    ``posted_as``: family and treatment that a reversal takes over; None: as the terms say.
    """

    account_id: int
    product_id: int | None
    amount: Money
    posted_as: tuple[str | None, str | None] | None = None


def locked(actor: Actor, agreement_id: int) -> models.Agreement:
    """Return the locked row if the actor may read its terms; a foreign one is missing."""
    row = visible(actor).select_for_update().filter(pk=agreement_id).first()
    if row is None:
        raise NotFound(
            _(MISSING),
            code="agreement_not_found",
        )
    return row


def book(
    actor: Actor,
    agreement: Agreement,
    entries: Sequence[AccrualEntry],
    booking: Booking,
    weights: Weights | None = None,
    parts: Mapping[int, Sequence[Part]] | None = None,
) -> tuple[AccrualEntry, ...]:
    """Write entries and post them as facts; call inside a transaction that locked the agreement.

    An entry is spread over accounts and products by ``weights`` of its condition (without any,
    it stays on the account of the agreement), or as ``parts`` says for the entry's place. Writes
    rows, a batch of facts, one audit row, the event AccrualsPosted. No rights are checked here.
    """
    entries = [entry for entry in entries if entry.amount]
    if not entries:
        return ()
    hold(DATASET)
    month = open_month(booking.month)
    last_day = Period(month, add_months(month, 1)).last
    assert_open(ledger=DATASET, first=month, last=last_day)
    on = max(month, min(last_day, timezone.localdate()))
    spread = [
        tuple(parts[place]) if parts and place in parts else _spread(agreement, entry, weights)
        for place, entry in enumerate(entries)
    ]
    newest = rows_of(agreement.id).order_by("-id").values_list("id", flat=True).first() or 0
    lineage = f"accrual:{agreement.id}:{newest}"
    batch = post_facts(
        actor=SYSTEM, dataset=DATASET, source=f"agreement {agreement.number}", lineage=lineage,
        table=_facts(agreement, entries, spread, on), mode=Mode.APPEND,
    )  # fmt: skip
    about = None if month == month_start(booking.month) else month_start(booking.month)
    now = timezone.now()
    rows = [
        models.AccrualRow(
            agreement_id=agreement.id, condition=entry.condition, month=month, about=about,
            kind=entry.kind.value, basis=entry.basis.value, amount=entry.amount.amount,
            currency=entry.amount.currency, as_of=booking.as_of, run_hash=entry.run_hash,
            commit=booking.commit, reverses_id=entry.reverses, subject=booking.subject,
            reason=(entry.reason or booking.reason)[:400], lineage=lineage, batch_id=batch.id,
            at=now, by_id=actor.user_id,
        )
        for entry in entries
    ]  # fmt: skip
    for row in rows:
        row.save(force_insert=True)
    _tell(actor, agreement, rows, booking, {part.account_id for one in spread for part in one})
    return tuple(as_entry(row) for row in rows)


def open_month(month: date) -> date:
    """Return the month itself, or the next one that is not closed for accruals."""
    first = month_start(month)
    for _step in range(LONGEST_SEARCH):
        if closed_within(DATASET, first, Period(first, add_months(first, 1)).last) is None:
            return first
        first = add_months(first, 1)
    raise Conflict(_("There is no open month to post in."), code="period_closed")


def _spread(agreement: Agreement, entry: AccrualEntry, weights: Weights | None) -> tuple[Part, ...]:
    """The entry by account and product, to the cent; what no sale carries stays on the account."""
    sums: dict[tuple[int, int | None], Decimal] = {}
    for (_month, product, account), weight in (weights(entry.condition) if weights else {}).items():
        key = account or agreement.account_id, product
        sums[key] = sums.get(key, Decimal(0)) + weight
    keys = sorted(
        (key for key, weight in sums.items() if weight > 0),
        key=lambda key: (key[0], key[1] or 0),
    )
    if not keys:
        return (Part(agreement.account_id, None, entry.amount),)
    amounts = entry.amount.allocate([sums[key] for key in keys])
    found = zip(keys, amounts, strict=True)
    return tuple(Part(account, product, amount) for (account, product), amount in found if amount)


def _facts(
    agreement: Agreement,
    entries: Sequence[AccrualEntry],
    spread: Sequence[Sequence[Part]],
    on: date,
) -> pa.Table:
    flat = [(entry, part) for entry, found in zip(entries, spread, strict=True) for part in found]
    count = len(flat)
    kinds = [part.posted_as or kind_of(agreement, entry.condition, on) for entry, part in flat]
    return pa.table(
        {
            "account_id": pa.array([part.account_id for _e, part in flat], pa.int64()),
            "product_id": pa.array([part.product_id for _e, part in flat], pa.int64()),
            "date": pa.array([on] * count, pa.date32()),
            "agreement": pa.array([agreement.number] * count, pa.string()),
            "condition": pa.array([entry.condition for entry, _p in flat], pa.string()),
            "kind": pa.array([_posted_as(entry) for entry, _p in flat], pa.string()),
            "basis": pa.array([entry.basis.value for entry, _p in flat], pa.string()),
            "value": pa.array([part.amount.amount for _e, part in flat], MONEY),
            "currency": pa.array([part.amount.currency for _e, part in flat], pa.string()),
            "family": pa.array([family for family, _t in kinds], pa.string()),
            "treatment": pa.array([treatment for _f, treatment in kinds], pa.string()),
        }
    )


def _posted_as(entry: AccrualEntry) -> str:
    """A reversal is posted with the kind of what it takes back, and the opposite sign."""
    if entry.kind is not AccrualKind.REVERSE:
        return entry.kind.value
    return models.AccrualRow.objects.values_list("kind", flat=True).get(pk=entry.reverses or 0)


def _tell(
    actor: Actor,
    agreement: Agreement,
    rows: Sequence[models.AccrualRow],
    booking: Booking,
    accounts: set[int],
) -> None:
    first = rows[0]
    audit.record(
        actor=actor,
        action=f"agreement.{booking.action}",
        subject=("agreement", agreement.id),
        new={
            "month": first.month.isoformat(),
            "about": first.about.isoformat() if first.about else "",
            "subject": booking.subject,
            "batch": first.batch_id,
            "entries": [
                f"{row.condition} {row.kind} {row.amount} {row.currency} ({row.basis})"
                for row in rows
            ],
        },
        why=booking.reason,
        account_id=agreement.account_id,
    )
    outbox.publish(
        AccrualsPosted(
            agreement_ids=(agreement.id,),
            account_ids=tuple(sorted(accounts)),
            month=first.month,
            batch_id=first.batch_id,
        )
    )


def expense(kind: AccrualKind, condition: str, amount: Money, agreement_id: int) -> AccrualEntry:
    """Return an entry that takes an open accrual down: settled, or written off."""
    return AccrualEntry(
        agreement_id, condition, month_start(timezone.localdate()), kind, amount,
        AccrualBasis.ACTUAL,
    )  # fmt: skip
