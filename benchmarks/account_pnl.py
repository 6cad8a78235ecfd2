"""The P&L of one account over 24 months x 400 products: at most 200 ms.

A home folder of its own: five accounts, 400 products, four invoice lines per account, product and
month, a cost row for each, two years beside two years before. Printed are the statement with its
months and last year, the same product by product and month by month, and why sell-in moved.
``KEYSTEAD_BENCH=short`` takes 60 products and allows three times as long.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import _world

SHORT = os.environ.get("KEYSTEAD_BENCH") == "short"
PRODUCTS, ACCOUNTS, LINES = (60 if SHORT else 400), 5, 4
MONTHS = [date(2023 + place // 12, place % 12 + 1, 1) for place in range(48)]
PERIOD = "2025-01..2026-12"
LIMIT = 0.6 if SHORT else 0.2


def main() -> int:
    home = Path(tempfile.mkdtemp(prefix="keystead-bench-"))
    os.environ["KEYSTEAD_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "keystead.config.settings"
    os.environ.pop("KEYSTEAD_DATABASE_URL", None)
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))
    import django

    django.setup()
    try:
        return _measure(_fill())
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measure(account_id: int) -> int:
    from keystead.kernel.periods import Period
    from keystead.kit.access import SYSTEM
    from keystead.profitability import queries

    given: dict[str, Any] = {
        "actor": SYSTEM, "account_id": account_id, "period": Period.parse(PERIOD),
    }  # fmt: skip
    cells = queries.pnl_cells(**given)
    print(f"{len(cells):,} statements by product and month")
    worst = 0.0
    for name, call in (
        ("statement, last year, months", lambda: queries.account_pnl(**given)),
        ("product by product and month", lambda: queries.pnl_cells(**given)),
        ("why sell-in moved", lambda: queries.growth(**given)),
    ):
        middle = _world.timed(5, call)[2]
        worst = max(worst, 0.0 if name.startswith("why") else middle)
        print(f"{name}: {middle * 1000:.0f} ms, ratio to 200 ms {middle / 0.2:.2f}")
    print(f"the slower P&L against its limit: {worst / LIMIT:.2f} (goal 1.00)")
    return 0 if worst <= LIMIT else 1


def _fill() -> int:
    """Post the facts; return the account that is measured."""
    from django.core.management import call_command

    from keystead.accounts import services as accounts
    from keystead.catalog import services as catalog
    from keystead.kit.access import SYSTEM

    call_command("migrate", verbosity=0)
    account_ids = [
        accounts.create_account(
            actor=SYSTEM, code=f"A{at}", name=f"Account {at}", kind="pharmacy_chain",
            country="CN", currency="CNY",
        ).id
        for at in range(ACCOUNTS)
    ]  # fmt: skip
    product_ids = [
        catalog.create_product(
            actor=SYSTEM, sku=f"P{at:03}", name=f"Product {at}", kind="medicine", unit="pack"
        ).id
        for at in range(PRODUCTS)
    ]
    pairs = [(one, other) for one in account_ids for other in product_ids]
    for year in range(2023, 2027):
        months = [month for month in MONTHS if month.year == year]
        sales = [
            (account, product, month, at)
            for month in months
            for account, product in pairs
            for at in range(LINES)
        ]
        _post("sell_in", year, [_sale(*one) for one in sales])
        _post("cost", year, [_cost(*pair, month) for month in months for pair in pairs])
        spent = [_expense(account, month) for month in months for account in account_ids]
        _post("expense", year, spent)
    return account_ids[0]


def _sale(account: int, product: int, month: date, at: int) -> dict[str, Any]:
    quantity = 5 + (account * 7 + product * 3 + month.month * at) % 20
    price = Decimal(product % 37 + 5) + Decimal(month.year - 2020) / 4
    return {
        "account_id": account, "product_id": product, "date": month.replace(day=3 + 7 * at % 25),
        "doc_no": f"D{at}", "quantity": Decimal(quantity), "unit": "pack",
        "value": price * quantity, "is_return": False,
    }  # fmt: skip


def _cost(account: int, product: int, month: date) -> dict[str, Any]:
    value = Decimal(product % 37 + 5) * 20
    return {"account_id": account, "product_id": product, "date": month, "kind": "cogs",
            "value": value}  # fmt: skip


def _expense(account: int, month: date) -> dict[str, Any]:
    return {"account_id": account, "date": month, "category": "Display", "status": "actual",
            "value": Decimal(900)}  # fmt: skip


def _post(dataset: str, year: int, rows: list[dict[str, Any]]) -> None:
    import pyarrow as pa

    from keystead.kit.access import SYSTEM
    from keystead.ledger.services import post_facts
    from keystead.ledger.types import dataset_def

    schema = dataset_def(dataset).schema
    names = [name for name in schema.names if name not in {"batch_id", "sheet", "source_row"}]
    full = [{"currency": "CNY", "month": row["date"].replace(day=1), **row} for row in rows]
    table = pa.Table.from_pylist(
        [{name: row.get(name) for name in names} for row in full],
        schema=pa.schema([schema.field(name) for name in names]),
    )
    post_facts(
        actor=SYSTEM, dataset=dataset, source=f"erp {year}", table=table, lineage=f"{dataset}{year}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
