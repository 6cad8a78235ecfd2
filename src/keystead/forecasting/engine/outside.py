"""Models from outside, found by the entry-point group ``keystead.forecasters``.

A foundation model is the usual case: the user gives a local folder of weights, nothing is fetched.
The model says its licence, device and longest context, and must pass the same backtest as our own
parts before it joins a recipe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points  # noqa: TID251  (reads names, imports by entry point)
from typing import Any, Final, Protocol, runtime_checkable

import numpy as np

from keystead.forecasting.types.panel import Floats
from keystead.kernel.errors import Invalid

GROUP: Final = "keystead.forecasters"


@dataclass(frozen=True, slots=True)
class Card:
    """What a model from outside says about itself."""

    name: str
    licence: str
    device: str
    longest_context: int
    weights_folder: str = ""


@runtime_checkable
class Forecaster(Protocol):
    """A model from outside: series in, one line of means per series out. No network."""

    card: Card

    def forecast(
        self, histories: Sequence[Floats], horizon: int, season: int, seed: int
    ) -> Sequence[Floats]:
        """Return one line of ``horizon`` steps per history."""
        ...


def named(name: str) -> Forecaster:
    """Return the model of an entry point; raises Invalid where there is none or it says too little.

    The entry point names a class or function that is called without arguments.
    """
    found = [point for point in entry_points(group=GROUP) if point.name == name]
    if not found:
        raise Invalid(
            "No forecaster of this name is installed.",
            code="forecaster_missing",
            hint=f"A package offers one by the entry-point group {GROUP}.",
            name=name,
        )
    return checked(found[0].load()())


def checked(model: Any) -> Forecaster:
    """Return the model if it has a whole card; raises Invalid else."""
    card = getattr(model, "card", None)
    if not isinstance(model, Forecaster) or not isinstance(card, Card):
        raise Invalid("A forecaster needs a card and a forecast function.", code="forecaster_card")
    if not card.licence or not card.device or card.longest_context < 1:
        raise Invalid(
            "A forecaster must say its licence, device and longest context.",
            code="forecaster_card",
            name=card.name,
        )
    return model


def lines_of(
    model: Forecaster, histories: Sequence[Floats], horizon: int, season: int, seed: int
) -> Floats:
    """Return series x steps; nan for an answer of a wrong shape or that is not a number."""
    cut = [values[-model.card.longest_context :] for values in histories]
    said = model.forecast(cut, horizon, season, seed)
    if len(said) != len(histories):
        raise Invalid(
            "A forecaster answered for another number of series.", code="forecaster_answer"
        )
    made = np.full((len(histories), horizon), np.nan)
    for row, line in enumerate(said):
        values = np.asarray(line, dtype=np.float64)
        if values.shape == (horizon,) and np.isfinite(values).all():
            made[row] = np.maximum(values, 0.0)
    return made
