"""Price protection against a second calculator that counts packs one by one, day by day."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from keystead.agreements.calc.cuts import Priced, cuts_of
from keystead.agreements.calc.evaluate import evaluate
from keystead.agreements.calc.protection import StockAtCut, credit_of, protect
from keystead.agreements.tests.world import YEAR, D, inputs, rebate, version
from keystead.agreements.types import (
    Every,
    Family,
    Measure,
    PriceCut,
    PriceProtection,
    PriceRow,
    ProtectedCut,
    ReportedStock,
    StockLine,
)
from keystead.kernel.periods import Period

CASES = 2_000
MAY = date(2026, 5, 1)


def _terms(rng: random.Random) -> PriceProtection:
    return PriceProtection(
        include_in_transit=rng.random() < 0.5,
        cap_days_of_stock=D(rng.randint(0, 90)) if rng.random() < 0.5 else None,
        sell_in_days=rng.choice([None, 1, 30]),
        less_off_take=rng.random() < 0.5,
        off_take_days=rng.choice([30, 60, 90]),
    )


def _cut(rng: random.Random, on: date, number: int = 1) -> ProtectedCut:
    new = D(rng.randint(1, 9000)) / 100
    stocks = []
    for account in range(1, rng.randint(2, 4)):
        lines = tuple(
            StockLine(account, 1, on - timedelta(days=1), D(rng.randint(-3, 40)), "pack",
                      in_transit=rng.random() < 0.3)
            for _place in range(rng.randint(1, 3))
        )  # fmt: skip
        moved = D(rng.randint(-5, 30)), D(rng.randint(-5, 30))
        stocks.append(ReportedStock(account, on - timedelta(days=1), lines, *moved))
    return ProtectedCut(
        number, "pp", PriceCut(1, on, new + D(rng.randint(1, 900)) / 100, new), tuple(stocks),
        off_take=D(rng.randint(-2, 120)), sell_in=D(rng.randint(-2, 120)),
    )  # fmt: skip


def brute(terms: PriceProtection, found: ProtectedCut) -> Fraction:
    """The credit in money: packs on a heap, taken away and cut down, one rule after the other."""
    heap = Fraction(0)
    for stock in found.stocks:
        own = Fraction(0)
        for line in stock.lines:
            if not line.in_transit or terms.include_in_transit:
                own += Fraction(line.quantity)
        if terms.include_in_transit:
            own += Fraction(stock.invoiced_since)
        if terms.less_off_take:
            own -= Fraction(stock.sold_since or 0)
        heap += own if own > 0 else 0
    if terms.cap_days_of_stock is not None:
        sold = Fraction(found.off_take or 0)
        most = Fraction(terms.cap_days_of_stock) * max(sold, Fraction(0)) / terms.off_take_days
        heap = most if heap > most else heap
    if terms.sell_in_days is not None:
        heap = min(heap, max(Fraction(found.sell_in), Fraction(0)))
    return heap * (Fraction(found.cut.old) - Fraction(found.cut.new))


def test_a_second_calculator_agrees_on_random_cuts() -> None:
    rng = random.Random(20261123)
    for _case in range(CASES):
        terms, found = _terms(rng), _cut(rng, MAY)
        made = credit_of(terms, found)
        gap = abs(Fraction(made.credit) - brute(terms, found))
        assert gap < Fraction(1, 10**12), (terms, found)


def test_an_entitlement_is_the_sum_of_the_cuts_of_its_period_to_the_cent() -> None:
    rng = random.Random(7)
    for _case in range(60):
        terms = _terms(rng)
        rule = rebate("pp", family=Family.PRICE_PROTECTION, price_protection=terms, tiers=(),
                      tier_measure=Measure.NONE, tier_period=Every.QUARTER)  # fmt: skip
        days = [YEAR.start + timedelta(days=rng.randint(1, 364)) for _cut in range(5)]
        cuts = [_cut(rng, day) for day in days]
        others = [_cut(rng, day, number=2) for day in days]
        as_of = date(2026, 9, rng.randint(1, 30))
        given_ = inputs([], protected=(*cuts, *others))
        run = evaluate(version(rule), given_, as_of)
        again = inputs([], protected=tuple(reversed((*others, *cuts))))
        assert evaluate(version(rule), again, as_of).total == run.total
        for line in run.lines:
            exact = sum(
                (brute(terms, one) for one in cuts
                 if one.cut.on in line.period and one.cut.on <= as_of), Fraction(0),
            )  # fmt: skip
            cents = Decimal(int(exact * 100 + Fraction(1, 2))) / 100
            assert abs(line.amount.amount - cents) <= (
                0 if abs(exact * 200 - round(exact * 200)) > Fraction(1, 10**9) else D("0.01")
            )


@given(st.integers(0, 10_000), st.integers(0, 500), st.integers(0, 10_000), st.integers(0, 10_000))
def test_more_stock_never_pays_less_and_a_limit_never_more(
    units: int, more: int, bought: int, sold: int
) -> None:
    free = PriceProtection()
    strict = PriceProtection(sell_in_days=30, less_off_take=True)

    def paid(terms: PriceProtection, held: int) -> Decimal:
        stock = StockAtCut(D(held), sold_since=D(sold), sell_in=D(bought))
        return protect(terms, D("9.99"), D("9.5"), stock).credit

    assert paid(free, units) <= paid(free, units + more)
    assert paid(strict, units) <= paid(strict, units + more)
    assert D(0) <= paid(strict, units) <= min(paid(free, units), D(bought) * D("0.49"))


def _path(rng: random.Random) -> tuple[tuple[Decimal, date, date | None], ...]:
    found: list[tuple[Decimal, date, date | None]] = []
    day = YEAR.start - timedelta(days=40)
    while day < YEAR.end:
        until = day + timedelta(days=rng.randint(1, 90))
        found.append((D(rng.randint(1, 6)), day, until))
        day = until + timedelta(days=rng.choice([0, 0, 0, 3]))
    return tuple(found)


def test_cuts_are_those_that_a_look_at_every_day_finds() -> None:
    rng = random.Random(11)
    for _case in range(40):
        path = _path(rng)
        spans = [Period(YEAR.start + timedelta(days=a), YEAR.start + timedelta(days=a + b))
                 for a, b in ((rng.randint(0, 300), rng.randint(1, 60)) for _row in range(2))]  # fmt: skip
        rows = tuple(
            PriceRow(D(rng.randint(1, 6)), "EUR", product=1, valid=span, priority=place)
            for place, span in enumerate(spans)
        )
        whole = version(prices=rows)

        def price(day: date, rows: Any = rows, path: Any = path) -> Decimal | None:
            fitting = [row for row in rows if day in row.valid]
            if fitting:
                best = max(fitting, key=lambda row: (row.valid.start, -row.priority))
                return best.amount
            return next((a for a, start, end in path if start <= day < end), None)

        expected = []
        day = YEAR.start + timedelta(days=1)
        while day < YEAR.end:
            before, now = price(day - timedelta(days=1)), price(day)
            if before is not None and now is not None and now < before:
                expected.append((day, before, now))
            day += timedelta(days=1)
        found = cuts_of(Priced(1, "pack", path), (whole,), YEAR, 1)
        assert [(one.on, one.old, one.new) for one in found] == expected
