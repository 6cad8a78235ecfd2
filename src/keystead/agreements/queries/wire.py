"""Entitlements, accruals and settlements as plain values, for the API and ``--json``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from keystead.agreements.queries.accruals import Booked
from keystead.agreements.queries.evaluation import Evaluated
from keystead.agreements.queries.traces import step_body
from keystead.agreements.types import (
    AccrualEntry,
    Agreement,
    EntitlementLine,
    Settlement,
    SettlementLine,
)
from keystead.kernel.money import Money


def agreement_body(found: Agreement) -> dict[str, Any]:
    """Return the head of an agreement."""
    return {
        "id": found.id,
        "number": found.number,
        "title": found.title,
        "kind": found.kind.value,
        "state": found.state.value,
        "account_id": found.account_id,
        "first_day": found.valid.start.isoformat(),
        "last_day": found.valid.last.isoformat(),
        "currency": found.currency,
        "versions": [
            {
                "number": one.number,
                "state": one.state.value,
                "from": one.effective.start.isoformat(),
                "conditions": [condition.key for condition in one.conditions],
            }
            for one in found.versions
        ],
        "version": found.version,
    }


def entitlement_body(found: Evaluated) -> dict[str, Any]:
    """Return an evaluation: every line with its trace, and what it was made from."""
    return {
        "agreement": found.agreement.number,
        "version": found.version.number,
        "as_of": found.basis.as_of.isoformat(),
        "commit": found.commit,
        "inputs_hash": found.run.inputs_hash,
        "currency": found.run.currency,
        "total": _text(found.run.total),
        "cap_cut": f"{found.run.cap_cut:f}",
        "floor_top_up": f"{found.run.floor_top_up:f}",
        "lines": [_line(one) for one in found.run.lines],
        "stock": [
            {
                "condition": cut.condition,
                "price_cut": cut.cut.on.isoformat(),
                "product_id": line.product_id,
                "account_id": line.account_id,
                "reported": line.day.isoformat(),
                "quantity": f"{line.quantity:f}",
                "unit": line.unit,
                "location": line.location,
                "batch": line.batch_id,
                "sheet": line.sheet,
                "row": line.source_row,
            }
            for cut, line in found.stock_lines
        ],
    }


def accruals_body(
    found: Agreement, balances: dict[str, Money], entries: Iterable[Booked]
) -> dict[str, Any]:
    """Return what is open by condition, and the entries behind it."""
    return {
        "agreement": found.number,
        "currency": found.currency,
        "balances": {key: _text(money) for key, money in balances.items()},
        "entries": [
            {
                **entry_body(one.entry),
                "about": one.about.isoformat() if one.about else None,
                "as_of": one.as_of.isoformat(),
                "subject": one.subject,
                "batch": one.batch_id,
                "reversed_by": one.reversed_by,
            }
            for one in entries
        ],
    }


def entry_body(entry: AccrualEntry) -> dict[str, Any]:
    """Return one entry of the accrual ledger."""
    return {
        "id": entry.id,
        "condition": entry.condition,
        "month": entry.month.isoformat(),
        "kind": entry.kind.value,
        "basis": entry.basis.value,
        "amount": _text(entry.amount),
        "currency": entry.amount.currency,
        "reverses": entry.reverses,
        "reason": entry.reason,
        "run_hash": entry.run_hash,
    }


def settlement_body(found: Settlement) -> dict[str, Any]:
    """Return a settlement with the lines of its latest calculation."""
    return {
        "id": found.id,
        "state": found.state.value,
        "first_day": found.period.start.isoformat(),
        "last_day": found.period.last.isoformat(),
        "currency": found.currency,
        "total": _text(found.total),
        "payee": found.payee,
        "due_on": found.due_on.isoformat() if found.due_on else None,
        "credit_note": found.credit_note,
        "paid_on": found.paid_on.isoformat() if found.paid_on else None,
        "reverses": found.reverses,
        "run_hash": found.run_hash,
        "version": found.version,
        "lines": [_settled(one) for one in found.lines],
    }


def due_body(lines: Iterable[SettlementLine], total: Money) -> dict[str, Any]:
    """Return what a settlement would pay."""
    return {
        "total": _text(total),
        "currency": total.currency,
        "lines": [_settled(one) for one in lines],
    }


def _settled(one: SettlementLine) -> dict[str, Any]:
    return {
        "condition": one.condition,
        "first_day": one.period.start.isoformat(),
        "last_day": one.period.last.isoformat(),
        "entitlement": _text(one.entitlement),
        "settled_before": _text(one.settled_before),
        "due": _text(one.due),
        "carried": _text(one.carried),
        "kept": _text(one.kept),
    }


def _line(one: EntitlementLine) -> dict[str, Any]:
    return {
        "condition": one.condition,
        "first_day": one.period.start.isoformat(),
        "last_day": one.period.last.isoformat(),
        "amount": _text(one.amount),
        "tier": one.tier,
        "rate": None if one.rate is None else f"{one.rate:f}",
        "gate": one.gate.value,
        "trace": [step_body(step) for step in one.trace],
    }


def _text(money: Money) -> str:
    return f"{money.quantised().amount:f}"
