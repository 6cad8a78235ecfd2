"""A small house with two years of sales, costs, expenses and targets, worked out by hand.

=========  ======  ======  ===========================================
product    2025    2026    (units, value) from January to June
=========  ======  ======  ===========================================
strips     100     150     1,000 -> 1,650 (price 10 -> 11)
meter      100     50      400 -> 200 (price 4)
lancets    -       20      new: 60
pens       10      -       lost: 90
=========  ======  ======  ===========================================

A return of -50 for 5 strips in February 2026 is inside the 1,650.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from keystead.accounts.services import assign_team
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.tests import room

TODAY = date(2026, 6, 30)
HALF = Period.parse("2026-01..2026-06")


def build(owner: Actor, *readers: Actor) -> dict[str, int]:
    """Post the facts; return the ids."""
    own, empty, euro = (room.account(code, owner) for code in ("A1", "E1", "F1"))
    foreign = room.account("B1")
    for reader in readers:
        assign_team(
            actor=SYSTEM, account_id=own, user_id=reader.user_id or 0,
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
    strips, meter, lancets, pens = (room.product(sku) for sku in ("P1", "Q1", "R1", "S1"))
    people = {"own": own, "empty": empty, "foreign": foreign, "euro": euro,
              "strips": strips, "meter": meter, "lancets": lancets}  # fmt: skip

    def sale(
        product: int, on: str, quantity: int, value: Any, account: int = own, **more: Any
    ) -> Any:
        return {"account_id": account, "product_id": product, "date": date.fromisoformat(on),
                "quantity": quantity, "value": value, **more}  # fmt: skip

    room.post(
        "sell_in",
        [
            sale(strips, "2025-01-10", 100, 1000), sale(meter, "2025-03-10", 100, 400),
            sale(pens, "2025-04-01", 10, 90),
            sale(strips, "2026-01-12", 155, 1700),
            sale(strips, "2026-02-12", -5, -50, is_return=True),
            sale(meter, "2026-03-12", 50, 200), sale(lancets, "2026-06-30", 20, 60),
            sale(strips, "2026-03-01", 7, 77_777, foreign),
            sale(strips, "2025-05-01", 10, 100, euro, currency="EUR"),
            sale(strips, "2026-05-01", 10, 120, euro, currency="EUR"),
        ],
    )  # fmt: skip
    room.post("target", [{"account_id": own, "date": date(2026, month, 1), "value": 300}
                         for month in range(1, 13)])  # fmt: skip
    room.post(
        "cost",
        [{"account_id": own, "product_id": product, "date": date.fromisoformat(on), "value": value,
          "kind": kind}
         for product, on, value, kind in (
             (strips, "2025-01-10", 500, "cogs"), (meter, "2025-03-10", 100, "cogs"),
             (strips, "2026-01-12", 780, "cogs"), (meter, "2026-03-12", 60, "cogs"),
             (strips, "2026-01-12", 31.25, "logistics"))],
    )  # fmt: skip
    room.post(
        "expense",
        [{"account_id": own, "date": date.fromisoformat(on), "category": category,
          "status": status, "value": value}
         for on, category, status, value in (
             ("2025-02-01", "Rebate", "actual", 40), ("2026-02-01", "Rebate", "actual", 55.55),
             ("2026-03-05", "Display", "actual", 20), ("2026-01-05", "Congress", "actual", 33.33),
             ("2026-03-05", "Congress", "planned", 900))],
    )  # fmt: skip
    return people
