"""Proves the trail: every row's own hash, its link, its place, and the head."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import TextField
from django.db.models.functions import Cast

from keystead.kit.audit.hashing import content_digest, moment_of, row_hash
from keystead.kit.models import AuditEntry, TrailHead

_decoder = json.JSONDecoder()
_WHOLE = len("2026-01-05 08:30:00.000000")


@dataclasses.dataclass(frozen=True)
class Break:
    """The first place where the trail does not prove itself."""

    seq: int
    reason: str


def verify(after: tuple[int, str] = (0, "")) -> tuple[int, Break | None]:
    """Return how many rows there are and the first break (None: the trail is whole).

    ``after``: the place and hash of a row up to which the trail was proved before; only what
    follows is looked at.


    Finds a changed, cut out, inserted or swapped row and a missing tail. A roll-back of the whole
    database, or a chain written anew, takes the anchors to find: ``anchors.prove`` looks at both.
    """
    count, prev = after
    expected = count + 1
    for row in _rows(count):
        if row.id != expected:
            return count, Break(expected, f"row {expected} is missing, row {row.id} follows")
        if row.prev_hash != prev:
            return count, Break(row.id, f"row {row.id} does not link to the row before it")
        reason = _fault(row)
        if reason:
            return count, Break(row.id, reason)
        expected, prev, count = row.id + 1, row.hash, count + 1
    head = TrailHead.objects.filter(pk=1).first()
    last = (head.last_seq, head.last_hash) if head else (0, "")
    if last[0] != count:
        place = min(last[0], count) + 1
        return count, Break(place, f"the trail ends at row {count}, its head says {last[0]}")
    if last[1] != prev:
        return count, Break(count, f"row {count} is not the one that its head names")
    return count, None


class _Row(NamedTuple):
    """What is proved of one row, as the database holds it.

    A model, a decoder and a time zone for each of a million rows would take minutes.
    """

    id: int
    actor_id: int | None
    action: str
    subject_type: str
    subject_id: str
    account_id: int | None
    why: str
    source: str
    salt: str
    content_digest: str
    prev_hash: str
    hash: str
    at: str
    old: str
    new: str


def _rows(after: int = 0) -> Iterator[_Row]:
    texts = {f"{name}_text": Cast(name, TextField()) for name in ("at", "old", "new")}
    plain = [name for name in _Row._fields if f"{name}_text" not in texts]
    rows = (
        AuditEntry.objects.filter(pk__gt=after).order_by("id").values_list(*plain, *texts.values())
    )
    return map(_Row._make, rows.iterator(chunk_size=5000))


def _fault(row: _Row) -> str:
    try:
        return _mismatch(row)
    except (TypeError, ValueError):  # a value that we never wrote: SQLite keeps any kind anywhere
        return f"row {row.id} was changed"


def _mismatch(row: _Row) -> str:
    old, new = _value(row.old), _value(row.new)
    if row.salt and content_digest(row.salt, old, new, row.why) != row.content_digest:
        return f"the content of row {row.id} was changed"
    own = row_hash(
        seq=row.id,
        moment=_moment(row.at),
        actor_id=row.actor_id,
        action=row.action,
        subject=(row.subject_type, row.subject_id),
        account_id=row.account_id,
        source=row.source,
        digest=row.content_digest,
        prev_hash=row.prev_hash,
    )
    if own != row.hash:
        return f"row {row.id} was changed"
    if not row.salt and (old or new or row.why):
        return f"row {row.id} has content without its salt"
    return ""


def _value(text: str) -> Any:
    value, end = _decoder.raw_decode(text)
    return value if end == len(text) else json.loads(text)


def _moment(text: str) -> str:
    """Return a moment as it is hashed; SQLite stores it nearly so, PostgreSQL names its zone.

    PostgreSQL leaves the last noughts out as well, so that its three digits and zone are as long
    as six digits are.

    >>> _moment("2026-01-05 08:30:00.123+00")
    '2026-01-05T08:30:00.123000'
    """
    if len(text) == _WHOLE and text[-6:].isdigit():
        return text.replace(" ", "T")
    at = datetime.fromisoformat(text)
    return moment_of(at if at.tzinfo else at.replace(tzinfo=UTC))


def trail_end() -> tuple[int, str]:
    """Return the last place and hash of the trail: an anchor to keep outside the database."""
    head = TrailHead.objects.filter(pk=1).first()
    return (head.last_seq, head.last_hash) if head else (0, "")


def holds(seq: int, digest: str) -> bool:
    """Say whether the trail still has the anchored row: a roll-back or a new chain has not."""
    if seq == 0:
        return True
    return AuditEntry.objects.filter(pk=seq, hash=digest).exists()


def last_moment() -> datetime | None:
    """Return when the newest row was written (UTC)."""
    return AuditEntry.objects.order_by("-id").values_list("at", flat=True).first()
