"""Why a number, by page, console and API: parts that add up, months like it and what drove them."""

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

from keystead.forecasting.calc import made_of as parts
from keystead.forecasting.commands import forecast
from keystead.forecasting.queries.node import node_view
from keystead.forecasting.services import override
from keystead.forecasting.tests.cells import shelves, stored
from keystead.forecasting.tests.house import typed
from keystead.forecasting.types.cycle import Cycle, Layer, Node
from keystead.kernel.periods import add_months
from keystead.kit.access import Actor
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(
    kam: Actor, other_kam: Actor, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> dict[str, int]:
    """Two products sold for two years; every March but the last one has a campaign."""
    settings.KEYSTEAD_HOME = tmp_path / "home"
    monkeypatch.setenv("KEYSTEAD_USER", "lin")
    ids = shelves(kam, other_kam)
    months = [add_months(date(2024, 1, 1), step) for step in range(24)]
    room.post("sell_in", [
        {"account_id": ids["jd"], "product_id": ids[name], "date": month, "doc_no": f"{name}{month}",
         "quantity": Decimal(100 + month.month), "value": Decimal(1000)}
        for name in ("p1", "p2") for month in months
    ])  # fmt: skip
    room.post("expense", [
        {"account_id": ids["jd"], "product_id": ids["p1"], "date": day, "campaign": "Spring",
         "status": "planned", "value": Decimal(500), "doc_no": f"E{day}"}
        for day in (date(2024, 6, 1), date(2026, 1, 1))
    ])  # fmt: skip
    return ids


@pytest.fixture
def cycle(shop: dict[str, int], kam: Actor) -> Cycle:
    one, two = (shop["jd"], shop["p1"]), (shop["jd"], shop["p2"])
    lifts = {"level": [90.0, 90.0, 90.0], "season": [10.0, 10.5, 11.0], "promotion": [5.0, 0, 0]}
    made = stored(
        {one: [105, 100.5, 101], two: [50, 50, 50]},
        parts={one: lifts, two: {"level": [49.0, 50.0, 50.0]}},
    )  # fmt: skip
    override(actor=kam, cycle_id=made.id, entry=typed(Node(*one), 120))
    return made


def test_the_parts_of_any_place_add_up_to_its_line(
    cycle: Cycle, shop: dict[str, int], kam: Actor, client_of: Callable[[Actor], Client]
) -> None:
    view = node_view(kam, cycle.id, Node(shop["jd"]))
    assert {name: [float(one) for one in line] for name, line in view.parts.items()} == {
        "level": [139.0, 140.0, 140.0], "season": [10.0, 10.5, 11.0], "promotion": [5.0, 0, 0],
        "adjusted": [1.0, 0.0, 0.0],
    }  # fmt: skip
    for at, said in enumerate(view.layers[Layer.STATISTICAL]):
        assert sum(line[at] for line in view.parts.values()) == said
    page = client_of(kam).get(f"/forecasts/{cycle.id}/node/?account={shop['jd']}")
    text = " ".join(re.sub(r"<[^>]*>", " ", page.content.decode()).split())
    assert "What it is made of" in text
    assert "Level 419 139 140 140" in text
    assert "People 20 0 20 0" in text
    body = client_of(kam).get(f"/api/forecasts/{cycle.id}/node?account_id={shop['jd']}").json()
    assert body["parts"]["promotion"] == ["5.0000", "0.0000", "0.0000"]
    assert body["layers"]["account_manager"][1] == "170.0000"


def test_months_like_it_take_what_was_planned_into_account(
    cycle: Cycle, shop: dict[str, int], kam: Actor, other_kam: Actor,
    client_of: Callable[[Actor], Client],
) -> None:  # fmt: skip
    plain = node_view(kam, cycle.id, Node(shop["jd"], shop["p2"]))
    assert plain.similar[0].period == date(2025, 1, 1)
    planned = node_view(kam, cycle.id, Node(shop["jd"], shop["p1"]))
    assert planned.planned["promotion"] == 1.0
    assert date(2024, 6, 1) in {one.period for one in planned.similar}
    page = client_of(kam).get(
        f"/forecasts/{cycle.id}/node/?account={shop['jd']}&product={shop['p1']}"
    )
    assert "Jun 2024 106 (promotion)" in page.content.decode()
    told = CliRunner().invoke(forecast, ["explain", "2026-01", "--account", "JD", "--sku", "P1"])
    assert "months most like 2026-01" in told.output, told.exception
    assert re.search(r"promotion +5 ", told.output)
    foreign = client_of(other_kam).get(f"/api/forecasts/{cycle.id}/node?account_id={shop['jd']}")
    assert foreign.status_code == 404


def test_recipes_are_told_and_decided_only_by_who_runs_the_engine(
    cycle: Cycle, kam: Actor, sales_ops: Actor, client_of: Callable[[Actor], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    told = client_of(kam).get("/api/forecast-recipes").json()
    assert {one["segment"] for one in told["standings"]} == {"smooth", "erratic", "intermittent"}
    at = "/api/forecast-recipes/decide"
    assert client_of(kam).post(at, {}, content_type="application/json").status_code == 403
    made = client_of(sales_ops).post(at, {}, content_type="application/json")
    assert (made.status_code, made.json()) == (200, {"decisions": []})
    monkeypatch.setenv("KEYSTEAD_USER", "ops")
    said = CliRunner().invoke(forecast, ["recipes", "--decide", "--json"])
    assert json.loads(said.output)["decisions"] == []


def test_examples_in_docstrings() -> None:
    import doctest

    assert doctest.testmod(parts).failed == 0
