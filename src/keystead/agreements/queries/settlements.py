"""Settlements as values, and what was settled so far."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from keystead.agreements import models
from keystead.agreements.calc.settlement import Settled, settle
from keystead.agreements.queries.agreements import agreement_for, in_force, visible
from keystead.agreements.queries.evaluation import Evaluated, evaluate_agreement
from keystead.agreements.rules.settling import due_lines
from keystead.agreements.types import (
    AccrualKind,
    AgreementVersion,
    Condition,
    EntitlementRun,
    Settlement,
    SettlementLine,
    SettlementState,
)
from keystead.kernel.errors import NotFound
from keystead.kernel.money import Money
from keystead.kernel.periods import Period
from keystead.kit.access import Actor

MISSING = "There is no such settlement, or it is not one of yours."
DOWN = (AccrualKind.SETTLE.value, AccrualKind.WRITE_OFF.value)


def settlements_of(actor: Actor, agreement_id: int) -> tuple[Settlement, ...]:
    """Return the settlements of an agreement, the latest first."""
    agreement = agreement_for(actor, agreement_id)
    rows = models.Settlement.objects.filter(agreement_id=agreement.id).order_by("-id")
    return tuple(as_settlement(row) for row in rows)


def settlement_for(actor: Actor, settlement_id: int) -> Settlement:
    """Return one settlement; NotFound when it is missing or its agreement is foreign."""
    actor.require("agreements.view")
    rows = models.Settlement.objects.filter(agreement__in=visible(actor))
    row = rows.filter(pk=settlement_id).first()
    if row is None:
        raise NotFound(_(MISSING), code="settlement_not_found")
    return as_settlement(row)


def as_settlement(row: models.Settlement) -> Settlement:
    """Return the value of a stored settlement, with the lines of its latest calculation."""
    lines = models.SettlementRow.objects.filter(
        settlement=row, calculation=row.calculation
    ).order_by("id")
    return Settlement(
        agreement_id=row.agreement_id,
        period=Period(row.starts, row.ends),
        currency=row.currency,
        lines=tuple(_line(line, row.currency) for line in lines),
        state=SettlementState(row.state),
        run_hash=row.run_hash,
        commit=row.commit,
        calculated_at=row.calculated_at,
        versions=tuple(row.versions),
        due_on=row.due_on,
        credit_note=row.credit_note,
        reverses=row.reverses_id,
        id=row.pk,
        version=row.version,
        posted=row.posted,
        content_hash=row.content_hash,
        payee=row.payee,
        partner=row.partner,
        partner_on=row.partner_on,
        issued_on=row.issued_on,
        paid_on=row.paid_on,
        reference=row.reference,
        reason=row.reason,
    )


def settled_of(agreement_id: int, run: EntitlementRun) -> Settled:
    """Return what was settled by condition and period, all posted lines and reversals summed.

    What claims took and what was written off outside of a settlement counts as well; it is set
    against the periods that earned it, the earliest first. No rights are checked here.
    """
    rows = (
        models.SettlementRow.objects.filter(
            settlement__agreement_id=agreement_id,
            settlement__posted=True,
            calculation=F("settlement__calculation"),
        )
        .order_by("condition", "starts", "ends")
        .values("condition", "starts", "ends")
        .annotate(whole=Sum("due"))
    )
    found: dict[tuple[str, Period], Money] = {
        (row["condition"], Period(row["starts"], row["ends"])): Money(
            row["whole"] or Decimal(0), run.currency
        ).quantised()
        for row in rows
    }
    for condition, taken in _taken(agreement_id, run.currency).items():
        _set_against(found, condition, taken, run)
    return found


def _taken(agreement_id: int, currency: str) -> dict[str, Money]:
    """What left the accruals of each condition without a settlement."""
    rows = models.AccrualRow.objects.filter(agreement_id=agreement_id).exclude(
        subject__startswith="settlement:"
    )
    rows = rows.filter(Q(kind__in=DOWN) | Q(reverses__kind__in=DOWN))
    sums = rows.order_by("condition").values("condition").annotate(whole=Sum("amount"))
    return {
        row["condition"]: Money(-row["whole"], currency).quantised() for row in sums if row["whole"]
    }


def _set_against(
    found: dict[tuple[str, Period], Money], condition: str, taken: Money, run: EntitlementRun
) -> None:
    lines = sorted((x for x in run.lines if x.condition == condition), key=lambda x: x.period)
    zero = Money.zero(run.currency)
    left = taken
    for place, line in enumerate(lines):
        key = condition, line.period
        open_here = line.amount - found.get(key, zero)
        last = place == len(lines) - 1
        part = left if last or left <= open_here else max(open_here, zero)
        found[key] = found.get(key, zero) + part
        left = left - part
    if left and not lines:
        past = next((key for key in sorted(found) if key[0] == condition), None)
        if past is not None:
            found[past] = found[past] + left


def lines_of(found: Evaluated, last: date) -> tuple[SettlementLine, ...]:
    """Return the lines of a settlement of an evaluation up to a day."""
    settled = settled_of(found.agreement.id, found.run)
    return settle(due_run(found, settled, last), whole_version(found), settled)


def due_run(found: Evaluated, settled: Settled, last: date) -> EntitlementRun:
    """Return the part of an entitlement that a settlement up to a day is about."""
    kept = due_lines(whole_version(found), found.run, settled, last)
    earned = sum((line.amount.amount for line in found.run.lines), Decimal(0))
    part = sum((line.amount.amount for line in kept), Decimal(0))
    # The cap cuts what is paid only once that goes beyond it.
    cut = max(part - (earned - found.run.cap_cut), Decimal(0))
    return dataclasses.replace(found.run, lines=kept, cap_cut=cut)


def whole_version(found: Evaluated) -> AgreementVersion:
    """Return the terms over all versions: of each condition the latest word, over the whole life.

    A condition that an amendment took out is still settled as it was agreed.
    """
    if not found.whole:
        return dataclasses.replace(found.version, effective=found.agreement.valid)
    terms: dict[str, Condition] = {}
    for version in sorted(in_force(found.agreement).versions, key=lambda one: one.number):
        terms |= {condition.key: condition for condition in version.conditions}
    return dataclasses.replace(
        found.version, effective=found.agreement.valid, conditions=tuple(terms.values())
    )


def due_on(actor: Actor, agreement_id: int, last: date) -> tuple[SettlementLine, ...]:
    """Return what a settlement up to a day would pay; nothing is written."""
    return lines_of(evaluate_agreement(actor, agreement_id, as_of=last), last)


def authors_of(settlement_id: int) -> frozenset[int]:
    """Return who worked on a settlement: none of them approves it."""
    found = models.Settlement.objects.values_list("authors", flat=True).get(pk=settlement_id)
    return frozenset(found)


def total_of(lines: Iterable[SettlementLine], currency: str) -> Money:
    """Return what lines come to."""
    return Money.total((line.due for line in lines), currency)


def content_of(row: models.Settlement, lines: Sequence[SettlementLine]) -> dict[str, object]:
    """Return what is approved, as plain values for its hash."""
    return {
        "agreement": row.agreement_id,
        "starts": row.starts.isoformat(),
        "ends": row.ends.isoformat(),
        "payee": row.payee,
        "run": row.run_hash,
        "lines": [
            [line.condition, str(line.period), str(line.entitlement), str(line.settled_before),
             str(line.due)]
            for line in lines
        ],
    }  # fmt: skip


def _line(row: models.SettlementRow, currency: str) -> SettlementLine:
    def money(value: Decimal) -> Money:
        return Money(value, currency).quantised()

    return SettlementLine(
        row.condition, Period(row.starts, row.ends), money(row.entitlement),
        money(row.settled_before), money(row.due), money(row.carried), money(row.kept), row.reason,
    )  # fmt: skip
