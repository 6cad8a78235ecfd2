"""Which exchange rate counts on a day: the latest known, direct, turned round, or crossed."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from datetime import date, timedelta

from keystead.kernel.rates import Rate

STALE_DAYS = 366


class RateBook:
    """Rates sorted for look-up. A rate counts from its day for ``STALE_DAYS`` days, no longer.

    >>> from decimal import Decimal
    >>> book = RateBook([Rate(Decimal("8"), date(2026, 1, 31), "ECB", "EUR", "CNY")])
    >>> book.find("CNY", "EUR", date(2026, 2, 10)).value
    Decimal('0.125')
    >>> book.find("CNY", "EUR", date(2026, 1, 30)) is None
    True
    """

    def __init__(self, rates: Iterable[Rate]) -> None:
        self._pairs: dict[tuple[str, str], list[Rate]] = {}
        for rate in sorted(rates, key=lambda rate: rate.on):
            self._pairs.setdefault((rate.base, rate.quote), []).append(rate)
        self.currencies = frozenset(code for pair in self._pairs for code in pair)
        self.first = min((rates[0].on for rates in self._pairs.values()), default=None)
        self.last = max((rates[-1].on for rates in self._pairs.values()), default=None)

    def find(self, base: str, quote: str, on: date) -> Rate | None:
        """Return the rate that counts on the day, or None.

        One currency to itself is 1. A given rate beats a turned-round one of the same day; a
        direct pair beats a cross over a third currency; of crosses the one whose older leg is
        the newest wins, then the alphabet, so that the answer is always the same.
        """
        if base == quote:
            return Rate.same(base, on)
        direct = self._either_way(base, quote, on)
        if direct:
            return direct
        crosses = [
            first.cross(second)
            for middle in sorted(self.currencies - {base, quote})
            if (first := self._either_way(base, middle, on))
            and (second := self._either_way(middle, quote, on))
        ]
        return max(crosses, key=lambda rate: rate.on) if crosses else None

    def _either_way(self, base: str, quote: str, on: date) -> Rate | None:
        given, turned = self._latest(base, quote, on), self._latest(quote, base, on)
        if given and (turned is None or given.on >= turned.on):
            return given
        return turned.inverse() if turned else None

    def _latest(self, base: str, quote: str, on: date) -> Rate | None:
        rates = self._pairs.get((base, quote), [])
        index = bisect.bisect_right(rates, on, key=lambda rate: rate.on)
        if not index or on - rates[index - 1].on > timedelta(days=STALE_DAYS):
            return None
        return rates[index - 1]
