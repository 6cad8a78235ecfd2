"""From a panel to clean units: the bottom series and every node above them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

import numpy as np

from keystead.forecasting.calc.cleaning import Clean, clean_series
from keystead.forecasting.calc.spans import starts
from keystead.forecasting.types.panel import Floats, Panel, Path, Recipe, RunSettings, SeriesProblem

QUARTERS = (1, 2, 3)  # of a season: where the short windows of the fast recipe begin


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """The nodes above the bottom: their paths, and the sets of bottom series they sum.

    ``set_of`` maps each node to its set; sets of one series map to -1 - that series.
    """

    paths: tuple[tuple[Path, Path], ...]
    set_of: tuple[int, ...]
    members: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known at one cut-off: a clean history for each unit (bottoms, then sets)."""

    cutoff: int
    cleans: tuple[Clean, ...]
    full: Floats


def tree_of(panel: Panel, coherent: bool) -> Tree:
    """Return every account prefix crossed with every product prefix, down to the leaves."""
    if not coherent:
        return Tree((), (), ())
    gathered: dict[tuple[Path, Path], list[int]] = {}
    for row, (account, product) in enumerate(
        zip(panel.account_path, panel.product_path, strict=True)
    ):
        for depth in range(len(account) + 1):
            for width in range(len(product) + 1):
                if depth == len(account) and width == len(product):
                    continue
                gathered.setdefault((account[:depth], product[:width]), []).append(row)
    paths = tuple(sorted(gathered))
    sets: dict[tuple[int, ...], int] = {}
    set_of = []
    for path in paths:
        members = tuple(gathered[path])
        set_of.append(-1 - members[0] if len(members) == 1 else sets.setdefault(members, len(sets)))
    return Tree(paths, tuple(set_of), tuple(sets))


def known_at(panel: Panel, tree: Tree, settings: RunSettings, cutoff: int) -> Known:
    """Return the clean units as they were known after ``cutoff`` periods."""
    periods = starts(panel.first, panel.freq, cutoff)
    per_year = 12 if panel.freq == "M" else 52
    dead_after = settings.dead_after if panel.freq == "M" else settings.dead_after * 52 // 12
    rules = {"season": settings.season, "dead_after": dead_after, "per_year": per_year}
    cleans = [
        clean_series(key, panel.values[row, :cutoff], periods, **rules)
        for row, key in enumerate(panel.keys)
    ]
    full = np.zeros((len(cleans) + len(tree.members), cutoff))
    for row, clean in enumerate(cleans):
        full[row, clean.start : clean.start + clean.filled.size] = clean.filled
    for place, members in enumerate(tree.members):
        full[len(panel.keys) + place] = full[list(members)].sum(axis=0)
    cleans += [
        clean_series("", full[row], periods, **rules) for row in range(len(panel.keys), len(full))
    ]
    return Known(cutoff, tuple(cleans), full)


def first_problems(panel: Panel, known: Known) -> tuple[SeriesProblem, ...]:
    """Return what the cleaning of the bottom series found."""
    return tuple(problem for clean in known.cleans[: len(panel.keys)] for problem in clean.problems)


def cutoffs_of(panel: Panel, settings: RunSettings) -> tuple[int, ...]:
    """Return the periods known at each backtest window, the oldest first.

    A window needs a year and a half of history before it, else fewer windows are made. The fast
    recipe, whose windows cost little, adds three that end within the horizon: each quarter of the
    last season seen from its own beginning, so that the errors of the next steps are known from
    several times of the year, and from lately.
    """
    whole = panel.values.shape[1]
    least = max(settings.season + settings.season // 2, 8)
    ends = [
        whole - settings.horizon - back * settings.backtest_step
        for back in range(settings.backtest_windows)
    ]
    if settings.recipe == Recipe.FAST and settings.backtest_windows:
        ends += [whole - settings.season * part // 4 for part in QUARTERS]
    good = sorted({end for end in ends if least <= end < whole})
    if not good and settings.backtest_windows and whole >= least + 2:
        return (max(least, whole - settings.horizon),)
    return tuple(good)


def input_hash(panel: Panel, settings: RunSettings) -> str:
    """Return the fingerprint of all that goes into a run."""
    digest = hashlib.sha256()

    def take(*texts: object) -> None:
        for text in texts:
            digest.update(repr(text).encode())
            digest.update(b"\x1f")

    take(panel.keys, panel.account_path, panel.product_path, panel.first, panel.freq)
    _take_matrix(digest, panel.values)
    for name in sorted(panel.static):
        take(name, panel.static[name])
    if panel.future is not None:
        for name in sorted(panel.future.matrices):
            take(name)
            _take_matrix(digest, panel.future.matrices[name])
    for spec in fields(settings):
        value = getattr(settings, spec.name)
        if spec.name != "processes":
            take(spec.name, sorted(value.items()) if spec.name == "champions" else value)
    return digest.hexdigest()


def _take_matrix(digest: hashlib._Hash, matrix: Floats) -> None:
    plain = np.ascontiguousarray(matrix, dtype="<f8")
    digest.update(repr(plain.shape).encode())
    digest.update(plain.tobytes())


def ahead(panel: Panel, horizon: int) -> Sequence[date]:
    """Return the first days of the periods to forecast."""
    count = panel.values.shape[1]
    return starts(panel.first, panel.freq, count + horizon)[count:]


def truth_after(now: Known, known: Known, rows: np.ndarray, horizon: int) -> Floats:
    """Return what came after a window, nan where unknown."""
    actual = np.full((rows.size, horizon), np.nan)
    reach = min(horizon, now.cutoff - known.cutoff)
    for place, row in enumerate(rows.tolist()):
        clean = now.cleans[row]
        line = np.full(now.cutoff, np.nan)
        line[clean.start :] = np.where(clean.known, clean.filled, np.nan)
        actual[place, :reach] = line[known.cutoff : known.cutoff + reach]
    return actual
