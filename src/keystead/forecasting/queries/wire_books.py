"""A merged workbook and the accuracy as JSON and as lines of text, for programs and the console."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from keystead.forecasting.queries.names import account_names, product_names
from keystead.forecasting.queries.people import Person
from keystead.forecasting.queries.value_added import Accuracy, CutRow
from keystead.forecasting.types.rhythm import Rhythm
from keystead.forecasting.types.value_added import TrackRecord
from keystead.forecasting.types.workbook import BookProblem, CellConflict, Merged
from keystead.kernel.errors import Invalid


def merge_body(merged: Merged[Any]) -> dict[str, Any]:
    """Return what a workbook would change, with both values of each cell that conflicts."""
    accounts, products = account_names(), product_names()

    def cell(one: CellConflict[Any]) -> dict[str, Any]:
        key, month = one.key
        return {
            "account": accounts[key.account_id].code,
            "sku": products[key.product_id].sku,
            "month": month.isoformat(),
            "sent_out": str(one.base),
            "workbook": str(one.theirs),
            "stands": None if one.ours is None else str(one.ours),
        }

    return {
        "changes": len(merged.changes),
        "same": len(merged.same),
        "kept": len(merged.kept),
        "untouched": len(merged.untouched),
        "conflicts": [cell(one) for one in merged.conflicts],
        "frozen": [cell(one) for one in merged.closed],
        "far": [
            cell(CellConflict(one.key, one.now, one.becomes, one.now))
            for one in merged.changes
            if one.far
        ],
    }


def taken_of(
    merged: Merged[Any], takes: Sequence[str], rhythm: Rhythm = Rhythm.MONTH
) -> tuple[dict[Any, Decimal | None], str]:
    """Return what is chosen for single cells (None: what stands), and for all the others.

    ``takes``: ``theirs``, ``ours``, or ``ACCOUNT/SKU/2026-02=theirs``, ``=ours``, ``=450``.
    Raises Invalid for a cell that is no conflict and for what is no choice.
    """
    accounts, products = account_names(), product_names()
    open_cells = {
        f"{accounts[one.key[0].account_id].code}/{products[one.key[0].product_id].sku}"
        f"/{rhythm.code(one.key[1])}": one
        for one in merged.conflicts
    }
    cells: dict[Any, Decimal | None] = {}
    rest = ""
    for text in takes:
        name, _equals, choice = text.rpartition("=")
        if not name and choice in ("theirs", "ours"):
            rest = choice
            continue
        if name not in open_cells:
            raise Invalid(
                f"Both sides changed no such cell: {text}", code="no_conflict",
                hint=f"These are open: {', '.join(open_cells) or 'none'}.",
            )  # fmt: skip
        one = open_cells[name]
        cells[one.key] = one.theirs if choice == "theirs" else _typed(choice)
    return cells, rest


def _typed(choice: str) -> Decimal | None:
    if choice == "ours":
        return None
    try:
        found = Decimal(choice)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found < 0:
        raise Invalid(f"This is no choice: {choice}", code="choice", hint="theirs, ours or 450.")
    return found


def problem_lines(problems: Sequence[BookProblem]) -> list[str]:
    """Return what is wrong with a workbook, a line per cell, for the console."""
    return [
        f"  {one.place:<8} {one.there[:24]:<24} {one.text} {one.hint}".rstrip() for one in problems
    ]


def merge_lines(body: Mapping[str, Any], rhythm: Rhythm = Rhythm.MONTH) -> list[str]:
    """Return the same for the console."""
    found = [
        f"{body['changes']} cells changed in the workbook, {len(body['conflicts'])} on both sides, "
        f"{body['same']} to the same value"
    ]

    def code(month: str) -> str:
        return rhythm.code(date.fromisoformat(month))

    for word in ("conflicts", "frozen", "far"):
        found += [
            f"  {word[:8]:<9} {one['account']:<12} {one['sku']:<12} {code(one['month'])}  "
            f"sent out {one['sent_out']}, workbook {one['workbook']}, stands {one['stands']}"
            for one in body[word]
        ]
    if "written" in body:
        found.append(f"{body['written']} cells written, {len(body['overrides'])} overrides")
    return found


def accuracy_body(found: Accuracy) -> dict[str, Any]:
    """Return the accuracy page as plain values: percents as numbers, money as text."""
    return {
        "cycles": found.cycles,
        "first": found.first.isoformat() if found.first else None,
        "last": found.last.isoformat() if found.last else None,
        "currency": found.currency,
        "enough": found.case.enough,
        "stairs": [
            {
                "layer": one.layer, "wape": one.wape, "bias": one.bias, "change": one.change,
                "low": one.interval.low if one.interval else None,
                "high": one.interval.high if one.interval else None,
                "value": str(one.value), "cells": one.cells,
            }
            for one in found.case.stairs
        ],
        "lags": [
            {
                "lag": one.lag, "layer": one.layer, "wape": one.wape, "bias": one.bias,
                "mase": one.mase, "cover80": one.cover80, "cover95": one.cover95,
                "rmsse": one.rmsse, "cells": one.cells,
            }
            for one in found.lags
        ],
        "rhythm": found.rhythm.value,
        "lag": found.lag,
        "unpriced": found.unpriced,
        "cuts": {name: [_cut_body(name, one) for one in rows] for name, rows in found.cuts.items()},
    }  # fmt: skip


def people_body(found: Sequence[tuple[Person, TrackRecord]]) -> list[dict[str, Any]]:
    """Return the records of people as plain values, with the correction worth trying."""
    return [
        {
            "label": person.name, "overrides": one.overrides, "helped": one.helped,
            "cycles": one.cycles, "enough": one.enough, "wape_before": one.wape_before,
            "wape_after": one.wape_after, "change": one.change,
            "low": one.interval.low if one.interval else None,
            "high": one.interval.high if one.interval else None,
            "value": str(one.value),
            "upward": {"helped": one.upward.helped, "all": one.upward.all},
            "downward": {"helped": one.downward.helped, "all": one.downward.all},
            "small": {"helped": one.small.helped, "all": one.small.all},
            "debias": None if one.debias is None else {
                "factor": one.debias.factor, "wape_now": one.debias.wape_now,
                "wape_then": one.debias.wape_then,
            },
        }
        for person, one in found
    ]  # fmt: skip


def _cut_body(name: str, one: CutRow) -> dict[str, Any]:
    label = one.label
    if name == "account":
        label = account_names()[int(label)].code
    elif name == "product":
        label = product_names()[int(label)].sku
    return {**dataclasses.asdict(one), "label": label, "value": str(one.value)}


def cut_lines(name: str, body: Mapping[str, Any]) -> list[str]:
    """Return one cut of the accuracy for the console."""
    if name == "person":
        found = ["person           changed   helped  before %   after %   change   value"]
        for one in body["people"]:
            found.append(
                f"{one['label']:<16} {one['overrides']:>7}  {one['helped']:>7}   "
                f"{_pct(one['wape_before'])}   {_pct(one['wape_after'])}  {_pct(one['change'])}"
                f"   {Decimal(one['value']):,.0f} {body['currency']}"
            )
            if one["debias"]:
                found.append(f"  a correction worth trying: times {one['debias']['factor']:.2f}")
        return found
    found = [f"{name:<16}   naive  statist.   agreed   bias %     MASE    RMSSE  in 80 %   value"]
    columns = ("naive", "statistical", "agreed", "bias", "mase", "rmsse", "cover80")
    for one in body["cuts"][name]:
        numbers = "  ".join(_pct(one[column]) for column in columns)
        value = f"{Decimal(one['value']):,.0f} {body['currency']}"
        found.append(f"{one['label'] or '-':<16} {numbers}   {value}")
    return found


def accuracy_lines(body: Mapping[str, Any]) -> list[str]:
    """Return the same for the console."""
    if not body["first"]:
        return ["No locked cycle has come true yet."]
    found = [f"{body['cycles']} locked cycles, {_code(body, 'first')} to {_code(body, 'last')}"]
    if not body["enough"]:
        found.append("Not enough data to tell a change from chance: under six cycles.")
    found.append("layer             WAPE %   bias %   change   95 % range")
    for one in body["stairs"]:
        span = f"{one['low']:+.1f} to {one['high']:+.1f}" if one["low"] is not None else ""
        found.append(
            f"{one['layer']:<16} {_pct(one['wape'])}  {_pct(one['bias'])}  {_pct(one['change'])}"
            f"   {span}".rstrip()
        )
    found.append("lag  layer             WAPE %   bias %   in 80 %  in 95 %")
    found += [
        f"{one['lag']:>3}  {one['layer']:<16} {_pct(one['wape'])}  {_pct(one['bias'])}"
        f"  {_pct(one['cover80'])}  {_pct(one['cover95'])}"
        for one in body["lags"]
        if one["cells"]
    ]
    return found


def _code(body: Mapping[str, Any], name: str) -> str:
    return Rhythm(body["rhythm"]).code(date.fromisoformat(body[name]))


def _pct(value: float | None) -> str:
    return f"{'–':>7}" if value is None else f"{value:>7.1f}"
