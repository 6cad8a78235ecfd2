"""Accrue at the tier that the forecast reaches; catch up, release, reverse, write off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.accounts.queries import ancestors
from keystead.agreements import models
from keystead.agreements.calc.accrual import accrue as entries_of
from keystead.agreements.queries.accruals import as_entry, rows_of, sums_of
from keystead.agreements.queries.agreements import in_force, stored
from keystead.agreements.queries.expected import Sales, expected_at, sales_of
from keystead.agreements.rules.life import RUNNING
from keystead.agreements.services.booking import Booking, Part, book, expense, locked
from keystead.agreements.types import (
    AccrualEntry,
    AccrualKind,
    Agreement,
    AgreementState,
)
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kernel.money import Money
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.queries import lines as ledger_lines

APART = (AccrualKind.SETTLE.value, AccrualKind.WRITE_OFF.value)
LATE = timedelta(days=366)
ENDED = frozenset({AgreementState.EXPIRED, AgreementState.RENEWED, AgreementState.TERMINATED})


def accrue(*, actor: Actor, agreement_id: int, month: date) -> tuple[AccrualEntry, ...]:
    """Bring the accruals of an agreement to where they should be at the end of a month.

    Needs ``accruals.post`` and the terms of its account. At the tier the forecast reaches, else
    at run rate; the basis is kept with each entry. First entries of a condition accrue, later
    ones catch up or release; the second run writes nothing. A closed month is corrected in the
    next open one. Writes entries, the same amounts as facts, one audit row, AccrualsPosted.
    Raises Conflict where nothing is in force, Invalid for a month outside or not begun.
    """
    actor.require("accruals.post")
    with transaction.atomic():
        agreement = stored(locked(actor, agreement_id))
        first = _month(agreement, month)
        return _accrue(actor, agreement, sales_of(agreement, month_end(first)), first)


def catch_up(
    *, actor: Actor, agreement_id: int, first: date, last: date, sales: Sales | None = None
) -> tuple[AccrualEntry, ...]:
    """Accrue the months from ``first`` to ``last`` in their order, as ``accrue`` does each.

    What was restated in a month moves that month; the months after it are brought along. The
    sales are read once: ``sales`` are those read before, which count if the agreement is still
    the one they were read for. All months are written, or none.
    """
    actor.require("accruals.post")
    with transaction.atomic():
        agreement = stored(locked(actor, agreement_id))
        start = max(month_start(first), month_start(agreement.valid.start))
        until = min(month_start(last), month_start(agreement.valid.last))
        if start > until:
            return ()
        _month(agreement, until)
        if sales is None or not sales.are_for(agreement, month_end(until)):
            sales = sales_of(agreement, month_end(until))
        found: list[AccrualEntry] = []
        for month in Period(start, add_months(until, 1)).month_starts():
            found += _accrue(actor, agreement, sales, month)
        return tuple(found)


def reverse_entry(*, actor: Actor, entry_id: int, reason: str) -> AccrualEntry:
    """Take back one entry with its opposite, on the same accounts and products.

    Needs ``accruals.post`` and a reason. What a settlement wrote is reversed with the settlement.
    """
    actor.require("accruals.post")
    why = _reason(reason)
    with transaction.atomic():
        row = models.AccrualRow.objects.filter(pk=entry_id).first()
        if row is None:
            raise NotFound(pgettext("accrual", "There is no such entry."), code="entry_not_found")
        agreement = stored(locked(actor, row.agreement_id))
        if row.subject.startswith("settlement:"):
            raise Conflict(
                _("This entry belongs to a settlement: reverse the settlement."), code="settled"
            )
        return reverse_rows(actor, agreement, [row], "", why)[0]


def reverse_rows(
    actor: Actor, agreement: Agreement, rows: Iterable[models.AccrualRow], subject: str, why: str
) -> tuple[AccrualEntry, ...]:
    """Write the opposite of each row; call inside a transaction that locked the agreement."""
    listed = list(rows)
    taken = models.AccrualRow.objects.filter(
        Q(reverses__in=listed) | Q(pk__in=[row.pk for row in listed], kind=AccrualKind.REVERSE)
    )
    if taken.exists():
        raise Conflict(_("An entry is reversed once, and a reversal never."), code="reversed")
    entries, parts = [], {}
    for place, row in enumerate(listed):
        entry = as_entry(row)
        entries.append(
            AccrualEntry(
                agreement.id, entry.condition, entry.month, AccrualKind.REVERSE,
                Money.zero(agreement.currency) - entry.amount, entry.basis, entry.run_hash,
                reverses=row.pk, reason=why,
            )
        )  # fmt: skip
        parts[place] = _parts_of(agreement, row)
    month = max(row.about or row.month for row in listed)
    booking = Booking(
        month, listed[0].as_of, listed[0].commit, subject, why, action="accrual_reverse"
    )
    return book(actor, agreement, entries, booking, parts=parts)


def write_off(
    *, actor: Actor, agreement_id: int, condition: str, amount: Money, reason: str,
    subject: str = "",
) -> AccrualEntry:  # fmt: skip
    """Take an open accrual down for good: it will not be claimed. At most what is open.

    Needs ``accruals.post``; who decides that it may (an approval) is the caller's to have asked.
    """
    actor.require("accruals.post")
    why = _reason(reason)
    with transaction.atomic():
        agreement = stored(locked(actor, agreement_id))
        left = open_balance(agreement, condition)
        if amount.amount <= 0 or (left - amount).amount < 0:
            raise Invalid(
                _("At most %(open)s of this condition is open.") % {"open": left},
                code="over_accrual",
                fields={
                    "amount": _("At most %(open)s of this condition is open.") % {"open": left}
                },
            )
        down = Money.zero(agreement.currency) - amount
        entry = expense(AccrualKind.WRITE_OFF, condition, down, agreement.id)
        return settle_down(actor, agreement, [entry], subject, why, "accrual_write_off")[0]


def settle_claim(
    *, actor: Actor, agreement_id: int, condition: str, amount: Money, subject: str, reason: str
) -> AccrualEntry:
    """Take an open accrual down by what a claim was paid; ``subject`` names it (claim:7).

    Needs ``accruals.post``. More than is open is refused: it is no longer a rebate then.
    """
    actor.require("accruals.post")
    with transaction.atomic():
        agreement = stored(locked(actor, agreement_id))
        left = open_balance(agreement, condition)
        if amount.amount <= 0 or (left - amount).amount < 0:
            raise Invalid(
                _("At most %(open)s of this condition is open.") % {"open": left},
                code="over_accrual",
            )
        down = Money.zero(agreement.currency) - amount
        entry = expense(AccrualKind.SETTLE, condition, down, agreement.id)
        return settle_down(actor, agreement, [entry], subject, reason, "accrual_settle")[0]


def settle_down(
    actor: Actor,
    agreement: Agreement,
    entries: list[AccrualEntry],
    subject: str,
    reason: str,
    action: str,
) -> tuple[AccrualEntry, ...]:
    """Book entries of today that settle or write off, spread as the sales to date are."""
    today = timezone.localdate()
    day = min(today, agreement.valid.last)
    sales = sales_of(agreement, day)
    there = expected_at(sales, month_start(day))
    booking = Booking(month_start(today), today, sales.basis.commit, subject, reason, action)
    return book(actor, agreement, entries, booking, there.weights)


def open_balance(agreement: Agreement, condition: str) -> Money:
    """Return what is open of one condition."""
    found = sums_of(rows_of(agreement.id).filter(condition=condition), agreement.currency)
    return found.get(condition, Money.zero(agreement.currency))


def running_on(account_ids: Iterable[int] | None = None) -> tuple[int, ...]:
    """Return the agreements in force, of these accounts or of those above them.

    One that ended counts for a year more: late returns and corrected files still move it.
    """
    running = Q(state__in=[state.value for state in RUNNING])
    late = Q(state__in=[state.value for state in ENDED], ends__gte=timezone.localdate() - LATE)
    rows = models.Agreement.objects.filter(running | late)
    if account_ids is not None:
        above = set(account_ids)
        for account_id in tuple(above):
            above |= {one.id for one in ancestors(SYSTEM, account_id)}
        rows = rows.filter(account_id__in=above)
    return tuple(rows.order_by("id").values_list("id", flat=True))


def months_to_follow(agreement_id: int, months: Iterable[date]) -> tuple[date, date] | None:
    """Return the first month that moved and the last one that has to be brought along.

    Without months (a new forecast) the last one that was accrued.
    """
    today = month_start(timezone.localdate())
    booked = rows_of(agreement_id).annotate(of=Coalesce("about", "month")).order_by("-of")
    last = booked.values_list("of", flat=True).first()
    moved = sorted(month_start(month) for month in months if month <= today)
    if not moved and last is None:
        return None
    first = moved[0] if moved else last or today
    return first, min(max(moved[-1] if moved else first, last or first), today)


def _accrue(
    actor: Actor, agreement: Agreement, sales: Sales, month: date
) -> tuple[AccrualEntry, ...]:
    there = expected_at(sales, month)
    entries = entries_of(there.to_date, there.whole, _accrued(agreement, month), month, there.basis)
    booking = Booking(month, there.as_of, there.commit)
    return book(actor, agreement, entries, booking, there.weights)


def _accrued(agreement: Agreement, month: date) -> dict[str, Money]:
    """What was accrued up to a month by condition; settlements and write-offs stand apart."""
    rows = rows_of(agreement.id).annotate(of=Coalesce("about", "month")).filter(of__lte=month)
    return sums_of(
        rows.exclude(kind__in=APART).exclude(reverses__kind__in=APART), agreement.currency
    )


def _month(agreement: Agreement, month: date) -> date:
    if not in_force(agreement).versions:
        raise Conflict(_("Nothing of this agreement is in force yet."), code="not_in_force")
    first = month_start(month)
    span = Period(month_start(agreement.valid.start), agreement.valid.end)
    if first not in span or first > timezone.localdate():
        text = _("The month lies inside the agreement and has begun.")
        raise Invalid(text, code="month", fields={"month": text})
    return first


def month_end(day: date) -> date:
    """Return the last day of a month."""
    first = month_start(day)
    return Period(first, add_months(first, 1)).last


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid(_("Say why."), fields={"reason": _("A correction keeps its reason.")})
    return reason.strip()


def _parts_of(agreement: Agreement, row: models.AccrualRow) -> tuple[Part, ...]:
    """The opposite of what was posted for an entry, by account and product."""
    span = Period(row.month, add_months(row.month, 1))
    table = ledger_lines(actor=SYSTEM, dataset="accrual", period=span)
    zero = Money.zero(agreement.currency)
    sums: dict[tuple[Any, ...], Money] = defaultdict(lambda: zero)
    for line in table.to_pylist():
        same = line["batch_id"] == row.batch_id and line["condition"] == row.condition
        if same and line["kind"] == row.kind:
            key = tuple(line[name] for name in ("account_id", "product_id", "family", "treatment"))
            sums[key] = sums[key] - Money(line["value"], agreement.currency).quantised()
    return tuple(Part(key[0], key[1], amount, key[2:]) for key, amount in sums.items())
