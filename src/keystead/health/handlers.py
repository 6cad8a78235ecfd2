"""Forgets what erased people wrote."""

from __future__ import annotations

from keystead.health import services
from keystead.kit import outbox
from keystead.stakeholders.types.events import ContactErased


@outbox.listens(ContactErased)
def forget_erased(event: ContactErased) -> None:
    services.forget(person_ids=event.person_ids)
