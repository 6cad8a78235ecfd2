"""What a condition measures in a period: tier measure, benefit measure, and the lines."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from keystead.agreements.calc.growth import growth_pct
from keystead.agreements.calc.mix import share_pct, targets_reached
from keystead.agreements.calc.protection import CutCredit, credit_of
from keystead.agreements.calc.protection import told as told_cuts
from keystead.agreements.calc.trace import step
from keystead.agreements.calc.volumes import Counting, Sums, Volumes
from keystead.agreements.types import (
    AgreementVersion,
    Condition,
    Family,
    Measure,
    PartnerVolume,
    ProtectedCut,
    Scope,
    Target,
    TraceKind,
    TraceStep,
)
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period, month_start

ZERO = Decimal(0)
NO_SUMS = Sums()


@dataclasses.dataclass(frozen=True)
class Inputs:
    """What an evaluation is made from, besides the terms.

    ``accounts``: the contracting account and those below it; lines of others never count.
    ``readings``: values of gates, metrics and metric targets by name, or by ``name@period`` for
    one period (``data_on_time@2026-Q1``). ``partner``: volumes both sides agreed on.
    ``protected``: the price cuts that conditions protect, with the stock that was reported.
    """

    volumes: Volumes
    accounts: frozenset[int]
    readings: Mapping[str, Decimal | bool] = dataclasses.field(default_factory=dict)
    partner: tuple[PartnerVolume, ...] = ()
    protected: tuple[ProtectedCut, ...] = ()

    def reading(self, name: str, period: Period) -> Decimal | bool | None:
        found = self.readings.get(f"{name}@{period}")
        return self.readings.get(name) if found is None else found


@dataclasses.dataclass(frozen=True)
class Measured:
    """The measures of one condition in one period, with the months they came from.

    ``tier`` is None where it cannot be measured: the steps say why.
    """

    tier: Decimal | None
    benefit: Decimal
    sums: Sums
    months: tuple[tuple[date, Sums], ...]
    steps: tuple[TraceStep, ...]
    cuts: tuple[CutCredit, ...] = ()

    @property
    def told(self) -> str:
        """The months as one text, for the hash of the inputs."""
        return ";".join(
            f"{m}:{s.value:f}:{s.gross_value:f}:{s.quantity:f}:{s.lines}" for m, s in self.months
        )

    @property
    def facts(self) -> list[ProtectedCut]:
        """The price cuts and the rows of stock, for the hash of the inputs."""
        return [one.found for one in self.cuts]


@dataclasses.dataclass(frozen=True)
class Reader:
    """Reads the measures of a version from its inputs, up to a day."""

    version: AgreementVersion
    inputs: Inputs
    as_of: date
    span: Period
    kept: dict[tuple[str, int], tuple[Mapping[date, Sums], Mapping[date, PartnerVolume]]] = (
        dataclasses.field(default_factory=dict, compare=False, repr=False)
    )

    def months_of(self, period: Period) -> tuple[date, ...]:
        """Return the months of a period that have begun by the day asked.

        A month belongs to the period that holds its first day; the month in which the agreement
        begins belongs to its first period.
        """
        first = month_start(period.start) if period.start == self.span.start else period.start
        return _months(first, period.end, self.as_of)

    def read(self, condition: Condition, period: Period) -> Measured:
        """Return what the condition measures in the period."""
        if condition.family is Family.PRICE_PROTECTION:
            return self._protected(condition, period)
        months = self.months_of(period)
        by_month = self._sums(condition, condition.scope, months)
        sums = total(by_month)
        focus = None
        if condition.focus is not None:
            focus = total(self._sums(condition, condition.focus, months))
        tier, steps = self._tier(condition, period, months, sums, focus)
        benefit = self._benefit(condition, period, months, sums, focus)
        lines = step(TraceKind.LINES, lines=sums.lines, value=sums.value, quantity=sums.quantity)
        told = self._told_agreed(condition, months)
        return Measured(tier, benefit, sums, by_month, (lines, *told, *steps))

    def _protected(self, condition: Condition, period: Period) -> Measured:
        """The price cuts inside the period; what they pay is both measure and amount."""
        terms = condition.price_protection
        cuts = tuple(
            credit_of(terms, one)
            for one in self.inputs.protected
            if terms is not None
            and one.version == self.version.number
            and one.condition == condition.key
            and one.cut.on in period
            and one.cut.on <= self.as_of
        )
        paid = sum((one.credit for one in cuts), ZERO)
        return Measured(paid, paid, NO_SUMS, (), told_cuts(cuts), cuts)

    def _told_agreed(self, condition: Condition, months: Sequence[date]) -> tuple[TraceStep, ...]:
        """Say by how much agreed volumes differ from ours in the months."""
        found = self.inputs.volumes.agreed(
            self.inputs.accounts, (self.version.scope, condition.scope), Counting.of(condition)
        )
        here = [found[month] for month in months if month in found]
        if not here:
            return ()
        sums = total([(months[0], one) for one in here])
        return (step(TraceKind.AGREED, value=sums.value, quantity=sums.quantity),)

    def share(self, condition: Condition, focus: Scope, period: Period) -> Decimal | None:
        """Return the share in percent of a focus range in the value of the condition's scope."""
        months = self.months_of(period)
        part = total(self._sums(condition, focus, months)).value
        return share_pct(part, total(self._sums(condition, condition.scope, months)).value)

    def _sums(
        self, condition: Condition, scope: Scope, months: Sequence[date]
    ) -> tuple[tuple[date, Sums], ...]:
        key = condition.key, id(scope)
        if key not in self.kept:
            found = self.inputs.volumes.months(
                self.inputs.accounts, (self.version.scope, scope), Counting.of(condition)
            )
            agreed: Mapping[date, PartnerVolume] = {
                item.month: item
                for item in self.inputs.partner
                if item.condition == condition.key and scope == condition.scope
            }
            self.kept[key] = found, agreed
        found, agreed = self.kept[key]
        if not agreed:
            return tuple((month, found.get(month, NO_SUMS)) for month in months)
        return tuple((m, _agreed(found.get(m, NO_SUMS), agreed.get(m))) for m in months)

    def _tier(
        self,
        condition: Condition,
        period: Period,
        months: Sequence[date],
        sums: Sums,
        focus: Sums | None,
    ) -> tuple[Decimal | None, tuple[TraceStep, ...]]:
        measure = condition.tier_measure
        match measure:
            case Measure.GROWTH_PCT | Measure.GROWTH_VALUE:
                return self._growth(condition, months, sums)
            case Measure.SHARE_PCT:
                found = share_pct((focus or NO_SUMS).value, sums.value)
            case Measure.TARGETS_REACHED:
                return self._targets(condition, period)
            case Measure.METRIC:
                found = _number(self.inputs.reading(condition.tier_metric, period))
            case Measure.NONE:
                found = ZERO
            case _:
                found = plain(measure, sums)
        return found, (step(TraceKind.TIER_MEASURE, measure=measure.value, value=found),)

    def _growth(
        self, condition: Condition, months: Sequence[date], sums: Sums
    ) -> tuple[Decimal | None, tuple[TraceStep, ...]]:
        kind = condition.tier_measure
        base = self.baseline(condition, months)
        if base is None:
            return None, (step(TraceKind.BASELINE, key=condition.baseline, missing=True),)
        baseline, actual = base, self._compared(condition, sums)
        value = actual - baseline
        if kind is Measure.GROWTH_PCT:
            try:
                value = growth_pct(baseline, actual)
            except Invalid:
                return None, (step(TraceKind.BASELINE, key=condition.baseline, missing=True),)
        told = step(TraceKind.BASELINE, key=condition.baseline, value=baseline, actual=actual)
        return value, (told, step(TraceKind.TIER_MEASURE, measure=kind.value, value=value))

    def baseline(self, condition: Condition, months: Sequence[date]) -> Decimal | None:
        """Return the frozen baseline of the months, or None where one of them has none."""
        found = self.version.baseline(condition.baseline)
        if found is None:
            return None
        held = dict(found.months)
        if not months or any(month not in held for month in months):
            return None
        whole = sum((held[month] for month in months), ZERO)
        return whole if whole > 0 else None

    def _compared(self, condition: Condition, sums: Sums) -> Decimal:
        found = self.version.baseline(condition.baseline)
        return plain(found.measure if found else Measure.NET_VALUE, sums)

    def _targets(
        self, condition: Condition, period: Period
    ) -> tuple[Decimal, tuple[TraceStep, ...]]:
        results = [
            (self._target_actual(condition, target, period), target) for target in condition.targets
        ]
        count = targets_reached((actual, target.value) for actual, target in results)
        steps = [
            step(TraceKind.TARGET, key=target.key, target=target.value, actual=actual)
            for actual, target in results
        ]
        measure = condition.tier_measure.value
        steps.append(step(TraceKind.TIER_MEASURE, measure=measure, value=count, of=len(results)))
        return Decimal(count), tuple(steps)

    def _target_actual(
        self, condition: Condition, target: Target, period: Period
    ) -> Decimal | None:
        within = target.period or period
        if target.measure is Measure.METRIC:
            return _number(self.inputs.reading(target.key, within))
        months = self.months_of(within)
        scope = target.scope or condition.scope
        return plain(target.measure, total(self._sums(condition, scope, months)))

    def _benefit(
        self,
        condition: Condition,
        period: Period,
        months: Sequence[date],
        sums: Sums,
        focus: Sums | None,
    ) -> Decimal:
        base = (focus or NO_SUMS) if condition.benefit_on_focus else sums
        match condition.benefit_measure:
            case Measure.GROWTH_VALUE:
                baseline = self.baseline(condition, months)
                if baseline is None:
                    return ZERO
                return max(self._compared(condition, sums) - baseline, ZERO)
            case Measure.METRIC:
                return _number(self.inputs.reading(condition.benefit_metric, period)) or ZERO
            case Measure.TARGETS_REACHED | Measure.SHARE_PCT | Measure.GROWTH_PCT:
                return ZERO  # rules refuse it: a rate is never paid on a percentage or a count
            case Measure.NONE:
                return ZERO
            case _:
                return plain(condition.benefit_measure, base)


