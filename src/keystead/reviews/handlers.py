"""An action that was handed to the account plan follows what becomes of it there."""

from __future__ import annotations

from keystead.kit import outbox
from keystead.planning.types.events import ActionMoved
from keystead.reviews.services.items import follow_plan


@outbox.listens(ActionMoved)
def follow_step(event: ActionMoved) -> None:
    follow_plan(account_id=event.account_id, source=event.source, item=event.item)
