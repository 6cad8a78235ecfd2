"""The rows of a statement: each entitlement with its terms, its months, and what is still due."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from keystead.agreements.calc.settlement import Settled, settle
from keystead.agreements.types import (
    Agreement,
    AgreementVersion,
    Condition,
    EntitlementLine,
    EntitlementRun,
    SettlementLine,
    StatedRow,
)
from keystead.kernel.periods import Period, month_start

ZERO = Decimal(0)


def stated_rows(
    agreement: Agreement,
    shown: AgreementVersion,
    run: EntitlementRun,
    settled: Settled,
    *,
    whole: bool = False,
) -> tuple[StatedRow, ...]:
    """Return a row per condition and period, in the order of the terms, then of time.

    ``whole``: the agreement was evaluated over all the versions it is given with, each ruling the
    periods that end in it; else over ``shown`` alone.
    ``settled``: what was settled by condition and period. The limits over the whole agreement
    (condition ``""``) and what was settled without being due any more stand at the end.
    """
    earned = {(line.condition, line.period): line for line in run.lines}
    order = _order([shown, *agreement.versions])
    if not whole:
        agreement = dataclasses.replace(agreement, versions=(shown,))
    span = agreement.valid if whole else shown.effective
    terms = {c.key: c for version in (*agreement.versions, shown) for c in version.conditions}
    over = dataclasses.replace(shown, effective=span, conditions=tuple(terms.values()))
    rows = [
        _row(found, earned.get((found.condition, found.period)), agreement, shown, span, run.as_of)
        for found in _settled_lines(run, over, settled)
    ]
    last = len(order)
    return tuple(
        sorted(
            rows,
            key=lambda row: (row.line is None, order.get(row.key, last), row.period.start),
        )
    )


def months_of(period: Period, span: Period, as_of: date) -> tuple[date, ...]:
    """Return the months whose lines belong to a period: those whose first day is in it.

    The month in which the agreement begins belongs to its first period; a month counts once it
    has begun by the day asked.
    """
    first = month_start(period.start) if period.start == span.start else period.start
    months = Period(first, period.end).month_starts()
    return tuple(month for month in months if first <= month < period.end and month <= as_of)


def _settled_lines(
    run: EntitlementRun, shown: AgreementVersion, settled: Settled
) -> list[SettlementLine]:
    """All lines of a settlement, those that earned nothing too: a statement shows each period."""
    found = {(line.condition, line.period): line for line in settle(run, shown, settled)}
    zero = run.total - run.total
    for line in run.lines:
        key = (line.condition, line.period)
        if key not in found:
            found[key] = SettlementLine(*key, line.amount, settled.get(key, zero), zero, zero, zero)
    return list(found.values())


def _order(versions: Sequence[AgreementVersion]) -> Mapping[str, int]:
    order: dict[str, int] = {}
    for version in versions:
        for condition in version.conditions:
            order.setdefault(condition.key, len(order))
    return order


def _row(
    found: SettlementLine,
    line: EntitlementLine | None,
    agreement: Agreement,
    shown: AgreementVersion,
    span: Period,
    as_of: date,
) -> StatedRow:
    version = _ruling(agreement, shown, found.period)
    condition = version.condition(found.condition) if line is not None else None
    months = months_of(found.period, span, as_of) or (month_start(found.period.start),)
    return StatedRow(
        key=found.condition,
        period=found.period,
        first=months[0],
        last=months[-1],
        condition=condition,
        version=version if condition else None,
        line=line,
        baseline=_baseline(version, condition, months),
        entitlement=found.entitlement,
        settled_before=found.settled_before,
        due=found.due,
        carried=found.carried,
        kept=found.kept,
    )


def _ruling(agreement: Agreement, shown: AgreementVersion, period: Period) -> AgreementVersion:
    return agreement.in_force(period.last) or shown


def _baseline(
    version: AgreementVersion, condition: Condition | None, months: Sequence[date]
) -> Decimal | None:
    found = version.baseline(condition.baseline) if condition else None
    held = dict(found.months) if found else {}
    if any(month not in held for month in months):
        return None
    whole = sum((held[month] for month in months), ZERO)
    return whole if whole > 0 else None
