"""How a row of the trail becomes a hash. Changing this breaks every chain: add, never edit."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from json.encoder import encode_basestring as _quoted
from typing import Any

# Made once: ``json.dumps`` would make a new encoder for each row.
_content = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def content_digest(salt: str, old: Any, new: Any, why: str) -> str:
    """Return the keyed digest of what a row tells; it stays when the content is erased."""
    text = _content([old, new, why])
    return hmac.digest(bytes.fromhex(salt), text.encode(), "sha256").hex()


def moment_of(at: datetime) -> str:
    """Return a moment as it is hashed.

    >>> moment_of(datetime(2026, 1, 5, 8, 30, tzinfo=UTC))
    '2026-01-05T08:30:00.000000'
    """
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def row_hash(  # noqa: PLR0913 - each part of the row is hashed, none may be forgotten
    *,
    seq: int,
    moment: str,
    actor_id: int | None,
    action: str,
    subject: tuple[str, str],
    account_id: int | None,
    source: str,
    digest: str,
    prev_hash: str,
) -> str:
    """Return the chained hash of one row. Names are left out: a person may be erased."""
    who = "null" if actor_id is None else f"{actor_id:d}"
    where = "null" if account_id is None else f"{account_id:d}"
    texts = (_quoted(text) for text in (action, *subject, source, digest, prev_hash))
    act, kind, key, origin, content, link = texts
    # The text that ``json.dumps`` of the list gives, in a third of the time.
    parts = (
        f'[{seq:d}, "{moment}", {who}, {act}, {kind}, {key}, {where}, {origin}, {content}, {link}]'
    )
    return hashlib.sha256(parts.encode()).hexdigest()
