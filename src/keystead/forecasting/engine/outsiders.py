"""Models from outside in the mix: judged by the same backtest, refused with the figures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keystead.forecasting.calc.intervals import naive_scale
from keystead.forecasting.engine.mixing import allowed, learned_weight, mixed
from keystead.forecasting.engine.outside import Forecaster, lines_of, named
from keystead.forecasting.engine.prepare import Known, truth_after
from keystead.forecasting.types.panel import (
    Floats,
    RunSettings,
    Segment,
    SeriesProblem,
    Weights,
)

USUAL = 0.3


def with_outside(
    moments: Sequence[Known],
    lines: list[Floats],
    settings: RunSettings,
    models: Sequence[Forecaster] | None = None,
) -> tuple[list[Floats], tuple[Weights, ...], tuple[SeriesProblem, ...]]:
    """Return the lines with each allowed outside model mixed in, its weights, and refusals."""
    found = list(lines)
    weights: list[Weights] = []
    refused: list[SeriesProblem] = []
    for model in models if models is not None else [named(name) for name in settings.forecasters]:
        said = [_said(model, known, settings) for known in moments]
        rows = [_rows(known) for known in moments]
        scaled = [
            _scaled(moments[-1], known, (before, fresh), where, settings)
            for known, before, fresh, where in zip(moments[:-1], found, said, rows, strict=False)
        ]
        old, new, truth = ([part[place] for part in scaled] for place in range(3))
        if not allowed(old, new, truth):
            text = "Its backtest is worse than the recipe's, or there is none; it is not used."
            refused.append(SeriesProblem(model.card.name, "forecaster_refused", text))
            continue
        share = learned_weight(USUAL, old, new, truth, 1)
        for place, (before, fresh, where) in enumerate(zip(found, said, rows, strict=True)):
            part = np.zeros(before.shape[0])
            part[where] = share
            found[place] = mixed(before, fresh, part)
        parts = {"recipe": round(1 - share, 4), model.card.name: round(share, 4)}
        weights.append(Weights("all", parts, int(rows[-1].size), "backtest"))
    return found, tuple(weights), tuple(refused)


def _rows(known: Known) -> np.ndarray:
    usable = (Segment.SMOOTH, Segment.ERRATIC)
    return np.flatnonzero([clean.segment in usable for clean in known.cleans])


def _said(model: Forecaster, known: Known, settings: RunSettings) -> Floats:
    rows = _rows(known)
    made = np.full((len(known.cleans), settings.horizon), np.nan)
    histories = [known.cleans[row].filled for row in rows.tolist()]
    made[rows] = lines_of(model, histories, settings.horizon, settings.season, settings.seed)
    return made


def _scaled(
    now: Known,
    known: Known,
    lines: tuple[Floats, Floats],
    rows: np.ndarray,
    settings: RunSettings,
) -> tuple[Floats, Floats, Floats]:
    scale = np.array(
        [naive_scale(known.cleans[row].filled, settings.season) for row in rows.tolist()]
    )[:, None]
    truth = truth_after(now, known, rows, settings.horizon)
    return lines[0][rows] / scale, lines[1][rows] / scale, truth / scale
