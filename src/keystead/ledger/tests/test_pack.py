"""The room test pack: batches (posted and taken back), and what people say codes mean."""

from __future__ import annotations

import itertools

import pytest

from keystead.kit.access import Actor
from keystead.kit.testing.pack import RoomPack
from keystead.ledger import services
from keystead.ledger.models import Alias, Batch, DeskWork
from keystead.ledger.services import desk
from keystead.ledger.tests.desk_factories import world
from keystead.ledger.tests.factories import JAN, new_batch, sell_in


class TestBatches(RoomPack):
    model = Batch

    @pytest.fixture(autouse=True)
    def _accounts(self, own, _people) -> None:
        own(self.writer, 1)
        self.lineage = itertools.count()

    def create(self, actor: Actor) -> int:
        table = sell_in((1, JAN, 1, "1")).drop_columns(["sheet", "source_row"])
        batch = services.post_facts(
            actor=actor,
            dataset="sell_in",
            source="room",
            table=table,
            lineage=str(next(self.lineage)),
        )
        return batch.id

    def change(self, actor: Actor, pk: int, version: int | None) -> None:
        services.undo_batch(actor=actor, batch_id=pk, version=version)


class TestAliases(RoomPack):
    model = Alias

    def prepare(self) -> None:
        self.ids = world()
        self.batch = new_batch(self.writer)
        DeskWork.objects.create(batch=self.batch)

    def create(self, actor: Actor) -> int:
        self._say(actor, "P-1", None)
        return Alias.objects.get(text="c:X-1").pk

    def change(self, actor: Actor, pk: int, version: int | None) -> None:
        self._say(actor, "P-2", version)

    def _say(self, actor: Actor, sku: str, version: int | None) -> None:
        desk.confirm_match(
            actor=actor, batch_id=self.batch.pk, kind="product", text="c:X-1",
            target_id=self.ids[sku], version=version,
        )  # fmt: skip
