"""The price plan of agreements is an input that a run knows ahead."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from keystead.accounts.types import Span
from keystead.agreements.queries.price_plan import price_plan
from keystead.agreements.tests.factories import terms
from keystead.agreements.tests.sold import active
from keystead.agreements.types import PriceRow
from keystead.catalog.services import add_price
from keystead.forecasting.queries.demand import demand_history
from keystead.forecasting.queries.known import PRICE, known_ahead
from keystead.forecasting.types.cycle import DemandKind, Key
from keystead.kernel.periods import Period, add_months
from keystead.kit.access import SYSTEM

pytestmark = pytest.mark.django_db
D = Decimal
MONTHS = tuple(add_months(date(2025, 10, 1), step) for step in range(6))


def _agreed(kam, house, account, *rows, **span):
    """An agreement in force with these prices, and a draft beside it that says something else."""
    return active(
        kam, {**house, "jd": house[account]}, terms=terms(prices=rows), **span,
    )  # fmt: skip


def test_signed_prices_come_before_those_above_and_the_list(house, kam):
    jd, ali, p = house["jd"], house["ali"], house["p"]
    whole = {"starts": date(2023, 1, 1), "last": date(2026, 12, 31)}
    _agreed(kam, house, "group", PriceRow(D(20), "CNY", product=p), **whole)
    _agreed(
        kam, house, "jd",
        PriceRow(D("12.5"), "CNY", product=p, valid=Period.parse("2025-01..2025-12")),
        PriceRow(D(11), "CNY", product=p, valid=Period.parse("2026-01..2026-02")), **whole,
    )  # fmt: skip
    add_price(
        actor=SYSTEM, product_id=house["q"], purpose="list", amount=D("22.6"), currency="CNY",
        tax_pct=D(13), span=Span(date(2025, 12, 1), None),
    )  # fmt: skip
    plan = price_plan(
        {(jd, p): "CNY", (ali, p): "CNY", (jd, house["q"]): "CNY", (house["far"], p): "CNY"}, MONTHS
    )
    assert plan[jd, p] == (D("12.5"),) * 3 + (D(11),) * 2 + (D(20),)
    assert plan[ali, p] == (D(20),) * 6
    assert plan[jd, house["q"]] == (None, None, D(20), D(20), D(20), D(20))
    assert plan[house["far"], p] == (None,) * 6
    assert price_plan({(jd, p): "EUR"}, MONTHS)[jd, p] == (None,) * 6


def test_a_run_knows_the_price_ahead_where_it_moved_before(house, kam):
    def found():
        demand = demand_history(SYSTEM, kind=DemandKind.SELL_IN, cut_off=date(2025, 12, 31))
        return demand, known_ahead(SYSTEM, demand, 6).future

    assert found()[1] is None
    whole = {"starts": date(2023, 1, 1), "last": date(2026, 12, 31)}
    currency = found()[0].currencies[0]
    rows = [
        PriceRow(D(amount), currency, product=house["p"], valid=Period.parse(span))
        for amount, span in ((12, "2023-01..2024-12"), (10, "2025-01..2026-02"),
                             (8, "2026-03..2026-12"))
    ]  # fmt: skip
    _agreed(kam, house, "jd", *rows, currency=currency, **whole)
    demand, future = found()
    line = future.matrices[PRICE][demand.place[Key(house["jd"], house["p"])]]
    assert line.shape == (36 + 6,)
    assert line[0] > line[30] > line[41]
    assert np.isclose(line[0] - line[41], np.log(12 / 8))
    assert np.isclose(line[:36].mean(), 0)
    others = [row for key, row in demand.place.items() if key != Key(house["jd"], house["p"])]
    assert not future.matrices[PRICE][others].any()
