"""The part of a recipe that looks at one series at a time."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import numpy as np

from keystead.forecasting.calc.naive import seasonal_naive
from keystead.forecasting.engine.combine import models_of, recipe_of, together
from keystead.forecasting.engine.executors import Executor
from keystead.forecasting.engine.models import Chunk, chunk_forecasts
from keystead.forecasting.engine.prepare import Known
from keystead.forecasting.types.panel import Floats, RunSettings

CHUNK: Final = 400


def base_forecasts(moments: list[Known], settings: RunSettings, executor: Executor) -> list[Floats]:
    """Return per moment the combined forecast of each unit, before coherence."""
    wanted: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    recipes: dict[tuple[int, int], str] = {}
    for when, known in enumerate(moments):
        for row, clean in enumerate(known.cleans):
            recipe = recipe_of(clean.segment, settings)
            recipes[when, row] = recipe
            wanted[models_of(recipe, clean, settings.season)].append((when, row))
    made = [np.zeros((len(known.cleans), settings.horizon)) for known in moments]
    chunks, places = [], []
    for models, spots in wanted.items():
        if not models:
            continue
        for start in range(0, len(spots), CHUNK):
            part = spots[start : start + CHUNK]
            series = tuple(moments[when].cleans[row].filled for when, row in part)
            chunks.append(Chunk(series, models, settings.horizon, settings.season))
            places.append(part)
    for part, answers in zip(places, executor.map(chunk_forecasts, chunks), strict=True):
        for (when, row), lines in zip(part, answers, strict=True):
            line = together(recipes[when, row], lines)
            if np.isnan(line).any():
                history = moments[when].cleans[row].filled
                line = seasonal_naive(history, settings.horizon, settings.season)
            made[when][row] = line
    return made
