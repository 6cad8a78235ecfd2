"""Makes long files for forecast_accuracy.py out of the field data beside the project.

    python benchmarks/_forecast_sets.py --to FOLDER

PBS scripts at three cut-offs (active series: sold in each of the last 24 months known, at least
100 scripts a month), car parts without holes (last 12 months as test), orange juice (30 stores, two
cut-offs of 8 weeks, with price against the week's mean, deal and feature as known inputs).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "forecast"


def write(path: Path, columns: dict[str, list | np.ndarray]) -> None:
    pq.write_table(pa.table(columns), path)
    print(path)


def pbs(folder: Path) -> None:
    frame = pq.read_table(SHARED / "pbs_scripts.parquet").to_pandas()
    wide = frame.pivot_table(index="unique_id", columns="Month", values="Scripts", aggfunc="sum")
    for back in (24, 12, 0):
        part = wide.iloc[:, : wide.shape[1] - back]
        past = part.iloc[:, :-12]
        recent = past.iloc[:, -24:]
        active = (recent > 0).all(axis=1) & (recent.mean(axis=1) >= 100)
        long = part[active].reset_index().melt("unique_id", var_name="ds", value_name="y").dropna()
        long["split"] = np.where(long.ds >= part.columns[-12], "test", "train")
        columns = {name: long[name].to_numpy() for name in ("unique_id", "ds", "y", "split")}
        write(folder / f"pbs_{back}.parquet", columns)


def car_parts(folder: Path) -> None:
    frame = pq.read_table(SHARED / "carparts.parquet").to_pandas()
    wide = frame.pivot_table(index="unique_id", columns="ds", values="y", dropna=False)
    wide = wide[~wide.isna().any(axis=1)]
    long = wide.reset_index().melt("unique_id", var_name="ds", value_name="y")
    long["split"] = np.where(long.ds >= wide.columns[-12], "test", "train")
    columns = {name: long[name].to_numpy() for name in ("unique_id", "ds", "y", "split")}
    write(folder / "carparts.parquet", columns)


def orange_juice(folder: Path) -> None:
    frame = pq.read_table(SHARED / "dominicks_orangejuice_50_stores.parquet").to_pandas()
    stores = sorted(frame.store.unique())[:30]
    frame = frame[frame.store.isin(stores)].copy()
    prices = frame[[f"price{n}" for n in range(1, 12)]].to_numpy()
    own = prices[np.arange(len(frame)), frame.brand.to_numpy() - 1]
    frame["price"] = np.log(own)
    frame["relative_price"] = np.log(own) - np.log(prices).mean(axis=1)
    frame["cheapest"] = np.log(own) - np.log(prices).min(axis=1)
    frame["unique_id"] = frame.store.astype(str) + "/" + frame.brand.astype(str)
    frame["y"] = np.exp(frame.logmove)
    frame["item"] = frame.brand
    names = ["unique_id", "y", "price", "relative_price", "cheapest", "deal", "feat"]
    last = int(frame.week.max())
    for back in (8, 0):
        part = frame[frame.week <= last - back]
        columns = {name: part[name].to_numpy() for name in names}
        columns["t"] = part.week.to_numpy()
        columns["split"] = np.where(part.week > last - back - 8, "test", "train")
        write(folder / f"orange_{back}.parquet", columns)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--to", type=Path, required=True)
    folder = ask.parse_args().to
    folder.mkdir(parents=True, exist_ok=True)
    for make in (pbs, car_parts, orange_juice):
        make(folder)


if __name__ == "__main__":
    main()
