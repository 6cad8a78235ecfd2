"""One place of a JSON body: reads exact values, and names where something is wrong.

>>> Place({"total": "12.50"}, "").decimal("total")
Decimal('12.50')
>>> Place({"members": {"A": {"fte": "many"}}}, "").inner("members").inner("A").decimal("fte")
Traceback (most recent call last):
keystead.kernel.errors.Invalid: members.A.fte: This number is not a number: many
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact

Choice = TypeVar("Choice", bound=StrEnum)
MISSING: Any = object()
MOST_YEARS = 50


class Place:
    """A mapping of a body and the path to it; remembers which fields were read."""

    def __init__(self, value: Any, path: str) -> None:
        self.path = path
        if not isinstance(value, Mapping):
            self.refuse("", f"here stands {_kind(value)}, but fields are needed.")
        self._value: Mapping[str, Any] = value
        self._read: set[str] = set()

    def refuse(self, name: str, why: str, *, code: str = "field", hint: str = "") -> NoReturn:
        """Raise Invalid that begins with the place: ``members.A.fte: ...``."""
        place = self.at(name)
        text = f"{place}: {why}" if place else why
        raise Invalid(text, code=code, hint=hint, place=place)

    def at(self, name: str) -> str:
        return f"{self.path}.{name}".strip(".") if name else self.path

    def __contains__(self, name: object) -> bool:
        return name in self._value

    def __iter__(self) -> Iterator[str]:
        return iter(self._value)

    def raw(self, name: str, default: Any = MISSING) -> Any:
        """Return a field as it stands; without a default it must be there."""
        self._read.add(name)
        if name in self._value:
            return self._value[name]
        if default is MISSING:
            self.refuse(name, "this field is missing.", code="missing")
        return default

    def decimal(
        self, name: str, default: Any = MISSING, *, least: int | None = None, what: str = "number"
    ) -> Any:
        """Return an exact number; a default (also None) where the field is not there or null."""
        value = self.raw(name, default)
        if value is default or (value is None and default is not MISSING):
            return default
        number = self.number(value, name, what)
        if least is not None and number < least:
            self.refuse(name, f"{number} is below {least}.")
        return number

    def number(self, value: Any, name: str, what: str = "number") -> Decimal:
        try:
            return exact(value, what)
        except Invalid as error:
            self.refuse(name, error.message, hint=error.hint)

    def growth(self, name: str, default: Any = MISSING) -> Any:
        """Return a change in percent a year, between -50 and 100: beyond is a typing mistake."""
        value = self.decimal(name, default)
        return value if value is default else self.changes(name, (value,))[0]

    def changes(self, name: str, steps: Sequence[Decimal]) -> tuple[Decimal, ...]:
        """Return changes in percent a year, at most 50 of them, each between -50 and 100."""
        if len(steps) > MOST_YEARS:
            self.refuse(name, f"more than {MOST_YEARS} years are not worked out.")
        for step in steps:
            if not -50 <= step <= 100:
                self.refuse(name, f"{step:f} % a year is not between -50 and 100.")
        return tuple(steps)

    def whole(self, name: str, default: Any = MISSING, *, least: int = 0, most: int = 10**6) -> Any:
        """Return a whole number between ``least`` and ``most``."""
        value = self.raw(name, default)
        if value is default:
            return default
        number = self.number(value, name)
        if number != int(number) or not least <= number <= most:
            self.refuse(name, f"{value} is no whole number from {least} to {most}.")
        return int(number)

    def text(self, name: str, default: Any = MISSING) -> Any:
        value = self.raw(name, default)
        if value is not default and not isinstance(value, str):
            self.refuse(name, f"here stands {_kind(value)}, but text is needed.")
        return value

    def truth(self, name: str, default: bool) -> bool:
        value = self.raw(name, default)
        if not isinstance(value, bool):
            self.refuse(name, f"here stands {_kind(value)}, but true or false is needed.")
        return value

    def choice(self, name: str, kind: type[Choice], default: Any = MISSING) -> Choice:
        value = self.raw(name, default)
        if isinstance(value, kind):
            return value
        try:
            return kind(value)
        except ValueError:
            self.refuse(name, f"{value!r} is not known.", hint=_one_of([one.value for one in kind]))

    def word(self, name: str, known: Sequence[str]) -> str:
        """Return one of the known words."""
        value = self.raw(name)
        if value not in known:
            self.refuse(name, f"{value!r} is not known.", hint=_one_of(known))
        return str(value)

    def inner(self, name: str, default: Any = MISSING) -> Place:
        return Place(self.raw(name, default), self.at(name))

    def items(self, name: str, default: Any = MISSING) -> list[Place]:
        """Return the places of a list of fields."""
        return [
            Place(one, f"{self.at(name)}.{n}") for n, one in enumerate(self.many(name, default))
        ]

    def many(self, name: str, default: Any = MISSING) -> Sequence[Any]:
        value = self.raw(name, default)
        if not isinstance(value, list | tuple):
            self.refuse(name, f"here stands {_kind(value)}, but a list is needed.")
        return value

    def decimals(self, name: str) -> tuple[Decimal, ...]:
        """Return a list of exact numbers."""
        return tuple(
            self.number(value, f"{name}.{place}") for place, value in enumerate(self.many(name))
        )

    def done(self) -> None:
        """Refuse a field that nobody read: a typing mistake must not change an answer."""
        for name in self._value:
            if name not in self._read:
                self.refuse(
                    name,
                    "this field is not known.",
                    code="unknown",
                    hint=_one_of(sorted(self._read)),
                )


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    kinds = {bool: "true or false", str: "text", list: "a list", dict: "fields"}
    return kinds.get(type(value), "a number")


def _one_of(known: Sequence[str]) -> str:
    return f"Known here: {', '.join(known)}."
