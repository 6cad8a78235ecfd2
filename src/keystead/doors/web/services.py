"""Writes of the web door: a person's own views and looks. No business data, so no trail."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from keystead.doors.web.models import Look, SavedView
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit.access import Actor

ANEW = timedelta(minutes=5)
SAME_VISIT = timedelta(hours=2)
MOST_VIEWS = 30


@dataclasses.dataclass(frozen=True)
class View:
    """A saved view as a page shows it."""

    id: int
    name: str
    query: str


def views_of(actor: Actor) -> tuple[View, ...]:
    """Return the person's saved views by name."""
    rows = SavedView.objects.filter(user_id=actor.user_id or 0)
    return tuple(View(row.pk, row.name, row.query) for row in rows)


@transaction.atomic
def save_view(*, actor: Actor, name: str, query: str) -> View:
    """Keep a portfolio under a name; the same name again replaces it."""
    actor.require("accounts.view")
    name = name.strip()[:60]
    if not name:
        raise Invalid(_("A view needs a name."), code="name_missing")
    if len(query) > 1000:
        raise Invalid(_("This view is too long to keep."), code="view_too_long")
    held = SavedView.objects.filter(user_id=actor.user_id or 0).exclude(name=name)
    if held.count() >= MOST_VIEWS:
        raise Invalid(_("Remove a view first: there are many already."), code="too_many_views")
    row, _made = SavedView.objects.update_or_create(
        user_id=actor.user_id or 0, name=name, defaults={"query": query}
    )
    return View(row.pk, row.name, row.query)


@transaction.atomic
def remove_view(*, actor: Actor, view_id: int) -> View:
    """Forget one of the person's own views."""
    row = SavedView.objects.filter(user_id=actor.user_id or 0, pk=view_id).first()
    if row is None:
        raise NotFound(_("There is no such view."))
    gone = View(row.pk, row.name, row.query)
    row.delete()
    return gone


def look(*, actor: Actor, now: datetime) -> datetime | None:
    """Note that the person is here and return when they were here the time before.

    Coming back within two hours is the same visit, so that a reload does not hide what moved.
    Whoever was here a moment ago is not noted again, and waits for no turn to write.
    """
    row = Look.objects.filter(user_id=actor.user_id or 0).first()
    if settings.KEYSTEAD_READ_ONLY:
        return None
    if row is not None and timedelta(0) <= now - row.latest <= ANEW:
        return row.since
    return _noted(actor, now)


@transaction.atomic
def _noted(actor: Actor, now: datetime) -> datetime | None:
    row, made = Look.objects.select_for_update().get_or_create(
        user_id=actor.user_id or 0, defaults={"latest": now}
    )
    if made:
        return None
    if now - row.latest > SAME_VISIT:
        row.since = row.latest
    if now - row.latest > ANEW:
        row.latest = now
        row.save(update_fields=["since", "latest"])
    return row.since
