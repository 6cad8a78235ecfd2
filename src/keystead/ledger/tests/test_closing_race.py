"""A month closes while somebody posts into it: either the rows were first, or they stay out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from keystead.governance.queries import periods as closings
from keystead.governance.services import periods
from keystead.kernel.errors import Conflict
from keystead.kit.access import SYSTEM
from keystead.ledger import models
from keystead.ledger.tests.factories import FEB, JAN, post, seen

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has one writer: nothing is at once there"
    ),
]
CLOSING = {"actor": SYSTEM, "ledger": "sell_in", "label": "2026-01", "start": JAN, "end": FEB}


class Beside(threading.Thread):
    """Runs a call on a connection of its own; ``end`` gives its answer or its refusal."""

    def __init__(self, call: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.call, self.answer = call, None
        self.start()

    def run(self) -> None:
        try:
            self.answer = self.call()
        except Exception as error:
            self.answer = error
        finally:
            connection.close()

    def waits(self) -> bool:
        self.join(1.5)
        return self.is_alive()

    def end(self) -> Any:
        self.join(20)
        assert not self.is_alive()
        return self.answer


def test_a_closing_waits_for_what_is_being_posted():
    with transaction.atomic():
        post((1, JAN, 1, "10"))
        closing = Beside(lambda: periods.close_period(**CLOSING))
        assert closing.waits()
        assert closings.locks() == ()
    assert closing.end().closed
    assert seen() == [(1, "10")]
    with pytest.raises(Conflict):
        post((2, JAN, 1, "5"), source="other")
    assert seen() == [(1, "10")]


def test_a_posting_that_meets_a_closing_stays_out():
    post((1, FEB, 1, "20"))
    with transaction.atomic():
        periods.close_period(**CLOSING)
        posting = Beside(lambda: post((1, JAN, 1, "10")))
        assert posting.waits()
    refused = posting.end()
    assert isinstance(refused, Conflict)
    assert refused.code == "period_closed"
    assert seen() == [(1, "20")]
    assert models.Slice.objects.filter(part__month=JAN).count() == 0


def test_of_two_closings_of_overlapping_months_one_is_told():
    longer = {**CLOSING, "label": "2026-Q1", "end": date(2026, 4, 1)}
    with transaction.atomic():
        periods.close_period(**CLOSING)
        second = Beside(lambda: periods.close_period(**longer))
        assert second.waits()
    refused = second.end()
    assert isinstance(refused, Conflict)
    assert [lock.label for lock in closings.locks()] == ["2026-01"]
