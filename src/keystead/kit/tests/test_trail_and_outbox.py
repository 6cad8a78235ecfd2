"""The trail shares the transaction; the outbox delivers once and survives a failing listener."""

import contextlib
import dataclasses
from datetime import date
from decimal import Decimal
from typing import ClassVar

import pytest
from django.db import transaction

from keystead.kernel.events import Event
from keystead.kit import audit, outbox
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry, OutboxEvent


@dataclasses.dataclass(frozen=True, kw_only=True)
class Told(Event):
    name: ClassVar[str] = "kit_tests.told"
    when: date
    amount: Decimal
    ids: tuple[int, ...] = ()


@pytest.fixture
def heard():
    got = []

    def listen(event):
        got.append(event)

    outbox.listens(Told)(listen)
    yield got
    outbox._listeners.pop(Told.name)


@pytest.mark.django_db(transaction=True)
class TestTrail:
    def test_outside_a_transaction_it_refuses(self):
        with pytest.raises(RuntimeError, match="transaction"):
            audit.record(actor=SYSTEM, action="x", subject=("account", 1))
        assert AuditEntry.objects.count() == 0

    def test_a_subject_too_long_for_the_column_is_refused_on_every_database(self):
        with pytest.raises(ValueError, match="too long"), transaction.atomic():
            audit.record(actor=SYSTEM, action="x", subject=("proof", "x" * 65))

    def test_many_rows_at_once_are_one_chain_with_those_before_and_after(self):
        with transaction.atomic():
            before = audit.record(actor=SYSTEM, action="x", subject=("account", 1))
            rows = [audit.Told("y", ("account", at), new={"at": at}) for at in range(200)]
            last = audit.record_all(actor=SYSTEM, rows=rows)
            assert audit.record_all(actor=SYSTEM, rows=[]) == last
            after = audit.record(actor=SYSTEM, action="z", subject=("account", 1))
        assert (last, after) == (before + 200, before + 201)
        told = AuditEntry.objects.filter(action="y").order_by("id")
        assert [row.new["at"] for row in told] == list(range(200))
        assert audit.verify() == (AuditEntry.objects.count(), None)

    def test_only_differences_are_kept(self):
        with transaction.atomic():
            pk = audit.record(
                actor=SYSTEM,
                action="account.edit",
                subject=("account", 7),
                old={"name": "A", "kind": "shop"},
                new={"name": "B", "kind": "shop"},
                account_id=7,
            )
        row = AuditEntry.objects.get(pk=pk)
        assert (row.old, row.new, row.subject_id) == ({"name": "A"}, {"name": "B"}, "7")

    def test_a_failed_write_leaves_no_row(self):
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            audit.record(actor=SYSTEM, action="x", subject=("account", 1))
            raise ZeroDivisionError
        assert AuditEntry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
class TestOutbox:
    event = Told(when=date(2026, 11, 18), amount=Decimal("1.10"), ids=(1, 2))

    def test_delivered_after_the_commit_and_only_once(self, heard):
        with transaction.atomic():
            outbox.publish(self.event)
            assert heard == []
        assert [event.ids for event in heard] == [(1, 2)]
        assert heard[0].amount == "1.10"
        assert outbox.deliver_waiting() == 0

    def test_rolled_back_is_never_heard(self, heard):
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            outbox.publish(self.event)
            raise ZeroDivisionError
        assert heard == []
        assert OutboxEvent.objects.count() == 0

    def test_a_failing_listener_is_retried_and_then_left_with_its_reason(self, heard):
        calls = []

        def fails(event):
            calls.append(event)
            raise LookupError("away")

        outbox.listens(Told)(fails)
        with transaction.atomic():
            outbox.publish(self.event)
        for _ in range(10):
            outbox.deliver_waiting()
        row = OutboxEvent.objects.get()
        assert (len(calls), row.attempts, row.done_at) == (outbox.MAX_ATTEMPTS,) * 2 + (None,)
        assert "away" in row.error
