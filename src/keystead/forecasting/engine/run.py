"""One run: a panel and settings in, forecasts with ranges for every series and node out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from keystead.forecasting.calc.calendars import calendar_inputs
from keystead.forecasting.calc.intervals import naive_scale
from keystead.forecasting.calc.naive import seasonal_naive
from keystead.forecasting.calc.spans import starts
from keystead.forecasting.engine.bands import Bands, bands_of, rounded
from keystead.forecasting.engine.base import base_forecasts
from keystead.forecasting.engine.combine import recipe_of
from keystead.forecasting.engine.executors import Executor, default_executor
from keystead.forecasting.engine.explain import parts_of
from keystead.forecasting.engine.globals import Mixed, has_plan, mix_in
from keystead.forecasting.engine.leaning import leaned
from keystead.forecasting.engine.mixing import weights_table
from keystead.forecasting.engine.newcomers import with_newcomers
from keystead.forecasting.engine.outsiders import with_outside
from keystead.forecasting.engine.prepare import (
    Known,
    Tree,
    ahead,
    cutoffs_of,
    first_problems,
    input_hash,
    known_at,
    tree_of,
)
from keystead.forecasting.engine.reconcile import gap, reconcile, summing
from keystead.forecasting.types.panel import (
    Backtest,
    Floats,
    NodeResult,
    Panel,
    RunResult,
    RunSettings,
    SeriesResult,
)

BAND_NAMES: Final = ("mean", "lo80", "hi80", "lo95", "hi95", "naive")


def forecast(panel: Panel, settings: RunSettings, *, executor: Executor | None = None) -> RunResult:
    """Return the forecast of every series and node of a panel.

    The answer depends on the panel and the settings only: the number of processes and the
    executor change how long it takes.
    """
    tree = tree_of(panel, settings.coherent)
    now = known_at(panel, tree, settings, panel.values.shape[1])
    past = [known_at(panel, tree, settings, cutoff) for cutoff in cutoffs_of(panel, settings)]
    moments = [*past, now]
    worker = executor or default_executor(len(now.cleans) * len(moments), settings.processes)
    base = base_forecasts(moments, settings, worker)
    for place, known in enumerate(moments):
        base[place], young = with_newcomers(panel, known, base[place], settings)
    mix = mix_in(panel, moments, base, settings, _inputs(panel, tree, settings))
    mix = leaned(mix, moments, settings)
    lines, shares, refused = with_outside(moments, mix.lines, settings)
    if has_plan(panel):
        lines = [_summed_up(line, tree) for line in lines]
    coherent = [
        _coherent(known, line, tree, _naive_variance(known, settings))
        for known, line in zip(past, lines[:-1], strict=True)
    ]
    backtest = _backtest(now, past, coherent, settings)
    mean = _coherent(now, lines[-1], tree, _variance(now, backtest, settings))
    if settings.rounding is not None:
        mean = rounded(mean, panel, tree, settings.rounding)
    bands = bands_of(mean, now, past, backtest, len(panel.keys), settings)
    notes = (*first_problems(panel, now), *young, *refused)
    run = _result(panel, settings, (tree, now, mix), bands, backtest)
    return replace(run, problems=notes, weights=(*run.weights, *shares))


def _inputs(panel: Panel, tree: Tree, settings: RunSettings) -> Mapping[str, Floats]:
    """Return the known inputs of every unit: the plan (a node has the mean) and the calendar."""
    made = {}
    for name, matrix in (panel.future.matrices if panel.future else {}).items():
        means = [matrix[list(group)].mean(axis=0) for group in tree.members]
        made[name] = np.vstack([matrix, *means])
    units = len(panel.keys) + len(tree.members)
    periods = starts(panel.first, panel.freq, panel.values.shape[1] + settings.horizon)
    for name, line in calendar_inputs(periods, panel.freq, settings.country).items():
        made.setdefault(name, np.broadcast_to(line, (units, line.size)))
    return made


def _summed_up(line: Floats, tree: Tree) -> Floats:
    """Return the lines with each node the sum of its series: the plan is known at the bottom."""
    if not tree.members:
        return line
    bottoms = line.shape[0] - len(tree.members)
    return np.vstack([line[:bottoms], summing(tree.members, bottoms) @ line[:bottoms]])


def _naive_variance(known: Known, settings: RunSettings) -> Floats:
    return np.array([naive_scale(clean.filled, settings.season) ** 2 for clean in known.cleans])


def _variance(now: Known, backtest: Backtest | None, settings: RunSettings) -> Floats:
    base = _naive_variance(now, settings)
    if backtest is None:
        return base
    squared = backtest.errors_by_lag() ** 2
    known = np.isfinite(squared).sum(axis=(0, 2))
    own = np.nansum(squared, axis=(0, 2)) / np.maximum(known, 1)
    return np.where(known >= 3, np.sqrt(np.maximum(own, base * 1e-4) * base), base)


def _coherent(known: Known, lines: Floats, tree: Tree, variance: Floats) -> Floats:
    bottoms = len(known.cleans) - len(tree.members)
    dead = np.array([not clean.filled.size for clean in known.cleans[:bottoms]], dtype=bool)
    dead |= (lines[:bottoms] == 0).all(axis=1)
    return reconcile(lines, tree.members, variance, dead)


def _backtest(
    now: Known, past: list[Known], means: list[Floats], settings: RunSettings
) -> Backtest | None:
    if not past:
        return None
    shape = (len(past), len(now.cleans), settings.horizon)
    actual = np.full(shape, np.nan)
    plain = np.zeros(shape)
    for window, known in enumerate(past):
        seen = min(settings.horizon, now.cutoff - known.cutoff)
        for row, clean in enumerate(now.cleans):
            truth = np.full(now.cutoff, np.nan)
            truth[clean.start :] = np.where(clean.known, clean.filled, np.nan)
            old = known.cleans[row].filled
            if old.size:
                actual[window, row, :seen] = truth[known.cutoff : known.cutoff + seen]
                plain[window, row] = seasonal_naive(old, settings.horizon, settings.season)
    return Backtest(tuple(known.cutoff for known in past), actual, np.stack(means), plain)


def _result(
    panel: Panel,
    settings: RunSettings,
    stage: tuple[Tree, Known, Mixed],
    bands: Bands,
    backtest: Backtest | None,
) -> RunResult:
    tree, now, mix = stage
    count = len(panel.keys)
    if backtest is not None:
        cut = {name: getattr(backtest, name)[:, :count] for name in ("actual", "forecast", "naive")}
        backtest = replace(backtest, **cut)
    segments = [clean.segment for clean in now.cleans[:count]]
    learned, naive = mix.weight[:count], mix.naive[:count]
    shares = np.column_stack([(1 - learned) * (1 - naive), learned * (1 - naive), naive])
    shares[(learned == 0) & (naive == 0)] = 0
    source = "backtest" if backtest is not None else "default"
    return RunResult(
        tuple(_series(panel, settings, now, mix, bands)),
        tuple(_nodes(settings, tree, now, bands, count)),
        backtest,
        input_hash(panel, settings),
        (),
        tuple(ahead(panel, settings.horizon)),
        settings.recipe,
        weights_table(segments, ("series", "all_series", "seasonal_naive"), shares, source),
        gap(bands.mean, tree.members),
    )


def _series(
    panel: Panel, settings: RunSettings, now: Known, mix: Mixed, bands: Bands
) -> list[SeriesResult]:
    made = []
    for row, key in enumerate(panel.keys):
        clean = now.cleans[row]
        lifts = {name: effect[row] for name, effect in mix.lifts.items()}
        parts = parts_of(clean.filled, bands.mean[row], settings.season, lifts)
        recipe = recipe_of(clean.segment, settings)
        made.append(SeriesResult(key, clean.segment, recipe, parts=parts, **_lines(bands, row)))
    return made


def _nodes(
    settings: RunSettings, tree: Tree, now: Known, bands: Bands, count: int
) -> list[NodeResult]:
    made = []
    for (account, product), place in zip(tree.paths, tree.set_of, strict=True):
        row = -1 - place if place < 0 else count + place
        members = (row,) if place < 0 else tree.members[place]
        recipe = recipe_of(now.cleans[row].segment, settings)
        made.append(NodeResult(account, product, recipe, members=members, **_lines(bands, row)))
    return made


def _lines(bands: Bands, row: int) -> dict[str, Floats]:
    return {name: getattr(bands, name)[row] for name in BAND_NAMES}
