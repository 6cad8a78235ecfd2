"""Opportunities, signals and the roll-up as plain values, for the API and ``--json``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from keystead.kernel.exact import round_half_up
from keystead.pipeline.queries.opportunities import DealApart, TenderAlert
from keystead.pipeline.queries.seen_words import sentence
from keystead.pipeline.types.opportunities import (
    DealOutcome,
    ForecastCategory,
    Lot,
    Opportunity,
    Stage,
    StageChange,
)
from keystead.pipeline.types.rollup import Rollup, RollupLine, Sums
from keystead.pipeline.types.seen import Signal


def deal_body(found: Opportunity) -> dict[str, Any]:
    """Return an opportunity with its lots and how it ended."""
    return {
        "id": found.id, "account_id": found.account_id, "account": found.account_name,
        "title": found.title, "kind": found.kind.value, "stage": found.stage.code,
        "product_ids": list(found.product_ids), "wanted": found.wanted,
        "amount": _amount(found.amount), "currency": found.currency,
        "expected_close": _day(found.expected_close), "probability_pct": _amount(found.pct),
        "stage_pct": _amount(found.stage.pct), "pct_reason": found.pct_reason,
        "forecast_category": found.category.value, "competitors": list(found.competitors),
        "owner": found.owner_name, "next_step": found.next_step, "next_on": _day(found.next_on),
        "reference": found.reference, "questions_until": _day(found.questions_until),
        "submit_until": _day(found.submit_until), "submitted_on": _day(found.submitted_on),
        "signal": found.signal, "version": found.version,
        "lots": [lot_body(one) for one in found.lots],
        "outcome": deal_outcome_body(found.outcome) if found.outcome else None,
    }  # fmt: skip


def lot_body(found: Lot) -> dict[str, Any]:
    """Return a lot of a tender."""
    return {
        "id": found.id, "number": found.number, "title": found.title,
        "amount": _amount(found.amount), "deadline": _day(found.deadline),
        "state": found.state.value, "awarded": _amount(found.awarded), "winner": found.winner,
    }  # fmt: skip


def deal_outcome_body(found: DealOutcome) -> dict[str, Any]:
    """Return how an opportunity ended."""
    return {
        "ending": found.ending.value, "closed_on": _day(found.closed_on),
        "amount": _amount(found.amount), "final": _amount(found.final),
        "manager_pct": _amount(found.pct), "model_pct": _amount(found.model_pct),
        "reason": found.reason.value, "note": found.note, "winner": found.winner,
        "winner_until": _day(found.winner_until), "document": found.document,
    }  # fmt: skip


def step_body(found: StageChange) -> dict[str, Any]:
    """Return a step through the stages."""
    return {
        "from": found.before, "to": found.after, "probability_pct": _amount(found.pct),
        "forecast_category": found.category.value, "amount": _amount(found.amount),
        "currency": found.currency, "expected_close": _day(found.expected_close),
        "why": found.why, "by": found.by_name, "at": found.at.isoformat(),
    }  # fmt: skip


def stage_body(found: Stage, name: str) -> dict[str, Any]:
    """Return a stage."""
    return {
        "code": found.code, "name": name, "probability_pct": _amount(found.pct),
        "forecast_category": found.category.value,
    }  # fmt: skip


def tender_bodies(found: Iterable[TenderAlert]) -> list[dict[str, Any]]:
    """Return the days of tenders that warn today: 0 says that the day is over."""
    return [
        {"opportunity_id": one.opportunity.id, "title": one.opportunity.title,
         "account": one.opportunity.account_name, "what": one.deadline.kind.value,
         "lot": one.deadline.lot, "on": _day(one.deadline.on),
         "warning_days": one.deadline.warning}
        for one in found
    ]  # fmt: skip


def signal_body(found: Signal, first_seen: date | None = None) -> dict[str, Any]:
    """Return a signal with its sentence and its numbers."""
    return {
        "key": found.key, "kind": found.kind.value, "account_id": found.account_id,
        "account": found.account_name, "proposes": found.proposes.value, "on": _day(found.on),
        "text": sentence(found), "told": dict(found.told), "proof_id": found.proof,
        "first_seen": _day(first_seen),
    }  # fmt: skip


def apart_bodies(found: Iterable[DealApart]) -> list[dict[str, Any]]:
    """Return the opportunities on which manager and model are far apart."""
    return [
        {"opportunity_id": one.opportunity.id, "title": one.opportunity.title,
         "account": one.opportunity.account_name, "manager_pct": _amount(one.opportunity.pct),
         "model_pct": _amount(one.model.pct)}
        for one in found
    ]  # fmt: skip


def rollup_body(found: Rollup) -> dict[str, Any]:
    """Return the roll-up, a line for the whole, each team and each manager."""
    return {
        "year": found.year, "currency": found.currency, "without_rate": found.unrated,
        "without_amount": found.unset, "lines": [_line(one) for one in found.lines],
    }  # fmt: skip


def _line(one: RollupLine) -> dict[str, Any]:
    return {
        "level": one.level, "name": one.name, "target": _amount(one.target),
        "invoiced": _amount(one.sold), "expected": _money(one.expected),
        "new_sales": _sums(one.new), "renewals": _sums(one.renewals),
    }  # fmt: skip


def _sums(held: Sums) -> dict[str, Any]:
    return {
        "by_category": {
            one.value: _money(held.categories.get(one, Decimal(0))) for one in ForecastCategory
        },
        "weighted": _money(held.weighted), "open": held.open,
        "by_manager": _money(held.by_manager), "by_model": _money(held.by_model),
        "without_probability": held.unsaid, "model_silent": held.unmodelled,
    }  # fmt: skip


def _money(value: Decimal) -> str:
    return f"{round_half_up(value, 2):f}"


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
