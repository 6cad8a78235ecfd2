"""A cycle with numbers in it, put there without the engine."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from keystead.forecasting import models
from keystead.forecasting.queries.cycles import as_cycle
from keystead.forecasting.types.cycle import Cycle, CycleState, Layer, RunState
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.tests import room

MONTH = date(2026, 1, 1)
BANDS = {"lo80": 80, "hi80": 120, "lo95": 60, "hi95": 140}


def shelves(kam: Actor, other: Actor) -> dict[str, int]:
    """Two accounts of one manager, one of another; two brands with three products."""
    ids = {name.lower(): room.account(name, kam) for name in ("JD", "ALI")}
    ids["far"] = room.account("FAR", other)
    ids["p1"], ids["p2"] = room.product("P1", brand="Acu"), room.product("P2", brand="Acu")
    ids["q1"] = room.product("Q1", brand="Bio")
    return ids


def stored(
    series: Mapping[tuple[int, int], Sequence[float]], *, month: date = MONTH, **more: Any
) -> Cycle:
    """Store a cycle and a run that said this; ``more``: columns of the cycle, ``parts``, ``prices``, …"""
    parts, prices = more.pop("parts", {}), more.pop("prices", {})
    recipe, currencies = more.pop("recipe", "fast"), more.pop("currencies", {})
    recipes = more.pop("recipes", {})
    squares, segments = more.pop("squares", {}), more.pop("segments", {})
    horizon = len(next(iter(series.values())))
    row = models.CycleRow(
        kind="sell_in", month=month, horizon=horizon, opens=month, submit_by=month,
        review_by=month, lock_by=month, parties=["account_manager", "operations"], **more,
    )  # fmt: skip
    row.save_checked(SYSTEM)
    run = models.RunRow(
        cycle=row, number=1, recipe="fast", cut_off=date.fromordinal(month.toordinal() - 1),
        state=RunState.DONE.value, series=len(series), output_hash=uuid.uuid4().hex,
    )  # fmt: skip
    run.save_checked(SYSTEM)
    row.run = run
    row.save_checked(SYSTEM)
    models.RunSeries.objects.bulk_create(
        models.RunSeries(
            run=run, account_id=account, product_id=product, unit="pack",
            price=prices.get((account, product), Decimal(10)), currency=currencies.get((account, product), "EUR"),
            recipe=recipes.get((account, product), recipe),
            segment=segments.get((account, product), "smooth"),
            rmsse_scale=squares.get((account, product)), parts=parts.get((account, product), {}),
        )
        for account, product in series
    )  # fmt: skip
    layers = {Layer.NAIVE: 0.9, Layer.STATISTICAL: 1}
    models.ForecastVersion.objects.bulk_create(
        _version(row, run, key, step, layer, Decimal(str(round(value * factor, 4))))
        for key, values in series.items()
        for step, value in enumerate(values)
        for layer, factor in layers.items()
    )
    return as_cycle(models.CycleRow.objects.get(pk=row.pk))


def lock(cycle: Cycle, agreed: Mapping[tuple[int, int, int], float], **layers: Any) -> Cycle:
    """Lock a cycle at (account, product, step) -> agreed; ``layers``: the same for others."""
    row = models.CycleRow.objects.get(pk=cycle.id)
    said = {Layer.AGREED: agreed} | {Layer(name): cells for name, cells in layers.items()}
    models.ForecastVersion.objects.bulk_create(
        _version(row, row.run, (account, product), step, layer, Decimal(str(value)))
        for layer, cells in said.items()
        for (account, product, step), value in cells.items()
    )
    models.CycleRow.objects.filter(pk=row.pk).update(
        state=CycleState.LOCKED.value, locked_at=timezone.now()
    )
    return as_cycle(models.CycleRow.objects.get(pk=row.pk))


def _version(
    row: Any, run: Any, key: tuple[int, int], step: int, layer: Layer, qty: Decimal
) -> models.ForecastVersion:
    bands = {}
    if layer is Layer.STATISTICAL:
        bands = {name: round(qty * pct / 100, 4) for name, pct in BANDS.items()}
    return models.ForecastVersion(
        cycle=row, run=run, account_id=key[0], product_id=key[1], horizon=step + 1, qty=qty,
        period=Rhythm(row.rhythm).step(row.month, step), layer=layer.value, recipe="fast", at=timezone.now(),
        currency="EUR", value=qty * 10, **bands,
    )  # fmt: skip
