"""Reading a million CSV rows, against DuckDB's own typed read of the same file into Parquet.

This is the reading part of an import alone (recognise, stage as text in the capped child, clean
into typed columns). Goal of the whole import: at most 4 times the rival. Goal here: reading at
most 1.5 times, cleaning at most 1.5 times, so that matching and posting have room. The calling
process may grow by 50 MB while the child works. ``KEYSTEAD_BENCH=short`` fails only beyond
three times the goals, for a machine that does other work.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

ROWS = int(os.environ.get("KEYSTEAD_BENCH_READ_ROWS", "1000000"))
ROUNDS = 3
GOAL = 1.5 * (3 if os.environ.get("KEYSTEAD_BENCH") == "short" else 1)

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keystead.config.settings")
os.environ.setdefault("KEYSTEAD_SECRET_KEY", "benchmark")

from keystead.kit.files import duck  # noqa: E402
from keystead.kit.files.reader import read_source  # noqa: E402


def resident_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def write_rows(path: Path) -> None:
    """Write invoice lines from plain integer arithmetic: the same file on every machine."""
    with duck.session() as work:
        work.execute(
            f"""copy (select 'INV' || (500000 + i // 7) as invoice_no,
            10000 + (i * 7919) % 3000 as customer_code,
            'SKU-' || lpad(((i * 104729) % 4000)::varchar, 5, '0') as sku,
            'Product ' || ((i * 104729) % 4000) || case when i % 10 = 0 then ', 20 mg' else '' end
                as description,
            strftime(date '2023-01-01' + ((i * 31) % 1000)::int, '%Y-%m-%d') as invoice_date,
            1 + (i * 13) % 50 as quantity,
            (100 + (i * 17) % 500000)::decimal(12, 2) / 100 as unit_price,
            'CNY' as currency from range({ROWS}) as t(i)) to '{path}' (header)"""
        )


def clean(path: str) -> int:
    """Clean the eight staged columns; return the number of values that could not be read."""
    import pyarrow.parquet as pq

    from keystead.ledger.calc.clean import to_code, to_date, to_decimal, to_text

    cleaners = [to_code, to_code, to_code, to_text, to_date, to_decimal]
    cleaners += [lambda column: to_decimal(column, "point"), to_code]
    names = [f"c{at}" for at in range(8)]
    staged = pq.read_table(path, columns=names, read_dictionary=names).slice(1)
    return sum(
        len(one.reasons) - one.reasons.null_count
        for one in (clean(staged[name]) for name, clean in zip(names, cleaners, strict=True))
    )


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="keystead-bench-") as folder:
        source, out = Path(folder) / "lines.csv", Path(folder) / "out"
        write_rows(source)
        read_times, clean_times, rival_times = [], [], []
        growth = 0.0
        for _ in range(ROUNDS):
            before, start = resident_mb(), time.perf_counter()
            found = read_source(source, name="lines.csv", out_dir=out)
            read_times.append(time.perf_counter() - start)
            growth = max(growth, resident_mb() - before)
            assert found.sheets[0].data_rows == ROWS

            start = time.perf_counter()
            assert clean(found.sheets[0].path) == 0
            clean_times.append(time.perf_counter() - start)

            start = time.perf_counter()
            with duck.session() as work:
                work.write_parquet(f"select * from read_csv('{source}')", f"{folder}/rival.parquet")
            rival_times.append(time.perf_counter() - start)
    ours, cleaning, rival = min(read_times), min(clean_times), min(rival_times)
    print(f"{ROWS:,} rows; DuckDB's typed read into Parquet {rival:.2f} s")
    print(f"read and stage {ours:.2f} s, ratio {ours / rival:.2f} (goal 1.50)")
    print(f"clean 8 columns {cleaning:.2f} s, ratio {cleaning / rival:.2f} (goal 1.50)")
    print(f"calling process grew by {growth:.0f} MB (goal 50)")
    return 0 if ours / rival <= GOAL and cleaning / rival <= GOAL and growth <= 50 else 1


if __name__ == "__main__":
    raise SystemExit(main())
