"""Transfers of value: where they are disclosed, and the limits on hospitality.

The rules are data that compliance owns: dated, by country. What is shipped is a starting set, not
legal advice: the monetary thresholds that the national codes under the EFPIA code name per person
and meal.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date
from typing import Any

from keystead.campaigns.types import Expense
from keystead.kernel.money import Money


@dataclasses.dataclass(frozen=True)
class TransferRule:
    """What holds in a country from a day on: disclosure, and the limit per person and meal."""

    country: str
    starts: date
    discloses: bool
    limit: Money | None = None


def rule_on(rules: Iterable[TransferRule], country: str, day: date) -> TransferRule | None:
    """Return the rule of a country that holds on a day, or None where nobody set one.

    >>> first = TransferRule("FR", date(2020, 1, 1), True, Money("60", "EUR"))
    >>> later = TransferRule("FR", date(2026, 1, 1), True, Money("65", "EUR"))
    >>> str(rule_on([later, first], "fr", date(2025, 5, 5)).limit)
    'EUR 60'
    >>> rule_on([later], "FR", date(2025, 5, 5)) is None
    True
    """
    wanted = country.strip().upper()
    found = [one for one in rules if one.country == wanted and one.starts <= day]
    return max(found, key=lambda one: one.starts, default=None)


def discloses(country: str, rule: TransferRule | None) -> bool:
    """Say whether transfers of value are disclosed there; an unknown country is taken to.

    >>> discloses("FR", None), discloses("", None)
    (False, True)
    """
    return not country.strip() or (rule is not None and rule.discloses)


def transfer_facts(expense: Expense, rules: Iterable[TransferRule]) -> dict[str, Any]:
    """Return what rules R-15 and R-16 look at, by the rules of the day of the expense."""
    given = expense.transfer
    rule = rule_on(rules, given.recipient_country, expense.on)
    limit = rule.limit if rule else None
    spent = given.hospitality_per_person
    same = limit is not None and limit.currency == expense.currency
    over = spent is not None and limit is not None and (not same or spent > limit.amount)
    return {
        "recipient_is_hcp": given.discloses and discloses(given.recipient_country, rule),
        "recipient_id": given.recipient_id,
        "transfer_category": given.category,
        "consent": "yes" if given.consent else "",
        "over_hospitality_limit": given.discloses and over,
        "limit": str(limit) if limit is not None else "",
    }


def payment_facts(expense: Expense) -> dict[str, Any]:
    """Return what rules R-09 (proof of service) and R-13 (booked) look at."""
    service = expense.service
    dated = service.first is not None and service.last is not None
    return {
        "is_service": service.is_service,
        "deliverable": service.what,
        "dates": f"{service.first}..{service.last}" if dated else "",
        "fair_value_note": service.fair_value_note,
        "proof": "kept" if expense.proofs else "",
        "ledger_code": expense.ledger_code,
    }
