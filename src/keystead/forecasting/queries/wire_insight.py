"""Why a number, which recipe, and the sell-in from off-take, for programs and the console."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from keystead.forecasting.queries.champions import Standing
from keystead.forecasting.queries.names import account_names, product_names
from keystead.forecasting.queries.node import NodeView
from keystead.forecasting.queries.selling_in import Planned
from keystead.forecasting.types.champion import ChampionRecord
from keystead.forecasting.types.cycle import Layer
from keystead.forecasting.types.rhythm import Rhythm


def node_body(view: NodeView) -> dict[str, Any]:
    """Return a place of the forecast: lines, ranges, parts, steps since last cycle, like months."""
    return {
        "label": view.label,
        "unit": view.unit,
        "series": view.series,
        "segment": view.segment,
        "recipe": view.recipe,
        "rhythm": view.rhythm.value,
        "months": [month.isoformat() for month in view.months],
        "layers": {layer.value: _texts(line) for layer, line in view.layers.items()},
        "ranges": {name: [round(one, 4) for one in line] for name, line in view.bands.items()},
        "agreed_last_cycle": [None if one is None else str(one) for one in view.before],
        "year_before": list(view.year_ago),
        "parts": {name: _texts(line) for name, line in view.parts.items()},
        "steps": None if view.steps is None else {
            "months": [month.isoformat() for month in view.shared],
            "last_cycle": str(view.steps.start),
            "steps": [{"cause": cause.value, "change": str(change)}
                      for cause, change in view.steps.steps],
            "this_cycle": str(view.steps.end),
        },
        "similar_to": view.similar_to.isoformat() if view.similar_to else None,
        "planned": view.planned,
        "similar": [
            {"month": one.period.isoformat(), "sold": one.value, "distance": one.distance,
             "known": dict(one.inputs)}
            for one in view.similar
        ],
    }  # fmt: skip


def node_lines(view: NodeView) -> list[str]:
    """Return the same for the console: parts and lines by month, then the steps."""
    body = node_body(view)
    found = [
        body["label"] or "All accounts",
        " " * 18 + _row(view.rhythm.code(m) for m in view.months),
    ]
    found += [f"{name:<18}{_row(map(_short, line))}" for name, line in view.parts.items()]
    for layer in (Layer.STATISTICAL, Layer.AGREED):
        found.append(f"{layer.value:<18}{_row(map(_short, view.layers[layer]))}")
    if view.steps is not None:
        found.append(f"last cycle {_short(view.steps.start)}")
        found += [
            f"  {cause.value:<10} {change:+,.0f}" for cause, change in view.steps.steps if change
        ]
        found.append(f"this cycle {_short(view.steps.end)}")
    if view.similar and view.similar_to:
        like = ", ".join(f"{view.rhythm.code(one.period)} {one.value:,.0f}" for one in view.similar)
        month = view.rhythm.code(view.similar_to)
        found.append(f"{view.rhythm.value}s most like {month}: {like}")
    return found


def recipes_body(
    standings: Sequence[Standing], records: Sequence[ChampionRecord]
) -> dict[str, Any]:
    """Return the recipe of each segment, and every decision, the newest first."""
    return {
        "standings": [
            {"segment": one.segment, "recipe": one.recipe or None,
             "since": one.since.decided_on.isoformat() if one.since else None}
            for one in standings
        ],
        "decisions": [record_body(one) for one in records[::-1]],
    }  # fmt: skip


def record_body(one: ChampionRecord) -> dict[str, Any]:
    """Return one decision with its evidence, cycle by cycle."""
    return {**dataclasses.asdict(one), "decided_on": one.decided_on.isoformat()}


def recipe_lines(body: Mapping[str, Any]) -> list[str]:
    """Return the same for the console."""
    found = [
        f"{one['segment']:<14} {one['recipe'] or 'as the run asks':<16} {one['since'] or ''}"
        for one in body["standings"]
    ]
    found += [
        f"{one['decided_on']}  {one['segment']}: {one['champion']} against {one['challenger']}, "
        f"WAPE {one['champion_wape_pct']:.1f} and {one['challenger_wape_pct']:.1f} % over "
        f"{len(one['evidence'])} cycles: {one['reason']}"
        for one in body["decisions"]
    ]
    return found


def plan_body(
    found: Iterable[Planned], months: Sequence[date], rhythm: Rhythm = Rhythm.MONTH
) -> dict[str, Any]:
    """Return both parts of the sell-in by series: what is sold on, and the change of the stock."""
    accounts, products = account_names(), product_names()
    return {
        "rhythm": rhythm.value,
        "months": [month.isoformat() for month in months],
        "items": [
            {
                "account_id": one.key.account_id, "account": accounts[one.key.account_id].code,
                "product_id": one.key.product_id, "sku": products[one.key.product_id].sku,
                "brand": one.brand, "unit": one.unit,
                "stock": one.opening, f"cover_{rhythm.value}s": one.cover,
                "off_take": _numbers(one.off_take), "stock_change": _numbers(one.stock_change),
                "sell_in": _numbers(one.sell_in),
                "price": None if one.price is None else str(one.price), "currency": one.currency,
            }
            for one in found
        ],
    }  # fmt: skip


def plan_lines(body: Mapping[str, Any]) -> list[str]:
    """Return the same for the console: three lines a series."""
    rhythm = Rhythm(body["rhythm"])
    covers = f"cover_{rhythm.value}s"
    found = [" " * 40 + _row(rhythm.code(date.fromisoformat(month)) for month in body["months"])]
    for one in body["items"]:
        cover = "no stock told"
        if one[covers] is not None:
            cover = f"{one[covers]:.1f} {rhythm.value}s"
        found.append(f"{one['account']} {one['sku']} ({cover})")
        found += [
            f"  {name:<38}{_row(f'{value:,.0f}' for value in one[name])}"
            for name in ("off_take", "stock_change", "sell_in")
        ]
    return found


def _texts(line: Iterable[Decimal]) -> list[str]:
    return [str(one) for one in line]


def _numbers(line: Iterable[float]) -> list[float]:
    return [round(float(one), 4) for one in line]


def _row(texts: Iterable[str]) -> str:
    return " ".join(f"{one:>9}" for one in texts)


def _short(value: Decimal) -> str:
    return f"{value:,.0f}"
