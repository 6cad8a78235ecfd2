"""A large synthetic installation, the same on every machine: made once, used by benchmarks.

Set ``KEYSTEAD_BENCH_HOME`` to keep it elsewhere, ``KEYSTEAD_BENCH_ROWS`` for another size. It
holds sell-in of 36 months, one import per month, for 200 accounts and 500 products. Prices and
quantities come from plain integer arithmetic on the row number, so no figure depends on a random
generator or on a version of anything.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

ROWS = int(os.environ.get("KEYSTEAD_BENCH_ROWS", "10000000"))
HOME = Path(
    os.environ.get("KEYSTEAD_BENCH_HOME", Path(tempfile.gettempdir()) / f"keystead-bench-{ROWS}")
)
ACCOUNTS, PRODUCTS, MONTHS = 200, 500, 36
FIRST = date(2023, 1, 1)
MARK = "world.json"


def open_world() -> dict[str, float]:
    """Set Django up on the benchmark's own home folder and fill it once; return its timings."""
    os.environ["KEYSTEAD_HOME"] = str(HOME)
    os.environ["DJANGO_SETTINGS_MODULE"] = "keystead.config.settings"
    os.environ.pop("KEYSTEAD_DATABASE_URL", None)
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))
    import django

    django.setup()
    from django.core.management import call_command

    HOME.mkdir(parents=True, exist_ok=True)
    (HOME / "static").mkdir(exist_ok=True)
    call_command("migrate", verbosity=0)  # also a world of an earlier version
    mark = HOME / MARK
    if mark.exists():
        return json.loads(mark.read_text())
    timings = _fill()
    mark.write_text(json.dumps(timings))
    return timings


def month_at(place: int) -> date:
    """Return the first day of the month at a place, counted from the first."""
    return date(FIRST.year + (FIRST.month - 1 + place) // 12, (FIRST.month - 1 + place) % 12 + 1, 1)


def _fill() -> dict[str, float]:
    account_ids, product_ids = _dimensions()
    start, written = time.perf_counter(), 0
    for place in range(MONTHS):
        rows = ROWS // MONTHS + (1 if place < ROWS % MONTHS else 0)
        _post_month(place, rows, written, account_ids, product_ids)
        written += rows
        if sys.stdout.isatty():
            print(f"  made {written:,} of {ROWS:,} rows", end="\r", flush=True)
    return {"rows": written, "post_seconds": time.perf_counter() - start}


def _dimensions() -> tuple[list[int], list[int]]:
    from keystead.accounts import services as accounts
    from keystead.catalog import services as catalog
    from keystead.kit.access import SYSTEM

    segments = ("key", "core", "growth", "long tail")
    account_ids = [
        accounts.create_account(
            actor=SYSTEM,
            code=f"A{number:04}",
            name=f"Account {number}",
            kind="pharmacy_chain",
            country="CN",
            currency="CNY",
            segment=segments[number % 4],
            territory=f"T{number % 12}",
            channel=("online", "chain", "hospital")[number % 3],
        ).id
        for number in range(ACCOUNTS)
    ]
    product_ids = [
        catalog.create_product(
            actor=SYSTEM,
            sku=f"P{number:04}",
            name=f"Product {number}",
            brand=f"Brand {number % 25}",
            category=f"Category {number % 8}",
            kind="medicine",
            unit="pack",
        ).id
        for number in range(PRODUCTS)
    ]
    return account_ids, product_ids


def _post_month(
    place: int, rows: int, before: int, account_ids: list[int], product_ids: list[int]
) -> None:
    from keystead.kit.access import SYSTEM
    from keystead.ledger import services

    services.post_facts(
        actor=SYSTEM,
        dataset="sell_in",
        source="invoices",
        table=sell_in(month_at(place), rows, before, account_ids, product_ids),
        lineage=f"{month_at(place):%Y-%m}",
    )


def sell_in(first: date, rows: int, before: int, account_ids: list[int], product_ids: list[int]):
    """Return one month of invoice lines as an Arrow table; ``before`` rows came earlier."""
    import pyarrow as pa

    from keystead.kit.files import duck

    with duck.session() as session:
        session.register("a", pa.table({"id": pa.array(account_ids), "n": range(len(account_ids))}))
        session.register("p", pa.table({"id": pa.array(product_ids), "n": range(len(product_ids))}))
        return session.arrow(
            """
            with line as (
                select i, (i * 2654435761 + 12345) % 4294967296 as x
                from (select range + ? as i from range(?))
            ), drawn as (
                -- large accounts and best sellers come more often: the smaller of two draws
                select i, x, least(x % ?, x // 7919 % ?) as an,
                       least(x // 31 % ?, x // 65537 % ?) as pn
                from line
            )
            select 'Sheet1' as sheet, row_number() over (order by i) + 1 as source_row,
                   a.id as account_id, p.id as product_id,
                   cast(cast(? as date) + cast(x // 101 % 28 as integer) as date) as date,
                   'D' || (i // 5) as doc_no,
                   cast(case when x % 41 = 0 then -1 else 1 end * (1 + x // 13 % 24)
                        as decimal(18, 4)) as quantity,
                   'pack' as unit,
                   cast((pn % 97 + 5) * 1.25 as decimal(18, 4)) as unit_price,
                   cast(case when x % 41 = 0 then -1 else 1 end * (1 + x // 13 % 24)
                        * cast((pn % 97 + 5) * 1.25 as decimal(18, 4)) as decimal(18, 4)) as value,
                   'CNY' as currency, x % 41 = 0 as is_return,
                   ['direct', 'platform', 'distributor'][1 + x // 3 % 3] as channel
            from drawn join a on a.n = an join p on p.n = pn
            """,
            [before, rows, *[len(account_ids)] * 2, *[len(product_ids)] * 2, first],
        )


def timed(runs: int, call) -> list[float]:
    """Return the seconds of each of several runs, after one that is not counted."""
    call()
    found = []
    for _run in range(runs):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return sorted(found)


def months() -> Iterator[date]:
    """Yield the months of the world."""
    yield from (month_at(place) for place in range(MONTHS))


if __name__ == "__main__":
    print(open_world(), HOME)
