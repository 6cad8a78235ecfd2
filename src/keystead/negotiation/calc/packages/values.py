"""What options are worth, in whole small units, so that sums and comparisons are exact.

Convention, and others differ: each issue is divided by its best value, weights by their sum. A
contribution is kept at twelve decimals; money in hundredths.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from keystead.kernel.errors import Invalid
from keystead.negotiation.calc.fees.units import decimal
from keystead.negotiation.types.cases import Case, Issue, Measure, Option, Side

UNIT: Final = {Measure.SCORE: 10**12, Measure.MONEY: 10**2}
MOST_ISSUES, MOST_OPTIONS, MOST = 500, 1000, 2**61

Table = tuple[tuple[int, ...], ...]  # issue -> option -> contribution


@dataclasses.dataclass(frozen=True)
class Values:
    """Contributions of every option to both sides, and what each side must have."""

    ours: Table
    theirs: Table
    our_floor: int
    their_floor: int


def values(case: Case) -> Values:
    """Return the contributions; raises Invalid for an issue without options, negative scores,
    weights that are all zero, or money that is missing where a side counts by it."""
    if not 0 < len(case.issues) <= MOST_ISSUES:
        raise Invalid(f"A case has 1 to {MOST_ISSUES} issues.", code="issues")
    names = [issue.name for issue in case.issues]
    for issue in case.issues:
        if names.count(issue.name) > 1:
            raise Invalid(f"{issue.name} is named twice.", code="named_twice", issue=issue.name)
        if not 0 < len(issue.options) <= MOST_OPTIONS:
            raise Invalid(
                f"{issue.name} has no options, or over {MOST_OPTIONS}.",
                code="options",
                issue=issue.name,
            )
        named = [option.name for option in issue.options]
        if len(set(named)) != len(named):
            raise Invalid(
                f"{issue.name} has two options of the same name.",
                code="named_twice",
                issue=issue.name,
            )
    ours = _table(case.issues, case.ours.measure, _OURS)
    theirs = _table(case.issues, case.theirs.measure, _THEIRS)
    return Values(ours, theirs, floor_of(case.ours, ours), floor_of(case.theirs, theirs))


@dataclasses.dataclass(frozen=True)
class _Reading:
    weight: Callable[[Issue], Decimal]
    score: Callable[[Option], Decimal]
    money: Callable[[Option], Decimal | None]
    whose: str


_OURS: Final = _Reading(lambda i: i.our_weight, lambda o: o.ours, lambda o: o.our_money, "our")
_THEIRS: Final = _Reading(
    lambda i: i.their_weight, lambda o: o.theirs, lambda o: o.their_money, "their"
)


def _table(issues: Sequence[Issue], measure: Measure, reading: _Reading) -> Table:
    made = _money(issues, reading) if measure is Measure.MONEY else _scores(issues, reading)
    if sum(max(abs(value) for value in row) for row in made) > MOST:
        raise Invalid("These values are too large to be real.", code="too_large")
    return made


def _money(issues: Sequence[Issue], reading: _Reading) -> Table:
    rows = []
    for issue in issues:
        amounts = []
        for option in issue.options:
            money = reading.money(option)
            if money is None:
                raise Invalid(
                    f"{issue.name}, {option.name}: {reading.whose} money is missing.",
                    code="no_money",
                    issue=issue.name,
                    option=option.name,
                )
            amounts.append(_rounded(Fraction(money) * UNIT[Measure.MONEY]))
        rows.append(tuple(amounts))
    return tuple(rows)


def _scores(issues: Sequence[Issue], reading: _Reading) -> Table:
    weights = [Fraction(reading.weight(issue)) for issue in issues]
    if any(weight < 0 for weight in weights) or not any(weights):
        raise Invalid(
            f"Weights ({reading.whose}) are zero or more, and not all zero.", code="weights"
        )
    whole, rows = sum(weights, Fraction(0)), []
    for issue, weight in zip(issues, weights, strict=True):
        scores = [Fraction(reading.score(option)) for option in issue.options]
        if min(scores) < 0:
            raise Invalid(
                f"{issue.name} has a score below zero ({reading.whose}).",
                code="negative",
                hint="The worst option scores 0, the best one most.",
                issue=issue.name,
            )
        best = max(scores) or Fraction(1)
        unit = UNIT[Measure.SCORE]
        rows.append(tuple(_rounded(weight * one * unit / best / whole) for one in scores))
    return tuple(rows)


def _rounded(number: Fraction) -> int:
    return math.floor(number + Fraction(1, 2))


def no_deal(side: Side) -> Decimal | None:
    """Return what no deal is worth in money: outcomes by how likely they are; None: not said.

    >>> from keystead.negotiation.types.cases import Outcome
    >>> no_deal(Side(without_deal=(Outcome("they stay", Decimal(100), Decimal(60)),)))
    Decimal('60.00')
    """
    if not side.without_deal:
        return None
    for one in side.without_deal:
        if not 0 <= one.probability_pct <= 100:
            raise Invalid(f"{one.text}: a probability lies between 0 and 100 %.", code="odds")
    total = sum(
        (Fraction(one.amount) * Fraction(one.probability_pct) / 100 for one in side.without_deal),
        Fraction(0),
    )
    return decimal(total, 2)


def floor_of(side: Side, table: Table) -> int:
    """Return the least value a side takes, in whole units; by default anything at all."""
    wanted = side.reservation
    if wanted is None and side.measure is Measure.MONEY:
        alone = no_deal(side)
        wanted = None if alone is None else alone + side.margin
    if wanted is None:
        return sum(min(row) for row in table)
    return math.ceil(Fraction(wanted) * UNIT[side.measure])
