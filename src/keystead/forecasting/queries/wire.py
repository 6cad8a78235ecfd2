"""Cycles as JSON: decimals and days as text, for the API and the command line."""

from __future__ import annotations

from typing import Any

from keystead.forecasting.types.cycle import (
    Assumption,
    Cycle,
    Gap,
    Layer,
    Override,
    Preview,
    RunInfo,
    SignOff,
)
from keystead.forecasting.types.table import CycleTable

PROBLEMS_SHOWN = 500  # with a run; all of them by themselves


def cycle_body(cycle: Cycle) -> dict[str, Any]:
    head = cycle.head
    days = head.calendar
    return {
        "id": cycle.id,
        "name": cycle.name,
        "kind": head.kind.value,
        "rhythm": head.rhythm.value,
        "month": head.month.isoformat(),
        "horizon": head.horizon,
        "cut_off": cycle.cut_off.isoformat(),
        "state": cycle.state.value,
        "version": cycle.version,
        "opens": days.opens.isoformat(),
        "submit_by": days.submit_by.isoformat(),
        "review_by": days.review_by.isoformat(),
        "lock_by": days.lock_by.isoformat(),
        "frozen": [month.isoformat() for month in sorted(cycle.frozen)],
        "parties": [one.value for one in head.parties],
        "run_id": cycle.run_id,
        "lock_request": cycle.lock_request,
        "locked_at": cycle.locked_at.isoformat() if cycle.locked_at else None,
        "content_hash": cycle.content_hash,
    }


def run_body(run: RunInfo) -> dict[str, Any]:
    return {
        "id": run.id,
        "number": run.number,
        "state": run.state.value,
        "recipe": run.asked.recipe,
        "seed": run.asked.seed,
        "cut_off": run.cut_off.isoformat(),
        "commit": run.commit,
        "input_hash": run.input_hash,
        "output_hash": run.output_hash,
        "series": run.series,
        "problems": [dict(one) for one in run.problems[:PROBLEMS_SHOWN]],
        "problem_count": len(run.problems),
        "backtest": dict(run.backtest),
        "job_id": run.job_id,
        "error": run.error,
    }


def override_body(one: Override) -> dict[str, Any]:
    return {
        "id": one.id,
        "layer": one.layer.value,
        "account_id": one.node.account_id,
        "product_id": one.node.product_id,
        "brand": one.node.brand,
        "months": [month.isoformat() for month in one.periods],
        "kind": one.kind.value,
        "amounts": [str(amount) for amount in one.amounts],
        "reason": one.reason,
        "note": one.note,
        "evidence": one.evidence,
        "expires": one.expires.isoformat() if one.expires else None,
        "change": str(one.change),
        "warnings": list(one.warnings),
        "withdrawn": one.void,
        "supersedes": one.supersedes,
        "by": one.by_name,
        "at": one.at.isoformat(),
    }


def sign_body(one: SignOff) -> dict[str, Any]:
    return {
        "party": one.party.value,
        "stance": one.stance.value,
        "account_id": one.account_id,
        "note": one.note,
        "by": one.by_name,
        "at": one.at.isoformat(),
    }


def gap_body(one: Gap) -> dict[str, Any]:
    return {
        "brand": one.node.brand,
        "label": one.label,
        "layer": one.layer,
        "against": one.against,
        "ours": str(one.ours),
        "theirs": str(one.theirs),
        "pct": None if one.pct is None else f"{one.pct:.2f}",
        "over": one.over,
        "explained": one.explained,
    }


def assumption_body(one: Assumption) -> dict[str, Any]:
    entry = one.entry
    return {
        "id": one.id,
        "version": one.version,
        "text": entry.text,
        "category": entry.category,
        "effect": entry.effect,
        "account_id": entry.node.account_id,
        "product_id": entry.node.product_id,
        "brand": entry.node.brand,
        "starts": entry.starts.isoformat(),
        "expires": entry.expires.isoformat(),
        "owner": one.owner_name,
        "verdict": one.verdict.value,
        "verdict_note": one.verdict_note,
    }


def preview_body(shown: Preview) -> dict[str, Any]:
    return {
        "layer": shown.layer.value,
        "before": str(shown.before),
        "after": str(shown.after),
        "mix": shown.mix,
        "warnings": [{"code": one.code, "text": one.text} for one in shown.warnings],
        "cells": [
            {
                "account_id": one.key.account_id,
                "product_id": one.key.product_id,
                "month": one.period.isoformat(),
                "before": str(one.before),
                "after": str(one.after),
            }
            for one in shown.splits
        ],
    }


def table_rows(table: CycleTable, layer: Layer) -> list[dict[str, Any]]:
    """Return one row per series: who, what, and a quantity for each month."""
    return [
        {
            "account_id": one.key.account_id,
            "product_id": one.key.product_id,
            "brand": one.brand,
            "unit": one.unit,
            "segment": one.segment,
            "recipe": one.recipe,
            "price": None if one.price is None else str(one.price),
            "currency": one.currency,
            "quantities": [
                str(table.quantity(layer, place, column)) for column in range(len(table.periods))
            ],
        }
        for place, one in enumerate(table.series)
    ]
