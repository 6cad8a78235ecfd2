"""Whether what a condition costs takes revenue down, or buys a service (IFRS 15, 70 to 72)."""

from __future__ import annotations

from datetime import date

from keystead.agreements.types import SERVICES, Agreement, Condition, Family, Treatment

BOUGHT = SERVICES | {Family.FUND}


def treatment_of(condition: Condition) -> Treatment:
    """Return how what a condition costs is shown in the P&L.

    What a customer is given takes revenue down, unless it pays for a distinct service at its fair
    value. So a fee is a service only where the service and the note on its fair value are written
    down; without them the whole of it takes revenue down.

    >>> from keystead.agreements.types import Service
    >>> paid = Service(deliverable="Two end caps", fair_value_note="Three quotes of 2026")
    >>> [str(treatment_of(Condition("fee", Family.DISPLAY_FEE, service=found)))
    ...  for found in (paid, None)]
    ['service', 'revenue']
    >>> str(treatment_of(Condition("growth", Family.GROWTH_REBATE, service=paid)))
    'revenue'
    """
    service = condition.service
    told = service is not None and service.deliverable.strip() and service.fair_value_note.strip()
    return Treatment.SERVICE if condition.family in BOUGHT and told else Treatment.REVENUE


def kind_of(agreement: Agreement, key: str, on: date) -> tuple[str, Treatment]:
    """Return the family and the treatment of a condition on a day.

    Where no version of the day knows the key the newest that does is asked. Limits over the whole
    agreement (no key) are of no family and take revenue down.
    """
    ranked = sorted(agreement.versions, key=lambda one: (on in one.effective, one.number))
    for version in reversed(ranked):
        for condition in version.conditions:
            if condition.key == key:
                return condition.family.value, treatment_of(condition)
    return "", Treatment.REVENUE
