"""Sizes of an account on a day."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts import models
from keystead.accounts.queries.details import as_measure
from keystead.accounts.rules.fields import tidy
from keystead.accounts.services.loading import account_row, chosen, delete_checked, row_of
from keystead.accounts.types import MONEY_MEASURES, Confidence, Measure, MeasureKind
from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor

LARGEST = Decimal(10) ** 16


class AboutMeasure(TypedDict, total=False):
    """What else is known of a measure: its unit or currency, who says so, how sure they are."""

    unit: str
    currency: str
    source: str
    confidence: Confidence | str
    note: str


def set_measure(
    *,
    actor: Actor,
    account_id: int,
    kind: MeasureKind | str,
    value: Decimal | int,
    as_of: date,
    version: int | None = None,
    **about: Unpack[AboutMeasure],
) -> Measure:
    """Return the measure; one of the same kind, day and source is replaced.

    Needs ``accounts.edit`` and the account. Money kinds (budget, revenue) need a currency; the
    account's own is taken when none is given. ``version`` guards the row that is replaced.
    """
    wanted = chosen(MeasureKind, kind, "kind")
    trust = chosen(Confidence, about.get("confidence") or Confidence.MEDIUM, "confidence")
    number = _number(value)
    with transaction.atomic():
        account = account_row(actor, account_id)
        money = _currency(wanted, about.get("currency") or account.currency)
        name = tidy(about.get("source"))[:120]
        row = models.AccountMeasure.objects.filter(
            account=account, kind=wanted, as_of=as_of, source=name
        ).first()
        old = row.snapshot() if row else None
        row = row or models.AccountMeasure(account=account, kind=wanted, as_of=as_of, source=name)
        row.value, row.currency, row.confidence = number, money, trust.value
        row.unit = "" if money else tidy(about.get("unit"))[:20]
        row.note = tidy(about.get("note"))[:200]
        if old is not None and _same(old, row):
            return as_measure(row)
        row.save_checked(actor, version)
        audit.record(
            actor=actor,
            action="account.measure.set",
            subject=("account_measure", row.pk),
            old=old,
            new=row.snapshot(),
            account_id=account.pk,
        )
    return as_measure(row)


def remove_measure(*, actor: Actor, measure_id: int, version: int | None = None) -> None:
    """Remove a measure that was never right."""
    with transaction.atomic():
        row = row_of(actor, models.AccountMeasure.objects.all(), measure_id)
        old = row.snapshot()
        delete_checked(row, version)
        audit.record(
            actor=actor,
            action="account.measure.remove",
            subject=("account_measure", measure_id),
            old=old,
            account_id=row.account_id,
        )


def _number(value: Decimal | int) -> Decimal:
    number = Decimal(value)
    if not number.is_finite() or not 0 <= number < LARGEST or number != round(number, 4):
        text = _("Give a number from zero on, with at most four decimals.")
        raise Invalid(text, code="measure_value", field="value")
    return number


def _currency(kind: MeasureKind, currency: str) -> str:
    if kind not in MONEY_MEASURES:
        return ""
    code = tidy(currency).upper()
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise Invalid(_("Money needs a currency."), code="measure_currency", field="currency")
    return code


def _same(old: dict[str, object], row: models.AccountMeasure) -> bool:
    new = row.snapshot()
    if Decimal(str(old["value"])) != row.value:
        return False
    return all(old[key] == value for key, value in new.items() if key != "value")
