"""A segment changes its recipe on pooled evidence over cycles, with a record that stays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from keystead.forecasting import models, services
from keystead.forecasting.queries.champions import champions_of, records_of, standings
from keystead.forecasting.services.champions import decide_champions
from keystead.forecasting.services.runs import settings_of
from keystead.forecasting.tests.cells import _version, lock, shelves, stored
from keystead.forecasting.tests.house import opened, ran
from keystead.forecasting.types.cycle import Asked, Cycle, DemandKind, Layer, RunState
from keystead.kernel.errors import Conflict, NotAllowed
from keystead.kernel.periods import add_months
from keystead.kit.testing.page import text_of
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db
FIRST = date(2025, 1, 1)


def trial(cycle: Cycle, values: dict[tuple[int, int], list[float]], recipe: str) -> None:
    """Store a trial run of a cycle that said this."""
    row = models.CycleRow.objects.get(pk=cycle.id)
    run = models.RunRow(
        cycle=row, number=models.RunRow.objects.filter(cycle=row).count() + 1, recipe=recipe,
        trial=True, cut_off=date.fromordinal(row.month.toordinal() - 1),
        state=RunState.DONE.value, series=len(values),
    )  # fmt: skip
    run.save_checked(room.SYSTEM)
    for key, line in values.items():
        models.RunSeries.objects.create(
            run=run, account_id=key[0], product_id=key[1], segment="smooth", recipe=recipe
        )
        for step, value in enumerate(line):
            version = _version(row, run, key, step, Layer.STATISTICAL, Decimal(str(value)))
            version.save(force_insert=True)


def told(house: dict[str, int], months: int, better: float = 100) -> None:
    """Cycles of one month each: 100 came true, the run said 120, a trial said ``better``."""
    key = (house["jd"], house["p1"])
    for step in range(months):
        cycle = stored({key: [120]}, month=add_months(FIRST, step), recipe="fast")
        trial(cycle, {key: [better]}, "standard")
        lock(cycle, {(*key, 0): 120})
    room.post("sell_in", [
        {"account_id": key[0], "product_id": key[1], "quantity": 100, "value": 1000,
         "date": add_months(FIRST, step), "doc_no": f"I{step}"} for step in range(-3, months)
    ])  # fmt: skip


@pytest.fixture
def shops(kam: Any, other_kam: Any, settings: Any, tmp_path: Any) -> dict[str, int]:
    settings.KEYSTEAD_HOME = tmp_path / "home"
    return shelves(kam, other_kam)


def test_a_recipe_changes_on_three_cycles_and_new_runs_freeze_it(shops, sales_ops) -> None:
    told(shops, 3)
    (record,) = decide_champions(actor=sales_ops)
    assert (record.segment, record.champion, record.challenger) == ("smooth", "fast", "standard")
    assert (record.changed, record.reason, len(record.evidence)) == (True, "better", 3)
    assert (record.champion_wape_pct, record.challenger_wape_pct) == (20.0, 0.0)
    assert champions_of(DemandKind.SELL_IN) == {"smooth": "standard"}
    assert champions_of(DemandKind.OFF_TAKE) == {}
    assert records_of(sales_ops) == (record,)
    assert [one.recipe for one in standings(sales_ops) if one.segment == "smooth"] == ["standard"]
    assert decide_champions(actor=sales_ops) == ()  # the same evidence decides nothing twice
    cycle = opened(sales_ops)
    run = services.start_run(actor=sales_ops, cycle_id=cycle.id, asked=Asked(recipe="fast"))
    row = models.RunRow.objects.get(pk=run.id)
    assert settings_of(row).champions == {"smooth": "standard"}
    models_left = models.ChampionRow.objects.count()
    with pytest.raises(DatabaseError), transaction.atomic():
        models.ChampionRow.objects.update(changed=False)
    with pytest.raises(DatabaseError), transaction.atomic():
        models.ChampionRow.objects.all().delete()
    assert models.ChampionRow.objects.filter(changed=True).count() == models_left == 1


@pytest.mark.parametrize(
    ("months", "better", "reason"),
    [(2, 100, "too_few_cycles"), (3, 119.8, "gain_too_small"), (4, 130, "gain_too_small")],
)
def test_too_little_evidence_keeps_the_recipe_and_says_why(
    shops, sales_ops, months, better, reason
) -> None:
    told(shops, months, better)
    (record,) = decide_champions(actor=sales_ops)
    assert (record.changed, record.reason, record.recipe) == (False, reason, "fast")
    assert champions_of(DemandKind.SELL_IN) == {}


def test_only_who_runs_the_engine_decides(shops, kam, client_of, sales_ops) -> None:
    told(shops, 3)
    with pytest.raises(NotAllowed):
        decide_champions(actor=kam)
    assert client_of(kam).post("/forecasts/recipes/decide/").status_code == 403
    assert models.ChampionRow.objects.count() == 0
    answer = client_of(sales_ops).post("/forecasts/recipes/decide/", follow=True)
    page = text_of(answer)
    assert "1 segment changes its recipe." in page
    assert "takes over" in page
    seen = client_of(kam).get("/forecasts/recipes/").content.decode()
    assert "Look at the evidence" not in seen


def test_a_trial_run_never_counts(house, sales_ops) -> None:
    cycle = opened(sales_ops)
    with pytest.raises(Conflict) as alone:
        services.start_run(
            actor=sales_ops, cycle_id=cycle.id, asked=Asked(recipe="naive", trial=True)
        )
    assert alone.value.code == "trial_alone"
    counted = ran(sales_ops, cycle)
    after = ran(sales_ops, cycle, trial=True, seed=7)
    assert after.run_id == counted.run_id
    runs = models.RunRow.objects.filter(cycle_id=cycle.id)
    assert list(runs.values_list("trial", "state")) == [(False, "done"), (True, "done")]
    assert models.ForecastVersion.objects.filter(run__trial=True).exists()
