"""Plans, cells and segments as programs get them: exact numbers as text, days as ISO."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from keystead.planning.rules.completeness import completeness
from keystead.planning.types.plans import (
    Action,
    Claim,
    Completeness,
    Initiative,
    Input,
    Measured,
    Plan,
    PlanHead,
    Stated,
)
from keystead.planning.types.segments import Placed, Run
from keystead.planning.types.whitespace import Grid, Sum

Body = dict[str, Any]


def head_body(one: PlanHead) -> Body:
    """Return a plan without its lines."""
    return {
        "id": one.id, "account_id": one.account_id, "account": one.account_code,
        "name": one.account_name, "year": one.year, "currency": one.currency,
        "headline": one.headline, "state": one.state.value, "owner": one.owner_name,
        "number": one.number, "version": one.version,
    }  # fmt: skip


def plan_body(plan: Plan, stands: dict[int, Measured], today: date) -> Body:
    """Return a plan with everything in it."""
    return {
        **head_body(plan),
        "completeness": completeness_body(completeness(plan, today)),
        "claims": [claim_body(one, today) for one in plan.claims],
        "objectives": [objective_body(stands[one.id], today) for one in plan.objectives],
        "initiatives": [initiative_body(one, today) for one in plan.initiatives],
        "actions": [action_body(one, today) for one in plan.actions],
        "inputs": [input_body(one, today) for one in plan.inputs],
    }


def completeness_body(whole: Completeness) -> Body:
    """Return the score with the parts of it."""
    return {
        "score": whole.score,
        "parts": [
            {"part": one.code, "weight": one.weight, "share": text(one.share),
             "missing": one.missing}
            for one in whole.parts
        ],
    }  # fmt: skip


def claim_body(one: Claim, today: date) -> Body:
    return {
        **_stated(one, today), "kind": one.kind.value, "text": one.text, "detail": one.detail,
        "evidence": one.evidence, "amount": text(one.amount),
        "likelihood_pct": text(one.likelihood_pct),
    }  # fmt: skip


def objective_body(stands: Measured, today: date) -> Body:
    """Return an objective as it stands; ``hidden``: the reader may not read its metric."""
    one = stands.objective
    return {
        **_stated(one, today), "title": one.title, "detail": one.detail, "metric": one.metric,
        "filters": {name: list(values) for name, values in one.filters.items()},
        "baseline": text(one.baseline), "target": text(one.target), "due_on": day(one.due_on),
        "value": text(stands.value), "unit": stands.unit, "measure": stands.measure,
        "note": stands.note, "proof_id": stands.proof_id,
        "progress_pct": text(stands.progress_pct), "expected_pct": text(stands.expected_pct),
        "standing": stands.standing.value, "hidden": stands.hidden,
    }  # fmt: skip


def initiative_body(one: Initiative, today: date) -> Body:
    return {
        **_stated(one, today), "title": one.title, "detail": one.detail,
        "objective_id": one.objective_id, "starts": day(one.starts), "ends": day(one.ends),
        "cost": text(one.cost), "effect": text(one.effect), "effect_words": one.effect_words,
        "exit_test": one.exit_test, "exit_on": day(one.exit_on), "state": one.state.value,
    }  # fmt: skip


def action_body(one: Action, today: date) -> Body:
    return {
        "id": one.id, "account_id": one.account_id, "plan_id": one.plan_id,
        "initiative_id": one.initiative_id, "title": one.title, "detail": one.detail,
        "owner": one.owner_name, "starts": day(one.starts), "due_on": day(one.due_on),
        "state": one.state.value, "late": one.late(today), "done_on": day(one.done_on),
        "source": one.source, "item": one.item, "version": one.version,
    }  # fmt: skip


def input_body(one: Input, today: date) -> Body:
    return {
        "id": one.id, "question": one.question, "function": one.function,
        "asked": one.asked_name, "due_on": day(one.due_on), "state": one.state.value,
        "late": one.late(today), "answer": one.answer, "version": one.version,
    }  # fmt: skip


def grid_body(grid: Grid) -> Body:
    """Return the whitespace grid: cells in a list, sums by site, by column and of all."""
    names = {one.key: one.label for one in grid.columns}
    codes = {one.id: one.code for one in grid.sites}
    return {
        "account": grid.account_code, "currency": grid.currency, "period": grid.period,
        "by": grid.by,
        "cells": [
            {
                "site": codes[site], "column": names[key], "shows": one.shown.value,
                "current": text(one.current), "room": text(one.room), "other": text(one.other),
                "proof_id": one.proof_id,
                "competitor": one.said.competitor if one.said else "",
                "owner": one.said.owner_name if one.said else "", "unowned": one.unowned,
                "version": one.said.version if one.said else 0,
            }
            for (site, key), one in grid.cells.items()
        ],
        "sites": {one.code: _sum(grid.rows[one.id]) for one in grid.sites},
        "columns": {one.label: _sum(grid.totals[one.key]) for one in grid.columns},
        "total": _sum(grid.total),
    }  # fmt: skip


def run_body(run: Run, *, values: bool) -> Body:
    """Return a run of the segments; ``values``: whether the reader may read its metric."""
    return {
        "id": run.id, "quarter": run.quarter, "currency": run.currency,
        "metric": run.cuts.metric, "cuts": run.cuts_number, "commit": run.commit,
        "moved_pct": text(run.moved_pct), "left_out": dict(run.left_out),
        "accounts": [_placed(one, values=values) for one in run.placed],
    }  # fmt: skip


def text(value: Decimal | None) -> str | None:
    """Return an exact number as text, without trailing zeros."""
    return None if value is None else format(value.normalize(), "f")


def day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _stated(one: Stated, today: date) -> Body:
    return {
        "id": one.id, "owner": one.owner_name, "stated_on": one.stated_on.isoformat(),
        "stale_on": one.stale_on.isoformat(), "stale": one.stale(today), "carried": one.carried,
        "version": one.version,
    }  # fmt: skip


def _sum(one: Sum) -> Body:
    return {"current": text(one.current), "room": text(one.room), "other": text(one.other),
            "states": dict(one.states)}  # fmt: skip


def _placed(one: Placed, *, values: bool) -> Body:
    return {
        "account": one.account_code, "name": one.account_name, "cell": one.segment.cell,
        "potential": one.segment.potential, "relation": one.segment.relation or None,
        "value": text(one.inputs.value) if values else None, "variation": one.inputs.cv,
        "room_pct": one.inputs.room_pct, "coverage_pct": one.inputs.coverage_pct,
        "satisfaction": one.inputs.satisfaction, "moved": one.moved,
    }  # fmt: skip
