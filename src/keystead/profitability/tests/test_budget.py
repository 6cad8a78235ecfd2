"""The budget of rebates: what the agreement would pay at the target, not what it pays now."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.metrics.tests import room
from keystead.profitability.queries import account_pnl
from keystead.profitability.queries.remarks import remarks
from keystead.profitability.tests import offer_house
from keystead.profitability.tests.offer_house import TODAY
from keystead.profitability.types import AccountPnl, Scenario

pytestmark = pytest.mark.django_db
D = Decimal
HALF = Period.parse("2026-01..2026-06")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    settings.KEYSTEAD_HOME = tmp_path / "home"
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: TODAY)


def targets(account_id: int, months: int, value: int = 2300) -> None:
    room.post("target", [{"account_id": account_id, "date": date(2026, month, 1), "value": value}
                         for month in range(1, months + 1)])  # fmt: skip


def budgets(found: AccountPnl) -> dict[str, Decimal | None]:
    told = {row.detail or row.line.id: row.totals[Scenario.BUDGET].value for row in found.rows}
    return {name: value for name, value in told.items() if value is not None}


def test_rebates_are_budgeted_at_the_target() -> None:
    people = (("anna", "kam"), ("dora", "director"), ("fay", "finance"), ("cleo", "compliance"))
    anna, dora, fay, cleo = (room.user(name, role) for name, role in people)
    house = offer_house.build(anna, dora)
    offer_house.in_force(anna, house["own"], dora, fay, cleo)
    room.post("expense", [{"account_id": house["own"], "date": date(2026, 3, 1), "value": 400,
                           "category": "Rebate", "status": "planned"}])  # fmt: skip
    targets(house["own"], 11)

    def pnl(actor: Actor = anna) -> AccountPnl:
        return account_pnl(actor=actor, account_id=house["own"], period=HALF)

    # A month without a target: the year's tier is not known, the plan stands.
    assert budgets(pnl()) == {
        "invoice_sales": D(13800), "retro": D(-400), "Rebate": D(-400), "net_net_sales": D(13400),
    }  # fmt: skip
    # 12 x 2,300 = 27,600 reaches the tier at 26,000: 3 % of it, half of that in half a year.
    # Sales so far, 1,800 a month, would reach 1 % only. The planned rebate pays it: not twice.
    room.post("target", [{"account_id": house["own"], "date": date(2026, 12, 1), "value": 2300}],
              source="late")  # fmt: skip
    found = pnl()
    assert budgets(found) == {
        "invoice_sales": D(13800), "retro": D(-414), "Volume rebate": D(-414),
        "net_net_sales": D(13386),
    }  # fmt: skip
    assert any("if the target were met" in one for one in remarks(found))
