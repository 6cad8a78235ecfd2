"""Every kind of wrong history comes in by the ledger and is told by its place, with its rows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from keystead.forecasting.commands import forecast
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.tests.house import FIRST, opened, ran
from keystead.forecasting.types.cycle import Cycle, Layer
from keystead.kernel.periods import Period, add_months
from keystead.kit.access import Actor
from keystead.metrics.queries import evaluate, open_proof
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db
MONTHS = 36
STEADY = 120
HOLE = date(2024, 8, 10)


@pytest.fixture
def odd(
    kam: Actor, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> dict[str, int]:
    """One account; a product for each thing that can be wrong with a history, one that is well."""
    settings.KEYSTEAD_HOME = tmp_path / "home"
    monkeypatch.setenv("KEYSTEAD_USER", "lin")
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: date(2026, 1, 5))
    ids = {"jd": room.account("JD", kam)}
    names = ("well", "point", "zeros", "back", "twice", "late", "far", "old", "jump")
    ids |= {name: room.product(name.upper(), brand="Acu") for name in names}
    rows: list[dict[str, Any]] = []

    def sold(name: str, day: date, units: float) -> None:
        rows.append(
            {"account_id": ids["jd"], "product_id": ids[name], "date": day,
             "quantity": Decimal(str(units)), "value": Decimal(str(units)) * 10,
             "doc_no": f"{name}-{len(rows)}"}
        )  # fmt: skip

    for step in range(MONTHS):
        day = add_months(FIRST, step).replace(day=10)
        if day == HOLE:
            continue  # nobody told anything
        for name in ("well", "back", "twice", "late", "far", "old", "jump"):
            sold(name, day, STEADY)
        sold("zeros", day, 0)
    sold("point", date(2025, 12, 3), 40)
    sold("back", date(2025, 7, 20), -300)
    sold("twice", date(2025, 8, 20), 30)
    sold("late", date(2031, 3, 1), 9_000)
    sold("far", date(2206, 3, 1), 7_000)
    sold("old", date(1925, 3, 1), 5_000)
    sold("jump", date(2025, 4, 20), STEADY * 10**9)
    room.post("sell_in", rows)
    return ids


@pytest.fixture
def cycle(odd: dict[str, int], sales_ops: Actor) -> Cycle:
    return ran(sales_ops, opened(sales_ops))


def remarks(*words: str) -> list[dict[str, Any]]:
    found = CliRunner().invoke(forecast, ["remarks", "2026-01", "--json", *words])
    return list(json.loads(found.output))


def test_each_oddity_is_told_by_its_place_and_every_line_is_forecast(
    odd: dict[str, int], cycle: Cycle, kam: Actor
) -> None:
    told = {
        (one["sku"], one["code"]): (one["month"], one["there"], one["count"]) for one in remarks()
    }
    months_told_nothing = {
        (name, "gaps"): ("2024-08-01", "", 1 if name != "JUMP" else 2)
        for name in ("WELL", "BACK", "TWICE", "LATE", "FAR", "OLD", "JUMP")
    }
    assert told == {
        ("POINT", "one_point"): ("2025-12-01", "40", 1),
        ("ZEROS", "all_zeros"): ("2023-01-01", "", MONTHS - 1),
        ("BACK", "negative"): ("2025-07-01", "-180", 1),
        ("LATE", "future_dated"): ("2031-03-01", "9000.0000", 1),
        ("FAR", "future_dated"): ("2206-03-01", "7000.0000", 1),
        ("OLD", "too_old"): ("1925-03-01", "5000.0000", 1),
        ("JUMP", "jump"): ("2025-04-01", "120000000120", 1),
        **months_told_nothing,  # two lines of one month (TWICE) add up: no fault
    }
    table = cycle_table(kam, cycle.id)
    lines = {one.key.product_id: table.layers[Layer.STATISTICAL][at]
             for at, one in enumerate(table.series)}  # fmt: skip
    assert odd["zeros"] not in lines  # told above: nothing was ever sold
    assert len(lines) == len(odd) - 2
    for name in ("well", "late", "far", "old", "jump"):
        assert abs(lines[odd[name]] - STEADY).max() < 1


def test_a_remark_opens_the_rows_it_was_made_from_and_strangers_see_none(
    odd: dict[str, int],
    cycle: Cycle,
    kam: Actor,
    other_kam: Actor,
    client_of: Callable[[Actor], Client],
) -> None:
    (late,) = (one for one in remarks("--what", "future_dated") if one["sku"] == "LATE")
    proof = open_proof(actor=kam, proof_id=late["proof"])
    (section,) = proof.sections
    assert [(row.date, row.amount) for row in section.rows] == [(date(2031, 3, 1), Decimal(9000))]
    same = evaluate(
        actor=kam, metrics="sell_in_units", period=Period(date(2031, 3, 1), date(2031, 4, 1)),
        filters={"account": odd["jd"], "product": odd["late"]},
    )  # fmt: skip
    assert same.figure("sell_in_units").proof_id == late["proof"]
    told = client_of(kam).get(f"/api/forecasts/{cycle.id}/remarks?code=future_dated&limit=1").json()
    assert (told["total"], len(told["items"])) == (2, 1)
    assert client_of(other_kam).get(f"/api/forecasts/{cycle.id}/remarks").json()["total"] == 0
    at = f"/forecasts/{cycle.id}/cycle/problems/"
    page = client_of(kam).get(f"{at}?what=jump").content.decode()
    text = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert "JUMP strips" in text
    assert "120000000120" in text
    strange = client_of(other_kam).get(at).content.decode()
    assert "JUMP strips" not in re.sub(r"<[^>]*>", " ", strange)
