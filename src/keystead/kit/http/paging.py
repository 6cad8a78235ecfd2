"""Long lists in pages: ``?limit=100&after=<cursor>`` gives ``{"items": [...], "next": cursor}``.

The cursor is the key of the last row, so that a row added or removed between two calls neither
repeats nor hides another one.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from keystead.kernel.errors import Invalid

T = TypeVar("T")
MAX_LIMIT = 1000


def page_of(
    rows: Iterable[T],
    *,
    key: Callable[[T], Any],
    limit: int = 100,
    after: str = "",
    shown: Callable[[T], Any] | None = None,
) -> dict[str, Any]:
    """Return one page: ``items`` (each through ``shown``) and ``next``, None on the last page.

    ``key`` orders the rows and must be unique: a number, a text, or a tuple of them.

    >>> page = page_of([3, 1, 2], key=lambda n: n, limit=2)
    >>> page["items"], page_of([3, 1, 2], key=lambda n: n, limit=2, after=page["next"])
    ([1, 2], {'items': [3], 'next': None})
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid(f"The limit lies between 1 and {MAX_LIMIT}.", code="limit", limit=limit)
    ordered = sorted(rows, key=key)
    if after:
        last = _decode(after)
        try:
            ordered = [row for row in ordered if key(row) > last]
        except TypeError as error:
            raise _bad_cursor() from error
    items = ordered[:limit]
    more = len(ordered) > limit
    return {
        "items": [shown(row) if shown else row for row in items],
        "next": _encode(key(items[-1])) if more else None,
    }


def _encode(value: Any) -> str:
    plain = json.dumps(value, ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def _decode(cursor: str) -> Any:
    try:
        plain = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        value = json.loads(plain)
    except (ValueError, binascii.Error) as error:
        raise _bad_cursor() from error
    return tuple(value) if isinstance(value, list) else value


def _bad_cursor() -> Invalid:
    return Invalid(
        "This cursor is not one of ours.",
        code="cursor",
        hint="Give back the `next` of the page before, unchanged.",
    )
