"""How long a whole forecast of many series takes, and how much memory.

    python benchmarks/forecast_speed.py [--series 10000] [--recipe standard] [--months 48]

Made demand: accounts in groups x brands x items, seasonal, some intermittent, dead and new. The
limits for 10,000 series, 18 months ahead, on two idle cores: the standard cycle with backtest,
ranges and coherence in 5 minutes and 3 GB; the fast refresh (no backtest) in 45 s; one series in a
warm process in 100 ms. ``KEYSTEAD_BENCH=short`` takes 60 series and the fast refresh
only, without a limit: starting is most of that.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from datetime import date

import numpy as np

from keystead.forecasting.engine.run import forecast
from keystead.forecasting.types.panel import Panel, RunSettings

SHORT = os.environ.get("KEYSTEAD_BENCH") == "short"
LIMITS = {"standard": 300.0, "fast": 45.0}


def made_panel(series: int, months: int) -> Panel:
    """Return made demand of accounts x items."""
    rng = np.random.default_rng(11)
    items = 50
    row = np.arange(series)
    account, item = row // items, row % items
    phase = rng.uniform(0, 2 * np.pi, items)[item]
    time_line = np.arange(months)
    season = 1 + 0.3 * np.sin(time_line[None, :] * 2 * np.pi / 12 + phase[:, None])
    level = rng.lognormal(5, 1, series)[:, None] * (1 + 0.005 * time_line)
    values = np.round(level * season * rng.gamma(25, 1 / 25, (series, months)))
    sparse = row % 10 == 0
    values[sparse] *= rng.random((int(sparse.sum()), months)) < 0.3
    values[row % 33 == 1, -8:] = 0
    values[row % 33 == 2, :-7] = 0
    return Panel(
        keys=tuple(f"a{a}/i{i}" for a, i in zip(account, item, strict=True)),
        account_path=tuple((f"g{a % 20}", f"a{a}") for a in account),
        product_path=tuple((f"b{i // 10}", f"i{i}") for i in item),
        first=date(2022, 1, 1),
        freq="M",
        values=values,
    )


def timed(name: str, panel: Panel, settings: RunSettings) -> bool:
    clock = time.perf_counter()
    result = forecast(panel, settings)
    clock = time.perf_counter() - clock
    limit = LIMITS[settings.recipe] * len(panel.keys) / 10_000
    print(
        f"{name:30}{len(panel.keys):>7} series {clock:8.1f} s  (limit {limit:.1f} s, "
        f"ratio {clock / limit:.2f})  nodes {len(result.nodes)}  gap {result.gap:.1e}"
    )
    return SHORT or clock <= limit


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--series", type=int, default=60 if SHORT else 10_000)
    ask.add_argument("--months", type=int, default=48)
    ask.add_argument("--processes", type=int, default=2)
    ask.add_argument(
        "--recipe", choices=("fast", "standard", "both"), default="fast" if SHORT else "both"
    )
    args = ask.parse_args()
    panel = made_panel(args.series, args.months)
    refresh = RunSettings(recipe="fast", backtest_windows=0, processes=args.processes)
    whole = RunSettings(recipe="standard", processes=args.processes)
    good = True
    if args.recipe in {"fast", "both"}:
        good &= timed("fast refresh", panel, refresh)
    if args.recipe in {"standard", "both"}:
        good &= timed("standard cycle", panel, whole)
    one = Panel(
        panel.keys[3:4],
        panel.account_path[3:4],
        panel.product_path[3:4],
        panel.first,
        "M",
        panel.values[3:4],
    )
    settings = RunSettings(recipe="fast", backtest_windows=0, coherent=False)
    forecast(one, settings)
    clock = time.perf_counter()
    forecast(one, settings)
    clock = time.perf_counter() - clock
    print(f"one series, warm: {clock * 1000:.1f} ms (limit 100 ms, ratio {clock / 0.1:.2f})")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    print(f"memory: {peak:.2f} GB here, {child:.2f} GB in the largest worker (limit 3 GB)")
    good &= SHORT or (clock <= 0.1 and peak + child * args.processes <= 3)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
