"""The agreed line beside targets and contracts: what is compared, what blocks the lock."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from keystead.agreements.tests.factories import terms
from keystead.agreements.tests.sold import active
from keystead.agreements.types import Measure, Target
from keystead.forecasting import services
from keystead.forecasting.models import CycleRow
from keystead.forecasting.queries.gaps import gaps_of, gaps_of_row, name_of
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.rules.cycles import lock_problems
from keystead.forecasting.tests.cells import MONTH, shelves, stored
from keystead.kernel.periods import Period, add_months
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def shop(kam, other_kam, settings, tmp_path):
    settings.KEYSTEAD_HOME = tmp_path / "home"
    return shelves(kam, other_kam)


@pytest.fixture
def cycle(shop):
    """Four months of 100 and 50 strips of Acu and 10 of Bio, at 10 euros each."""
    series = {(shop["jd"], shop["p1"]): [100] * 4, (shop["jd"], shop["p2"]): [50] * 4,
              (shop["ali"], shop["q1"]): [10] * 4}  # fmt: skip
    return stored(series)


def aim(account, product, step, **amount):
    return {"account_id": account, "product_id": product, "date": add_months(MONTH, step),
            "metric": "sell_in", "currency": "EUR", **amount}  # fmt: skip


def found(actor, cycle):
    gaps = [one for one in gaps_of(actor, cycle_table(actor, cycle.id)) if one.layer == "agreed"]
    return {(one.against, one.label): (one.ours, one.theirs, one.over) for one in gaps}


def test_a_target_is_compared_in_its_months_and_blocks_the_lock_until_explained(kam, cycle, shop):
    jd, p1, ali = shop["jd"], shop["p1"], shop["ali"]
    room.post("target", [
        aim(jd, p1, 0, value=D(1500)), aim(jd, p1, 1, value=D(500)),
        aim(ali, None, 3, value=D(105)), aim(jd, p1, 9, value=D(7)),
        aim(shop["far"], p1, 0, value=D(9)), {**aim(jd, p1, 0, value=D(5)), "metric": "off_take"},
        {**aim(jd, p1, 2, value=D(5)), "currency": "CNY"},
    ])  # fmt: skip
    said = found(kam, cycle)
    assert said == {
        ("target", "Acu EUR"): (2000, 2000, False), ("target", "EUR"): (100, 105, False),
    }  # fmt: skip
    room.post("target", [aim(jd, p1, 0, value=D(2500))], source="raised")
    row = CycleRow.objects.get(pk=cycle.id)
    gap = next(one for one in gaps_of_row(row) if one.label == "Acu EUR")
    assert (gap.ours, gap.theirs, gap.over) == (2000, 4500, True)
    assert ("gap_open", "Acu EUR: agreed / target") in lock_problems(cycle, (), [gap])
    services.comment(actor=kam, cycle_id=cycle.id, about=name_of(gap), text="the shelf is full")
    gap = next(one for one in gaps_of_row(row) if one.label == "Acu EUR")
    assert gap.explained == "the shelf is full"
    assert "gap_open" not in dict(lock_problems(cycle, (), [gap]))


def test_a_contract_counts_what_was_sold_and_what_is_forecast(kam, cycle, shop):
    room.post("sell_in", [
        {"account_id": shop["jd"], "product_id": shop["p1"], "date": date(2025, 12, 5),
         "quantity": D(40), "value": D(400), "doc_no": "I-1", "currency": "EUR"},
        {"account_id": shop["ali"], "product_id": shop["q1"], "date": date(2025, 12, 5),
         "quantity": D(7), "value": D(70), "doc_no": "I-2", "currency": "EUR"},
    ])  # fmt: skip
    half = Period(date(2025, 11, 1), date(2026, 5, 1))
    targets = (
        Target("T1", Measure.NET_VALUE, D(8000), half), Target("T2", Measure.QUANTITY, D(100), half),
        Target("T3", Measure.NET_VALUE, D(1), Period(date(2025, 11, 1), date(2027, 1, 1))),
    )  # fmt: skip
    span = {"starts": date(2025, 11, 1), "last": date(2026, 10, 31)}
    active(kam, shop, terms=terms(targets=targets[:1]), currency="CNY", **span)  # never added
    one = active(kam, shop, terms=terms(targets=targets), currency="EUR", **span)
    assert found(kam, cycle) == {
        ("contract", f"{one.number} T1"): (6400, 8000, True),  # 400 sold, 4 x 1,500 forecast
        ("contract", f"{one.number} T2"): (640, 100, False),  # more is no breach
    }


def test_the_desk_shows_them(client_of, kam, cycle, shop):
    room.post("target", [aim(shop["jd"], shop["p1"], 0, value=D(3000))])
    page = client_of(kam).get(f"/forecasts/{cycle.id}/cycle/").content.decode()
    assert "Acu EUR" in page
    assert "Target" in page
    assert "to be explained" in page