def plain(measure: Measure, sums: Sums) -> Decimal:
    """Return the sum that a plain measure stands for; nothing measured is the net value."""
    if measure is Measure.QUANTITY:
        return sums.quantity
    return sums.gross_value if measure is Measure.GROSS_VALUE else sums.value


def total(by_month: Iterable[tuple[date, Sums]]) -> Sums:
    """Return the sum over months."""
    value = gross = quantity = ZERO
    lines = 0
    for _month, sums in by_month:
        value += sums.value
        gross += sums.gross_value
        quantity += sums.quantity
        lines += sums.lines
    return Sums(value, gross, quantity, lines)


@lru_cache(maxsize=1024)
def _months(first: date, end: date, as_of: date) -> tuple[date, ...]:
    starts = Period(first, end).month_starts()
    return tuple(month for month in starts if first <= month < end and month <= as_of)


def _agreed(ours: Sums, agreed: PartnerVolume | None) -> Sums:
    if agreed is None:
        return ours
    value = ours.value if agreed.value is None else agreed.value
    gross = ours.gross_value if agreed.value is None else agreed.value
    quantity = ours.quantity if agreed.quantity is None else agreed.quantity
    return Sums(value, gross, quantity, ours.lines)


def _number(value: Decimal | bool | None) -> Decimal | None:
    return None if value is None else Decimal(value)
