"""How good a recipe is on any long file of series.

    python benchmarks/forecast_accuracy.py --data FILE --horizon H --season S [--recipe R]

FILE is CSV or Parquet with ``unique_id``, ``ds`` (a date) or ``t`` (a number), ``y``, ``split``
(train or test); every other numeric column is an input known for the future too. Only the train
rows are shown to the engine, plus the known inputs of the test rows. Prints OWA against Naive2 of
the same series, and the rest; the figures of the rivals are in the room's documentation. Several
files (cut-offs of one set) are forecast one by one and scored together at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from keystead.forecasting.calc.measures import Said, Scores, history_scales, owa, scores_of
from keystead.forecasting.calc.naive import naive2, seasonal_naive
from keystead.forecasting.engine.run import forecast
from keystead.forecasting.types.panel import FutureInputs, Panel, RunResult, RunSettings

SHORT = os.environ.get("KEYSTEAD_BENCH") == "short"
M3 = Path(__file__).resolve().parents[2] / "shared" / "data" / "forecast" / "m3_monthly.parquet"

ROLES = {"unique_id", "ds", "t", "y", "split"}
LINES = ("mean", "lo80", "hi80", "lo95", "hi95")
RECIPES = ("naive", "fast", "standard", "overnight")


@dataclass(frozen=True)
class Task:
    """A panel whose series all end at their own first test period, and what came then."""

    panel: Panel
    actual: np.ndarray


def read(path: Path) -> pa.Table:
    """Return the long table of a file."""
    table = pa.csv.read_csv(path) if path.suffix == ".csv" else pq.read_table(path)
    missing = {"unique_id", "y", "split"} - set(table.column_names)
    if missing or not {"ds", "t"} & set(table.column_names):
        sys.exit(f"{path} needs unique_id, ds or t, y and split; missing: {sorted(missing)}")
    return table


def task_of(table: pa.Table, horizon: int) -> Task:
    """Return the panel of a long table: each series is placed so that its test part starts last.

    Periods inside a series must follow each other; a hole in ``t`` becomes an unknown period. Where
    the whole file has one cut-off, a series without a row in its first test period keeps its place
    in time, and that period is unknown.
    """
    order = "t" if "t" in table.column_names else "ds"
    table = table.sort_by([("unique_id", "ascending"), (order, "ascending")])
    ids = np.asarray(table["unique_id"].cast(pa.string()).to_pylist())
    test = np.asarray(pc.equal(table["split"], "test"))
    y = np.asarray(table["y"].cast(pa.float64()))
    places = _places(table[order])
    extra = [
        name
        for name in table.column_names
        if name not in ROLES
        and (pa.types.is_integer(kind := table[name].type) or pa.types.is_floating(kind))
    ]
    bounds = [*np.unique(ids, return_index=True)[1], len(ids)]
    rows = list(pairwise(bounds))
    first_test = [_first_test(places[a:b], test[a:b]) for a, b in rows]
    if test.any() and not (places[~test] >= places[test].min()).any():
        first_test = [int(places[test].min())] * len(rows)
    past = max(int(start - places[a]) for (a, _b), start in zip(rows, first_test, strict=True))
    values = np.full((len(rows), past + horizon), np.nan)
    inputs = {name: np.full_like(values, np.nan) for name in extra}
    columns = {name: np.asarray(table[name].cast(pa.float64())) for name in extra}
    for row, ((a, b), start) in enumerate(zip(rows, first_test, strict=True)):
        where = (places[a:b] - start + past).astype(int)
        inside = where < past + horizon
        values[row, where[inside]] = y[a:b][inside]
        for name, column in columns.items():
            inputs[name][row, where[inside]] = column[a:b][inside]
    keys = tuple(str(ids[a]) for a, _b in rows)
    weekly = order == "ds" and _is_weekly(places)
    future = FutureInputs({n: _filled(m) for n, m in inputs.items()}) if extra else None
    panel = Panel(
        keys,
        tuple((key.split("/")[0],) for key in keys),
        tuple((key.split("/")[-1],) for key in keys),
        date(2000, 1, 1),
        "W" if weekly else "M",
        values[:, :past],
        future,
    )
    return Task(panel, values[:, past:])


def _places(column: pa.ChunkedArray) -> np.ndarray:
    if pa.types.is_temporal(column.type):
        days = column.cast(pa.timestamp("s")).cast(pa.int64()).to_numpy() // 86400
        if np.unique(days % 7).size == 1 and np.diff(np.unique(days)).min() == 7:
            return days // 7
        moments = np.asarray(column.cast(pa.timestamp("s")), dtype="datetime64[M]")
        return moments.astype(int)
    return np.asarray(column.cast(pa.int64()))


def _is_weekly(places: np.ndarray) -> bool:
    return bool(places.max() > 1200)


def _first_test(places: np.ndarray, test: np.ndarray) -> int:
    return int(places[test][0]) if test.any() else int(places[-1]) + 1


def _filled(matrix: np.ndarray) -> np.ndarray:
    """Return the matrix with holes filled from the last known value, then from the next."""
    for way in (1, -1):
        turned = matrix[:, ::way]
        known = np.where(np.isnan(turned), 0, np.arange(turned.shape[1]))
        np.maximum.accumulate(known, axis=1, out=known)
        matrix = np.take_along_axis(turned, known, axis=1)[:, ::way]
    return np.nan_to_num(matrix)


@dataclass(frozen=True)
class Judged:
    """All that scores are made of, series by series."""

    actual: np.ndarray
    said: np.ndarray
    rival: np.ndarray
    plain: np.ndarray
    scales: np.ndarray


def judged(task: Task, run: RunResult, season: int) -> Judged:
    """Return what a run said, what came, and what Naive2 and the seasonal naive say."""
    horizon = task.actual.shape[1]
    said = np.stack([np.stack([getattr(one, name) for one in run.series]) for name in LINES])
    histories = [row[~np.isnan(row)] for row in task.panel.values]
    return Judged(
        task.actual,
        said,
        np.stack([naive2(values, horizon, season) for values in histories]),
        np.stack([seasonal_naive(values, horizon, season) for values in histories]),
        np.array([history_scales(values, season) for values in histories]).T,
    )


def together(parts: list[Judged]) -> Judged:
    """Return several files as one: each series of each cut-off counts once."""
    return Judged(
        np.vstack([part.actual for part in parts]),
        np.concatenate([part.said for part in parts], axis=1),
        np.vstack([part.rival for part in parts]),
        np.vstack([part.plain for part in parts]),
        np.concatenate([part.scales for part in parts], axis=1),
    )


def scored(part: Judged) -> tuple[Scores, Scores]:
    """Return the scores of the run and those of Naive2."""
    scales, squares = part.scales
    return (
        scores_of(part.actual, Said(*part.said), part.plain, scales, squares),
        scores_of(part.actual, Said(*[part.rival] * 5), part.plain, scales, squares),
    )


def report(title: str, part: Judged, args: argparse.Namespace, clocks: tuple[float, float]) -> None:
    scores, rival = scored(part)
    count = len(part.actual)
    said = {
        "file": title,
        "series": count,
        "recipe": args.recipe,
        "owa": owa(scores, rival),
        **asdict(scores),
        "naive2_smape_pct": rival.smape_pct,
        "naive2_mase": rival.mase,
        "cpu_seconds_per_1000": clocks[0] * 1000 / count,
        "seconds": clocks[1],
    }
    if args.json:
        print(json.dumps(said))
        return
    for name, value in said.items():
        print(f"{name:32}{value if isinstance(value, str | int) else f'{value:.3f}'}")


def one_file(file: Path, args: argparse.Namespace) -> tuple[Judged, float, float]:
    """Forecast one file and print how good it was."""
    table = read(file)
    if args.sample:
        names = pc.unique(table["unique_id"].cast(pa.string())).sort()[:: args.sample]
        table = table.filter(pc.is_in(table["unique_id"].cast(pa.string()), names))
    task = task_of(table, args.horizon)
    settings = RunSettings(
        horizon=args.horizon,
        recipe=args.recipe,
        season=args.season,
        backtest_windows=args.windows,
        backtest_step=max(args.horizon // 3, 1),
        coherent=False,
        processes=args.processes,
    )
    clock, busy = time.perf_counter(), time.process_time()
    run = forecast(task.panel, settings)
    busy, clock = time.process_time() - busy, time.perf_counter() - clock
    part = judged(task, run, args.season)
    report(file.name, part, args, (busy, clock))
    for weights in run.weights if not args.json else ():
        parts = ", ".join(f"{name} {share:.2f}" for name, share in weights.parts.items())
        print(f"weights of {weights.segment:21}{parts} ({weights.source}, {weights.series} series)")
    return part, busy, clock


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--data", type=Path, required=True, nargs="+")
    ask.add_argument("--horizon", type=int, required=True)
    ask.add_argument("--season", type=int, required=True)
    ask.add_argument("--recipe", choices=RECIPES, default="standard")
    ask.add_argument("--windows", type=int, default=2)
    ask.add_argument("--sample", type=int, help="only every n-th series")
    ask.add_argument("--processes", type=int, default=1)
    ask.add_argument("--json", action="store_true")
    given = sys.argv[1:]
    if SHORT and not given:
        if not M3.exists():
            print(f"left out: {M3.name} is not beside the project")
            return
        given = [f"--data={M3}", "--horizon=18", "--season=12", "--recipe=fast", "--sample=60"]
    args = ask.parse_args(given)
    found = [one_file(file, args) for file in args.data]
    if len(found) > 1:
        parts, busy, clocks = zip(*found, strict=True)
        report("all files together", together(list(parts)), args, (sum(busy), sum(clocks)))


if __name__ == "__main__":
    main()
