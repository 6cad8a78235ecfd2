"""The outbox: events are stored with the change, then handed to the listeners, once each.

A listener must be idempotent: after a crash an event may be handed over again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from keystead.kernel.events import Event
from keystead.kit.models import OutboxEvent

log = logging.getLogger("keystead.outbox")
E = TypeVar("E", bound=Event)
_listeners: dict[str, list[tuple[type[Event], Callable[[Any], None]]]] = {}
MAX_ATTEMPTS = 5


def listens(event: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register a handler of an event; used in a room's ``handlers.py``."""

    def add(handler: Callable[[E], None]) -> Callable[[E], None]:
        _listeners.setdefault(event.name, []).append((event, handler))
        return handler

    return add


def listeners() -> dict[str, list[str]]:
    """Return which functions listen to which event, for the event map in the docs."""
    return {
        name: [f"{handler.__module__}.{handler.__qualname__}" for _, handler in entries]
        for name, entries in sorted(_listeners.items())
    }


def publish(event: Event) -> None:
    """Store the event in the running transaction; it is delivered after the commit."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("outbox.publish must share the transaction of the change it tells of")
    row = OutboxEvent.objects.create(name=event.name, payload=event.payload())
    transaction.on_commit(lambda: deliver(row.pk))


def deliver(event_id: int) -> bool:
    """Hand one stored event to its listeners; True when it is done."""
    row = OutboxEvent.objects.filter(pk=event_id, done_at=None).first()
    if row is None:
        return False
    try:
        for kind, handler in _listeners.get(row.name, []):
            handler(kind.from_payload(row.payload))
    except Exception as error:  # the edge of a handler: reported on the row, retried by a worker
        log.exception("event %s (%s) failed", row.pk, row.name)
        OutboxEvent.objects.filter(pk=row.pk).update(attempts=row.attempts + 1, error=repr(error))
        return False
    OutboxEvent.objects.filter(pk=row.pk).update(done_at=timezone.now(), error="")
    return True


def deliver_waiting(limit: int = 100) -> int:
    """Deliver what a crash or an error left behind; returns how many went through."""
    waiting = OutboxEvent.objects.filter(done_at=None, attempts__lt=MAX_ATTEMPTS)
    return sum(deliver(pk) for pk in list(waiting.values_list("pk", flat=True)[:limit]))
