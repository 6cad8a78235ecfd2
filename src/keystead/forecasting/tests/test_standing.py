"""The layers kept in memory: carried on edit by edit they are what a fresh reading says."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from keystead.forecasting import models
from keystead.forecasting.queries.standing import Base, Standing, carried_on
from keystead.forecasting.queries.table import cycle_table, whole_of
from keystead.forecasting.tests.cells import lock, shelves, stored
from keystead.forecasting.types.cycle import HUMAN, Cycle, Layer, OverrideKind
from keystead.kernel.periods import add_months
from keystead.kit.access import Actor
from keystead.kit.models import AuditEntry

pytestmark = pytest.mark.django_db
FIRST = 6


@pytest.fixture
def shop(kam: Actor, other_kam: Actor) -> dict[str, int]:
    return shelves(kam, other_kam)


@pytest.fixture
def cycle(shop: dict[str, int]) -> Cycle:
    places = (("jd", "p1"), ("jd", "p2"), ("jd", "q1"), ("ali", "p1"), ("far", "p1"))
    series = {(shop[who], shop[what]): [100, 50, 7] for who, what in places}
    before = stored(series, month=add_months(date(2026, 1, 1), -1))
    agreed = {(*key, step): value + step for key, values in series.items()
              for step, value in enumerate(values)}  # fmt: skip
    lock(before, agreed)
    return stored(series)


def _base(cycle: Cycle) -> Base:
    whole = whole_of(models.RunRow.objects.get(pk=cycle.run_id), cycle.head.horizon)
    column = {period: at for at, period in enumerate(cycle.periods)}
    return Base((cycle.run_id,), whole.values["statistical"], whole.place, column)


def _write(cycle: Cycle, rng: np.random.Generator, base: Base) -> None:
    """An override of some cells in some layer, or one that takes an earlier one back."""
    rows = models.OverrideRow.objects.filter(cycle_id=cycle.id)
    free = [
        one for one in rows.exclude(kind="withdraw") if not rows.filter(supersedes=one).exists()
    ]
    layer = str(rng.choice([one.value for one in HUMAN]))
    common: dict[str, Any] = {"cycle_id": cycle.id, "periods": [], "amounts": [], "reason": "other",
                              "at": timezone.now()}  # fmt: skip
    if free and rng.random() < 0.3:
        old = free[int(rng.integers(len(free)))]
        models.OverrideRow(
            **common, layer=old.layer, kind=OverrideKind.WITHDRAW.value, supersedes=old
        ).save(force_insert=True)
        return
    kind = str(rng.choice(["absolute", "delta", "percent"]))
    made = models.OverrideRow(**common, layer=layer, kind=kind)
    made.save(force_insert=True)
    cells = [(key, period) for key in base.place for period in cycle.periods]
    chosen = rng.choice(len(cells), size=int(rng.integers(1, 6)), replace=False)
    models.OverrideLine.objects.bulk_create(
        models.OverrideLine(
            override=made, account_id=cells[at][0][0], product_id=cells[at][0][1],
            period=cells[at][1], before=0, after=0, amount=int(rng.integers(-40, 90)),
            kind=kind if rng.random() < 0.8 else "delta",
        )
        for at in chosen
    )  # fmt: skip


def _same(one: Standing, other: Standing) -> bool:
    return (
        one.newest == other.newest
        and all(np.array_equal(one.layers[layer], other.layers[layer]) for layer in one.layers)
        and set(one.named) == set(other.named)
        and all(np.array_equal(one.named[layer], other.named[layer]) for layer in one.named)
    )


@pytest.mark.parametrize("seed", range(4))
def test_carried_on_is_what_a_fresh_reading_says(cycle: Cycle, seed: int) -> None:
    rng, base = np.random.default_rng(seed), _base(cycle)
    standing = carried_on(cycle.id, base)
    assert standing.newest == 0
    for _turn in range(12):
        for _more in range(int(rng.integers(1, 4))):
            _write(cycle, rng, base)
        standing = carried_on(cycle.id, base, standing)
        assert _same(standing, carried_on(cycle.id, base))
    assert carried_on(cycle.id, base, standing) is standing
    statistical = standing.layers[Layer.STATISTICAL]
    assert np.array_equal(statistical, base.statistical)


def test_another_database_in_the_same_place_is_read_anew(cycle: Cycle) -> None:
    base, rng = _base(cycle), np.random.default_rng(7)
    for _turn in range(3):
        _write(cycle, rng, base)
    fresh = carried_on(cycle.id, base)
    old = Standing(
        fresh.newest, timezone.now(), fresh.lines, fresh.amounts, fresh.live,
        {layer: held + 1 for layer, held in fresh.layers.items()}, {},
    )  # fmt: skip
    assert _same(carried_on(cycle.id, base, old), fresh)


def _post(client: Client, cycle: Cycle, what: str, **body: Any) -> dict[str, Any]:
    answer = client.post(
        f"/forecasts/{cycle.id}/{what}/", json.dumps(body), content_type="application/json"
    )
    assert answer.status_code == 200
    return dict(answer.json())


def test_what_others_changed_meanwhile_comes_with_the_answer(
    kam: Actor, other_kam: Actor, cycle: Cycle, shop: dict[str, int],
    client_of: Callable[[Actor], Client],
) -> None:  # fmt: skip
    def typed(actor: Actor, who: str, what: str, amount: str, seen: int) -> dict[str, Any]:
        return _post(
            client_of(actor), cycle, "edit", layer="account_manager", reason="tender", seen=seen,
            edits=[{"account": shop[who], "product": shop[what], "month": FIRST + 1,
                    "kind": "absolute", "amount": amount}],
        )  # fmt: skip

    typed(other_kam, "far", "p1", "77", 0)  # of no account of kam: kam is told nothing of it
    # a second window of the same person stands for a colleague
    assert typed(kam, "jd", "p2", "60", 0)["ok"]
    mine = typed(kam, "jd", "p1", "120", 0)
    assert mine["cells"] == [[shop["jd"], shop["p1"], FIRST + 1, 120]]
    assert mine["theirs"] == [[shop["jd"], shop["p2"], FIRST + 1, 60]]
    assert "1 cell that others changed meanwhile" in mine["message"]
    assert typed(kam, "ali", "p1", "5", mine["seen"])["theirs"] == []
    table = cycle_table(kam, cycle.id)
    assert sorted(table.layers[Layer.ACCOUNT_MANAGER][:, 1].tolist()) == [5, 50, 60, 120]


def test_a_pasted_block_is_taken_back_in_one_step(
    kam: Actor, cycle: Cycle, shop: dict[str, int], client_of: Callable[[Actor], Client]
) -> None:
    places = [("jd", "p1"), ("jd", "p2"), ("jd", "q1"), ("ali", "p1")]
    edits = [
        {"account": shop[who], "product": shop[what], "month": FIRST + at, "kind": "delta",
         "amount": "10"} for who, what in places for at in (0, 1)
    ]  # fmt: skip
    client = client_of(kam)
    done = _post(
        client, cycle, "edit", layer="account_manager", reason="tender", edits=edits, seen=0
    )
    undone = _post(client, cycle, "undo", overrides=done["overrides"], seen=done["seen"])
    assert sorted(one[3] for one in undone["cells"]) == [50] * 4 + [100] * 4
    event = AuditEntry.objects.get(action="forecast.withdraw_many")
    assert event.old == {"overrides": done["overrides"], "change": "80.0000"}
    again = _post(client, cycle, "undo", overrides=done["overrides"])
    assert again["message"] == "This override was taken back already."
