"""The hash of everything an evaluation was made from."""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from operator import attrgetter
from typing import Any

HASH_LENGTH = 24


def inputs_hash(*parts: Any) -> str:
    """Return a hash that is the same wherever and whenever the same inputs are evaluated.

    >>> inputs_hash(Decimal("1.0")) == inputs_hash(Decimal("1.00"))
    True
    """
    text = json.dumps([plain(part) for part in parts], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_LENGTH]


def plain(value: Any) -> Any:
    """Return terms as plain JSON values.

    Fields that have their default are left out, so that a new field changes no old hash.
    """
    kind = type(value)
    return (_WAYS.get(kind) or _learned(kind))(value)


def _same(value: Any) -> Any:
    return value


def _items(value: Any) -> Any:
    return [plain(item) for item in value]


def _set(value: Any) -> Any:
    return ["set", sorted(json.dumps(plain(item)) for item in value)]


def _map(value: Any) -> Any:
    return ["map", sorted([str(key), plain(item)] for key, item in value.items())]


def _learned(kind: type) -> Callable[[Any], Any]:
    """The way for a kind met for the first time: a dataclass, a word of an enum, else its text."""
    way: Callable[[Any], Any] = str
    if dataclasses.is_dataclass(kind):
        name = kind.__name__
        fields = dataclasses.fields(kind)
        names, defaults = [f.name for f in fields], [f.default for f in fields]
        held = attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)

        def by_field(value: Any) -> Any:
            told = zip(names, held(value), defaults, strict=True)
            return [name, [[k, plain(v)] for k, v, d in told if v is not d and v != d]]

        way = by_field

    elif issubclass(kind, enum.Enum):

        def by_word(value: Any) -> Any:
            return str(value.value)

        way = by_word

    _WAYS[kind] = way
    return way


_WAYS: dict[type, Callable[[Any], Any]] = {
    **dict.fromkeys((type(None), bool, int, str), _same),
    **dict.fromkeys((tuple, list), _items),
    **dict.fromkeys((frozenset, set), _set),
    dict: _map,
    Decimal: lambda value: ["dec", f"{value.normalize():f}"],
}
