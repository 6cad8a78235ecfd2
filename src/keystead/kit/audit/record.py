"""Writes the audit trail. One row per business write, inside its transaction."""

from __future__ import annotations

import dataclasses
import json
import secrets
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from keystead.kit.access import Actor
from keystead.kit.audit.hashing import content_digest, moment_of, row_hash
from keystead.kit.models import AuditEntry, TrailHead

SUBJECT_TYPE, SUBJECT_ID = 40, 64  # characters, as the columns hold


@dataclasses.dataclass(frozen=True)
class Told:
    """What one row of the trail tells, for ``record_all``."""

    action: str
    subject: tuple[str, object]
    old: dict[str, Any] | None = None
    new: dict[str, Any] | None = None
    why: str = ""
    account_id: int | None = None
    source: str = ""


def record(
    *,
    actor: Actor,
    action: str,
    subject: tuple[str, object],
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    why: str = "",
    account_id: int | None = None,
    source: str = "",
) -> int:
    """Append one row and return its id; raises outside a transaction, so that both land or none.

    When both ``old`` and ``new`` are given only the differing keys are kept.
    """
    return record_all(actor=actor, rows=[Told(action, subject, old, new, why, account_id, source)])


def record_all(*, actor: Actor, rows: Iterable[Told]) -> int:
    """Append the rows in their order, for a service that writes many things at once.

    The same rows as one ``record`` each would give, with the trail locked once. Returns the id of
    the last one, or of the row before when there is none to append.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit.record must share the transaction of the write it tells of")
    head, _ = TrailHead.objects.select_for_update().get_or_create(pk=1)
    entries: list[AuditEntry] = []
    seq, link = head.last_seq, head.last_hash
    for told in rows:
        seq += 1
        entries.append(_entry(actor, told, seq, link))
        link = entries[-1].hash
    if entries:
        AuditEntry.objects.bulk_create(entries)
        TrailHead.objects.filter(pk=1).update(last_seq=seq, last_hash=link)
    return seq


def _entry(actor: Actor, told: Told, seq: int, link: str) -> AuditEntry:
    kind, key = told.subject[0], str(told.subject[1])
    if len(kind) > SUBJECT_TYPE or len(key) > SUBJECT_ID:  # SQLite would take any length
        raise ValueError(f"the subject {kind} {key} is too long for the trail")
    before, after = _differences(told.old, told.new)
    entry = AuditEntry(
        id=seq,
        at=timezone.now(),
        actor_id=actor.user_id,
        actor_name=actor.name[:160],
        action=told.action,
        subject_type=kind,
        subject_id=key,
        account_id=told.account_id,
        old=before,
        new=after,
        why=told.why,
        source=told.source,
        salt=secrets.token_hex(16),
        prev_hash=link,
    )
    entry.content_digest = content_digest(entry.salt, before, after, told.why)
    entry.hash = row_hash(
        seq=entry.id,
        moment=moment_of(entry.at),
        actor_id=entry.actor_id,
        action=told.action,
        subject=(kind, key),
        account_id=told.account_id,
        source=told.source,
        digest=entry.content_digest,
        prev_hash=entry.prev_hash,
    )
    return entry


def _differences(
    old: dict[str, Any] | None, new: dict[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    before, after = _plain(old), _plain(new)
    if old is None or new is None:
        return before, after
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return (
        {key: value for key, value in before.items() if key in changed},
        {key: value for key, value in after.items() if key in changed},
    )


def _plain(values: dict[str, Any] | None) -> dict[str, Any]:
    # What the database gives back must be what was hashed: dates and decimals become text here.
    plain: dict[str, Any] = json.loads(json.dumps(values or {}, cls=DjangoJSONEncoder))
    return plain
