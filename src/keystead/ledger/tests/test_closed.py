"""Closed means closed: nothing of a closed period is shown, replaced or taken back."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from keystead.governance.services import periods
from keystead.kernel.errors import Conflict
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry
from keystead.ledger import models, services
from keystead.ledger.tests.factories import FEB, JAN, post, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def january_closed(finance):
    first = post((1, JAN, 1, "10"), (1, FEB, 1, "20"))
    periods.close_period(actor=finance, ledger="sell_in", label="2026-01", start=JAN, end=FEB)
    return first


def state():
    return seen(), models.Commit.objects.count(), AuditEntry.objects.count()


def test_posting_restating_and_undoing_a_closed_month_are_refused(january_closed):
    before = state()
    with pytest.raises(Conflict) as caught:
        post((2, JAN, 1, "5"), source="other")
    assert caught.value.code == "period_closed"
    with pytest.raises(Conflict):
        post((1, JAN, 1, "11"))
    with pytest.raises(Conflict):
        services.undo_batch(actor=SYSTEM, batch_id=january_closed)
    assert state()[0] == before[0]
    assert state()[1] == before[1]


def test_an_open_month_and_another_ledger_go_on(january_closed):
    post((1, FEB, 1, "21"))
    assert seen() == [(1, "10"), (1, "21")]


def test_the_database_refuses_it_too(january_closed):
    live = models.Slice.objects.filter(until_commit=None, part__month=JAN)
    for change in (
        lambda: live.update(until_commit=99),
        lambda: models.Slice.objects.create(
            part=live.get().part, dataset="sell_in", from_commit=99, until_commit=100
        ),
    ):
        with pytest.raises(DatabaseError, match="closed"), transaction.atomic():
            change()
    models.Slice.objects.filter(part__month=FEB).update(until_commit=99)
