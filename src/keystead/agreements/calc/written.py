"""Terms as JSON and back: strict, so that what is stored is what was meant."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, TypeAlias, TypeVar

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact
from keystead.kernel.periods import Period

T = TypeVar("T")


def written(value: Any) -> Any:
    """Return terms as JSON values; fields that have their default are left out.

    Decimals are text without needless zeros, dates ISO text, periods a pair of days (the second
    excluded). The same terms always give the same JSON, whatever zeros were typed.

    >>> from keystead.agreements.types import Tier
    >>> written(Tier(Decimal("1000.00"), Decimal("2.5")))
    {'lower': '1000', 'rate': '2.5'}
    """
    if isinstance(value, enum.Enum):
        return value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Period):
        value = (value.start, value.end)
    if isinstance(value, tuple | list):
        return [written(item) for item in value]
    return {
        field.name: written(held)
        for field in dataclasses.fields(value)
        if (held := getattr(value, field.name)) != field.default
    }


def read(kind: type[T], data: Any) -> T:
    """Return terms of a kind from what ``written`` made.

    Raises Invalid (``terms_form``) for an unknown field, a missing one, or a value of another
    type: stored or sent terms are never half understood.

    >>> from keystead.agreements.types import Tier
    >>> read(Tier, {"lower": "1000", "rate": "2.5"}).rate
    Decimal('2.5')
    """
    return typing.cast("T", _value(kind, data, kind.__name__))


Way: TypeAlias = Callable[[Any, str], Any]


def _value(kind: Any, data: Any, place: str) -> Any:
    return _way(kind)(data, place)


@cache
def _way(kind: Any) -> Way:
    """Return how data becomes a kind: worked out once, since terms hold thousands of values."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return _perhaps(inner)
    if origin is tuple:
        return _items(inner)
    if dataclasses.is_dataclass(kind) and kind is not Period:
        return _fields(kind)
    return lambda data, place: _single(kind, data, place)


def _perhaps(inner: tuple[Any, ...]) -> Way:
    way = _way(next(one for one in inner if one is not type(None)))
    if type(None) not in inner:
        return way
    return lambda data, place: None if data is None else way(data, place)


def _items(inner: tuple[Any, ...]) -> Way:
    ways = [_way(kind) for kind in inner if kind is not Ellipsis]

    def each(data: Any, place: str) -> tuple[Any, ...]:
        if not isinstance(data, list | tuple):
            raise _wrong(place, "a list")
        if inner[-1] is Ellipsis:
            way = ways[0]
            return tuple([way(item, f"{place}.{n}") for n, item in enumerate(data)])
        if len(data) != len(inner):
            raise _wrong(place, f"{len(inner)} values")
        return tuple(way(item, place) for way, item in zip(ways, data, strict=True))

    return each


def _fields(kind: Any) -> Way:
    known = {name: _way(hint) for name, hint in typing.get_type_hints(kind).items()}

    def whole(data: Any, place: str) -> Any:
        if not isinstance(data, Mapping):
            raise _wrong(place, "an object")
        values = {}
        for name, item in data.items():
            way = known.get(name)
            if way is None:
                unknown = min(set(data) - set(known))
                raise Invalid(f"{place} has no field {unknown}.", code="terms_form", place=place)
            values[name] = way(item, f"{place}.{name}")
        try:
            return kind(**values)
        except TypeError:
            raise _wrong(place, "all its fields") from None

    return whole


def _single(kind: Any, data: Any, place: str) -> Any:
    try:
        if kind is Decimal and isinstance(data, str | int) and not isinstance(data, bool):
            return exact(data, place)
        if kind is date and isinstance(data, str):
            return date.fromisoformat(data)
        if kind is Period and isinstance(data, list | tuple) and len(data) == 2:
            return Period(*(date.fromisoformat(day) for day in data))
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return kind(data)
    except (ValueError, TypeError) as error:
        raise _wrong(place, str(error)) from None
    if kind in (bool, int, str) and type(data) is kind:
        return data
    raise _wrong(place, getattr(kind, "__name__", str(kind)))


def _wrong(place: str, wanted: str) -> Invalid:
    return Invalid(f"{place} is not what it should be: {wanted}.", code="terms_form", place=place)
