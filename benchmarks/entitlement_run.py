"""The entitlement of 1,000 agreements with ten conditions each, over 10,000,000 sell-in rows.

Goal: at most 3 times one full aggregating scan of the same rows, written by hand for DuckDB, by all
that an evaluation tells lines apart by: account, product, month, return, channel, currency, unit.
The coarser scan by account, product and month is printed beside it. The run is the product's own
(``agreements.queries.batch``), from the stored agreements to the last hash and trace. Both read
the same segments: the cache is left out. ``KEYSTEAD_BENCH=short`` takes 60 agreements over
400,000 rows and fails only beyond four times the goal.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

SHORT = os.environ.get("KEYSTEAD_BENCH") == "short"
ROWS, AGREEMENTS = (400_000, 60) if SHORT else (10_000_000, 1000)
GOAL, ALLOWED = 3.0, (12.0 if SHORT else 3.0)
RUNS = 3
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
D = Decimal


def main() -> int:
    _fill()
    from keystead.agreements.models import Agreement
    from keystead.agreements.queries.batch import evaluate_many
    from keystead.agreements.queries.evaluation import evaluate_agreement
    from keystead.kit.access import SYSTEM
    from keystead.kit.files import duck
    from keystead.ledger import queries as ledger
    from keystead.metrics.queries import store

    store.ledger.cache_for = lambda *_args, **_more: None  # both sides read the segments
    ids = list(Agreement.objects.order_by("id").values_list("id", flat=True))
    reads = ledger.slice_set("sell_in").reads
    files = ", ".join(f"'{read.path}'" for read in reads)

    def by_hand(keys: str) -> Callable[[], int]:
        sql = (
            f"select {keys}, sum(value) as value, sum(quantity) as quantity, count(*) as lines "
            f"from read_parquet([{files}]) group by all"
        )

        def scan() -> int:
            with duck.session() as session:
                return session.arrow(sql).num_rows

        return scan

    scan = by_hand("account_id, product_id, month, is_return, channel, currency, unit")
    coarse = by_hand("account_id, product_id, month")
    found: list[Any] = []
    times: dict[str, list[tuple[float, float]]] = {"run": [], "scan": []}
    for _turn in range(RUNS):  # turn by turn, so that a busy machine slows both alike
        times["scan"].append(_spent(scan))
        times["run"].append(_spent(lambda: found.append(evaluate_many(SYSTEM, ids, as_of=LAST))))
    one = _spent(lambda: evaluate_agreement(SYSTEM, ids[0], as_of=LAST))[0]
    lines = sum(len(each.run.lines) for each in found[-1].values())
    assert all(_same(SYSTEM, evaluate_agreement, found[-1][each], each) for each in ids[::97])
    run, hand = (min(wall for wall, _work in times[name]) for name in ("run", "scan"))
    work = min(w for _, w in times["run"]) / min(w for _, w in times["scan"])
    print(f"{len(ids):,} agreements x 10 conditions, {lines:,} lines of entitlement over "
          f"{ledger.slice_set('sell_in').rows:,} rows in {len(reads)} segments")  # fmt: skip
    print(f"run {run:.2f} s, one scan {hand:.2f} s: ratio {run / hand:.2f} (goal {GOAL:.2f}); "
          f"processor time ratio {work:.2f}")  # fmt: skip
    least = min(_spent(coarse)[0] for _turn in range(RUNS))
    print(f"the scan by account, product and month alone {least:.2f} s: ratio {run / least:.2f}")
    print(f"one agreement by itself {one * 1000:.0f} ms, all of them so {one * len(ids):.0f} s")
    return 0 if run / hand <= ALLOWED else 1


def _spent(call: Callable[[], object]) -> tuple[float, float]:
    wall, work = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - wall, time.process_time() - work


def _same(actor: Any, evaluate: Callable[..., Any], found: Any, agreement_id: int) -> bool:
    alone = evaluate(actor, agreement_id, as_of=LAST)
    return bool(alone.run == found.run and alone.run.inputs_hash == found.run.inputs_hash)


def _fill() -> None:
    import _world

    _world.ROWS, _world.ACCOUNTS, _world.MONTHS, _world.FIRST = ROWS, AGREEMENTS, 12, FIRST
    base = os.environ.get("KEYSTEAD_BENCH_HOME", tempfile.gettempdir())
    _world.HOME = Path(base) / f"keystead-bench-entitlement-{ROWS}"
    _world.open_world()
    from keystead.agreements import models

    if models.Agreement.objects.exists():
        return
    from keystead.accounts.queries import account_dimension
    from keystead.agreements.calc.written import written
    from keystead.catalog.queries import product_dimension

    products = product_dimension()["product_id"].to_pylist()
    accounts = account_dimension()["account_id"].to_pylist()
    terms = [written(_terms(place, products)) for place in range(len(accounts))]
    end, active = date(2026, 1, 1), "active"
    heads = models.Agreement.objects.bulk_create(
        models.Agreement(number=f"C-{n:04}", kind="annual", account_id=one, starts=FIRST, ends=end,
                         currency="CNY", state=active)
        for n, one in enumerate(accounts)
    )  # fmt: skip
    versions = models.AgreementVersion.objects.bulk_create(
        models.AgreementVersion(agreement=one, number=1, starts=FIRST, state=active)
        for one in heads
    )
    from django.utils import timezone

    models.SignedTerms.objects.bulk_create(
        models.SignedTerms(version=one, starts=FIRST, ends=end, currency="CNY", terms=told,
                           signed_on=FIRST, frozen_at=timezone.now())
        for one, told in zip(versions, terms, strict=True)
    )  # fmt: skip


def _terms(place: int, products: list[int]) -> Any:
    """Ten conditions as an annual agreement has them, no two agreements alike."""
    from keystead.agreements.types import (
        Baseline,
        Cap,
        Condition,
        Every,
        Family,
        Floor,
        Measure,
        Method,
        RateKind,
        Scope,
        Selection,
        Terms,
        Tier,
        Timing,
    )

    def ladder(*pairs: tuple[Any, Any]) -> tuple[Tier, ...]:
        return tuple(Tier(D(lower), D(rate)) for lower, rate in pairs)

    def only(**chosen: Any) -> Scope:
        return Scope(include=Selection(**chosen))

    def rebate(key: str, every: Every, **more: Any) -> Condition:
        more.setdefault("tiers", steps)
        return Condition(key, more.pop("family", Family.VOLUME_REBATE), tier_period=every, **more)

    unit = 100_000 * (1 + place % 7)
    steps = ladder((unit, "1"), (unit * 2, "2"), (unit * 4, "3.5"), (unit * 6, "4"))
    brands = tuple(f"Brand {(place + n) % 25}" for n in range(3))
    first = place % (len(products) - 40)
    baseline = Baseline("ly", Measure.NET_VALUE,
                        tuple((date(2025, n, 1), D(unit)) for n in range(1, 13)))  # fmt: skip
    return Terms(
        (
            rebate("year", Every.YEAR),
            rebate("steps", Every.YEAR, method=Method.INCREMENTAL, scope=only(brands=brands),
                   cap=Cap(pct_of_base=D(3))),
            rebate("growth", Every.QUARTER, family=Family.GROWTH_REBATE, baseline="ly",
                   tier_measure=Measure.GROWTH_PCT, tiers=ladder((0, "0.5"), (5, 1), (15, 2))),
            rebate("category", Every.QUARTER, scope=only(categories=(f"Category {place % 8}",))),
            rebate("focus", Every.QUARTER, scope=only(products=tuple(products[first:first + 40])),
                   floor=Floor(D(1000))),
            rebate("platform", Every.HALF, scope=only(channels=("platform",))),
            rebate("gross", Every.YEAR, returns_count=False, benefit_measure=Measure.GROSS_VALUE),
            rebate("packs", Every.QUARTER, tier_measure=Measure.QUANTITY, tier_uom="pack",
                   benefit_measure=Measure.QUANTITY, benefit_uom="pack",
                   rate_kind=RateKind.PER_UNIT, tiers=ladder((0, "0.05"), (5000, "0.08"))),
            rebate("fee", Every.YEAR, family=Family.LISTING_FEE, timing=Timing.LUMP,
                   tier_measure=Measure.NONE, rate_kind=RateKind.FIXED, tiers=ladder((0, 12000))),
            rebate("mix", Every.HALF, tier_measure=Measure.SHARE_PCT, focus=only(brands=brands[:2]),
                   tiers=ladder((5, "0.5"), (10, "1")), reduce_by=("year",)),
        ),
        baselines=(baseline,),
    )  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
