"""Panels and results as Parquet, for runs on other machines and for looking at them elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path as File

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from keystead.forecasting.calc.history import Demand, panel_of
from keystead.forecasting.types.panel import Panel, RunResult, SeriesProblem


def read_panel(
    file: File, *, freq: str = "M", until: date | None = None
) -> tuple[Panel, tuple[SeriesProblem, ...]]:
    """Return the panel of a long file: ``unique_id``, ``ds``, ``y``, perhaps ``account`` and
    ``product`` paths with ``/`` between their parts."""
    table = pq.read_table(file)
    ids = [str(text) for text in table["unique_id"].to_pylist()]
    days = table["ds"].cast(pa.date32()).to_pylist()
    values = table["y"].cast(pa.float64()).to_pylist()
    accounts = _paths(table, "account", ids)
    products = _paths(table, "product", ids)
    rows = [
        Demand(key, account, product, day, np.nan if value is None else value)
        for key, account, product, day, value in zip(
            ids, accounts, products, days, values, strict=True
        )
    ]
    return panel_of(rows, freq=freq, until=until)


def write_result(result: RunResult, file: File) -> None:
    """Write one row per series and step: mean, ranges, naive, segment and recipe."""
    steps = len(result.periods)
    names = ("mean", "lo80", "hi80", "lo95", "hi95", "naive")
    columns: dict[str, pa.Array] = {
        "unique_id": pa.array([one.key for one in result.series for _ in range(steps)]),
        "ds": pa.array(list(result.periods) * len(result.series), pa.date32()),
        "step": pa.array(list(range(1, steps + 1)) * len(result.series), pa.int32()),
    }
    for name in names:
        lines = [getattr(one, name) for one in result.series]
        columns[name] = pa.array(np.concatenate(lines) if lines else np.zeros(0))
    for name in ("segment", "recipe"):
        columns[name] = pa.array(
            [str(getattr(one, name)) for one in result.series for _ in range(steps)]
        )
    table = pa.table(columns).replace_schema_metadata({"input_hash": result.input_hash})
    pq.write_table(table, file)


def _paths(table: pa.Table, name: str, ids: Sequence[str]) -> list[tuple[str, ...]]:
    if name not in table.column_names:
        return [() if name == "account" else (key,) for key in ids]
    return [tuple(str(text).split("/")) for text in table[name].to_pylist()]
