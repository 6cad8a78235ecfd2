"""Recipes: which models a segment asks, and how their answers become one."""

from __future__ import annotations

from typing import Final

import numpy as np

from keystead.forecasting.calc.cleaning import Clean
from keystead.forecasting.types.panel import Floats, Recipe, RunSettings, Segment

FAST: Final = ("winters", "temporal", "damped", "level")
STANDARD: Final = (*FAST, "dot", "ces")
SPARSE: Final = ("imapa", "adida", "year")


def recipe_of(segment: Segment, settings: RunSettings) -> str:
    """Return the recipe a series gets: its segment's own, its champion, or the run's."""
    if segment is Segment.DEAD:
        return Recipe.DEAD
    if segment.value in settings.champions:
        return settings.champions[segment.value]
    if segment is Segment.NEW:
        return Recipe.NEW
    if segment is Segment.INTERMITTENT and settings.recipe != Recipe.NAIVE:
        return Recipe.INTERMITTENT
    return settings.recipe


def models_of(recipe: str, clean: Clean, season: int) -> tuple[str, ...]:
    """Return the models of one series under a recipe."""
    if recipe == Recipe.DEAD:
        return ()
    if recipe in {Recipe.NAIVE, Recipe.NEW}:
        return ("sn",) if recipe == Recipe.NAIVE else ("year",)
    if recipe == Recipe.INTERMITTENT:
        return SPARSE
    vote = ("sn",) if season > 1 and clean.filled.size >= 2 * season else ()
    if recipe == Recipe.FAST:
        return FAST + vote
    return (*STANDARD, "ets", *vote) if recipe == Recipe.OVERNIGHT else STANDARD + vote


def together(recipe: str, answers: Floats) -> Floats:
    """Return one line from models x steps; models that could not be fitted do not vote."""
    voting = answers[~np.isnan(answers).any(axis=1)]
    if not voting.size:
        return np.full(answers.shape[1], np.nan)
    middle = voting.mean(axis=0) if recipe == Recipe.INTERMITTENT else np.median(voting, axis=0)
    return np.asarray(middle, dtype=float)
