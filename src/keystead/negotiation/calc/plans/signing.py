"""From what was agreed to what is signed: clauses, invoices, and where the two differ."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from keystead.agreements.types import Clause
from keystead.kernel.errors import Invalid
from keystead.kernel.exact import largest_remainder
from keystead.kernel.money import minor_units
from keystead.kernel.periods import Period, add_months
from keystead.negotiation.types.plans import Difference, MemberShare, PlannedInvoice

KEY: Final = "agreed-"
FEE: Final = "agreed-fee"
MOST_PARTS: Final = 60


def clauses_of(
    package: Mapping[str, str],
    fee: tuple[str, str] | None = None,
    *,
    calculating: Container[str] = (),
) -> tuple[Clause, ...]:
    """Return the agreed package as clauses, one for each issue in its order; the fee last.

    ``fee``: heading and text of what is paid in all. Issues in ``calculating`` are terms that the
    agreement works out (``calc.plans.terms``), and no words.

    >>> [(one.key, one.heading, one.text) for one in clauses_of({"Term": "3 years"})]
    [('agreed-1', 'Term', '3 years')]
    """
    made = [
        Clause(f"{KEY}{at}", issue, option, at)
        for at, (issue, option) in enumerate(package.items(), 1)
        if issue not in calculating
    ]
    if fee is not None:
        made.append(Clause(FEE, fee[0], fee[1], len(package) + 1))
    return tuple(made)


def differences(agreed: Sequence[Clause], written: Sequence[Clause]) -> tuple[Difference, ...]:
    """Return where the clauses of an agreement differ from what was agreed; empty: nowhere.

    Only clauses that came from a deal are looked at: an agreement may hold many others.

    >>> differences(clauses_of({"Term": "3 years"}), clauses_of({"Term": "1 year"}))
    (Difference(place='Term', agreed='3 years', written='1 year'),)
    """
    there = {one.key: one for one in written if one.key.startswith(KEY)}
    found = []
    for one in agreed:
        other = there.pop(one.key, None)
        if other is None:
            found.append(Difference(one.heading, one.text, ""))
        elif (other.heading, other.text) != (one.heading, one.text):
            place = (
                one.heading if other.heading == one.heading else f"{one.heading} / {other.heading}"
            )
            found.append(Difference(place, one.text, other.text))
    found += [Difference(one.heading, "", one.text) for one in there.values()]
    return tuple(found)


def invoice_plan(
    shares: Sequence[MemberShare], period: Period, currency: str, *, every_months: int, first: date
) -> tuple[PlannedInvoice, ...]:
    """Return the invoices of a period: each member's fee in equal parts, to the last cent.

    ``every_months``: 12 makes one invoice a year, 3 one a quarter, 0 a single one. The fee of a
    split is for its whole period; parts fall due from ``first`` on while the period lasts. Who did
    not join gets none. Raises Invalid for a first day after the period.

    >>> one = MemberShare(1, "A", "A", True, Decimal("100.00"), Decimal(100))
    >>> year, day = Period.year(2027), date(2027, 1, 15)
    >>> plan = invoice_plan([one], year, "EUR", every_months=4, first=day)
    >>> [(str(part.due), str(part.amount)) for part in plan]
    [('2027-01-15', '33.34'), ('2027-05-15', '33.33'), ('2027-09-15', '33.33')]
    """
    if first > period.last:
        raise Invalid("The first invoice comes after the period.", code="invoice_late")
    days = [first]
    while every_months and len(days) < MOST_PARTS:
        due = add_months(first, every_months * len(days))
        if due > period.last:
            break
        days.append(due)
    places = minor_units(currency)
    made = []
    for share in shares:
        if not share.joined or not share.fee:
            continue
        parts = largest_remainder(int(share.fee.scaleb(places)), [1] * len(days))
        made += [
            PlannedInvoice(
                share.account_id, share.code, share.name, due, Decimal(part).scaleb(-places), at
            )
            for at, (due, part) in enumerate(zip(days, parts, strict=True), 1)
        ]
    return tuple(made)
