"""Negotiation: the exact front of a large case, and a large consortium under every method.

The stated limits: 40 issues x 6 options in at most 50 ms, where the rival (counting every package)
would need 6^40 of them; 300 members shared anew under every method in at most 1 s. The front is
checked against counting on the first seven issues. ``KEYSTEAD_BENCH=short`` takes half the issues
and a third of the members and repeats less.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable
from decimal import Decimal

import numpy as np

from keystead.kernel.money import Money
from keystead.negotiation.calc.fees import allocate
from keystead.negotiation.calc.packages.front import front
from keystead.negotiation.calc.packages.values import Values, values
from keystead.negotiation.types.cases import Case, Issue, Option
from keystead.negotiation.types.fees import (
    Band,
    Bands,
    BidRule,
    Bids,
    ContestedGarment,
    DiscountSteps,
    Equal,
    FeeCase,
    FixedPlus,
    Limits,
    Manual,
    Member,
    Method,
    Mix,
    Proportional,
    SavingsShare,
    Shapley,
)

SHORT = os.environ.get("KEYSTEAD_BENCH") == "short"
ISSUES, MEMBERS, REPEATS = (20, 100, 2) if SHORT else (40, 300, 5)
FRONT_LIMIT, FEES_LIMIT = 0.05, 1.0


def main() -> int:
    found = values(_case())
    took, points = _best(lambda: len(front(found.ours, found.theirs).packages), REPEATS)
    agrees = _counted(found)
    print(
        f"front of {ISSUES} issues x 6 options: {points} points in {took * 1000:.1f} ms, "
        f"ratio to the limit {took / FRONT_LIMIT:.2f} (goal 1.00); as counted: {agrees}"
    )
    cases = _fee_cases()
    whole = 0.0
    for name, case in cases.items():
        spent, total = _best(lambda one=case: sum(allocate(one).fees.values()), 3)  # type: ignore[misc]
        agrees &= total == case.total.amount
        whole += spent
        print(f"  {name:<20} {spent * 1000:8.1f} ms")
    print(
        f"{MEMBERS} members under {len(cases)} methods: {whole:.2f} s, "
        f"ratio to the limit {whole / FEES_LIMIT:.2f} (goal 1.00)"
    )
    return 0 if agrees and took <= FRONT_LIMIT and whole <= FEES_LIMIT else 1


def _best(call: Callable[[], object], repeats: int) -> tuple[float, object]:
    """Return the best time of some runs, and the answer."""
    times, answer = [], None
    for _ in range(repeats):
        start = time.perf_counter()
        answer = call()
        times.append(time.perf_counter() - start)
    return min(times), answer


def _case() -> Case:
    source = np.random.default_rng(40)
    issues = []
    for number in range(ISSUES):
        scores = source.integers(0, 101, (6, 2)).tolist()
        options = tuple(
            Option(str(place), Decimal(one), Decimal(other))
            for place, (one, other) in enumerate(scores)
        )
        ours, theirs = source.integers(1, 101, 2).tolist()
        issues.append(Issue(str(number), options, Decimal(ours), Decimal(theirs)))
    return Case(tuple(issues))


def _counted(found: Values) -> bool:
    """Return whether counting every package of the first issues finds the same front."""
    ours, theirs = found.ours[:7], found.theirs[:7]
    best, kept = -1, []
    us = [sum(pick) for pick in itertools.product(*ours)]
    them = [sum(pick) for pick in itertools.product(*theirs)]
    for one, other in sorted(zip(us, them, strict=True), key=lambda pair: (-pair[0], -pair[1])):
        if other > best:
            kept.append((one, other))
            best = other
    return [(one.ours, one.theirs) for one in front(ours, theirs).packages] == kept


def _fee_cases() -> dict[str, FeeCase]:
    source = np.random.default_rng(300)
    sizes = source.lognormal(8, 1.2, (MEMBERS, 3))
    members = tuple(
        Member(
            f"M{place:03}",
            {"fte": _cents(fte), "budget": _cents(budget * 50), "alone": _cents(alone)},
            _cents(alone * source.uniform(0.6, 0.9)),
        )
        for place, (fte, budget, alone) in enumerate(sizes.tolist())
    )
    alone = sum((one.measures["alone"] for one in members), Decimal(0))
    total = Money((alone * Decimal("0.75")).quantize(Decimal("0.01")), "EUR")
    by_fte = Proportional("fte")
    equal = allocate(FeeCase(total, members, Equal())).fees
    steps = tuple((alone * part / 4, Decimal(8 * part)) for part in range(1, 4))
    parts = {"equal": Decimal("0.2"), "fte": Decimal("0.4"), "budget": Decimal("0.4")}
    bands = tuple(Band(Decimal(1000 * n), Decimal(n + 1)) for n in range(10))
    methods: dict[str, Method] = {
        "equal": Equal(),
        "proportional": by_fte,
        "mix": Mix(parts),
        "bands": Bands("fte", bands),
        "fixed plus variable": FixedPlus(Decimal(100), by_fte),
        "savings share": SavingsShare("alone", by_fte),
        "bids": Bids("alone"),
        "bids, equal": Bids("alone", BidRule.EQUAL),
        "contested garment": ContestedGarment("alone"),
        "shapley (sampled)": Shapley(DiscountSteps("alone", steps)),
        "manual": Manual(equal, "benchmark"),
    }
    cases = {name: FeeCase(total, members, method) for name, method in methods.items()}
    collar = Limits(up_pct=Decimal(60), down_pct=Decimal(40))
    cases["floor and cap"] = FeeCase(
        total, members, by_fte, Limits(floor=Decimal(300), cap=total.amount / 20)
    )
    cases["collar"] = FeeCase(total, members, by_fte, collar)
    return cases


def _cents(value: float) -> Decimal:
    return Decimal(round(value * 100)).scaleb(-2)


if __name__ == "__main__":
    raise SystemExit(main())
