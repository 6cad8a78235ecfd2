"""Draws by brand and month around a forecast, made once; every schedule is tried on the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from keystead.profitability.calc.whatif.draws import Draws, Floats, sort_draws
from keystead.profitability.types.offers import Book, Setting

BRANDS = 8  # the largest ones move by themselves, all others together


@dataclasses.dataclass
class Factors:
    """What a forecast is multiplied with: brands x months x draws, and what was read from it.

    ``measure`` and ``ordered`` keep what they found: a changed tier needs no new draws and no new
    sort, only one search for its bound.
    """

    values: Floats
    kept: dict[Any, Any] = dataclasses.field(default_factory=dict)

    @property
    def count(self) -> int:
        return int(self.values.shape[2])

    def measure(self, weights: Floats) -> Floats:
        """Return the weighted sum (brands x months) of every draw."""
        key = weights.tobytes()
        if key not in self.kept:
            flat = weights.reshape(-1)
            used = np.flatnonzero(flat)
            rows = self.values.reshape(-1, self.count)
            self._keep(key, flat[used] @ rows[used] if used.size else np.zeros(self.count))
        return self.kept[key]

    def ordered(self, weights: Floats) -> Draws:
        """Return the same sums sorted and cumulated."""
        key = ("ordered", weights.tobytes())
        if key not in self.kept:
            self._keep(key, sort_draws(self.measure(weights)[None, :]))
        return self.kept[key]

    def every(self, step: int) -> Factors:
        """Return every so many-th draw."""
        return Factors(self.values[:, :, ::step])

    def stretched(self, by: float, done: int) -> Factors:
        """Return the draws with all months to come multiplied."""
        values = self.values.copy()
        values[:, done:] *= by
        return Factors(values)

    def _keep(self, key: Any, value: Any) -> None:
        if len(self.kept) >= 256:
            self.kept.clear()
        self.kept[key] = value


def brands_of(book: Book) -> tuple[int, ...]:
    """Return the place of each row's brand: the largest by worth first, all others last."""
    worth: dict[str, Any] = {}
    for row in book.rows:
        name = row.brand or row.category
        worth[name] = worth.get(name, 0) + row.worth
    largest = sorted(worth, key=lambda name: (-worth[name], name))[:BRANDS]
    places = {name: place for place, name in enumerate(largest)}
    return tuple(places.get(row.brand or row.category, len(largest)) for row in book.rows)


def spread_out(places: Sequence[int], rows: Sequence[Sequence[Any]], months: int) -> Floats:
    """Return amounts by row and month added up by brand: brands x months."""
    size = max(places, default=0) + 1
    found = np.zeros((size, months))
    for place, row in zip(places, rows, strict=True):
        found[place] += [float(value) for value in row]
    return found


def drawn(book: Book, weights: Floats, setting: Setting, *, count: int, apart: bool) -> Factors:
    """Return the draws of a book; the same seed, the same draws.

    The logarithm of each brand and month is normal. ``weights`` is the forecast: the draws are
    set so that the median of its sum is the forecast itself. ``apart``: as if nothing moved
    together. Months that are done do not move.
    """
    brands, months = weights.shape
    within, common = (0.0, 0.0) if apart else (float(setting.within_year), float(setting.common))
    source = np.random.default_rng(setting.seed)
    year, month = source.standard_normal(count), source.standard_normal((months, count))
    own_year = source.standard_normal((brands, count))
    own = source.standard_normal((brands, months, count))
    own *= np.sqrt((1 - within) * (1 - common))
    own += np.sqrt(within * (1 - common)) * own_year[:, None, :]
    own += np.sqrt((1 - within) * common) * month[None, :, :]
    own += np.sqrt(within * common) * year[None, None, :]
    own *= np.array(book.spreads)[:, :, None] if book.spreads else book.spread
    np.exp(own, out=own)
    own[:, : book.done] = 1.0
    ahead = weights.copy()
    ahead[:, : book.done] = 0.0
    middle = float(np.median(Factors(own).measure(ahead)))
    if middle > 0:
        own[:, book.done :] *= float(ahead.sum()) / middle
    return Factors(own)


def path(brands: int, months: int, done: int, shares: Floats) -> Factors:
    """Return no draws but a walk along the volume: every month to come times each share."""
    values = np.ones((brands, months, shares.size))
    values[:, done:] = shares
    return Factors(values)
