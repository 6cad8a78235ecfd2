"""A run: what it froze, the engine, and its numbers as rows that never change."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.forecasting import models
from keystead.forecasting.calc.demand import scales
from keystead.forecasting.calc.known import without_off_list
from keystead.forecasting.engine.run import forecast
from keystead.forecasting.queries.champions import champions_of
from keystead.forecasting.queries.cycles import as_cycle, as_run, within
from keystead.forecasting.queries.demand import demand_history
from keystead.forecasting.queries.known import known_ahead
from keystead.forecasting.queries.lists import lists_now, lists_of
from keystead.forecasting.queries.names import account_names, product_names
from keystead.forecasting.queries.panel import key_of, last_year, named, panel_of
from keystead.forecasting.services.carrying import carry_over, vanished
from keystead.forecasting.services.loading import row_to_write, tell
from keystead.forecasting.types.cycle import (
    USUAL,
    Asked,
    CycleState,
    DemandKind,
    Layer,
    RunInfo,
    RunState,
)
from keystead.forecasting.types.demand import Demand
from keystead.forecasting.types.panel import Recipe, RunResult, RunSettings, SeriesResult
from keystead.forecasting.types.rhythm import Rhythm
from keystead.forecasting.types.table import exactly
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit import jobs
from keystead.kit.access import SYSTEM, Actor
from keystead.kit.testing import faults
from keystead.ledger.queries import current_commit

JOB = "forecasting.run"
RECIPES = (Recipe.NAIVE, Recipe.FAST, Recipe.STANDARD, Recipe.OVERNIGHT)
MOST_PROBLEMS = 20_000
MOST_UNITS = 1e16
ROWS = 2000
MOST_SCALE = 1e19
Progress = Callable[[int, int, str], None]


def start_run(*, actor: Actor, cycle_id: int, asked: Asked = USUAL) -> RunInfo:
    """Start a run of the engine as a job; needs ``forecasting.run``.

    It freezes the cut-off, the ledger as it is now, listings and successors, the recipe and the
    seed: run again with these, the numbers are the same. Writes the run, the job and one audit
    row. Raises Conflict in a cycle that is not open any more, or while a run is under way.
    """
    if asked.recipe not in {one.value for one in RECIPES}:
        text = _("There is no such recipe.")
        raise Invalid(text, code="recipe", fields={"recipe": text})
    with transaction.atomic():
        row = row_to_write(actor, cycle_id, "forecasting.run")
        if row.state not in (CycleState.OPEN.value, CycleState.SUBMITTED.value):
            raise Conflict(
                _("The review has begun: the statistical line stays as it is."), code="state",
                hint=_("Take the review back first."),
            )  # fmt: skip
        others = models.RunRow.objects.filter(cycle=row)
        if asked.trial and row.run_id is None:
            raise Conflict(
                _("A trial stands beside a run that counts: start that one first."),
                code="trial_alone",
            )
        if others.filter(state__in=[RunState.WAITING.value, RunState.RUNNING.value]).exists():
            raise Conflict(_("A run of this cycle is under way."), code="run_under_way")
        made = models.RunRow(
            cycle=row, number=others.count() + 1, recipe=asked.recipe, seed=asked.seed,
            country=asked.country, cut_off=as_cycle(row).cut_off, commit=current_commit(),
            trial=asked.trial,
            lists=lists_now(SYSTEM, within(row.accounts) if row.accounts else None).plain(),
            champions={} if asked.trial else champions_of(
                DemandKind(row.kind), Rhythm(row.rhythm)
            ),
        )  # fmt: skip
        made.save_checked(actor)
        made.job = jobs.enqueue(JOB, {"run": made.pk}, actor=actor, key=f"{JOB}:{made.pk}")
        made.save_checked(actor)
        told = {"run": made.number, "recipe": made.recipe, "commit": made.commit}
        tell(actor, row, "run", None, {**told, "cut_off": made.cut_off.isoformat()})
    return as_run(made)


def calculate(*, run_id: int, progress: Progress = lambda *_: None) -> RunInfo:
    """Run the engine for a run that was started, and store what it says; idempotent.

    Called by the job. All rows are written in one transaction, with one audit row.
    """
    run = models.RunRow.objects.select_related("cycle").get(pk=run_id)
    if run.state == RunState.DONE.value:
        return as_run(run)
    models.RunRow.objects.filter(pk=run_id).update(
        state=RunState.RUNNING.value, started_at=timezone.now(), error=""
    )
    progress(0, 3, "reading the ledger")
    demand = history_of(run)
    if not demand.keys:
        raise _nothing(demand)
    progress(1, 3, "calculating")
    known = known_ahead(SYSTEM, demand, run.cycle.horizon, accounts_of(run), lists_of(run.lists))
    panel = panel_of(demand, known.future, known.predecessors, known.shares)
    result = forecast(panel, settings_of(run))
    off = {named(key): known.off[at] for key, at in demand.place.items()}
    result = without_off_list(result, off)
    demand = dataclasses.replace(
        demand, quantity=_without_jumps(demand, result), problems=demand.problems + known.problems
    )
    progress(2, 3, "storing")
    with transaction.atomic():
        row = models.CycleRow.objects.select_for_update().get(pk=run.cycle_id)
        run = models.RunRow.objects.select_for_update().get(pk=run_id)
        if run.state == RunState.DONE.value:
            return as_run(run)
        _store(row, run, demand, result)
        faults.reach("forecasting.run.stored")
    return as_run(run)


def _nothing(demand: Demand) -> Invalid:
    """What to say where nothing can be forecast; by week, facts that only know their month."""
    coarse = [one for one in demand.problems if one.code == "month_only"]
    if not coarse or coarse[0].key is None or coarse[0].month is None:
        return Invalid(
            _("There is no history to forecast from."), code="no_history",
            hint=_("Import sell-in or off-take up to the cut-off first."),
        )  # fmt: skip
    first = coarse[0].key
    account, product = account_names().get(first.account_id), product_names().get(first.product_id)
    return Invalid(
        _("No week can be made of this history: it only knows its months. The first of %(count)s "
          "lines: %(account)s, %(product)s, %(month)s.")
        % {"count": len(coarse), "account": account.name if account else first.account_id,
           "product": product.name if product else first.product_id,
           "month": f"{coarse[0].month:%Y-%m}"},
        code="no_weeks",
        hint=_("Import it with the day of each sale or invoice, or forecast by month."),
    )  # fmt: skip


def fail(*, run_id: int, reason: str) -> None:
    """Write down that a run did not come to an end, and why; another one may start."""
    models.RunRow.objects.filter(pk=run_id).exclude(state=RunState.DONE.value).update(
        state=RunState.FAILED.value, error=reason[:400], finished_at=timezone.now()
    )


def history_of(run: models.RunRow) -> Demand:
    """Return the history a run is calculated from: the ledger as it was when it was started."""
    return demand_history(
        SYSTEM, kind=DemandKind(run.cycle.kind), cut_off=run.cut_off, accounts=accounts_of(run),
        commit=run.commit, rhythm=Rhythm(run.cycle.rhythm),
        today=timezone.localdate(run.created_at),
    )  # fmt: skip


def accounts_of(run: models.RunRow) -> frozenset[int] | None:
    """Return the accounts a run is about, None for all."""
    return within(run.cycle.accounts) or None


def settings_of(run: models.RunRow) -> RunSettings:
    """Return how a run is calculated."""
    return RunSettings(
        horizon=run.cycle.horizon, recipe=run.recipe, seed=run.seed,
        country=run.country or None, rounding=0, champions=run.champions,
        season=Rhythm(run.cycle.rhythm).season,
    )  # fmt: skip


def _store(row: models.CycleRow, run: models.RunRow, demand: Demand, result: RunResult) -> None:
    place = demand.place
    year = last_year(demand, demand.months)
    series = []
    for one in result.series:
        key = key_of(one.key)
        at = place[key]
        mase, rmsse = scales(demand.quantity[at], demand.rhythm.season)
        series.append(
            models.RunSeries(
                run=run, account_id=key.account_id, product_id=key.product_id,
                segment=one.segment.value, recipe=one.recipe, unit=demand.units[at],
                price=demand.prices[at], currency=demand.currencies[at],
                last_year=_last_year(year[at]),
                mase_scale=_scale(mase), rmsse_scale=_scale(rmsse), parts=_parts(one),
            )
        )  # fmt: skip
    models.RunSeries.objects.bulk_create(series, batch_size=500)
    rows = _versions(row, run, demand, result)
    while chunk := list(islice(rows, ROWS)):
        models.ForecastVersion.objects.bulk_create(chunk, batch_size=500)
    gone: list[Any] = []
    lost: list[Any] = []
    carried = 0
    if not run.trial:
        gone = list(vanished(row, place))
        row.run = run
        row.save_checked(SYSTEM)
        carried, more = carry_over(row)
        lost = list(more)
    problems = rare_first([*gone, *lost, *_problems(demand, result)])
    run.state, run.finished_at, run.error = RunState.DONE.value, timezone.now(), ""
    run.series, run.problems = len(series), problems[:MOST_PROBLEMS]
    run.input_hash, run.output_hash = result.input_hash, _output_hash(result)
    run.backtest = {**_backtest(result, demand.rhythm.lags), "problems": len(problems)}
    run.save_checked(SYSTEM)
    told = {"run": run.number, "series": run.series, "output": run.output_hash}
    told |= {"carried": carried, "vanished": len(gone), "not_carried": len(lost)}
    tell(SYSTEM, row, "run.done", None, {**told, "input": run.input_hash})


def _versions(
    row: models.CycleRow, run: models.RunRow, demand: Demand, result: RunResult
) -> Iterator[models.ForecastVersion]:
    now = timezone.now()
    place = demand.place
    for one in result.series:
        key = key_of(one.key)
        at = place[key]
        price, currency = demand.prices[at], demand.currencies[at]
        for step, period in enumerate(result.periods):
            for layer, line in ((Layer.NAIVE, one.naive), (Layer.STATISTICAL, one.mean)):
                qty = exactly(max(float(line[step]), 0.0))
                bands = {} if layer is Layer.NAIVE else _bands(one, step)
                yield models.ForecastVersion(
                    cycle=row, run=run, account_id=key.account_id, product_id=key.product_id,
                    period=period, horizon=step + 1, layer=layer.value, qty=qty,
                    value=_worth(qty, price),
                    currency=currency, recipe=one.recipe, at=now, **bands,
                )  # fmt: skip


def _bands(one: SeriesResult, step: int) -> dict[str, Decimal]:
    names = ("lo80", "hi80", "lo95", "hi95")
    return {name: exactly(max(float(getattr(one, name)[step]), 0.0)) for name in names}


def _parts(one: SeriesResult) -> dict[str, Any]:
    """What the number is made of, month by month; the parts add up to it."""
    parts = one.parts
    held = {"level": parts.level, "trend": parts.trend, "season": parts.season, **parts.inputs}
    if parts.adjusted is not None:
        held["adjusted"] = parts.adjusted
    return {
        name: [round(float(value), 4) for value in line]
        for name, line in held.items()
        if np.any(line)
    }


def _problems(demand: Demand, result: RunResult) -> list[dict[str, Any]]:
    found = [one.plain() for one in demand.problems]
    for one in result.problems:
        key = key_of(one.key) if ":" in one.key else None
        found.append(
            {
                "code": one.code, "account_id": key.account_id if key else None,
                "product_id": key.product_id if key else None,
                "month": _iso(one.period), "count": one.count, "detail": one.message,
                "there": one.there,
            }
        )  # fmt: skip
    for place, key in enumerate(demand.keys):
        for reason in ("stock_out", "delisted"):
            if count := int(demand.masks[reason][place].sum()):
                found.append(
                    {
                        "code": f"masked_{reason}", "account_id": key.account_id,
                        "product_id": key.product_id, "month": None, "count": count, "detail": "",
                    }
                )  # fmt: skip
        if demand.prices[place] is None or not demand.currencies[place]:
            found.append(
                {
                    "code": "no_price", "account_id": key.account_id,
                    "product_id": key.product_id, "month": None, "count": 1, "detail": "",
                }
            )  # fmt: skip
    return found


def _backtest(result: RunResult, lags: tuple[int, ...]) -> dict[str, Any]:
    """Return what the recipe would have missed by at the lags of its rhythm, naive beside."""
    found: dict[str, Any] = {"gap": result.gap, "lags": []}
    if result.backtest is None:
        return found
    actual = result.backtest.actual
    for lag in lags:
        if lag > actual.shape[2]:
            continue
        truth = actual[:, :, lag - 1]
        known = np.isfinite(truth)
        whole = float(np.abs(truth[known]).sum())
        if not whole:
            continue
        errors = {
            name: held[:, :, lag - 1][known] - truth[known]
            for name, held in (
                ("model", result.backtest.forecast),
                ("naive", result.backtest.naive),
            )
        }
        found["lags"].append(
            {
                "lag": lag,
                "cells": int(known.sum()),
                **{
                    f"{name}_{what}": round(float(value) * 100 / whole, 2)
                    for name, error in errors.items()
                    for what, value in (("wape", np.abs(error).sum()), ("bias", error.sum()))
                },
            }
        )
    return found


def _output_hash(result: RunResult) -> str:
    made = hashlib.sha256()
    for one in result.series:
        made.update(one.key.encode())
        for line in (one.mean, one.lo80, one.hi80, one.lo95, one.hi95, one.naive):
            made.update(np.rint(np.asarray(line) * 10000).astype(np.int64).tobytes())
    return made.hexdigest()


def _without_jumps(demand: Demand, result: RunResult) -> Any:
    """The quantities without the months that the engine left out as far beyond the usual.

    Neither what errors are scaled by nor the last year is made from them.
    """
    found = demand.quantity.copy()
    column = {month: at for at, month in enumerate(demand.months)}
    row = {named(key): at for key, at in demand.place.items()}
    for one in result.problems:
        if one.code == "jump" and one.key in row and one.period in column:
            found[row[one.key], column[one.period]] = np.nan
    return found


def rare_first(problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the remarks with the rarest kinds first: a long list of one kind hides no other."""
    counts = Counter(one["code"] for one in problems)
    return sorted(problems, key=lambda one: (counts[one["code"]], one["code"]))


def _worth(qty: Decimal, price: Decimal | None) -> Decimal | None:
    """The value of a quantity; nothing where it is beyond what can be stored."""
    value = None if price is None else (qty * price).quantize(Decimal("0.0001"))
    return value if value is not None and value < MOST_UNITS else None


def _last_year(units: float | None) -> Decimal | None:
    return None if units is None or abs(units) >= MOST_UNITS else exactly(units)


def _scale(value: float | None) -> Decimal | None:
    """What errors are scaled by; nothing where it is beyond what can be stored."""
    return None if value is None or value >= MOST_SCALE else Decimal(f"{value:.8f}")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
