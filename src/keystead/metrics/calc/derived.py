"""Figures worked out of others: ids such as ``share(ID*ID)~h1f2e3d``, and their arithmetic.

The parts are proof ids of any sort, derived ones among them. A derived id says how the figure is
worked out and from what; both are computed again from the parts.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, localcontext
from typing import Final

from keystead.kernel.errors import Invalid, NotFound
from keystead.kernel.exact import round_half_up
from keystead.kernel.money import WORKING_PLACES
from keystead.kernel.standing import Worth
from keystead.metrics.calc.changes import DIGITS, exact

KINDS: Final = ("difference", "sum", "share", "growth", "negative")
TAKES: Final = {"difference": (2, 2), "share": (2, 2), "growth": (2, 2), "negative": (1, 1)}
LONGEST: Final = 8000
MOST_PARTS: Final = 60
DEEPEST: Final = 6
_PART: Final = re.compile(r"[A-Za-z0-9_.,~:!=%()*-]+", re.ASCII)
_HEAD: Final = re.compile(
    r"(difference|sum|share|growth|negative)\((.*)\)~(h[0-9a-f]{6})", re.ASCII
)


@dataclasses.dataclass(frozen=True)
class Derived:
    """What a derived id says: how, and from which figures."""

    kind: str
    ids: tuple[str, ...]


def derive(kind: str, ids: Sequence[str]) -> str:
    """Return the id of a figure that is worked out of others.

    ``difference`` (first - second), ``sum`` (of all), ``share`` (first / second), ``growth``
    (first / second - 1), ``negative`` (of one: what counts against sales). Raises Invalid for
    another kind, the wrong number of parts, a part that is no proof id, or more than an address
    can carry.

    >>> derive("difference", ["sell_in.1~c4~h1", "target.1~c4~h2"])
    'difference(sell_in.1~c4~h1*target.1~c4~h2)~h7cff16'
    """
    parts = tuple(ids)
    if kind not in KINDS:
        raise Invalid(f"There is no way called {kind[:40]} to derive a figure.", code="derive_kind")
    if not _fits(kind, parts):
        raise Invalid("That is not the number of figures this takes.", code="derive_parts")
    if not all(_PART.fullmatch(part) for part in parts):
        raise Invalid("A figure without a proof cannot be derived from.", code="derive_parts")
    body = f"{kind}({'*'.join(parts)})"
    found = f"{body}~{_check(body)}"
    if len(found) > LONGEST or _depth(found) > DEEPEST:
        raise Invalid(
            "The proof of this figure would be too long.",
            code="derive_long",
            hint="Derive it from fewer figures.",
        )
    return found


def is_derived(text: str) -> bool:
    """Say whether an id is that of a derived figure; it may still be a broken one."""
    head, mark, _rest = text.partition("(")
    return bool(mark) and head in KINDS


def read_derived(text: str) -> Derived:
    """Return what a derived id says; NotFound for anything that is no whole, untouched id."""
    found = _HEAD.fullmatch(text) if len(text) <= LONGEST and _depth(text) <= DEEPEST else None
    if found is None or found[3] != _check(f"{found[1]}({found[2]})"):
        raise _unknown()
    parts = tuple(_split(found[2]))
    if not _fits(found[1], parts) or not all(_PART.fullmatch(part) for part in parts):
        raise _unknown()
    return Derived(found[1], parts)


def leaves(text: str) -> tuple[str, ...]:
    """Return the ids a derived one rests on in the end, each once, in their order.

    Of any other id itself. NotFound for a broken one.
    """
    if not is_derived(text):
        return (text,)
    nested = (leaf for part in read_derived(text).ids for leaf in leaves(part))
    return tuple(dict.fromkeys(nested))


def worked_out(kind: str, parts: Sequence[Worth]) -> Worth:
    """Return the figure derived from its parts.

    Money and quantities must be in one measure. An empty part leaves nothing to work out, except
    in a sum or difference, where nothing posted counts as nothing as long as one part is known. A
    share or growth is a plain ratio (0.25 is a quarter) at twelve decimals, halves up.

    >>> worked_out("growth", [Worth(Decimal(125), "CNY"), Worth(Decimal(100), "CNY")]).value
    Decimal('0.250000000000')
    >>> worked_out("difference", [Worth(Decimal(5), "CNY"), Worth(Decimal(7), "EUR")]).note
    'mixed_currencies'
    """
    nothing = ("", "no_data")
    known = [part for part in parts if part.value is not None]
    why = [part.note for part in parts if part.value is None]
    ratio = kind in ("share", "growth")
    if why and (ratio or not known or any(note not in nothing for note in why)):
        return Worth(None, "", next((note for note in why if note not in nothing), "no_data"))
    measures = {part.measure for part in known}
    if len(measures) > 1:
        return Worth(None, "", "mixed_currencies")
    with localcontext(prec=DIGITS):
        values = [exact(part.value) for part in parts]
        if ratio and values[1] == 0:
            return Worth(None, "", "zero_denominator")
        found = _WAYS[kind](values)
        return Worth(round_half_up(found, WORKING_PLACES)) if ratio else Worth(found, *measures)


_WAYS: Final[dict[str, Callable[[Sequence[Decimal]], Decimal]]] = {
    "sum": lambda values: sum(values, Decimal(0)),
    "difference": lambda values: values[0] - values[1],
    "negative": lambda values: -values[0] if values[0] else values[0],
    "share": lambda values: values[0] / values[1],
    "growth": lambda values: values[0] / values[1] - 1,
}


def _fits(kind: str, parts: Sequence[str]) -> bool:
    least, most = TAKES.get(kind, (1, MOST_PARTS))
    return least <= len(parts) <= most


def _split(text: str) -> Iterator[str]:
    """Yield what stands between the stars that are in no bracket."""
    depth, start = 0, 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            raise _unknown()
        if sign == "*" and not depth:
            yield text[start:at]
            start = at + 1
    if depth:
        raise _unknown()
    yield text[start:]


def _depth(text: str) -> int:
    depth = deepest = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    return deepest


def _check(body: str) -> str:
    return "h" + hashlib.sha256(body.encode()).hexdigest()[:6]


def _unknown() -> NotFound:
    return NotFound(
        "There is no such proof.", code="proof_unknown", hint="Was the link copied whole?"
    )
