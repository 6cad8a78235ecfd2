"""What an evaluation is told besides sales: gates, metrics, agreed volumes, proofs of service."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from keystead.agreements import models
from keystead.agreements.calc.periods import periods_of
from keystead.agreements.types import (
    AgreementVersion,
    Condition,
    GateKind,
    Measure,
    PartnerVolume,
    VolumeState,
)
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM
from keystead.metrics.calc.definitions import ALL
from keystead.metrics.queries import evaluate

Readings = dict[str, Decimal | bool]
METRICS = frozenset(metric.id for metric in ALL if not metric.resale_price)


def partner_volumes(agreement_id: int, by: datetime | None = None) -> tuple[PartnerVolume, ...]:
    """Return the volumes both sides agreed on; others count for nothing yet."""
    return partner_volumes_of([agreement_id], by)[agreement_id]


def partner_volumes_of(
    agreement_ids: Iterable[int], by: datetime | None = None
) -> dict[int, tuple[PartnerVolume, ...]]:
    """Return the agreed volumes of each of several agreements."""
    found = _rows_of(models.PartnerVolumeRow, agreement_ids, by)
    return {
        key: tuple(one for one in _stated(rows) if one.state is VolumeState.AGREED)
        for key, rows in found.items()
    }


def stated_volumes(agreement_id: int) -> tuple[PartnerVolume, ...]:
    """Return what the customer counted: the latest word for each product or condition and month.

    No rights are checked here.
    """
    return _stated(_rows_of(models.PartnerVolumeRow, [agreement_id])[agreement_id])


def _rows_of(
    model: Any, agreement_ids: Iterable[int], by: datetime | None = None
) -> dict[int, list[Any]]:
    """Return the rows of each agreement in the order they were written, until a moment."""
    found: dict[int, list[Any]] = {one: [] for one in agreement_ids}
    rows = model.objects.filter(agreement_id__in=found).order_by("id")
    for row in rows if by is None else rows.filter(at__lte=by):
        found[row.agreement_id].append(row)
    return found


def _stated(rows: Iterable[Any]) -> tuple[PartnerVolume, ...]:
    latest = {(row.month, row.product_id or 0, row.condition): row for row in rows}
    return tuple(
        PartnerVolume(
            row.condition, row.month, row.value, row.quantity, row.agreed_by, row.agreed_on,
            row.product_id, VolumeState(row.state), row.note, row.document_id,
        )
        for _key, row in sorted(latest.items())
        if row.value is not None or row.quantity is not None
    )  # fmt: skip


def recorded(agreement_id: int, by: datetime | None = None) -> Readings:
    """Return how gates stood as people recorded it, by name or ``name@period``."""
    return recorded_of([agreement_id], by)[agreement_id]


def recorded_of(agreement_ids: Iterable[int], by: datetime | None = None) -> dict[int, Readings]:
    """Return the recorded gates of each of several agreements."""
    found = _rows_of(models.ReadingRow, agreement_ids, by)
    return {one: _recorded(rows) for one, rows in found.items()}


def _recorded(rows: Iterable[Any]) -> Readings:
    found: Readings = {}
    for row in rows:
        name = row.name
        if row.starts and row.ends:
            name = f"{row.name}@{Period(row.starts, row.ends)}"
        value = row.met if row.met is not None else row.number
        if value is None:
            found.pop(name, None)  # taken back: unknown again
        else:
            found[name] = value
    return found


def measured(
    version: AgreementVersion,
    span: Period,
    accounts: frozenset[int],
    as_of: date,
    commit: int | None,
) -> Readings:
    """Return the metrics that conditions, targets and gates read, by ``name@period``.

    Only metrics of the catalogue that do not read resale prices (R-01), of the accounts of the
    agreement, up to the day asked.
    """
    wanted: dict[tuple[Period, str], str] = {}
    for condition in version.conditions:
        for name, metric in _metrics(version, condition):
            for period in _periods(condition, span):
                if metric in METRICS and period.start <= as_of:
                    wanted[period, name] = metric
    found: Readings = {}
    for (period, name), metric in wanted.items():
        until = Period(period.start, min(period.end, as_of + timedelta(days=1)))
        answer = evaluate(
            actor=SYSTEM, metrics=[metric], period=until, as_of=commit,
            filters={"account": sorted(accounts)}, currency=version.currency,
        ).figure(metric)  # fmt: skip
        if answer.value is not None:
            found[f"{name}@{period}"] = Decimal(str(answer.value))
    return found


def _metrics(version: AgreementVersion, condition: Condition) -> Iterable[tuple[str, str]]:
    if condition.tier_measure is Measure.METRIC:
        yield condition.tier_metric, condition.tier_metric
    if condition.benefit_measure is Measure.METRIC:
        yield condition.benefit_metric, condition.benefit_metric
    for target in condition.targets:
        if target.measure is Measure.METRIC:
            yield target.key, target.metric
    for gate in (*version.gates, *condition.gates):
        if gate.kind is GateKind.NUMBER:
            yield gate.name, gate.name


def _periods(condition: Condition, span: Period) -> tuple[Period, ...]:
    whole = span.intersection(condition.valid) if condition.valid else span
    if whole is None:
        return ()
    named = {target.period for target in condition.targets if target.period}
    if not condition.reset:
        return (whole, *sorted(named))
    return (*periods_of(whole, condition.tier_period, condition.anchor), *sorted(named))
