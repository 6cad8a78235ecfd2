"""Who sees what, and over which days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from django.utils import timezone

from keystead.accounts.queries import scope_for
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.metrics.queries import data_until
from keystead.metrics.types import Evaluation, Note

MIXED: Final = frozenset({Note.MIXED_CURRENCIES.value, Note.NO_RATE.value})


def sees_cost(actor: Actor, account_id: int) -> bool:
    """Say whether the actor may see cost and margin of an account they may see."""
    if not actor.can("metrics.cost"):
        return False
    scope = scope_for(actor, name="terms")
    return scope.everything or account_id in scope.account_ids


def default_period() -> Period:
    """Return the year up to and with the last day of sales data, never later than today."""
    today = timezone.localdate()
    last = min(data_until() or today, today)
    return Period(last.replace(month=1, day=1), last + timedelta(days=1))


def one_currency(evaluation: Evaluation, names: Iterable[str], found: str = "") -> str:
    """Return the currency that all amounts share, with ``found`` so far; raises Invalid."""
    for name in names:
        values, units_of, notes = (
            evaluation.table.column(f"{name}{end}") for end in ("", "_unit", "_note")
        )
        for note in MIXED.intersection(pc.unique(notes).to_pylist()):
            raise not_one_currency(Note(note))
        counts = pc.not_equal(values, pa.scalar(0).cast(values.type))
        units = {found, *pc.unique(units_of.filter(counts)).to_pylist()}
        units -= {"", None}
        if len(units) > 1:
            raise not_one_currency(Note.MIXED_CURRENCIES)
        found = next(iter(units), found)
    return found


def not_one_currency(note: Note) -> Invalid:
    """Return what is said where amounts do not add up."""
    if note is Note.NO_RATE:
        return Invalid(
            "An exchange rate is missing for this account and period.",
            code="no_rate",
            hint="Import the rates of these months.",
        )
    return Invalid(
        "This account has facts in several currencies.",
        code="currency_mixed",
        hint="Choose one currency to see them together.",
    )
