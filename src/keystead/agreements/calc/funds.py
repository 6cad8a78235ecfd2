"""Funds: what is still available, and what may be promised or paid from them."""

from __future__ import annotations

from datetime import date

from keystead.agreements.types import FundBalance
from keystead.kernel.errors import Invalid
from keystead.kernel.money import Money


def refuse_overspending(fund: FundBalance, amount: Money, on: date) -> None:
    """Raise Invalid unless the fund is alive and has the amount left to be promised.

    >>> fund = FundBalance("mdf", Money(100, "EUR"), Money(80, "EUR"), Money(10, "EUR"))
    >>> refuse_overspending(fund, Money(20, "EUR"), date(2026, 5, 1))
    >>> refuse_overspending(fund, Money(21, "EUR"), date(2026, 5, 1))
    Traceback (most recent call last):
    keystead.kernel.errors.Invalid: The fund has less left than this.
    """
    if fund.expires is not None and on > fund.expires:
        raise Invalid("The fund has expired.", code="fund_expired", fund=fund.fund)
    if amount > fund.available:
        raise Invalid(
            "The fund has less left than this.",
            code="fund_exhausted",
            fund=fund.fund,
            available=str(fund.available),
        )


def refuse_unpromised(fund: FundBalance, amount: Money) -> None:
    """Raise Invalid where more would be spent than was committed.

    >>> fund = FundBalance("mdf", Money(100, "EUR"), Money(80, "EUR"), Money(80, "EUR"))
    >>> refuse_unpromised(fund, Money(1, "EUR"))
    Traceback (most recent call last):
    keystead.kernel.errors.Invalid: More would be spent than was committed.
    """
    if fund.spent + amount > fund.committed:
        raise Invalid(
            "More would be spent than was committed.", code="fund_uncommitted", fund=fund.fund
        )
