"""Proof ids: readable, self-contained names of figures that fit into an address.

``sell_in.1~c42~2026-01-01~2026-11-18~a17~p3~h1f2e3d``: metric and version, commit, first and
last day, then accounts, products, further filters, conversion, calendar, and a short checksum.
The id holds everything that is needed to compute the figure again, and no figure itself.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote, unquote

from keystead.kernel.errors import NotFound
from keystead.kernel.periods import Period
from keystead.metrics.types import DIMENSIONS

LISTED: Final = 12  # so many ids are written out, more are packed
LONGEST: Final = 1200
_MOMENT: Final = "%Y%m%d%H%M%S%f"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)


@dataclasses.dataclass(frozen=True)
class ProofKey:
    """What a proof id says.

    ``accounts`` None = every account; else the accounts' own ids, merged ones included, so that
    a later merge does not move the figure. ``scope_hash`` stands for ids that would be too long
    to write. ``shown``: filters as they were asked, for people; ``products`` and ``facts`` are
    what counts.
    """

    metric: str
    version: int
    commit: int
    period: Period
    accounts: frozenset[int] | None = None
    scope_hash: str = ""
    products: frozenset[int] | None = None
    product_dimensions: tuple[str, ...] = ()
    facts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    shown: tuple[tuple[str, tuple[str, ...]], ...] = ()
    currency: str = ""
    rates_at: datetime | None = None
    calendar: str = ""
    reference: Period | None = None

    @cached_property
    def coverage(self) -> tuple[str, ...]:
        """Return the parts of the id that say what rows it covers, whichever their days."""
        return tuple(_coverage(self))


def scope_hash(accounts: Collection[int]) -> str:
    """Return the name of a set of accounts that is too long to be written out."""
    text = ".".join(str(one) for one in sorted(accounts))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def encode(key: ProofKey, period: Period | None = None, reference: Period | None = None) -> str:
    """Return the id of a key; ``period`` and ``reference`` in place of those of the key.

    >>> encode(ProofKey("sell_in", 1, 42, Period.parse("2026"), frozenset({17})))
    'sell_in.1~c42~2026-01-01~2026-12-31~a17~hb64b82'
    """
    days = period or key.period
    parts = [
        f"{key.metric}.{key.version}",
        f"c{key.commit}",
        days.start.isoformat(),
        days.last.isoformat(),
        *key.coverage,
    ]
    regular = reference or key.reference
    if regular:
        parts.append(f"r{regular.start.isoformat()}.{regular.last.isoformat()}")
    return "~".join([*parts, _check(parts)])


def _coverage(key: ProofKey) -> list[str]:
    parts = []
    if key.scope_hash:
        parts.append(f"s{key.scope_hash}")
    elif key.accounts is not None:
        written = _ids("a", key.accounts)
        parts.append(written if len(written) <= LONGEST else f"s{scope_hash(key.accounts)}")
    if key.products is not None:
        parts.append(_ids("p", key.products))
        parts.append("d" + ".".join(key.product_dimensions))
    parts += [f"f{name}={_values(values)}" for name, values in key.facts]
    parts += [f"w{name}={_values(values)}" for name, values in key.shown]
    if key.currency:
        moment = key.rates_at.astimezone(UTC).strftime(_MOMENT) if key.rates_at else ""
        parts.append(f"x{key.currency}.{moment}")
    if key.calendar:
        parts.append(f"k{quote(key.calendar, safe='')}")
    return parts


def decode(text: str) -> ProofKey:
    """Return what an id says; NotFound for anything that is no whole, untouched id."""
    try:
        return _decode(text)
    except (ValueError, KeyError, IndexError, OverflowError):
        raise NotFound(
            "There is no such proof.", code="proof_unknown", hint="Was the link copied whole?"
        ) from None


def _decode(text: str) -> ProofKey:
    parts = text.strip().split("~")
    if len(parts) < 5 or _check(parts[:-1]) != parts[-1]:
        raise ValueError(text)
    metric, dot, version = parts[0].partition(".")
    if not dot or not _NAME.fullmatch(metric) or parts[1][0] != "c":
        raise ValueError(text)
    key = ProofKey(
        metric, _number(version), _number(parts[1][1:]), _period(f"{parts[2]}..{parts[3]}", "..")
    )
    for part in parts[4:-1]:
        key = _with(key, part[0], part[1:])
    return key


def _with(key: ProofKey, tag: str, body: str) -> ProofKey:
    read = _READERS[tag](tag, body)
    for name in ("facts", "shown"):
        if name in read:
            read[name] = (*getattr(key, name), *read[name])
    return dataclasses.replace(key, **read)


def _read_filter(tag: str, body: str) -> dict[str, Any]:
    name, mark, values = body.partition("=")
    if not mark or name not in DIMENSIONS:
        raise ValueError(body)
    read = (name, tuple(unquote(one.replace("!", "%")) for one in values.split(",")))
    return {"facts" if tag == "f" else "shown": (read,)}


def _read_conversion(_tag: str, body: str) -> dict[str, Any]:
    code, _dot, moment = body.partition(".")
    when = datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC) if moment else None
    return {"currency": code, "rates_at": when}


_READERS: Final[dict[str, Callable[[str, str], dict[str, Any]]]] = {
    "a": lambda tag, body: {"accounts": _read_ids(tag, body)},
    "A": lambda tag, body: {"accounts": _read_ids(tag, body)},
    "p": lambda tag, body: {"products": _read_ids(tag, body)},
    "P": lambda tag, body: {"products": _read_ids(tag, body)},
    "d": lambda _tag, body: {"product_dimensions": tuple(filter(None, body.split(".")))},
    "s": lambda _tag, body: {"scope_hash": body},
    "f": _read_filter,
    "w": _read_filter,
    "x": _read_conversion,
    "k": lambda _tag, body: {"calendar": unquote(body)},
    "r": lambda _tag, body: {"reference": _period(body, ".")},
}


def _ids(tag: str, ids: Collection[int]) -> str:
    if len(ids) <= LISTED:
        return tag + ".".join(str(one) for one in sorted(ids))
    packed, before = bytearray(), 0
    for one in sorted(ids):
        step, before = one - before, one
        while step > 127:
            packed.append(step & 127 | 128)
            step >>= 7
        packed.append(step)
    return tag.upper() + base64.urlsafe_b64encode(bytes(packed)).decode().rstrip("=")


def _read_ids(tag: str, body: str) -> frozenset[int]:
    if tag in "ap":
        return frozenset(_number(one) for one in body.split(".") if one)
    found, value, shift, before = set(), 0, 0, 0
    for byte in base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            before += value
            found.add(before)
            value, shift = 0, 0
    return frozenset(found)


def _values(values: Collection[str]) -> str:
    return ",".join(quote(one, safe="").replace("~", "%7E").replace("%", "!") for one in values)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise ValueError(text)
    return int(text)


def _period(text: str, between: str) -> Period:
    first, _mark, last = text.partition(between)
    return Period(date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1))


def _check(parts: Collection[str]) -> str:
    return "h" + hashlib.sha256("~".join(parts).encode()).hexdigest()[:6]
