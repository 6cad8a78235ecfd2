"""The grid: its numbers, edits at any level, conflicts, undo, whose record may be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from keystead.forecasting import models
from keystead.forecasting.queries.node import node_view
from keystead.forecasting.queries.people import record_of
from keystead.forecasting.services.sharing import share_record
from keystead.forecasting.tests.cells import lock, shelves, stored
from keystead.forecasting.types.cycle import Cycle, Node
from keystead.forecasting.types.grid import Cause
from keystead.kernel.errors import NotFound
from keystead.kernel.periods import add_months
from keystead.kit.access import Actor
from keystead.ledger.queries import current_commit
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db
FIRST = 6  # months of the past before the forecast ones


@pytest.fixture
def shop(kam: Actor, other_kam: Actor) -> dict[str, int]:
    return shelves(kam, other_kam)


@pytest.fixture
def cycle(shop: dict[str, int]) -> Cycle:
    jd, ali, far = shop["jd"], shop["ali"], shop["far"]
    series = {
        (jd, shop["p1"]): [100, 100, 100], (jd, shop["p2"]): [50, 50, 50],
        (jd, shop["q1"]): [7, 7, 7], (ali, shop["p1"]): [30, 30, 30], (far, shop["p1"]): [9, 9, 9],
    }  # fmt: skip
    before = stored(series, month=add_months(stored_month(), -1))
    agreed = {(*key, step): value for key, values in series.items()
              for step, value in enumerate(values)}  # fmt: skip
    agreed[jd, shop["p1"], 1] = 150
    lock(before, agreed)
    return stored(series, frozen_months=1)


def stored_month() -> Any:
    from keystead.forecasting.tests.cells import MONTH

    return MONTH


def _post(client: Client, cycle: Cycle, what: str, **body: Any) -> dict[str, Any]:
    answer = client.post(
        f"/forecasts/{cycle.id}/{what}/", json.dumps(body), content_type="application/json"
    )
    assert answer.status_code == 200
    return dict(answer.json())


def _edit(client: Client, cycle: Cycle, *edits: dict[str, Any], **more: Any) -> dict[str, Any]:
    return _post(client, cycle, "edit", **{
        "layer": "account_manager", "reason": "tender", "edits": list(edits), **more,
    })  # fmt: skip


def test_the_numbers_are_those_one_may_see(
    kam: Actor, cycle: Cycle, shop: dict[str, int], client_of: Callable[[Actor], Client]
) -> None:
    found = client_of(kam).get(f"/forecasts/{cycle.id}/rows/").json()
    assert found["editable"]
    assert (found["first"], found["frozen"], len(found["months"])) == (FIRST, [FIRST], 9)
    assert {tuple(one[:2]) for one in found["series"]} == {
        (shop["jd"], shop["p1"]), (shop["jd"], shop["p2"]), (shop["jd"], shop["q1"]),
        (shop["ali"], shop["p1"]),
    }  # fmt: skip
    first = next(one for one in found["series"] if one[:2] == [shop["jd"], shop["p1"]])
    assert first[3] == [None] * FIRST + [100, 100, 100]
    assert "since last cycle" in first[4]["why"]


def test_an_edit_above_is_looked_at_then_saved_by_the_agreed_mix(
    kam: Actor, cycle: Cycle, shop: dict[str, int], client_of: Callable[[Actor], Client]
) -> None:
    client = client_of(kam)
    edit = {"account": shop["jd"], "month": FIRST + 1, "kind": "delta", "amount": "57"}
    looked = _edit(client, cycle, edit, preview=True)
    assert looked["ok"]
    assert "Spread by the last agreed mix." in looked["html"]
    assert not models.OverrideRow.objects.exists()
    done = _edit(client, cycle, edit)
    # 57 more by the mix agreed for that month last time, 100 : 50 : 7, and nothing left over
    values = {tuple(one[:2]): one[3] for one in done["cells"]}
    assert sum(values.values()) == 157 + 57
    assert done["message"] == "3 cells saved."
    undone = _post(client, cycle, "undo", overrides=done["overrides"])
    assert {tuple(one[:2]): one[3] for one in undone["cells"]} == {
        (shop["jd"], shop["p1"]): 100, (shop["jd"], shop["p2"]): 50, (shop["jd"], shop["q1"]): 7,
    }  # fmt: skip


def test_guard_rails_and_what_is_refused(
    kam: Actor, cycle: Cycle, shop: dict[str, int], client_of: Callable[[Actor], Client]
) -> None:
    client = client_of(kam)
    cell = {"account": shop["jd"], "product": shop["p1"], "month": FIRST + 1}
    small = _edit(client, cycle, {**cell, "kind": "percent", "amount": "3"})
    said = ["small_change", "Changes below 5 % seldom make a forecast better."]
    assert small["warnings"] == [said]
    record = client.get(f"/forecasts/{cycle.id}/rows/?layer=account_manager&record=1")
    assert set(record.json()["words"].values()) == {""}  # nothing came true yet
    far = _edit(client, cycle, {**cell, "kind": "absolute", "amount": "120000000000"})
    assert [code for code, _said in far["warnings"]] == ["scale_jump"]
    for wrong, says in (
        ({"amount": "x", "kind": "absolute"}, "This is no number."),
        ({"amount": "NaN", "kind": "absolute"}, "This amount is not a number"),
        ({"amount": "1e15", "kind": "absolute"}, "This number is too large to be real."),
        ({"amount": "-1", "kind": "absolute"}, "A forecast cannot be below zero."),
        ({"amount": "1", "kind": "absolute", "month": FIRST}, "2026-01 is frozen in this cycle."),
        ({"amount": "1", "kind": "absolute", "month": 2}, "This month is not forecast here."),
    ):
        answer = _edit(client, cycle, {**cell, **wrong})
        assert not answer["ok"]
        assert answer["message"].startswith(says)
    answer = _edit(client, cycle, {**cell, "kind": "delta", "amount": "1"}, reason="")
    assert answer["message"] == "Choose a reason first."
    foreign = {**cell, "account": shop["far"], "kind": "delta", "amount": "1"}
    assert not _edit(client, cycle, foreign)["ok"]
    assert models.OverrideRow.objects.count() == 2


def test_two_who_edit_see_both_values(
    kam: Actor, cycle: Cycle, shop: dict[str, int], client_of: Callable[[Actor], Client]
) -> None:
    client = client_of(kam)
    cell = {"account": shop["jd"], "product": shop["p1"], "month": FIRST + 1, "kind": "absolute"}
    first = _edit(client, cycle, {**cell, "amount": "120"}, seen=0)
    assert first["ok"]
    second = _edit(client, cycle, {**cell, "amount": "140"}, seen=0)
    assert second["conflict"]
    assert second["cells"] == [[shop["jd"], shop["p1"], FIRST + 1, 120]]
    assert "140" in second["html"]
    mine = _edit(client, cycle, {**cell, "amount": "140"}, seen=second["seen"])
    assert mine["cells"][0][3] == 140


def test_a_pasted_block_is_one_write(
    kam: Actor, cycle: Cycle, shop: dict[str, int], client_of: Callable[[Actor], Client]
) -> None:
    places = [("jd", "p1"), ("jd", "p2"), ("jd", "q1"), ("ali", "p1")]
    edits = [
        {"account": shop[who], "product": shop[what], "month": FIRST + at, "kind": kind,
         "amount": "10"}
        for who, what in places for at, kind in ((1, "absolute"), (2, "delta"))
    ]  # fmt: skip
    done = _edit(client_of(kam), cycle, *edits, seen=0)
    assert (len(done["cells"]), len(done["overrides"])) == (8, 4)
    values = {tuple(one[:3]): one[3] for one in done["cells"]}
    assert values[shop["jd"], shop["p1"], FIRST + 1] == 10
    assert values[shop["jd"], shop["p1"], FIRST + 2] == 110
    again = _edit(client_of(kam), cycle, *edits, seen=0)
    assert again["conflict"]


def test_pages_stand(
    kam: Actor, cycle: Cycle, shop: dict[str, int], client_of: Callable[[Actor], Client]
) -> None:
    client = client_of(kam)
    for address in (
        "/forecasts/", f"/forecasts/{cycle.id}/", f"/forecasts/{cycle.id}/node/",
        f"/forecasts/{cycle.id}/node/?account={shop['jd']}&product={shop['p1']}",
        f"/forecasts/{cycle.id}/workbook/", "/forecasts/value-added/", "/forecasts/record/",
    ):  # fmt: skip
        assert client.get(address).status_code == 200, address
    missing = f"/forecasts/{cycle.id}/node/?account={shop['far']}"
    assert client.get(missing).status_code == 404
    text = client.get(f"/forecasts/{cycle.id}/node/?account={shop['jd']}").content.decode()
    assert "Why it changed since last cycle" in text


def test_why_a_number_moved_adds_up_and_tells_data_from_model(
    kam: Actor, cycle: Cycle, shop: dict[str, int]
) -> None:
    day, key = date(2025, 12, 10), {"account_id": shop["jd"], "product_id": shop["p1"]}
    rows = [{**key, "date": add_months(day.replace(day=1), -step).replace(day=10),
             "quantity": Decimal(units), "value": Decimal(units * 10)}
            for step, units in enumerate((130, 100, 100, 100, 90, 80))]  # fmt: skip
    room.post("sell_in", rows)
    line = {(shop["jd"], shop["p1"]): [100, 100, 100]}
    other = stored(line, name="Another way", recipe="intermittent")
    models.RunRow.objects.filter(cycle_id=other.id).update(commit=current_commit())
    view = node_view(kam, other.id, Node(shop["jd"], shop["p1"]))
    assert view.steps is not None
    assert view.steps.start + sum(change for _cause, change in view.steps.steps) == view.steps.end
    # 130+100+100 against 100+100+100 lately: 10 a month more in two months; the recipe did the rest
    assert (view.steps.change(Cause.DATA), view.steps.change(Cause.MODEL)) == (20, -20)
    assert [(one.period.month, one.value) for one in view.similar] == [
        (12, 130),
        (11, 100),
        (10, 100),
    ]


def test_a_record_is_private_until_shared(
    kam: Actor, other_kam: Actor, cycle: Cycle, client_of: Callable[[Actor], Client]
) -> None:
    address = f"/forecasts/record/{kam.user_id}/"
    assert client_of(other_kam).get(address).status_code == 404
    assert client_of(kam).get(address).status_code == 200
    share_record(actor=kam, shared=True)
    assert client_of(other_kam).get(address).status_code == 200
    client_of(kam).post("/forecasts/record/share/", {"shared": "0"})
    assert client_of(other_kam).get(address).status_code == 404
    with pytest.raises(NotFound):
        record_of(other_kam, kam.user_id)
    assert record_of(kam).own
    assert Decimal(0) == record_of(kam).track.value
