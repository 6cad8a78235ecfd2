"""The offer what-if of one agreement: the first answer, and a changed tier.

The stated limit is 300 ms end to end for one agreement in the page; here is its pure part: 400
products, 12 months, 8 brands, 10,000 draws, a yearly and a quarterly rebate, a discount and a fee.
The rival is working the same changed tier out draw by draw with the exact engine, timed on a few
draws and scaled. ``KEYSTEAD_BENCH=short`` takes a tenth of the products.
"""

from __future__ import annotations

import os
import time
from datetime import date
from decimal import Decimal

from keystead.agreements.calc.evaluate import evaluate
from keystead.agreements.types import (
    Condition,
    Every,
    Family,
    Measure,
    RateKind,
    Terms,
    Tier,
    Timing,
)
from keystead.kernel.periods import Period, add_months
from keystead.kit.files.arrow import leave_pandas_out
from keystead.profitability.calc.whatif.answers import answer, at_forecast
from keystead.profitability.calc.whatif.trying import (
    DRAWS,
    Trial,
    inputs_of,
    made_book,
    made_trial,
    version_of,
)
from keystead.profitability.types.offers import Offer, Setting, Sold

SHORT = os.environ.get("KEYSTEAD_BENCH") == "short"
PRODUCTS = 40 if SHORT else 400
FIRST_LIMIT, CHANGED_LIMIT = 2.0, 0.3
D = Decimal


def main() -> int:
    leave_pandas_out()  # as each process of Keystead does when it starts
    start = time.perf_counter()
    trial = _trial()
    today = _terms(D(2))
    reference = at_forecast(trial, Offer("today", "", today), today)
    answer(trial, Offer("a", "A", today), today, reference)
    first = time.perf_counter() - start
    times = []
    for step in range(5):
        offer = Offer("a", "A", _terms(D(2) + D(step + 1) / 10))
        start = time.perf_counter()
        answer(trial, offer, today, reference)
        times.append(time.perf_counter() - start)
    changed = min(times)
    rival = _exact(trial, today)
    print(f"{PRODUCTS} products x 12 months, {DRAWS:,} draws")
    print(f"first answer {first:.2f} s, ratio to the limit {first / FIRST_LIMIT:.2f} (goal 1.00)")
    print(f"changed tier {changed * 1000:.0f} ms, ratio to the limit {changed / CHANGED_LIMIT:.2f} "
          f"(goal 1.00)")  # fmt: skip
    print(f"draw by draw with the exact engine {rival:.0f} s, ratio {rival / changed:.0f}")
    return 0 if first <= FIRST_LIMIT and changed <= CHANGED_LIMIT else 1


def _trial() -> Trial:
    rows = [
        Sold(1, n, f"P{n}", f"Product {n}", f"Brand {n % 10}", "", (D(100 + n),) * 12,
             (D((100 + n) * 10),) * 12, (), D((100 + n) * 72))
        for n in range(PRODUCTS)
    ]  # fmt: skip
    history = {add_months(date(2024, 1, 1), n): D(100_000 + n % 5 * 9000) for n in range(36)}
    setting = Setting(seed=7)
    book = made_book(
        account_id=1, currency="EUR", span=Period.parse("2027"), rows=rows, done=0,
        history=history, setting=setting, sees_cost=True,
    )  # fmt: skip
    return made_trial(book, setting)


def _terms(rate: Decimal) -> Terms:
    whole = D(sum((100 + n) * 120 for n in range(PRODUCTS)))
    tiers = (Tier(D(0), D(1)), Tier(whole, rate), Tier(whole * D("1.2"), rate + 1))
    return Terms(
        (
            Condition("year", Family.VOLUME_REBATE, tiers=tiers),
            Condition("growth", Family.GROWTH_REBATE, tier_measure=Measure.GROWTH_PCT,
                      baseline="ly", tier_period=Every.QUARTER,
                      tiers=(Tier(D(5), D(1)), Tier(D(10), D(2)))),
            Condition("invoice", Family.INVOICE_DISCOUNT, timing=Timing.ON_INVOICE,
                      tiers=(Tier(D(0), D(2)),)),
            Condition("fee", Family.LISTING_FEE, timing=Timing.LUMP, tier_measure=Measure.NONE,
                      rate_kind=RateKind.FIXED, tiers=(Tier(D(0), D(120_000)),)),
        )
    )  # fmt: skip


def _exact(trial: Trial, terms: Terms) -> float:
    """Seconds that the exact engine would take for all draws, from three of them."""
    book = trial.book
    rows = trial.priced(Offer("a", "A", terms), terms)
    start = time.perf_counter()
    for _ in range(3):
        evaluate(version_of(book, terms), inputs_of(book, rows), book.span.last)
    return (time.perf_counter() - start) / 3 * DRAWS


if __name__ == "__main__":
    raise SystemExit(main())
