"""The test pack of a model that people edit: create, change, permission, audit, conflict.

A room inherits it once for each ``Editable``::

    class TestMeasures(RoomPack):
        model = AccountMeasure

        def create(self, actor): ...            # through the service; returns the primary key
        def change(self, actor, pk, version): ...   # through the service; changes one value
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from keystead.kernel.errors import Conflict, NotAllowed, NotFound
from keystead.kit.access import Actor
from keystead.kit.models import AuditEntry, Editable


@pytest.mark.django_db
class RoomPack:
    """Tests that every editable model passes. ``writer_roles`` may write, ``reader_roles`` not.

    ``scoped``: the row hangs on an account, so a writer without that account gets NotFound.
    """

    model: type[Editable]
    writer_roles: tuple[str, ...] = ("kam",)
    reader_roles: tuple[str, ...] = ("finance",)
    scoped = True
    writer: Actor
    reader: Actor
    stranger: Actor

    @pytest.fixture(autouse=True)
    def _people(self, make_actor: Callable[..., Actor]) -> None:
        self.writer = make_actor("pack_writer", *self.writer_roles)
        self.reader = make_actor("pack_reader", *self.reader_roles)
        self.stranger = make_actor("pack_stranger", *self.writer_roles)
        self.prepare()

    def prepare(self) -> None:
        """Store what the row needs around it."""

    def create(self, actor: Actor) -> int:
        """Create one row through the room's service and return its primary key."""
        raise NotImplementedError

    def change(self, actor: Actor, pk: int, version: int | None) -> None:
        """Change one value of the row through the room's service."""
        raise NotImplementedError

    def test_create_writes_one_row_and_one_audit_entry(self) -> None:
        rows, entries = self._count(), AuditEntry.objects.count()
        pk = self.create(self.writer)
        row = self.model._default_manager.get(pk=pk)
        assert (self._count() - rows, AuditEntry.objects.count() - entries) == (1, 1)
        assert (row.version, row.created_by_id) == (1, self.writer.user_id)
        assert AuditEntry.objects.latest("id").actor_id == self.writer.user_id

    def test_change_raises_the_version_and_writes_one_audit_entry(self) -> None:
        pk = self.create(self.writer)
        before, entries = self._values(pk), AuditEntry.objects.count()
        self.change(self.writer, pk, before["version"])
        assert self._values(pk)["version"] == before["version"] + 1
        assert AuditEntry.objects.count() == entries + 1
        entry = AuditEntry.objects.latest("id")
        assert entry.old != entry.new

    def test_a_stale_change_is_a_conflict_and_changes_nothing(self) -> None:
        pk = self.create(self.writer)
        before, entries = self._values(pk), AuditEntry.objects.count()
        with pytest.raises(Conflict) as caught:
            self.change(self.writer, pk, before["version"] + 7)
        assert caught.value.data["theirs"]
        assert (self._values(pk), AuditEntry.objects.count()) == (before, entries)

    def test_without_the_capability_nothing_is_written(self) -> None:
        pk = self.create(self.writer)
        before, rows, entries = self._values(pk), self._count(), AuditEntry.objects.count()
        with pytest.raises((NotAllowed, NotFound)):
            self.change(self.reader, pk, before["version"])
        with pytest.raises((NotAllowed, NotFound)):
            self.create(self.reader)
        assert (self._values(pk), self._count(), AuditEntry.objects.count()) == (
            before,
            rows,
            entries,
        )

    def test_a_foreign_row_is_a_missing_row(self) -> None:
        if not self.scoped:
            return
        pk = self.create(self.writer)
        before, entries = self._values(pk), AuditEntry.objects.count()
        with pytest.raises(NotFound):
            self.change(self.stranger, pk, before["version"])
        assert (self._values(pk), AuditEntry.objects.count()) == (before, entries)

    def _count(self) -> int:
        return self.model._default_manager.count()

    def _values(self, pk: int) -> dict[str, Any]:
        return dict(self.model._default_manager.filter(pk=pk).values().get())
