"""The entitlement of a whole agreement: each condition, each period, in the order of the terms.

Order (field reference 1.3): qualify lines, tier measure over the condition's own period, tier,
benefit measure less reductions, gate, cap, floor, stack group, rounding; then the limits over the
whole agreement. Recomputed from its start every time: pure, deterministic, traced.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext

from keystead.agreements.calc.earn import Earned, Measures, earn
from keystead.agreements.calc.gates import judge
from keystead.agreements.calc.hashing import inputs_hash
from keystead.agreements.calc.limits import cap_cut, top_ups
from keystead.agreements.calc.measures import Inputs, Measured, Reader
from keystead.agreements.calc.periods import periods_of
from keystead.agreements.calc.stacking import in_order, reduced, winner
from keystead.agreements.calc.tiers import WORKING, ZERO
from keystead.agreements.calc.trace import step
from keystead.agreements.calc.volumes import Counting
from keystead.agreements.types import (
    Agreement,
    AgreementVersion,
    Condition,
    EntitlementLine,
    EntitlementRun,
    Family,
    Gate,
    GateKind,
    GateResult,
    Measure,
    StackMode,
    Timing,
    TraceKind,
    TraceStep,
)
from keystead.kernel.errors import NotFound
from keystead.kernel.money import Money
from keystead.kernel.periods import Period

# These are paid on the invoice or when it is paid, not over a period.
EVENT_FAMILIES = frozenset(
    {
        Family.CONTRACT_PRICE,
        Family.TENDER_PRICE,
        Family.PROMOTION_PRICE,
        Family.EARLY_PAYMENT,
        Family.EXTENDED_TERMS,
    }
)


def is_earned(condition: Condition) -> bool:
    """Return whether a condition earns something over a period, after the invoice."""
    if condition.family is Family.PRICE_PROTECTION and condition.price_protection is None:
        return False
    return condition.timing is not Timing.ON_INVOICE and condition.family not in EVENT_FAMILIES


def counts_sales(condition: Condition) -> bool:
    """Return whether a condition earns by what is sold; price protection earns by stock."""
    return is_earned(condition) and condition.family is not Family.PRICE_PROTECTION


def evaluate(
    version: AgreementVersion,
    inputs: Inputs,
    as_of: date,
    *,
    span: Period | None = None,
    assume_gates: bool = False,
) -> EntitlementRun:
    """Return what a version has earned from its start up to and including a day.

    ``inputs``: volumes by month (a month counts once it has begun), readings of gates and
    metrics, agreed volumes. ``span``: the days the terms are applied to (default: those in which
    the version is effective). ``assume_gates``: an unknown gate is taken as met (accruals).
    Amounts are rounded half-up to the minor unit, line by line, at the very end. Without lines
    everything is zero. Raises Invalid for terms that contradict themselves (``equal_rank``,
    ``reduction_cycle``, ``tier_order``) or ask for what the lines do not say (``column_missing``).
    """
    whole = span or version.effective
    return _run(version, inputs, as_of, whole, _every, assume_gates)


def evaluate_agreement(
    agreement: Agreement, inputs: Inputs, as_of: date, *, assume_gates: bool = False
) -> EntitlementRun:
    """Return what an agreement has earned over all its versions, from its first day.

    A period of a condition is ruled, whole, by the version in force on the period's last day (as
    a ramp row is); terms that should hold for a part of a period say so (``Condition.valid``).
    Cap and guarantee over the whole are those in force on the day asked, once over all versions.
    Raises NotFound where no version is in force at any time.
    """
    if not agreement.versions:
        raise NotFound("The agreement has no version.", code="no_version")
    runs = []
    several = len(agreement.versions) > 1
    for version in sorted(agreement.versions, key=lambda found: found.number):

        def rules(_condition: Condition, period: Period, this: int = version.number) -> bool:
            held = agreement.in_force(period.last)
            return held is not None and held.number == this

        runs.append(
            _run(version, inputs, as_of, agreement.valid, rules, assume_gates, limited=not several)
        )
    latest = max(agreement.versions, key=lambda found: found.number)
    lines = tuple(line for run in runs for line in run.lines)
    cut, top_up = runs[0].cap_cut, runs[0].floor_top_up
    facts: list[object] = []
    if several:
        held = agreement.in_force(min(as_of, agreement.valid.last)) or latest
        facts.append(held.number)
        work = _Work(held, Reader(held, inputs, as_of, agreement.valid), _every, assume_gates)
        with localcontext(WORKING):
            cut, top_up = _limits(work, sum((line.amount.amount for line in lines), ZERO))
        facts += work.facts
    hashes = inputs_hash([run.inputs_hash for run in runs], *facts)
    return EntitlementRun(
        agreement.id, latest.number, as_of, agreement.currency, hashes, lines, cut, top_up
    )


def _every(_condition: Condition, _period: Period) -> bool:
    return True


@dataclasses.dataclass
class _Work:
    """One evaluation under way: what it reads and what it has found so far."""

    version: AgreementVersion
    reader: Reader
    rules: Callable[[Condition, Period], bool]
    assume_gates: bool
    amounts: dict[str, list[tuple[Period, Decimal]]] = dataclasses.field(default_factory=dict)
    facts: list[object] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class _Draft:
    """A line before it is rounded."""

    condition: Condition
    period: Period
    measured: Measured
    earned: Earned
    reduction: Decimal
    amount: Decimal
    top_up: Decimal = ZERO
    stacked_out: bool = False


def _run(
    version: AgreementVersion,
    inputs: Inputs,
    as_of: date,
    span: Period,
    rules: Callable[[Condition, Period], bool],
    assume_gates: bool,
    *,
    limited: bool = True,
) -> EntitlementRun:
    work = _Work(version, Reader(version, inputs, as_of, span), rules, assume_gates)
    lines: list[EntitlementLine] = []
    with localcontext(WORKING):
        for members in in_order([found for found in version.conditions if is_earned(found)]):
            lines += [_line(work, draft) for draft in _group(work, members)]
        total = sum((line.amount.amount for line in lines), ZERO)
        cut, top_up = _limits(work, total) if limited else (ZERO, ZERO)
    found = inputs_hash(version, as_of, span, assume_gates, work.facts)
    return EntitlementRun(
        version.agreement_id, version.number, as_of, version.currency, found, tuple(lines), cut,
        top_up,
    )  # fmt: skip


def _group(work: _Work, members: Sequence[Condition]) -> list[_Draft]:
    drafts: list[_Draft] = []
    for condition in members:
        found = _floored(work, [
            _draft(work, condition, members, period) for period in _periods(work, condition)
        ])  # fmt: skip
        work.amounts[condition.key] = [(draft.period, draft.amount) for draft in found]
        drafts += found
    return _stacked(work, drafts)


def _periods(work: _Work, condition: Condition) -> list[Period]:
    """The periods of a condition that have begun; without reset one, from the start."""
    span = work.reader.span
    if condition.valid is not None:
        inside = span.intersection(condition.valid)
        if inside is None:
            return []
        span = inside
    if condition.reset:
        periods = periods_of(span, condition.tier_period, condition.anchor)
    else:
        periods = (span,)
    return [p for p in periods if p.start <= work.reader.as_of and work.rules(condition, p)]


def _draft(
    work: _Work, condition: Condition, members: Sequence[Condition], period: Period
) -> _Draft:
    measured = work.reader.read(condition, period)
    reduction = _reduction(work, condition, members, period)
    gates = [(gate, _answer(work, condition, gate, period)) for gate in _gates(work, condition)]
    measures = Measures(measured.tier, measured.benefit - reduction, measured.sums.quantity)
    on = min(period.last, work.reader.as_of)
    earned = earn(condition, measures, on, gates, assume_gates=work.assume_gates)
    work.facts.append(
        [condition.key, period, measured.told, measured.tier, measured.benefit,
         [[gate.name, result] for gate, result in gates], *measured.facts]
    )  # fmt: skip
    return _Draft(condition, period, measured, earned, reduction, earned.amount)


def _gates(work: _Work, condition: Condition) -> tuple[Gate, ...]:
    return (*work.version.gates, *condition.gates)


def _answer(work: _Work, condition: Condition, gate: Gate, period: Period) -> GateResult:
    if gate.kind is GateKind.SHARE and gate.focus is not None:
        return judge(gate, work.reader.share(condition, gate.focus, period))
    return judge(gate, work.reader.inputs.reading(gate.name, period))


def _reduction(
    work: _Work, condition: Condition, members: Sequence[Condition], period: Period
) -> Decimal:
    """What comes off the benefit measure: amounts of the named conditions inside the period."""
    if condition.benefit_measure not in (Measure.NET_VALUE, Measure.GROSS_VALUE):
        return ZERO
    if not condition.reduce_by and condition.stack_mode is not StackMode.CASCADE:
        return ZERO
    inside = {
        key: sum((amount for within, amount in held if within in period), ZERO)
        for key, held in work.amounts.items()
    }
    return reduced(condition, inside, members)


def _floored(work: _Work, drafts: Sequence[_Draft]) -> list[_Draft]:
    """The guarantee, once a period is over and where its gates were passed."""
    if not drafts or drafts[0].condition.floor is None:
        return list(drafts)
    missing = top_ups(drafts[0].condition.floor, [draft.amount for draft in drafts])
    return [
        dataclasses.replace(draft, amount=draft.amount + top_up, top_up=top_up)
        if draft.period.last <= work.reader.as_of and _through(work, draft.earned)
        else draft
        for draft, top_up in zip(drafts, missing, strict=True)
    ]


def _through(work: _Work, earned: Earned) -> bool:
    return earned.gate is GateResult.MET or (
        earned.gate is GateResult.UNKNOWN and work.assume_gates
    )


def _stacked(work: _Work, drafts: list[_Draft]) -> list[_Draft]:
    if all(
        d.condition.stack_mode not in (StackMode.BEST_OF, StackMode.FIRST_MATCH) for d in drafts
    ):
        return drafts
    found = []
    for draft in drafts:
        rivals = [(d.condition, d.amount) for d in drafts if d.period == draft.period]
        if winner(rivals) in (None, draft.condition.key):
            found.append(draft)
        else:
            found.append(dataclasses.replace(draft, amount=ZERO, stacked_out=True))
    for draft in found:
        held = work.amounts[draft.condition.key]
        place = next(i for i, (period, _) in enumerate(held) if period == draft.period)
        held[place] = (draft.period, draft.amount)
    return found


def _line(work: _Work, draft: _Draft) -> EntitlementLine:
    earned, condition = draft.earned, draft.condition
    amount = Money(draft.amount, work.version.currency).quantised()
    return EntitlementLine(
        condition=condition.key,
        period=draft.period,
        amount=amount,
        raw=earned.raw,
        tier_measure=draft.measured.tier,
        tier=earned.pay.tier,
        tier_lower=earned.tier_lower,
        rate=earned.pay.rate,
        benefit_measure=draft.measured.benefit,
        reduction=draft.reduction,
        gate=earned.gate,
        cap_cut=earned.cap_cut,
        floor_top_up=draft.top_up,
        stacked_out=draft.stacked_out,
        free_units=earned.free_units,
        trace=(*draft.measured.steps, *_told(draft), *_rounded(draft, amount)),
    )


def _told(draft: _Draft) -> tuple[TraceStep, ...]:
    steps = list(draft.earned.steps)
    if draft.reduction:
        steps.insert(0, step(TraceKind.REDUCTION, amount=draft.reduction))
    if draft.top_up:
        steps.append(step(TraceKind.FLOOR, top_up=draft.top_up))
    if draft.condition.stack_group:
        group, mode = draft.condition.stack_group, draft.condition.stack_mode.value
        paid = not draft.stacked_out
        steps.append(step(TraceKind.STACK, group=group, mode=mode, paid=paid))
    return tuple(steps)


def _rounded(draft: _Draft, amount: Money) -> tuple[TraceStep, ...]:
    return (step(TraceKind.ROUNDING, exact=draft.amount, amount=amount.amount),)


def _limits(work: _Work, total: Decimal) -> tuple[Decimal, Decimal]:
    """Cap and guarantee over the whole agreement, in money of its currency."""
    version, reader = work.version, work.reader
    cut = ZERO
    if version.cap is not None:
        months = reader.months_of(reader.span)
        sums = reader.inputs.volumes.months(reader.inputs.accounts, (version.scope,), Counting())
        base = sum((sums[month].value for month in months if month in sums), ZERO)
        work.facts.append(["limits", base])
        cut = Money(cap_cut(version.cap, total, base), version.currency).quantised().amount
    top_up = ZERO
    if version.floor is not None and reader.span.end - timedelta(days=1) <= reader.as_of:
        top_up = max(version.floor.amount - (total - cut), ZERO)
    return cut, top_up
