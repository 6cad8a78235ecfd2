"""A folder with one forecast cycle over many series, for ``forecast_grid``; prints a session."""

from __future__ import annotations

import json
import sys
from datetime import date
from decimal import Decimal

BACK = 24


def main(accounts: int, products: int, horizon: int) -> None:
    from keystead.doors.cli.demo.archive import open_into
    from keystead.doors.cli.prepare import home_folder, ready

    open_into(home_folder())  # a database that stands, with people in it
    ready(upgrade=True)
    from django.test import Client
    from django.utils import timezone

    from keystead.forecasting import models
    from keystead.forecasting.tests.cells import stored
    from keystead.kernel.periods import add_months, month_start
    from keystead.kit.models import User
    from keystead.ledger.queries import current_commit

    month = month_start(timezone.localdate())
    keys = _dimensions(accounts, products)
    _sell(keys, [add_months(month, -step) for step in range(BACK, 0, -1)])
    series = {
        key: [100.0 + at % 7 + step for step in range(horizon)] for at, key in enumerate(keys)
    }
    cycle = stored(series, month=month, name="Grid")
    models.RunRow.objects.filter(cycle_id=cycle.id).update(commit=current_commit())
    client = Client()
    client.force_login(User.objects.get(username="ming"))
    told = {"cycle": cycle.id, "series": len(keys), "session": client.cookies["sessionid"].value}
    print(json.dumps(told))


def _dimensions(accounts: int, products: int) -> list[tuple[int, int]]:
    from django.db import transaction

    from keystead.accounts.services import create_account
    from keystead.catalog.services import create_product
    from keystead.kit.access import SYSTEM

    with transaction.atomic():
        goods = [
            create_product(
                actor=SYSTEM, sku=f"GRID-{at:03}", name=f"Grid product {at}", kind="medicine",
                brand=f"Grid brand {at // 5}", category="Grid", unit="pack",
            ).id
            for at in range(products)
        ]  # fmt: skip
        shops = [
            create_account(
                actor=SYSTEM, code=f"GRID-{at:04}", name=f"Grid account {at}", kind="shop",
                country="CN", currency="CNY",
            ).id
            for at in range(accounts)
        ]  # fmt: skip
    return [(shop, good) for shop in shops for good in goods]


def _sell(keys: list[tuple[int, int]], months: list[date]) -> None:
    import pyarrow as pa

    from keystead.kit.access import SYSTEM
    from keystead.ledger.services import post_facts

    rows = len(keys) * len(months)
    exact = pa.decimal128(18, 4)
    units = [Decimal(60 + at % 80) for at in range(rows)]
    table = pa.table({
        "account_id": pa.array([key[0] for key in keys] * len(months), pa.int64()),
        "product_id": pa.array([key[1] for key in keys] * len(months), pa.int64()),
        "date": pa.array([month for month in months for _key in keys], pa.date32()),
        "doc_no": [f"G{at}" for at in range(rows)],
        "quantity": pa.array(units, exact),
        "unit": ["pack"] * rows,
        "unit_price": pa.array([Decimal(10)] * rows, exact),
        "value": pa.array([one * 10 for one in units], exact),
        "currency": ["CNY"] * rows,
        "is_return": [False] * rows,
        "channel": pa.nulls(rows, pa.string()),
    })  # fmt: skip
    post_facts(
        actor=SYSTEM, dataset="sell_in", source="grid benchmark", table=table, lineage="grid"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
