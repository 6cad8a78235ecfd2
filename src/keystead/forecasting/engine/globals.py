"""The part of a recipe that learns from all series together, and its place in the mix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from keystead.forecasting.calc.intervals import naive_scale
from keystead.forecasting.calc.segments import ADI_LIMIT, expected_gaps
from keystead.forecasting.engine import boosting, planned, sparse
from keystead.forecasting.engine.mixing import (
    USUAL,
    bias_factor,
    learned_weight,
    mixed,
    without_cost,
)
from keystead.forecasting.engine.prepare import Known, truth_after
from keystead.forecasting.types.panel import (
    CALENDAR,
    Floats,
    Panel,
    Recipe,
    RunSettings,
    Segment,
)

SPARSE: Final = (Segment.INTERMITTENT, Segment.NEW)
BOOSTED: Final = (Segment.SMOOTH, Segment.ERRATIC)
GLOBAL_RECIPES: Final = (Recipe.STANDARD, Recipe.OVERNIGHT)


@dataclass(frozen=True, slots=True, eq=False)
class Mixed:
    """Lines per moment after the mix, lifts by input, and per unit: the weight of the global
    model, and the share of the seasonal naive in what comes out."""

    lines: list[Floats]
    weight: Floats
    lifts: Mapping[str, Floats]
    naive: Floats


def has_plan(panel: Panel) -> bool:
    """Return whether prices, promotions or listings are known ahead."""
    return panel.future is not None and any(
        not name.startswith(CALENDAR) for name in panel.future.matrices
    )


def mix_in(
    panel: Panel,
    moments: Sequence[Known],
    lines: Sequence[Floats],
    settings: RunSettings,
    inputs: Mapping[str, Floats],
) -> Mixed:
    """Return the lines with the global models mixed in where the recipe has them.

    ``moments`` are the backtest windows and now, last. The models of the windows are trained once,
    on what was known at the first of them.
    """
    units = len(moments[-1].cleans)
    nothing = Mixed(list(lines), np.zeros(units), {}, np.zeros(units))
    if settings.recipe not in GLOBAL_RECIPES:
        return nothing
    found = list(lines)
    weight = np.zeros(units)
    plan = has_plan(panel)
    kinds = (*BOOSTED, Segment.INTERMITTENT) if plan else BOOSTED
    ask = _planned if plan else _boosted
    boosted, lifts = ask(panel, moments, settings, inputs, kinds)
    usual = USUAL["boost_with_plan" if plan else "boost"]
    for kind in kinds:
        found, weight = _join(moments, found, boosted, kind, usual, 1, weight)
    if not plan:
        sparse_lines = _sparse(panel, moments, settings)
        for kind in SPARSE:
            found, weight = _join(moments, found, sparse_lines, kind, USUAL["sparse"], 2, weight)
    found, factor = _unbiased(moments, found)
    lifts = {name: effect * (weight * factor)[:, None] for name, effect in lifts.items()}
    return Mixed(found, weight, lifts, np.zeros(units))


def _unbiased(moments: Sequence[Known], lines: list[Floats]) -> tuple[list[Floats], Floats]:
    """Return the lines less the bias the pooled backtest found in a segment, and the factors."""
    factor = np.ones(len(moments[-1].cleans))
    made = [line.copy() for line in lines]
    for kind in BOOSTED:
        sold, said, count = [], [], 0
        truths, tolds = [], []
        for known, line in zip(moments[:-1], lines, strict=False):
            rows = _rows(known, kind)
            truth = truth_after(moments[-1], known, rows, line.shape[1])
            there = np.isfinite(truth)
            sold.append(float(truth[there].sum()))
            said.append(float(line[rows][there].sum()))
            truths.append(truth)
            tolds.append(line[rows])
            count = max(count, rows.size)
        share = without_cost(bias_factor(sold, said, count), tolds, truths)
        for known, line in zip(moments, made, strict=True):
            line[_rows(known, kind)] *= share
        factor[_rows(moments[-1], kind)] = share
    return made, factor


def _join(
    moments: Sequence[Known],
    old: list[Floats],
    new: Sequence[Floats],
    kind: Segment,
    usual: float,
    power: int,
    weight: Floats,
) -> tuple[list[Floats], Floats]:
    scaled: tuple[list[Floats], list[Floats], list[Floats]] = ([], [], [])
    for known, before, fresh in zip(moments[:-1], old, new, strict=False):
        rows = _rows(known, kind)
        scale = _scales(known, rows, power)
        truth = truth_after(moments[-1], known, rows, before.shape[1])
        for pile, values in zip(scaled, (before[rows], fresh[rows], truth), strict=True):
            pile.append(values / scale[:, None])
    share = learned_weight(usual, *scaled, power)
    made = []
    for known, before, fresh in zip(moments, old, new, strict=True):
        part = np.zeros(len(known.cleans))
        part[_rows(known, kind)] = share
        made.append(mixed(before, fresh, part))
    weight = weight.copy()
    weight[_rows(moments[-1], kind)] = share
    return made, weight


def _rows(known: Known, *kinds: Segment) -> np.ndarray:
    return np.flatnonzero([clean.segment in kinds for clean in known.cleans])


def _scales(known: Known, rows: np.ndarray, power: int) -> Floats:
    """Return the size of each series' errors; squared ones by its root mean square.

    The moves of a part that sold once say next to nothing about its size.
    """
    histories = [known.cleans[row].filled for row in rows.tolist()]
    if power == 1:
        return np.array([naive_scale(values, 12) for values in histories])
    return np.array([max(float(np.sqrt((values**2).mean())), 1e-9) for values in histories])


def _boosted(
    panel: Panel,
    moments: Sequence[Known],
    settings: RunSettings,
    inputs: Mapping[str, Floats],
    kinds: Sequence[Segment],
) -> tuple[list[Floats], dict[str, Floats]]:
    lines: list[Floats] = []
    trained: list[boosting.Trained] = []
    for place, known in enumerate(moments):
        rows = _rows(known, *kinds)
        given = _given(panel, known, rows, settings, inputs)
        if place in {0, len(moments) - 1}:
            made = [boosting.train(one) for one in (given, replace(given, seasonal=True))]
            trained = [one for one in made if one is not None]
        line = np.full((len(known.cleans), settings.horizon), np.nan)
        if trained and rows.size:
            ready = [
                boosting.look(one, replace(given, seasonal=one.given.seasonal)) for one in trained
            ]
            line[rows] = np.mean([boosting.predict(one) for one in ready], axis=0)
        lines.append(line)
    return lines, {}


def _planned(
    panel: Panel,
    moments: Sequence[Known],
    settings: RunSettings,
    inputs: Mapping[str, Floats],
    kinds: Sequence[Segment],
) -> tuple[list[Floats], dict[str, Floats]]:
    """Return what the models of a plan say of the series; a node is their sum, later."""
    lines: list[Floats] = []
    lifts: dict[str, Floats] = {}
    trained: planned.Learned | None = None
    items, accounts = _codes(panel.product_path), _codes(panel.account_path)
    for place, known in enumerate(moments):
        rows = _rows(known, *kinds)
        rows = rows[rows < len(panel.keys)]
        given = _given(panel, known, rows, settings, inputs)
        plan = planned.Plan(given, items[rows], accounts[rows])
        if place in {0, len(moments) - 1}:
            trained = planned.train(plan)
        line = np.full((len(known.cleans), settings.horizon), np.nan)
        if trained is not None and rows.size:
            trained = planned.look(trained, plan)
            line[rows] = planned.predict(trained)
        lines.append(line)
        lifts = {}
        if trained is not None and place == len(moments) - 1:
            for name, effect in planned.lifts(trained).items():
                lifts[name] = np.zeros(line.shape)
                lifts[name][rows] = effect
    return lines, lifts


def _codes(texts: Sequence[tuple[str, ...]]) -> np.ndarray:
    order = {text: code for code, text in enumerate(sorted(set(texts)))}
    return np.array([order[text] for text in texts], dtype=int)


def _given(
    panel: Panel,
    known: Known,
    rows: np.ndarray,
    settings: RunSettings,
    inputs: Mapping[str, Floats],
) -> boosting.Global:
    histories = [known.cleans[row].filled for row in rows.tolist()]
    width = max((values.size for values in histories), default=0)
    start, end = known.cutoff - width, known.cutoff + settings.horizon
    cut = {name: matrix[rows, start:end] for name, matrix in inputs.items()}
    codes: dict[str, np.ndarray] = {}
    if has_plan(panel):
        names = {"item": [path[-1:] for path in panel.product_path]}
        names |= {"account": [path[-1:] for path in panel.account_path]}
        names |= {
            name: [(text,) for text in texts]
            for name, texts in panel.static.items()
            if name not in {"predecessor", "share"}
        }
        for name, texts in names.items():
            order = {text: code for code, text in enumerate(sorted(set(texts)))}
            if 1 < len(order) <= 200:
                codes[name] = np.array([order[texts[row]] for row in rows.tolist()])
    return boosting.Global(
        histories,
        settings.horizon,
        settings.season,
        seed=settings.seed,
        threads=settings.processes or 1,
        inputs=cut,
        codes=codes,
        planned=has_plan(panel),
    )


def _sparse(panel: Panel, moments: Sequence[Known], settings: RunSettings) -> list[Floats]:
    lines = []
    booster: Any = None
    threads = settings.processes or 1
    for place, known in enumerate(moments):
        if place in {0, len(moments) - 1}:
            seen = [
                known.cleans[row].filled
                for row in _rows(known, *SPARSE, Segment.DEAD).tolist()
                if known.cleans[row].filled.size
            ]
            booster = sparse.train(seen, settings.horizon, settings.seed, threads)
        rows = _sparse_rows(panel, known)
        line = np.full((len(known.cleans), settings.horizon), np.nan)
        if booster is not None and rows.size:
            histories = [known.cleans[row].filled for row in rows.tolist()]
            line[rows] = sparse.predict(booster, histories, settings.horizon, threads)
        lines.append(line)
    return lines


def _sparse_rows(panel: Panel, known: Known) -> np.ndarray:
    """Return the units that sell now and then: of the new ones those without a predecessor."""
    heirs = panel.static.get("predecessor", ())
    young = _rows(known, Segment.NEW)
    histories = [known.cleans[row].filled for row in young.tolist()]
    old = [
        clean.filled
        for clean in known.cleans
        if clean.segment is not Segment.NEW and clean.filled.size
    ]
    alone = np.array([row >= len(heirs) or not heirs[row] for row in young.tolist()], dtype=bool)
    rare = expected_gaps(histories, old) > ADI_LIMIT
    return np.sort(np.concatenate([_rows(known, Segment.INTERMITTENT), young[alone & rare]]))
