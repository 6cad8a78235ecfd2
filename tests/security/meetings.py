"""A review of an account of the house, with an action; each text carries the mark."""

from __future__ import annotations

from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM, Actor
from keystead.reviews import services
from keystead.reviews.tests.factories import deck_file
from keystead.reviews.types.cycle import (
    AgendaItem,
    ItemEntry,
    ItemKind,
    ReviewEntry,
    ReviewKind,
)


def fill_meetings(mark: str, owner: Actor, account_id: int) -> dict[str, int]:
    """Store a frozen review with notes and an action; return the values of the parameters."""
    entry = ReviewEntry(
        account_id=account_id, kind=ReviewKind.QUARTER, period=Period.quarter(2026, 1),
        place=f"{mark} hall", agenda=(AgendaItem(5, "", {"en": f"{mark} point"}),),
    )  # fmt: skip
    found = services.create_review(actor=owner, entry=entry)
    services.freeze_review(actor=owner, review_id=found.id)
    services.keep_notes(actor=owner, review_id=found.id, notes=f"{mark} said so")
    said = ItemEntry(kind=ItemKind.DECISION, text=f"{mark} agreed", quote=f"{mark} said so")
    item = services.add_item(actor=owner, review_id=found.id, entry=said)
    return {"review_id": found.id, "item_id": item.id}


def fill_kept() -> dict[str, int]:
    """Store an agenda and a PowerPoint file of the house."""
    agenda = services.keep_agenda(
        actor=SYSTEM, name="Ours", kind=ReviewKind.MONTH, items=(AgendaItem(5, "asks"),)
    )
    master = services.keep_master(
        actor=SYSTEM, name="House", file_name="house.pptx", content=deck_file()
    )
    return {"agenda_id": agenda.id, "master_id": master.id}
