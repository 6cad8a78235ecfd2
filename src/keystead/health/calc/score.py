"""The health score: a weighted sum of what is known. What is not known adds nothing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from keystead.health.types.scores import Band, Part, Reading, Rule, RuleSet, Score, Signal, Why
from keystead.kernel.exact import round_half_up

HUNDRED: Final = Decimal(100)


def points(rule: Rule, value: Decimal) -> Decimal:
    """Return 0 to 100: nothing at ``bad`` or worse, a hundred at ``good`` or better.

    Between the two in a line; one decimal, half up.

    >>> rule = Rule(Signal.PAYMENT, Decimal(10), bad=Decimal(30), good=Decimal(0))
    >>> points(rule, Decimal(9)), points(rule, Decimal(45)), points(rule, Decimal(-3))
    (Decimal('70.0'), Decimal('0.0'), Decimal('100.0'))
    """
    part = HUNDRED * (value - rule.bad) / (rule.good - rule.bad)
    return round_half_up(min(max(part, Decimal(0)), HUNDRED), 1)


def score(rules: RuleSet, readings: Mapping[Signal, Reading]) -> Score:
    """Return the score of an account with every part of it.

    score = sum of weight x points over the sum of *all* weights: a signal that is missing adds
    nothing, so that losing sight of something never looks good. ``ceiling`` adds a hundred points
    for each that is missing. Unknown where less than ``rules.known_pct`` of the weight is known.
    """
    whole = sum((rule.weight for rule in rules.rules), Decimal(0))
    parts, gained, known = [], Decimal(0), Decimal(0)
    for rule in rules.rules:
        reading = readings.get(rule.signal) or Reading(rule.signal, None, Why.NO_DATA)
        if reading.value is None:
            parts.append(Part(rule, reading, None, Decimal(0)))
            continue
        got = points(rule, reading.value)
        gained += rule.weight * got
        known += rule.weight
        parts.append(Part(rule, reading, got, round_half_up(rule.weight * got / whole, 1)))
    total = round_half_up(gained / whole, 1)
    ceiling = round_half_up((gained + HUNDRED * (whole - known)) / whole, 1)
    known_pct = round_half_up(HUNDRED * known / whole, 1)
    return Score(
        rules.number, tuple(parts), total, ceiling, known_pct, band(rules, total, known_pct)
    )


def band(rules: RuleSet, value: Decimal, known_pct: Decimal) -> Band:
    """Return what a score means under the rules.

    >>> band(RuleSet(1, ()), Decimal(70), Decimal(49)), band(RuleSet(1, ()), Decimal(70), HUNDRED)
    (<Band.UNKNOWN: 'unknown'>, <Band.HEALTHY: 'healthy'>)
    """
    if known_pct < rules.known_pct:
        return Band.UNKNOWN
    if value >= rules.healthy:
        return Band.HEALTHY
    return Band.AT_RISK if value < rules.at_risk else Band.WATCH
