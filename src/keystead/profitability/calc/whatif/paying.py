"""What terms pay over thousands of draws at once, in the order of ``agreements.calc.evaluate``.

The exact engine pays one volume in decimals; this one pays all draws in one pass of arrays, for
expectations and odds. A test holds the two against each other over random terms.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from keystead.agreements.calc.earn import tiers_table
from keystead.agreements.calc.evaluate import counts_sales
from keystead.agreements.calc.periods import periods_of
from keystead.agreements.calc.stacking import in_order, reducers
from keystead.agreements.types import (
    EVERYTHING,
    AgreementVersion,
    Condition,
    GateEffect,
    GateKind,
    Measure,
    Scope,
    StackMode,
)
from keystead.kernel.periods import Period, month_start
from keystead.profitability.calc.whatif.benefits import (
    Measured,
    PaidOut,
    capped,
    floored,
    least_share,
    pay,
    share_of,
    stacked,
)
from keystead.profitability.calc.whatif.draws import Floats
from keystead.profitability.calc.whatif.months import Factors
from keystead.profitability.calc.whatif.pricing import PricedRow, within

GROWTH = (Measure.GROWTH_PCT, Measure.GROWTH_VALUE)


@dataclasses.dataclass(frozen=True)
class Sums:
    """Forecast weights of a scope: brands x months, of value and of quantity."""

    value: Floats
    quantity: Floats
    gross: Floats

    def of(self, measure: Measure) -> Floats:
        if measure is Measure.QUANTITY:
            return self.quantity
        return self.gross if measure is Measure.GROSS_VALUE else self.value

    def counting(self, condition: Condition) -> Sums:
        """Return what counts for a condition: with returns, or what was sold before them."""
        return self if condition.returns_count else Sums(self.gross, self.quantity, self.gross)


@dataclasses.dataclass(frozen=True)
class Sales:
    """The rows of an offer by brand, ready to be read by scope."""

    rows: tuple[PricedRow, ...]
    places: tuple[int, ...]
    months: tuple[date, ...]
    value: Floats  # rows x months
    quantity: Floats
    gross: Floats
    kept: dict[tuple[Scope, ...], Sums] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(
        cls, rows: tuple[PricedRow, ...], places: tuple[int, ...], months: tuple[date, ...]
    ) -> Sales:
        """Return rows with their amounts as arrays."""
        shape = (len(rows), len(months))
        value, quantity, gross = (
            np.array([[float(part) for part in held] for held in amounts]).reshape(shape)
            for amounts in (
                [row.value for row in rows],
                [row.quantity for row in rows],
                [row.sold_value for row in rows],
            )
        )
        return cls(rows, places, months, value, quantity, gross)

    @property
    def brands(self) -> int:
        return max(self.places, default=0) + 1

    def sums(self, scopes: tuple[Scope, ...]) -> Sums:
        """Return the weights of what lies within all scopes."""
        wanted = tuple(dict.fromkeys(scope for scope in scopes if scope != EVERYTHING))
        if wanted not in self.kept:
            keep = [all(within(scope, row.sold) for scope in wanted) for row in self.rows]
            amounts = (self.value, self.quantity, self.gross)
            self.kept[wanted] = Sums(*(self._by_brand(one, keep) for one in amounts))
        return self.kept[wanted]

    def _by_brand(self, amounts: Floats, keep: list[bool]) -> Floats:
        found = np.zeros((self.brands, len(self.months)))
        mask = np.array(keep, dtype=bool)
        np.add.at(found, np.array(self.places, dtype=np.int64)[mask], amounts[mask])
        return found


class Payer:
    """Pays the terms of a version over draws (or along a walk) of its sales."""

    def __init__(self, version: AgreementVersion, sales: Sales) -> None:
        self.version, self.sales = version, sales
        self._sums: dict[tuple[str, str], Sums] = {}
        self._groups = in_order([one for one in version.conditions if counts_sales(one)])

    def run(self, factors: Factors) -> tuple[list[PaidOut], Floats]:
        """Return every condition and period, and the total after the limits of the whole."""
        amounts: dict[str, list[tuple[Period, Floats]]] = {}
        found: list[PaidOut] = []
        for members in self._groups:
            found += self._group(members, factors, amounts)
        total = sum((one.amount for one in found), np.zeros(factors.count))
        return found, self._limited(total, factors)

    def weights(self, condition: Condition, kind: str = "scope") -> Sums:
        """Return the weights a condition reads: of its scope, or of its focus range."""
        key = (condition.key, kind)
        if key not in self._sums:
            scope = condition.scope if kind == "scope" else condition.focus or condition.scope
            found = self.sales.sums((self.version.scope, scope))
            self._sums[key] = found.counting(condition)
        return self._sums[key]

    def inside(self, weights: Floats, period: Period) -> Floats:
        """Return the weights of the months that belong to a period, all others zero."""
        span = self.version.effective
        first = month_start(period.start) if period.start == span.start else period.start
        mask = np.array([first <= month < period.end for month in self.sales.months])
        return weights * mask

    def measured(self, condition: Condition, period: Period, factors: Factors) -> Measured:
        """Return the tier measure and the benefit measure of a condition in a period."""
        table = tiers_table(condition, period.last)
        sums = self.weights(condition)
        focus = self.weights(condition, "focus")
        base = focus if condition.benefit_on_focus else sums
        tier, weights, floor, scale = self._tier(condition, period, factors, sums, focus)
        benefit = self._benefit(condition, period, factors, sums, base)
        return Measured(condition, period, table, tier, benefit, weights, floor, scale)

    def _tier(
        self, condition: Condition, period: Period, factors: Factors, sums: Sums, focus: Sums
    ) -> tuple[Floats, Floats | None, float, float]:
        measure = condition.tier_measure
        if measure in GROWTH:
            return self._growth(condition, period, factors, sums)
        if measure in (Measure.NET_VALUE, Measure.GROSS_VALUE, Measure.QUANTITY):
            weights = self.inside(sums.of(measure), period)
            return factors.measure(weights), weights, 0.0, 1.0
        found = np.zeros(factors.count)
        if measure is Measure.SHARE_PCT:
            part = factors.measure(self.inside(focus.value, period))
            found = share_of(part, factors.measure(self.inside(sums.value, period)))
        elif measure is Measure.TARGETS_REACHED:
            found = self._targets(condition, period, factors)
        elif measure is Measure.METRIC:
            found -= np.inf  # not known ahead: nothing is reached
        return found, None, 0.0, 1.0

    def _growth(
        self, condition: Condition, period: Period, factors: Factors, sums: Sums
    ) -> tuple[Floats, Floats | None, float, float]:
        floor = self._baseline(condition, period)
        if floor is None:
            return np.full(factors.count, -np.inf), None, 0.0, 1.0
        weights = self.inside(self._compared(condition, sums), period)
        scale = 100 / floor if condition.tier_measure is Measure.GROWTH_PCT else 1.0
        return (factors.measure(weights) - floor) * scale, weights, floor, scale

    def _benefit(
        self, condition: Condition, period: Period, factors: Factors, sums: Sums, base: Sums
    ) -> Floats:
        measure = condition.benefit_measure
        if measure is Measure.GROWTH_VALUE:
            floor = self._baseline(condition, period)
            if floor is None:
                return np.zeros(factors.count)
            weights = self.inside(self._compared(condition, sums), period)
            return np.maximum(factors.measure(weights) - floor, 0.0)
        if measure in (Measure.NET_VALUE, Measure.GROSS_VALUE, Measure.QUANTITY):
            return factors.measure(self.inside(base.of(measure), period))
        return np.zeros(factors.count)

    def _compared(self, condition: Condition, sums: Sums) -> Floats:
        found = self.version.baseline(condition.baseline)
        return sums.of(found.measure if found else Measure.NET_VALUE)

    def _baseline(self, condition: Condition, period: Period) -> float | None:
        found = self.version.baseline(condition.baseline)
        held = dict(found.months) if found else {}
        ours = np.ones((1, len(self.sales.months)))
        inside = self.inside(ours, period)[0]
        months = [month for month, in_it in zip(self.sales.months, inside, strict=True) if in_it]
        if not months or any(month not in held for month in months):
            return None
        whole = float(sum(held[month] for month in months))
        return whole if whole > 0 else None

    def _targets(self, condition: Condition, period: Period, factors: Factors) -> Floats:
        count = np.zeros(factors.count)
        for target in condition.targets:
            if target.measure is Measure.METRIC:
                continue
            scopes = (self.version.scope, target.scope or condition.scope)
            sums = self.sales.sums(scopes).counting(condition)
            weights = self.inside(sums.of(target.measure), target.period or period)
            count += factors.measure(weights) >= float(target.value)
        return count

    def _periods(self, condition: Condition) -> list[Period]:
        span = self.version.effective
        if condition.valid is not None:
            inside = span.intersection(condition.valid)
            if inside is None:
                return []
            span = inside
        if not condition.reset:
            return [span]
        return list(periods_of(span, condition.tier_period, condition.anchor))

    def _group(
        self,
        members: Sequence[Condition],
        factors: Factors,
        amounts: dict[str, list[tuple[Period, Floats]]],
    ) -> list[PaidOut]:
        found: list[PaidOut] = []
        for condition in members:
            own = [
                self._paid(condition, members, period, factors, amounts)
                for period in self._periods(condition)
            ]
            own = floored(condition, own)
            amounts[condition.key] = [(one.measured.period, one.amount) for one in own]
            found += own
        if any(m.stack_mode in (StackMode.BEST_OF, StackMode.FIRST_MATCH) for m in members):
            found = stacked(found)
            for condition in members:
                amounts[condition.key] = [
                    (one.measured.period, one.amount)
                    for one in found
                    if one.measured.condition is condition
                ]
        return found

    def _paid(
        self,
        condition: Condition,
        members: Sequence[Condition],
        period: Period,
        factors: Factors,
        amounts: dict[str, list[tuple[Period, Floats]]],
    ) -> PaidOut:
        measured = self.measured(condition, period, factors)
        taken = [
            amount
            for key in reducers(condition, members)
            for inside, amount in amounts.get(key, ())
            if inside in period
        ]
        benefit = measured.benefit
        if taken and condition.benefit_measure in (Measure.NET_VALUE, Measure.GROSS_VALUE):
            benefit = benefit - sum(taken)
        amount = pay(measured.table, measured.tier, benefit)
        part, through = self._gates(condition, period, factors)
        amount = capped(condition.cap, amount * part, benefit)
        return PaidOut(measured, amount, through)

    def _gates(self, condition: Condition, period: Period, factors: Factors) -> tuple[Any, Any]:
        """The part that gates on a share let through, and where; all others are taken as met."""
        part: Any = 1.0
        through: Any = True
        for gate in (*self.version.gates, *condition.gates):
            if gate.kind is not GateKind.SHARE or gate.focus is None:
                continue
            met = self._share_of(condition, gate.focus, period, factors) >= least_share(gate)
            held = 0.0 if gate.effect is GateEffect.STOP else float(gate.scale_pct) / 100
            part = part * np.where(met, 1.0, held)
            through = through & met
        return part, through

    def _share_of(
        self, condition: Condition, focus: Scope, period: Period, factors: Factors
    ) -> Floats:
        part = self.sales.sums((self.version.scope, focus)).counting(condition).value
        whole = self.weights(condition).value
        return share_of(
            factors.measure(self.inside(part, period)), factors.measure(self.inside(whole, period))
        )

    def _limited(self, total: Floats, factors: Factors) -> Floats:
        version = self.version
        if version.cap is not None:
            base = factors.measure(self.sales.sums((version.scope,)).value)
            total = capped(version.cap, total, base)
        if version.floor is not None:
            total = np.maximum(total, float(version.floor.amount))
        return total
