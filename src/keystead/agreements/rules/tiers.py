"""Are the tiers whole: one method, rising bounds, rates that make sense?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise

from keystead.agreements.rules.marking import gettext_noop as _
from keystead.agreements.types import (
    Boundary,
    Condition,
    Family,
    Finding,
    Measure,
    Method,
    RateKind,
    Tier,
)
from keystead.governance.types.compliance import Level
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period

# Families whose money comes from a rate; the others have prices, terms of payment, a stock.
RATED = frozenset(Family) - {
    Family.CONTRACT_PRICE,
    Family.TENDER_PRICE,
    Family.PRICE_PROTECTION,
    Family.EARLY_PAYMENT,
    Family.EXTENDED_TERMS,
    Family.FREE_GOODS,
}


def tier_findings(condition: Condition) -> Iterator[Finding]:
    """Yield what is wrong with the tiers of a condition."""
    key = condition.key
    if not condition.tiers:
        if condition.family in RATED and condition.rate_kind is not RateKind.FREE_GOODS:
            yield Finding("rate_missing", _("There is no rate."), condition=key, field="tiers")
        return
    yield from _spans(condition)
    for span in {tier.valid for tier in condition.tiers}:
        rows = [tier for tier in condition.tiers if tier.valid == span]
        yield from _bounds(condition, rows)
        yield from _rates(condition, rows)


def _spans(condition: Condition) -> Iterator[Finding]:
    spans = sorted({tier.valid for tier in condition.tiers}, key=str)
    for one, two in combinations(spans, 2):
        if _meet(one, two):
            yield Finding(
                "tier_overlap",
                _("Two tier tables hold at the same time: {one} and {two}."),
                condition=condition.key,
                field="tiers",
                values={"one": one or "-", "two": two or "-"},
            )


def _meet(one: Period | None, two: Period | None) -> bool:
    return one is None or two is None or one.overlaps(two)


def _bounds(condition: Condition, rows: Sequence[Tier]) -> Iterator[Finding]:
    if rows[0].lower < 0:
        yield _at(condition, "tier_negative", _("The first bound is below zero."))
    for before, after in pairwise(rows):
        if before.lower == after.lower:
            yield _at(
                condition,
                "tier_overlap",
                _("Two tiers begin at {bound}: they overlap."),
                bound=after.lower,
            )
        elif before.lower > after.lower:
            yield _at(
                condition,
                "tier_order",
                _("The bounds fall from {before} to {after}: each tier begins above the last."),
                before=before.lower,
                after=after.lower,
            )
    if condition.boundary is Boundary.GT and condition.tier_measure is Measure.NONE:
        yield _at(condition, "tier_unreachable", _("A sum that hangs on nothing begins at zero."))


def _rates(condition: Condition, rows: Sequence[Tier]) -> Iterator[Finding]:
    if any(tier.rate < 0 for tier in rows):
        yield _at(condition, "rate_negative", _("A rate is below zero."))
    if condition.rate_kind is RateKind.PERCENT and any(tier.rate > 100 for tier in rows):
        yield _at(condition, "rate_too_high", _("A rate is above 100 %."))
    falling = [b.lower for a, b in pairwise(rows) if b.rate < a.rate]
    if falling and condition.method is Method.ALL_UNITS:
        yield _at(
            condition,
            "rate_falls",
            _("From {bound} on, more volume earns less."),
            level=Level.WARN,
            bound=falling[0],
        )


def _at(
    condition: Condition, code: str, sentence: str, level: Level = Level.BLOCK, **values: object
) -> Finding:
    return Finding(code, sentence, level, condition.key, "tiers", values=values)


def single_method(methods: Iterable[str]) -> Method:
    """Return the one method of tier rows that each name theirs (an import, a pasted table).

    Raises Invalid (``two_methods``) where they differ: one condition has one method.

    >>> single_method(["incremental", "incremental"])
    <Method.INCREMENTAL: 'incremental'>
    """
    named = {method.strip() for method in methods if method.strip()}
    if len(named) > 1:
        raise Invalid(
            _("One condition has one method: make two conditions of it."),
            code="two_methods",
            methods=sorted(named),
        )
    return Method(named.pop()) if named else Method.ALL_UNITS
