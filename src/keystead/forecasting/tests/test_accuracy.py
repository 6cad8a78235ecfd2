"""Accuracy of locked cycles: measured by hand, cut by everything, people only who share."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from django.test import Client

from keystead.forecasting.commands import forecast
from keystead.forecasting.queries.people import records
from keystead.forecasting.queries.value_added import accuracy
from keystead.forecasting.services import override
from keystead.forecasting.services.sharing import share_record
from keystead.forecasting.tests.cells import MONTH, lock, shelves, stored
from keystead.forecasting.tests.house import typed
from keystead.forecasting.types.cycle import Node
from keystead.kernel.periods import add_months
from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.tests import room
from keystead.reference.services import record_rates
from keystead.reference.types import RateLine

pytestmark = pytest.mark.django_db
FEW = 2


@pytest.fixture
def shop(kam: Actor, other_kam: Actor) -> dict[str, int]:
    """Two locked cycles that said 100 and 10 a month; 120 and nothing were sold."""
    ids = shelves(kam, other_kam)
    jd, p1, q1 = ids["jd"], ids["p1"], ids["q1"]
    for back in range(1, FEW + 1):
        month = add_months(MONTH, -back)
        cycle = stored({(jd, p1): [100] * 3, (jd, q1): [10] * 3}, month=month,
                       squares={(jd, q1): 25}, segments={(jd, q1): "intermittent"},
                       currencies={(jd, q1): "USD"})  # fmt: skip
        override(actor=kam, cycle_id=cycle.id, entry=typed(Node(jd, p1), 110, periods=(month,)))
        lock(cycle, {(jd, p1, 0): 110})
    rows = [
        {"account_id": jd, "product_id": p1, "date": date(2025, month, 10),
         "quantity": Decimal(120), "value": Decimal(1200)}
        for month in range(6, 13)
    ]  # fmt: skip
    room.post("sell_in", rows)
    return ids


def test_measured_by_hand_and_cut_by_everything(kam: Actor, shop: dict[str, int]) -> None:
    found = accuracy(kam)
    lags = {(one.lag, one.layer): one for one in found.lags}
    # 120 sold, 100 and 110 said; the other product said 10 and sold nothing: errors 30 and 20
    first = lags[1, "statistical"]
    assert (first.wape, first.bias, first.cells) == (25.0, pytest.approx(-100 / 12), 4)
    assert lags[1, "agreed"].wape == pytest.approx(100 / 6)
    assert first.rmsse == 2.0  # 10 off, root of 25 is the naive step
    assert lags[1, "naive"].wape == pytest.approx((30 + 9) * 100 / 120)
    assert not found.case.enough
    cuts = {name: {one.label: one for one in rows} for name, rows in found.cuts.items()}
    assert set(cuts) == {"account", "brand", "product", "segment"}
    assert cuts["product"][str(shop["p1"])].agreed == pytest.approx(100 / 12)
    assert cuts["product"][str(shop["q1"])].rmsse == 2.0
    assert cuts["segment"]["intermittent"].cells == FEW


def test_people_stand_there_once_they_share(
    kam: Actor, finance: Actor, shop: dict[str, int]
) -> None:
    ((person, track),) = records(kam)
    assert (person.user_id, track.overrides, track.helped) == (kam.user_id, FEW, FEW)
    assert track.interval is None  # two cycles tell nothing
    assert records(finance) == ()
    share_record(actor=kam, shared=True)
    assert [one[0].user_id for one in records(finance)] == [kam.user_id]


def test_by_console_and_api_at_other_lags_and_in_one_currency(
    kam: Actor,
    shop: dict[str, int],
    client_of: Callable[[Actor], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One product is priced in dollars: its value is told in euro, at the rate of the month."""
    untold = accuracy(kam)
    assert (untold.currency, untold.unpriced) == ("EUR", FEW)
    line = RateLine("USD", "EUR", date(2025, 10, 1), Decimal("0.5"), "test")
    record_rates(actor=SYSTEM, lines=[line])
    found = accuracy(kam)
    assert (found.currency, found.unpriced) == ("EUR", 0)
    # naive said 9 and statistical 10 of what sold nothing: a unit worse a month, 10 dollars each
    before, after = ({one.layer: one.value for one in of.case.stairs} for of in (untold, found))
    assert after["statistical"] - before["statistical"] == -FEW * 10 * Decimal("0.5")
    monkeypatch.setenv("KEYSTEAD_USER", "lin")
    told = CliRunner().invoke(forecast, ["accuracy", "--by", "product", "--lag", "2"])
    assert re.search(r"P1 +\d", told.output), told.exception
    body = client_of(kam).get("/api/forecast-accuracy?lag=2").json()
    assert (body["lag"], {one["label"] for one in body["cuts"]["account"]}) == (2, {"JD"})
    assert [one["label"] for one in body["people"]] == ["Lin Wei"]
    assert client_of(kam).get("/api/forecast-accuracy?lag=5").status_code == 422
    page = client_of(kam).get("/forecasts/value-added/?lag=2").content.decode()
    assert "Error 2 months ahead" in page
