"""Why a number: at every place of the trees the parts add up exactly, whatever was typed."""

from __future__ import annotations

import contextlib
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from keystead.accounts.types import Span
from keystead.catalog import services as catalog
from keystead.forecasting import models, services
from keystead.forecasting.queries.node import node_view
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.tests.cells import MONTH, lock, shelves, stored
from keystead.forecasting.types.cycle import (
    Cycle,
    Layer,
    Node,
    OverrideEntry,
    OverrideKind,
    Reason,
)
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import add_months
from keystead.kit.access import SYSTEM, Actor
from keystead.ledger.queries import current_commit
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db
KINDS = ("absolute", "delta", "percent")


@pytest.fixture
def shop(kam: Actor, other_kam: Actor) -> dict[str, int]:
    return shelves(kam, other_kam)


@pytest.fixture
def cycle(shop: dict[str, int]) -> Cycle:
    """A locked cycle and the next one, each with parts; a line is new, another has a new recipe."""
    jd, ali, p1, p2, q1 = (shop[name] for name in ("jd", "ali", "p1", "p2", "q1"))
    old = {(jd, p1): [100.25, 101, 99.5], (jd, p2): [50, 50, 50], (ali, p1): [30, 30.3333, 30]}
    parts = {key: {"level": [value - 7.1 for value in line], "promotion": [5.05, 0, 2],
                   "price": [-1.5, -1.5, 0]} for key, line in old.items()}  # fmt: skip
    before = stored(old, month=add_months(MONTH, -1), parts=parts)
    lock(before, {(*key, step): value + step for key, line in old.items()
                  for step, value in enumerate(line)})  # fmt: skip
    new = {**{key: [value * 1.13 for value in line] for key, line in old.items()},
           (jd, q1): [7, 7.7777, 0]}  # fmt: skip
    more = {key: {"level": [value - 3 for value in line], "promotion": [3.0001, 3, 3],
                  "calendar": [0.3333, 0, -0.3]} for key, line in new.items()}  # fmt: skip
    return stored(new, parts=more, recipes={(ali, p1): "standard"})


def _nodes(shop: dict[str, int]) -> list[Node]:
    at = [None, shop["jd"], shop["ali"]]
    products = [(None, ""), (None, "Acu"), (None, "Bio"), (shop["p1"], ""), (shop["q1"], "")]
    nodes = [Node(account, product, brand) for account in at for product, brand in products]
    empty = (Node(shop["ali"], None, "Bio"), Node(shop["ali"], shop["q1"]))
    return [one for one in nodes if one not in empty]


@pytest.mark.parametrize("seed", range(3))
def test_the_parts_of_every_place_add_up_after_any_edits(
    kam: Actor, cycle: Cycle, shop: dict[str, int], seed: int
) -> None:
    rng, nodes = np.random.default_rng(seed), _nodes(shop)
    for _turn in range(8):
        entry = OverrideEntry(
            node=nodes[int(rng.integers(len(nodes)))], kind=OverrideKind(rng.choice(KINDS)),
            periods=(cycle.periods[int(rng.integers(3))],), reason=Reason.TENDER,
            amount=Decimal(int(rng.integers(-200, 900))).scaleb(-int(rng.integers(0, 3))),
        )  # fmt: skip
        with contextlib.suppress(Invalid):  # below zero, too fine: refused, and nothing changed
            services.override(actor=kam, cycle_id=cycle.id, entry=entry)
    table = cycle_table(kam, cycle.id)
    for node in nodes:
        view, rows = node_view(kam, cycle.id, node), table.rows_of(node)
        assert view.steps is not None
        assert len(view.shared) == 2
        steps = sum(change for _cause, change in view.steps.steps)
        assert view.steps.start + steps == view.steps.end, node
        agreed = [table.quantity(Layer.AGREED, at, column) for at in rows for column in (0, 1)]
        assert view.steps.end == sum(agreed), node
        whole = [sum(cells) for cells in zip(*view.parts.values(), strict=True)]
        assert tuple(whole) == view.layers[Layer.STATISTICAL], node
    assert models.OverrideRow.objects.exists()


def test_prices_are_told_of_a_place_with_many_lines(kam: Actor) -> None:
    """Sixty lines below one account: the plan of all of them is read at once."""
    account = room.account("BIG", kam, country="CN", currency="CNY")
    products = [room.product(f"B{at:02}", brand="Wide") for at in range(60)]
    for product in products:
        for span, price in (
            (Span(date(2024, 1, 1), date(2026, 1, 1)), 10), (Span(date(2026, 1, 1)), 12),
        ):  # fmt: skip
            catalog.add_price(
                actor=SYSTEM, product_id=product, purpose="list", amount=Decimal(price),
                currency="CNY", span=span,
            )  # fmt: skip
    rows = [
        {"account_id": account, "product_id": product, "quantity": Decimal(10 + step),
         "value": Decimal(100), "currency": "CNY",
         "date": add_months(date(2024, 12, 1), step).replace(day=9)}
        for product in products for step in range(13)
    ]  # fmt: skip
    room.post("sell_in", rows)
    cycle = stored({(account, product): [20, 20] for product in products})
    models.RunRow.objects.filter(cycle_id=cycle.id).update(commit=current_commit())
    view = node_view(kam, cycle.id, Node(account))
    assert view.series == 60
    assert round(view.planned["price"], 4) == 0.1823  # ln(12 / 10): a fifth dearer from January on
    assert abs(view.similar[0].inputs["price"]) < 1e-9
