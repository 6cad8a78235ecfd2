"""Payment terms such as ``2/10 net 60``: when a discount may be taken, when the sum is due."""

from __future__ import annotations

import dataclasses
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from keystead.kernel.errors import Invalid

_FORM: Final = re.compile(
    r"(?:(?P<pct>\d{1,2}(?:\.\d{1,4})?)\s*/\s*(?P<within>\d{1,3})\s*,?\s*)?n(?:et)?\s*/?\s*(?P<net>\d{1,3})",
    re.ASCII | re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True, slots=True)
class PaymentTerms:
    """So many percent off when paid within so many days; else all of it after ``net_days``."""

    net_days: int
    discount_pct: Decimal = Decimal(0)
    discount_days: int = 0


def parse_terms(text: str) -> PaymentTerms:
    """Return the terms behind ``2/10 net 60``, ``2/10, n/60`` or ``net 30``; raises Invalid.

    >>> parse_terms("2/10 net 60")
    PaymentTerms(net_days=60, discount_pct=Decimal('2'), discount_days=10)
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise Invalid(
            f"{text[:40]!r} are no payment terms.",
            code="payment_terms",
            hint="Write net 60, or 2/10 net 60: 2 % off within 10 days, else due after 60.",
        )
    found = PaymentTerms(int(match["net"]), Decimal(match["pct"] or 0), int(match["within"] or 0))
    if found.discount_days > found.net_days:
        raise Invalid("The discount ends after the sum is due.", code="payment_terms")
    return found


def early_discount(terms: PaymentTerms, invoice: Decimal, issued: date, paid: date) -> Decimal:
    """Return the discount for a payment; the last day is still in time.

    >>> terms = parse_terms("2/10 net 60")
    >>> early_discount(terms, Decimal(100), date(2026, 3, 31), date(2026, 4, 10))
    Decimal('2.00')
    """
    in_time = paid <= issued + timedelta(days=terms.discount_days)
    return (invoice * terms.discount_pct).scaleb(-2) if in_time else Decimal(0)


def due_date(terms: PaymentTerms, issued: date) -> date:
    """Return the day on which the whole sum is due."""
    return issued + timedelta(days=terms.net_days)
