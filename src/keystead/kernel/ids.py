"""Identifiers: slugs people can read, keys that sort by time, hashes that stay the same."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

_NOT_SLUG: Final = re.compile(r"[^a-z0-9]+", re.ASCII)


def slug(text: str, separator: str = "-") -> str:
    """Return lower-case ASCII letters and digits joined by the separator; may be empty.

    >>> slug("Hôpital Saint-Éloi, Montpellier")
    'hopital-saint-eloi-montpellier'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_SLUG.sub(separator, plain).strip(separator)


def new_key(unix_ms: int, prefix: str = "") -> str:
    """Return a fresh key of 22 hexadecimal characters that sorts by ``unix_ms``.

    >>> key = new_key(1_780_000_000_000, "run_")
    >>> key.startswith("run_"), len(key)
    (True, 26)
    """
    return f"{prefix}{unix_ms:012x}{secrets.token_hex(5)}"


def stable_hash(value: Any, length: int = 12) -> str:
    """Return hexadecimal characters that depend on the value only, on every machine.

    Takes None, text, whole numbers, booleans, Decimal, date, and sequences, sets and mappings
    of them. Sets and mappings count without order. Floats are refused: their text may differ.

    >>> stable_hash({"b": 1, "a": [2]}) == stable_hash({"a": [2], "b": 1})
    True
    """
    text = json.dumps(_canonical(value), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def _canonical(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return ["dec", f"{value.normalize():f}"]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, Mapping):
        return ["map", sorted([str(key), _canonical(item)] for key, item in value.items())]
    if isinstance(value, set | frozenset):
        items = [_canonical(item) for item in value]
        return ["set", sorted(items, key=lambda item: json.dumps(item, ensure_ascii=False))]
    if isinstance(value, list | tuple):
        return ["list", [_canonical(item) for item in value]]
    raise TypeError(f"{type(value).__name__} has no stable hash")
