"""The room test pack for everything people edit here."""

from __future__ import annotations

from keystead.accounts.tests.factories import account
from keystead.kit.access import Actor
from keystead.kit.testing.pack import RoomPack
from keystead.reviews import models, services
from keystead.reviews.tests.factories import deck_file, entry, put, review
from keystead.reviews.types.cycle import (
    AgendaItem,
    ItemEntry,
    ItemKind,
    ReviewKind,
    ReviewState,
)


class TestReviews(RoomPack):
    model = models.ReviewRow

    def prepare(self) -> None:
        self.one = account(self.writer, "R1")

    def create(self, actor: Actor) -> int:
        return review(actor, self.one).id

    def change(self, actor: Actor, pk: int, version: int | None) -> None:
        services.edit_review(
            actor=actor, review_id=pk, expected_version=version,
            entry=entry(self.one, place="Lyon"),
        )  # fmt: skip


class TestItems(RoomPack):
    model = models.ItemRow

    def prepare(self) -> None:
        self.found = review(self.writer, account(self.writer, "R1"))
        put(self.found, ReviewState.HELD)

    def create(self, actor: Actor) -> int:
        said = ItemEntry(kind=ItemKind.DECISION, text="Stay on the list")
        return services.add_item(actor=actor, review_id=self.found.id, entry=said).id

    def change(self, actor: Actor, pk: int, version: int | None) -> None:
        said = ItemEntry(kind=ItemKind.DECISION, text="Stay on the list until June")
        services.edit_item(actor=actor, item_id=pk, expected_version=version, entry=said)


class TestAgendas(RoomPack):
    model = models.AgendaTemplateRow
    scoped = False

    def create(self, actor: Actor) -> int:
        return self._keep(actor, 5, None, None)

    def change(self, actor: Actor, pk: int, version: int | None) -> None:
        self._keep(actor, 10, pk, version)

    def _keep(self, actor: Actor, minutes: int, pk: int | None, version: int | None) -> int:
        return services.keep_agenda(
            actor=actor, name="Ours", kind=ReviewKind.MONTH, items=(AgendaItem(minutes, "asks"),),
            template_id=pk, expected_version=version,
        ).id  # fmt: skip


class TestMasters(RoomPack):
    model = models.MasterRow
    writer_roles = ("director",)
    reader_roles = ("kam",)
    scoped = False

    def create(self, actor: Actor) -> int:
        return services.keep_master(
            actor=actor, name="House", file_name="house.pptx", content=deck_file()
        ).id

    def change(self, actor: Actor, pk: int, version: int | None) -> None:
        services.edit_master(
            actor=actor, master_id=pk, name="House 2026", retired=False, expected_version=version
        )
