"""What the lock posts: the agreed number with its range, which an offer draws from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from keystead.forecasting import models, services
from keystead.forecasting.services.locking import freeze
from keystead.forecasting.tests.cells import MONTH, shelves, stored
from keystead.forecasting.tests.house import typed
from keystead.forecasting.types.cycle import CycleState, Node
from keystead.kernel.periods import Period, add_months
from keystead.kit.access import SYSTEM
from keystead.metrics.queries import lines

pytestmark = pytest.mark.django_db
D = Decimal


def test_the_lock_posts_the_range_of_the_run_around_what_was_agreed(kam, make_actor):
    ids = shelves(kam, make_actor("far", "kam"))
    cycle = stored({(ids["jd"], ids["p1"]): [100, 40, 0]})  # the run: 80 to 120 per cent of it
    node = Node(ids["jd"], ids["p1"])
    services.override(actor=kam, cycle_id=cycle.id, entry=typed(node, 50))
    models.CycleRow.objects.filter(pk=cycle.id).update(state=CycleState.REVIEW.value)
    freeze(models.CycleRow.objects.get(pk=cycle.id))
    facts = lines(actor=SYSTEM, dataset="forecast", period=Period(MONTH, date(2026, 4, 1)))
    assert [tuple(one[name] for name in ("month", "value", "low", "high"))
            for one in facts.to_pylist()] == [
        (MONTH, D(1000), D(800), D(1200)),
        (add_months(MONTH, 1), D(500), D(400), D(600)),
    ]  # fmt: skip
