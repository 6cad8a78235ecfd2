"""The own bias taken out with one press: whose, of which cells, seen first, undone, judged."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from keystead.accounts import services as accounts
from keystead.forecasting import models
from keystead.forecasting.calc.value_added import track_record
from keystead.forecasting.queries.debias import own_biases
from keystead.forecasting.services.sharing import share_record
from keystead.forecasting.tests.cells import MONTH, lock, shelves, stored
from keystead.forecasting.types.cycle import Cycle, Key
from keystead.forecasting.types.value_added import Judgement
from keystead.kernel.periods import add_months
from keystead.kit.access import SYSTEM, Actor
from keystead.kit.models import AuditEntry
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db
FIRST, BEFORE = 6, 7


@pytest.fixture
def shop(kam: Actor, other_kam: Actor) -> dict[str, int]:
    return shelves(kam, other_kam)


@pytest.fixture
def cycle(kam: Actor, shop: dict[str, int], settings: Any, tmp_path: Any) -> Cycle:
    """Seven locked cycles in which lin always said 125 where 100 came, and an open one."""
    settings.KEYSTEAD_HOME = tmp_path / "home"
    key = shop["jd"], shop["p1"]
    for step in range(BEFORE, 0, -1):
        before = stored({key: [100, 100]}, month=add_months(MONTH, -step))
        _typed(kam, before, {(Key(*key), before.periods[0]): 125})
        lock(before, {(*key, 0): 125, (*key, 1): 100})
    room.post("sell_in", [
        {"account_id": key[0], "product_id": key[1], "quantity": Decimal(100),
         "value": Decimal(1000), "date": add_months(MONTH, -step).replace(day=9)}
        for step in range(BEFORE, 0, -1)
    ])  # fmt: skip
    series = {key: [100, 100, 100], (shop["jd"], shop["p2"]): [50, 50, 50],
              (shop["far"], shop["p1"]): [70, 70, 70]}  # fmt: skip
    return stored(series, frozen_months=1)


def _typed(actor: Actor, cycle: Cycle, cells: dict[tuple[Key, date], int]) -> None:
    made = models.OverrideRow(
        cycle_id=cycle.id, layer="account_manager", kind="absolute", periods=[], amounts=[],
        reason="customer", at=timezone.now(), by_id=actor.user_id,
    )  # fmt: skip
    made.save(force_insert=True)
    models.OverrideLine.objects.bulk_create(
        models.OverrideLine(
            override=made, account_id=key.account_id, product_id=key.product_id, period=period,
            before=100, after=after, amount=after, kind="absolute",
        )
        for (key, period), after in cells.items()
    )  # fmt: skip


def _post(client: Client, cycle: Cycle, what: str, **body: Any) -> dict[str, Any]:
    answer = client.post(
        f"/forecasts/{cycle.id}/{what}/", json.dumps(body), content_type="application/json"
    )
    assert answer.status_code == 200
    return dict(answer.json())


def _biases(client: Client, cycle: Cycle) -> list[dict[str, Any]]:
    found = client.get(f"/forecasts/{cycle.id}/rows/?layer=account_manager&record=1").json()
    return list(found["biases"])


def _type(client: Client, cycle: Cycle, shop: dict[str, int], *months: int) -> dict[str, Any]:
    return _post(client, cycle, "edit", layer="account_manager", reason="tender", edits=[
        {"account": shop["jd"], "product": shop["p1"], "month": FIRST + at, "kind": "absolute",
         "amount": "150"} for at in months
    ])  # fmt: skip


def test_it_is_offered_looked_at_saved_and_taken_back(
    kam: Actor, cycle: Cycle, shop: dict[str, int], client_of: Callable[[Actor], Client]
) -> None:
    client = client_of(kam)
    assert _biases(client, cycle) == []  # nothing typed yet
    seen = _type(client, cycle, shop, 1, 2)["seen"]
    (offered,) = _biases(client, cycle)
    assert offered["label"] == "Take out my own bias (-20.0 %)"
    assert "2 cells typed here" in offered["why"]
    assert "0.0 % instead of 25.0 %" in offered["why"]
    looked = _post(client, cycle, "own-bias", preview=True)
    assert "Each cell that was typed in this cycle" in looked["html"]
    assert models.OverrideRow.objects.filter(reason="own_bias").count() == 0
    done = _post(client, cycle, "own-bias", seen=seen)
    assert done["ok"]
    key = [shop["jd"], shop["p1"]]
    assert done["cells"] == [[*key, FIRST + 1, 120], [*key, FIRST + 2, 120]]
    made = models.OverrideRow.objects.get(reason="own_bias")
    assert (made.by_id, made.kind, made.layer) == (kam.user_id, "percent", "account_manager")
    assert AuditEntry.objects.filter(action="forecast.override").count() == 2
    assert _biases(client, cycle) == []  # taken out once, not again
    again = _post(client, cycle, "own-bias")
    assert again["message"].startswith("There is no own bias to take out here.")
    undone = _post(client, cycle, "undo", overrides=done["overrides"])
    assert [one[3] for one in undone["cells"]] == [150, 150]
    assert len(_biases(client, cycle)) == 1
    _post(client, cycle, "own-bias")
    _type(client, cycle, shop, 2)  # typed anew: this one is offered again
    (offered,) = _biases(client, cycle)
    assert "1 cell typed here" in offered["why"]


def test_of_others_only_where_they_share_and_their_line_is_written(
    kam: Actor, other_kam: Actor, sales_ops: Actor, make_actor: Any, cycle: Cycle,
    shop: dict[str, int], client_of: Callable[[Actor], Client],
) -> None:  # fmt: skip
    _type(client_of(kam), cycle, shop, 1)
    leader = make_actor("zhang", "director")
    accounts.assign_team(
        actor=SYSTEM, account_id=shop["jd"], user_id=leader.user_id, role="backup",
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    for one in (leader, other_kam, sales_ops):
        assert own_biases(one, cycle.id) == ()
    share_record(actor=kam, shared=True)
    assert own_biases(other_kam, cycle.id) == ()  # not their account
    assert own_biases(sales_ops, cycle.id) == ()  # not their line
    person = {"person": kam.user_id}
    assert not _post(client_of(other_kam), cycle, "own-bias", **person)["ok"]
    assert not models.OverrideRow.objects.filter(reason="own_bias").exists()
    (offered,) = own_biases(leader, cycle.id)
    assert (offered.own, offered.person.user_id) == (False, kam.user_id)
    share_record(actor=kam, shared=False)
    assert not _post(client_of(leader), cycle, "own-bias", **person)["ok"]
    share_record(actor=kam, shared=True)
    done = _post(client_of(leader), cycle, "own-bias", **person)
    assert [one[3] for one in done["cells"]] == [120]
    made = models.OverrideRow.objects.get(reason="own_bias")
    assert (made.by_id, made.note) == (leader.user_id, "for Lin Wei")


def test_what_was_taken_out_does_not_teach_the_factor() -> None:
    def judged(cycle: int, after: int, reason: str) -> Judgement:
        month = date(2026, cycle + 1, 1)
        return Judgement((cycle, after), 1, cycle, "a", month, Decimal(100), Decimal(after),
                         Decimal(100), Decimal(1), reason)  # fmt: skip

    typed = [judged(n, 125, "customer") for n in range(6)]
    taken = [judged(n, 90, "own_bias") for n in range(6)]
    found = track_record(1, [*typed, *taken])
    assert found.debias is not None
    assert found.debias == track_record(1, typed).debias
    assert round(found.debias.factor, 4) == 0.8
    assert found.overrides == 12  # both are judged
