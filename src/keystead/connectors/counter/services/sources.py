"""Enter and change the servers that usage is fetched from."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for
from keystead.connectors.counter import models
from keystead.connectors.counter.queries.sources import as_source, stored_source
from keystead.connectors.counter.services.calling import PURPOSE
from keystead.connectors.counter.types import REPORTS
from keystead.connectors.counter.types.harvest import Source
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import month_start
from keystead.kit import audit, jobs
from keystead.kit.access import Actor
from keystead.kit.secrets import seal

RELEASES = ("5.1", "5")
_RELEASE_5 = ("PR", "DR", "TR", "IR")


@dataclasses.dataclass(frozen=True, kw_only=True)
class SourceEntry:
    """What a person says about a source. None for a secret: what is stored stays."""

    name: str
    server: str
    customer_id: str
    first_month: date
    release: str = "5.1"
    platform: str = ""
    account_id: int | None = None
    reports: tuple[str, ...] = ("TR",)
    members: bool = False
    pause_seconds: int = 1
    active: bool = True
    requestor_id: str | None = None
    api_key: str | None = None


def create_source(*, actor: Actor, entry: SourceEntry) -> Source:
    """Store a source; needs ``usage.sources``. What opens it is sealed. One audit row."""
    actor.require("usage.sources")
    return _save(actor, models.UsageSource(), entry, None)


def edit_source(
    *, actor: Actor, source_id: int, expected_version: int | None, entry: SourceEntry
) -> Source:
    """Change a source; what was wrong with it is forgotten, it is asked anew. One audit row."""
    actor.require("usage.sources")
    return _save(actor, stored_source(actor, source_id), entry, expected_version)


def end_source(*, actor: Actor, source_id: int, expected_version: int | None) -> Source:
    """End a source: it is not asked any more and what opened it is forgotten. One audit row.

    Its runs and months stay. A later edit with new secrets begins it again.
    """
    actor.require("usage.sources")
    row = stored_source(actor, source_id)
    old = row.snapshot()
    row.active, row.requestor_sealed, row.key_sealed = False, "", ""
    with transaction.atomic():
        row.save_checked(actor, expected_version)
        audit.record(
            actor=actor,
            action="usage.source.end",
            subject=("usage_source", row.pk),
            old=old,
            new=row.snapshot(),
            account_id=row.account_id,
        )
    return as_source(row)


def entry_of(found: Source) -> SourceEntry:
    """Return a source as a person would say it again; its secrets stay as they are stored."""
    same = ("name", "server", "customer_id", "first_month", "release", "platform", "account_id",
            "reports", "members", "pause_seconds", "active")  # fmt: skip
    return SourceEntry(**{name: getattr(found, name) for name in same})


def start_harvest(*, actor: Actor, source_id: int, months: Sequence[date] = ()) -> int:
    """Start fetching from a source in a job and return the job; needs ``usage.sources``.

    ``months``: to be fetched anew even where they are loaded. One audit row.
    """
    actor.require("usage.sources")
    row = stored_source(actor, source_id)
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="usage.harvest",
            subject=("usage_source", row.pk),
            new={"source": row.name, "months": [f"{one:%Y-%m}" for one in months]},
        )
        wanted = [one.isoformat() for one in months]
        payload = {"source_id": row.pk, "months": wanted, "by_hand": True}
        return jobs.enqueue("counter.harvest", payload, actor=actor, key=f"counter:{row.pk}")


def _save(
    actor: Actor, row: models.UsageSource, entry: SourceEntry, expected_version: int | None
) -> Source:
    _check(row, entry)
    if entry.account_id is not None:
        account_for(actor, entry.account_id)
    fresh = row.pk is None
    old = None if fresh else row.snapshot()
    for name in ("name", "customer_id", "platform"):
        setattr(row, name, getattr(entry, name).strip())
    row.server = entry.server.strip().rstrip("/")
    row.release, row.account_id = entry.release, entry.account_id
    row.reports, row.first_month = list(entry.reports), month_start(entry.first_month)
    row.members, row.active = entry.members, entry.active
    row.pause_seconds = entry.pause_seconds
    for name, said in (("requestor_sealed", entry.requestor_id), ("key_sealed", entry.api_key)):
        if said is not None:
            setattr(row, name, seal(said.strip(), purpose=PURPOSE) if said.strip() else "")
    with transaction.atomic():
        row.save_checked(actor, expected_version)
        models.SourceNews.objects.update_or_create(
            source=row, defaults={"trouble": {}, "asked_at": None}
        )
        audit.record(
            actor=actor,
            action="usage.source.create" if fresh else "usage.source.edit",
            subject=("usage_source", row.pk),
            old=old,
            new={**row.snapshot(), "secrets": _secrets(entry)},
            account_id=row.account_id,
        )
    return as_source(row)


def _secrets(entry: SourceEntry) -> str:
    """Return which secrets were given anew, by name: never what they are."""
    given = (("requestor", entry.requestor_id), ("key", entry.api_key))
    return ", ".join(name for name, said in given if said is not None)


def _check(row: models.UsageSource, entry: SourceEntry) -> None:
    wrong: dict[str, Any] = {}
    parts = urlsplit(entry.server.strip())
    if not entry.name.strip():
        wrong["name"] = _("A source has a name.")
    elif models.UsageSource.objects.filter(name=entry.name.strip()).exclude(pk=row.pk).exists():
        wrong["name"] = _("Another source is called so.")
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.query:
        wrong["server"] = _("An address begins with https:// and holds no password and no key.")
    elif parts.hostname not in settings.KEYSTEAD_OUTGOING | settings.KEYSTEAD_OUTGOING_PRIVATE:
        wrong["server"] = _(
            "%(host)s may not be called. An administrator adds it to KEYSTEAD_OUTGOING."
        ) % {"host": parts.hostname}
    if not entry.customer_id.strip():
        wrong["customer_id"] = _("The provider gives each customer a number.")
    if entry.release not in RELEASES:
        wrong["release"] = _("Releases 5.1 and 5 are read.")
    known = [one.id for one in REPORTS] if entry.release == "5.1" else list(_RELEASE_5)
    unknown = [one for one in entry.reports if one not in known]
    if unknown or not entry.reports:
        wrong["reports"] = _("Known reports: %(known)s.") % {"known": ", ".join(known)}
    if not 2000 <= entry.first_month.year <= 2100:
        wrong["first_month"] = _("This is no month of usage.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="usage_source", fields=wrong)
