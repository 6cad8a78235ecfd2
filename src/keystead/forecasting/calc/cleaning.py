"""From what was recorded to what a model may learn from; every oddity is reported, none dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from keystead.forecasting.calc.segments import segment_of
from keystead.forecasting.types.panel import MAX_YEARS, Floats, Segment, SeriesProblem

JUMP: Final = 1e5
BIGGEST: Final = 1e15


@dataclass(frozen=True, slots=True, eq=False)
class Clean:
    """One series ready for a model.

    ``start`` counts the columns before the first one used; ``filled`` has no gaps and no negative
    values; ``known`` says which of its periods were really observed.
    """

    start: int
    filled: Floats
    known: np.ndarray
    segment: Segment
    problems: tuple[SeriesProblem, ...]


def clean_series(
    key: str,
    values: Floats,
    periods: Sequence[date],
    *,
    season: int = 12,
    dead_after: int = 6,
    per_year: int = 12,
) -> Clean:
    """Return the series without leading zeros, at most ten years long, its gaps filled.

    Returns below zero in a period count as no demand in the filled series (the quantity went back,
    it was not un-wanted) and are reported; the facts keep them.
    """
    problems: list[SeriesProblem] = []
    raw = _finite(key, values, periods, problems)
    sold = np.flatnonzero(np.nan_to_num(raw) > 0)
    if not sold.size:
        code, text = _empty_reason(raw)
        problems.append(SeriesProblem(key, code, text))
        return Clean(raw.size, np.zeros(0), np.zeros(0, bool), Segment.DEAD, tuple(problems))
    start = max(int(sold[0]), raw.size - MAX_YEARS * per_year)
    used = _without_jumps(key, raw[start:], periods[start:], problems)
    known = ~np.isnan(used)
    problems += _oddities(key, used, known, periods[start:])
    floor = np.maximum(used, 0.0)
    segment = segment_of(floor, season=season, dead_after=dead_after)
    return Clean(start, fill_gaps(floor, season), known, segment, tuple(problems))


def fill_gaps(values: Floats, season: int) -> Floats:
    """Return the values with each gap filled: a line between neighbours, bent by the season.

    >>> fill_gaps(np.array([1.0, np.nan, 3.0]), 12)
    array([1., 2., 3.])
    """
    gaps = np.isnan(values)
    if not gaps.any():
        return values
    places = np.arange(values.size)
    line = np.interp(places, places[~gaps], values[~gaps])
    if season <= 1 or (~gaps).sum() < 2 * season:
        return np.where(gaps, line, values)
    level = _moving_mean(line, season)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((level > 0) & ~gaps, values / level, np.nan)
    filled = values.copy()
    for place in np.flatnonzero(gaps).tolist():
        like = ratio[place % season :: season]
        like = like[np.isfinite(like)]
        filled[place] = level[place] * float(np.median(like)) if like.size else line[place]
    return filled


def _moving_mean(values: Floats, width: int) -> Floats:
    pad = np.pad(values, (width // 2, width - 1 - width // 2), mode="edge")
    return np.convolve(pad, np.ones(width) / width, mode="valid")


def _finite(
    key: str, values: Floats, periods: Sequence[date], problems: list[SeriesProblem]
) -> Floats:
    if np.abs(values).max(initial=0.0) <= BIGGEST:  # false with a nan too
        return values.astype(float)
    bad = np.isinf(values) | (np.abs(np.nan_to_num(values, posinf=0, neginf=0)) > BIGGEST)
    for place in np.flatnonzero(bad).tolist():
        text = "This is not a usable quantity; the period is left out."
        there = f"{values[place]:g}"
        problems.append(SeriesProblem(key, "not_a_quantity", text, periods[place], there))
    return np.where(bad, np.nan, values).astype(float)


def _without_jumps(
    key: str, used: Floats, periods: Sequence[date], problems: list[SeriesProblem]
) -> Floats:
    """Return the values with those far beyond the usual masked: most likely a wrong unit."""
    positive = used[used > 0]
    if not positive.size or positive.max() <= positive.min() * JUMP:
        return used
    usual = float(np.median(positive))
    far = np.nan_to_num(used) > usual * JUMP
    for place in np.flatnonzero(far).tolist():
        text = f"{used[place]:g} is far beyond the usual {usual:g}: a wrong unit? Left out."
        problems.append(SeriesProblem(key, "jump", text, periods[place], f"{used[place]:.15g}"))
    return np.where(far, np.nan, used)


def _empty_reason(raw: Floats) -> tuple[str, str]:
    if np.isnan(raw).all():
        return "no_values", "No period has a value; the forecast is zero."
    return "all_zeros", "Nothing was ever sold; the forecast is zero."


def _oddities(
    key: str, used: Floats, known: np.ndarray, periods: Sequence[date]
) -> list[SeriesProblem]:
    found = []
    if known.sum() == 1:
        text = "Only one period has a value; the forecast repeats it, with a wide range."
        place = int(np.flatnonzero(known)[0])
        found.append(SeriesProblem(key, "one_point", text, periods[place], f"{used[place]:.15g}"))
    for place in np.flatnonzero(known & (used < 0)).tolist():
        text = f"More came back than was sold ({used[place]:g}); counted as no demand."
        found.append(SeriesProblem(key, "negative", text, periods[place], f"{used[place]:.15g}"))
    gaps = np.flatnonzero(~known)
    if gaps.size:
        text = f"{gaps.size} periods are masked or missing; they are filled from their neighbours."
        first = periods[int(gaps[0])]
        found.append(SeriesProblem(key, "gaps", text, first, "", int(gaps.size)))
    return found
