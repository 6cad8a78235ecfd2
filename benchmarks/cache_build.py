"""How long the cache of 10,000,000 rows takes, against DuckDB's plain copy of the same rows.

Goal: at most 4 times the rival (the cache also sorts by account and sums months up).
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import _world


def main() -> int:
    timings = _world.open_world()
    from keystead.kit.files import duck
    from keystead.ledger import queries, services

    reads = queries.slice_set("sell_in").reads
    rows = queries.slice_set("sell_in").rows
    files = ", ".join(f"'{read.path}'" for read in reads)
    for old in (_world.HOME / "cache").glob("sell_in-*"):
        old.unlink()

    start = time.perf_counter()
    services.build_cache("sell_in")
    ours = time.perf_counter() - start

    plain = Path(_world.HOME) / "plain.duckdb"
    plain.unlink(missing_ok=True)
    start = time.perf_counter()
    duck.build_cache(plain, [(f"create table t as select * from read_parquet([{files}])", ())])
    theirs = time.perf_counter() - start
    plain.unlink()

    cache = queries.cache_for("sell_in")
    size = os.path.getsize(cache.path)
    segments = sum(os.path.getsize(read.path) for read in reads)
    print(f"{rows:,} rows; post {timings['rows'] / timings['post_seconds']:,.0f} rows/s")
    print(f"segments {segments / 1e6:,.0f} MB in {len(reads)} files, cache {size / 1e6:,.0f} MB")
    print(f"cache {ours:.1f} s, plain copy {theirs:.1f} s, ratio {ours / theirs:.2f} (goal 4.00)")
    return 0 if ours / theirs <= 4 else 1


if __name__ == "__main__":
    raise SystemExit(main())
