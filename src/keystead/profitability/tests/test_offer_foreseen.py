"""Offers drawn from the agreed forecast: its level, its ranges, and when it does not reach."""

from __future__ import annotations

import doctest
import math
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from keystead.kit.access import Actor
from keystead.ledger.queries import slice_set
from keystead.metrics.tests import room
from keystead.profitability.calc.whatif import foreseen
from keystead.profitability.calc.whatif.chance import Z90
from keystead.profitability.calc.whatif.foreseen import Foreseen, Told, spreads_of
from keystead.profitability.queries.offers import answer_of, trial_of
from keystead.profitability.tests import offer_house
from keystead.profitability.tests.offer_house import TODAY
from keystead.profitability.types.offers import Outlook, Sold
from keystead.profitability.views.offers.outlook import outlook_words

D = Decimal


def test_the_examples_run() -> None:
    assert doctest.testmod(foreseen).failed == 0


def test_lines_of_a_brand_move_together_as_far_as_brands_do() -> None:
    def row(product: int, width: str) -> Sold:
        return Sold(1, product, "", "", "A", "", (), (D(0), D(100)), width=(D(0), D(width)))

    wide = str(2 * Z90 * 30)  # a standard deviation of 30
    for common, deviation in ((0.0, 30 * math.sqrt(2)), (1.0, 60.0), (0.5, math.sqrt(2700))):
        found, share = spreads_of([row(1, wide), row(2, wide)], [0, 0], 2, 1, common)
        assert found[0, 1] == pytest.approx(math.sqrt(math.log1p((deviation / 200) ** 2)))
        assert share == 1.0
    half, share = spreads_of([row(1, wide), row(2, "0")], [0, 1], 2, 1, 0.5)
    assert share == 0.5
    assert half[1, 1] == half[0, 1]  # a brand without a range takes that of the others


def test_a_forecast_without_channels_goes_over_them_by_their_shares() -> None:
    held = Foreseen()
    held.add((1, 2, None), date(2027, 1, 1), Told(D(100), D(10), D(40)))
    spread = held.by_channel({(1, 2): {"web": D("0.75"), "shop": D("0.25")}})
    assert spread.cells[1, 2, "web"] == {date(2027, 1, 1): Told(D(75), D("7.5"), D(30))}


@pytest.mark.django_db
class TestFromTheLedger:
    @pytest.fixture(autouse=True)
    def _today(self, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
        settings.KEYSTEAD_HOME = tmp_path / "home"
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: TODAY)

    @pytest.fixture
    def anna(self) -> Actor:
        return room.user("anna", "kam")

    @pytest.fixture
    def house(self, anna: Actor) -> dict[str, int]:
        return offer_house.build(anna)

    def forecast(self, house: dict[str, int], last: int = 12) -> None:
        room.post("forecast", [
            {"account_id": house["own"], "product_id": house[name], "date": date(2027, month, 1),
             "quantity": units, "value": units * price, "low": units * price * D("0.8"),
             "high": units * price * D("1.25"), "unit": "piece"}
            for month in range(1, last + 1)
            for name, units, price in (("strips", 120, 10), ("meters", 40, 20))
        ])  # fmt: skip

    def test_level_and_spread_are_those_of_the_agreed_forecast(self, house, anna: Actor) -> None:
        self.forecast(house)
        case = offer_house.case(anna, house["own"])
        trial = trial_of(anna, case)
        book = trial.book
        assert (book.outlook, book.level, book.trend) == (Outlook.FORECAST, 1, 0.0)
        assert answer_of(anna, case, case.offers[0]).invoice == D("24000.00")
        strips, meters = book.rows
        assert (strips.units, strips.cost, meters.cost) == (1440, D(7200), D(4800))
        # Last year's sales stay what growth counts from.
        assert set(strips.before) == {D(900)}
        logs = np.log(trial.together.values)
        said = math.sqrt(math.log1p(((1.25 - 0.8) / (2 * Z90)) ** 2))
        assert float(logs[0, 0].std()) == pytest.approx(said, rel=0.03)
        assert "the agreed forecast of the term and from its ranges" in outlook_words(book)

    def test_a_forecast_of_an_earlier_release_gives_the_level_only(self, house, anna) -> None:
        self.forecast(house)
        for read in slice_set("forecast").reads:
            old = pq.read_table(read.path).drop_columns(["low", "high"])
            pq.write_table(old, read.path)
        book = trial_of(anna, offer_house.case(anna, house["own"])).book
        assert (book.outlook, book.spreads, book.spread) == (Outlook.FORECAST, (), 0.02)
        assert "It has no ranges" in outlook_words(book)

    def test_a_forecast_that_ends_early_is_left_out(self, house, anna: Actor) -> None:
        self.forecast(house, last=11)
        case = offer_house.case(anna, house["own"])
        book = trial_of(anna, case).book
        assert book.outlook is Outlook.HISTORY
        assert answer_of(anna, case, case.offers[0]).invoice == D("21600.00")
        assert "No agreed forecast covers the whole term" in outlook_words(book)
