"""Cost of a paid use as libraries work it out, and the plain saving of keeping fewer titles."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from keystead.kernel.exact import round_half_up
from keystead.negotiation.calc.prices.paths import quotient


@dataclasses.dataclass(frozen=True)
class PaidUse:
    """Loans that a subscription saves, what they would cost, and what is left per paid use."""

    loans: Decimal
    loan_cost: Decimal
    net_cost: Decimal
    per_use: Decimal | None


def paid_use(
    subscription: Decimal, use: Decimal, loan_cost: Decimal, loan_share_pct: Decimal
) -> PaidUse:
    """Return the net cost of a paid use: (subscription - loans not needed) / use behind the wall.

    ``use``: uses a year that are not open, not in an owned backfile. Without any, no cost per use.
    Formula: ourresearch/jump-api, journal.py.

    >>> paid_use(Decimal(1000), Decimal(500), Decimal(17), Decimal(5)).per_use
    Decimal('1.150000')
    """
    loans = use * loan_share_pct.scaleb(-2)
    cost = loans * loan_cost
    net = subscription - cost
    return PaidUse(loans, cost, net, quotient(net, use, 6) if use else None)


@dataclasses.dataclass(frozen=True)
class Kept:
    """A bundle against a few titles of it."""

    saving: Decimal
    saving_pct: Decimal
    titles_dropped: int
    title_share_pct: Decimal
    price_per_title: Decimal


def kept_titles(bundle: Decimal, titles: int, cost: Decimal, kept: int) -> Kept:
    """Return what keeping ``kept`` of the titles for ``cost`` saves against the bundle."""
    saving = bundle - cost
    return Kept(
        round_half_up(saving, 2),
        quotient(saving * 100, bundle, 2),
        titles - kept,
        quotient(Decimal(kept * 100), Decimal(titles), 2),
        quotient(cost, Decimal(kept), 2),
    )
