"""Worked examples of a condition: they are run whenever it changes. Terms are tested code."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from keystead.agreements.calc.earn import Measures, earn
from keystead.agreements.calc.growth import growth_pct
from keystead.agreements.calc.mix import share_pct
from keystead.agreements.rules.marking import gettext_noop as _
from keystead.agreements.types import AgreementVersion, Condition, Example, Finding, Measure
from keystead.kernel.errors import Invalid
from keystead.kernel.exact import round_half_up
from keystead.kernel.money import minor_units


def run_example(version: AgreementVersion, condition: Condition, example: Example) -> Decimal:
    """Return what the condition pays in an example, rounded to the cent; gates are met.

    The example gives the sum that is measured; growth counts from its ``baseline``, a mix from
    its ``focus_measure``, k of n from ``targets_reached``.
    """
    measured = example.tier_measure
    tier: Decimal | None = measured
    benefit = measured if example.benefit_measure is None else example.benefit_measure
    match condition.tier_measure:
        case Measure.GROWTH_PCT:
            tier = growth_pct(example.baseline or Decimal(0), measured)
        case Measure.GROWTH_VALUE:
            tier = measured - (example.baseline or Decimal(0))
        case Measure.SHARE_PCT:
            tier = share_pct(example.focus_measure or Decimal(0), measured)
        case Measure.TARGETS_REACHED:
            tier = Decimal(example.targets_reached or 0)
    if condition.benefit_measure is Measure.GROWTH_VALUE and example.benefit_measure is None:
        benefit = max(measured - (example.baseline or Decimal(0)), Decimal(0))
    if condition.benefit_on_focus and example.benefit_measure is None:
        benefit = example.focus_measure or Decimal(0)
    found = earn(condition, Measures(tier, benefit, benefit), version.effective.last)
    amount = found.amount if found.free_units is None else found.free_units
    return round_half_up(amount, minor_units(version.currency))


def example_findings(version: AgreementVersion, condition: Condition) -> Iterator[Finding]:
    """Yield the examples of a condition that it does not pay."""
    for example in condition.examples:
        try:
            paid = run_example(version, condition, example)
        except Invalid:
            yield Finding(
                "example_fails",
                _("The example “{name}” cannot be worked out."),
                condition=condition.key,
                field="examples",
                values={"name": example.name},
            )
            continue
        if paid != example.expected:
            yield Finding(
                "example_differs",
                _("The example “{name}” pays {paid}, not {expected}."),
                condition=condition.key,
                field="examples",
                values={"name": example.name, "paid": paid, "expected": example.expected},
            )
