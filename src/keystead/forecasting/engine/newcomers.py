"""Series too young for a model: the predecessor by its share, or the shape of their likes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from keystead.forecasting.calc.naive import repeats, seasonal_indices
from keystead.forecasting.engine.prepare import Known
from keystead.forecasting.types.panel import Floats, Panel, RunSettings, Segment, SeriesProblem

RAMP: Final = (0.4, 0.7, 0.9)
OWN_TRUST: Final = 6
ALIKE: Final = ("brand", "category")
MOST_LIKES: Final = 200


def with_newcomers(
    panel: Panel, known: Known, lines: Floats, settings: RunSettings
) -> tuple[Floats, tuple[SeriesProblem, ...]]:
    """Return the lines with those of new series replaced, and what could not be used.

    A series with a predecessor follows the predecessor's forecast times its share, ramping up over
    its first three periods and leaning on its own sales as they come in. One without takes its own
    level and the season of series of its brand, category or all.
    """
    made = lines.copy()
    likes = _Likes(panel, known, settings.season)
    places = {key: row for row, key in enumerate(panel.keys)}
    problems: list[SeriesProblem] = []
    for row, key in enumerate(panel.keys):
        clean = known.cleans[row]
        named = _text(panel, "predecessor", row)
        young = clean.segment is Segment.NEW or (not clean.filled.size and named)
        if not young:
            continue
        own = _own_line(likes, known, row, settings)
        if not named:
            made[row] = own
            continue
        share = _share(_text(panel, "share", row))
        if named not in places or named == key:
            text = f"The predecessor {named} is not in this forecast; own sales are used."
            problems.append(SeriesProblem(key, "no_predecessor", text))
            made[row] = own
        elif share is None:
            text = "The share of the predecessor must lie between 0 and 1; own sales are used."
            problems.append(SeriesProblem(key, "bad_share", text))
            made[row] = own
        else:
            handed = _handed_down(lines[places[named]], known, places[named], settings) * share
            made[row] = _blend(handed, own, clean.filled.size, settings.horizon)
    return made, tuple(problems)


def _handed_down(line: Floats, known: Known, row: int, settings: RunSettings) -> Floats:
    """Return the predecessor's forecast, or its last full level where it has been delisted."""
    if line.any():
        return line
    history = known.cleans[row].filled
    sold = np.flatnonzero(history > 0)
    if not sold.size:
        return line
    alive = history[: sold[-1] + 1]
    return np.full(settings.horizon, float(alive[-settings.season :].mean()))


def _blend(handed: Floats, own: Floats, age: int, horizon: int) -> Floats:
    ramp = np.array([*RAMP, *[1.0] * (horizon + age)])[age : age + horizon]
    weight = min(age / OWN_TRUST, 1.0) * 0.8
    return np.asarray((1 - weight) * handed * ramp + weight * own, dtype=float)


def _own_line(likes: _Likes, known: Known, row: int, settings: RunSettings) -> Floats:
    history = known.cleans[row].filled
    if not history.size:
        return np.zeros(settings.horizon)
    shape = likes.shape_for(row)
    place = known.cutoff - history.size + np.arange(history.size + settings.horizon)
    bend = shape[place % settings.season]
    recent = min(history.size, 6)
    level = float((history[-recent:] / bend[history.size - recent : history.size]).mean())
    return np.asarray(level * bend[history.size :], dtype=float)


class _Likes:
    """The mean season, by column of the panel, of the closest group that has one; found once."""

    def __init__(self, panel: Panel, known: Known, season: int) -> None:
        self.panel, self.known, self.season = panel, known, season
        self.groups: dict[tuple[str, object], list[int]] = defaultdict(list)
        self.means: dict[tuple[str, object], Floats | None] = {}
        for row in range(len(panel.keys)):
            for name in self._names(row):
                if len(self.groups[name]) < MOST_LIKES:
                    self.groups[name].append(row)

    def shape_for(self, row: int) -> Floats:
        """Return the season of the closest group of a series; flat where none has one."""
        for name in self._names(row):
            if name not in self.means:
                self.means[name] = self._mean(self.groups[name])
            found = self.means[name]
            if found is not None:
                return found
        return np.ones(max(self.season, 1))

    def _names(self, row: int) -> list[tuple[str, object]]:
        made: list[tuple[str, object]] = [
            (name, text) for name in ALIKE if (text := _text(self.panel, name, row))
        ]
        brand = self.panel.product_path[row][:-1]
        return [*made, *([("path", brand)] if brand else []), ("all", "")]

    def _mean(self, rows: Sequence[int]) -> Floats | None:
        shapes = [_shape(self.known, at, self.season) for at in rows]
        found = [shape for shape in shapes if shape is not None]
        return np.asarray(np.mean(found, axis=0), dtype=float) if found else None


def _shape(known: Known, row: int, season: int) -> Floats | None:
    clean = known.cleans[row]
    if not repeats(clean.filled, season):
        return None
    indices = seasonal_indices(clean.filled, season)
    if (indices <= 0.05).any():
        return None
    start = known.cutoff - clean.filled.size
    return np.roll(indices, start % season)


def _text(panel: Panel, name: str, row: int) -> str:
    column = panel.static.get(name)
    return column[row] if column else ""


def _share(text: str) -> float | None:
    if not text:
        return 1.0
    try:
        share = float(text)
    except ValueError:
        return None
    return share if 0 < share <= 1 else None
