"""Provers: how a room answers for a figure that is no metric, by a proof id ``KIND:BODY``.

A room registers its kinds when it starts (``AppConfig.ready``); ``metrics.queries.standing``, which
knows no room above it, asks here. What stands in the body is the room's own matter: enough to work
the figure out again, and no figure itself.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from keystead.kernel.errors import Invalid, NotFound
from keystead.kernel.standing import Standing, Worth
from keystead.kit.access import Actor

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

__all__ = ["Prover", "Source", "Standing", "Whose", "Worth", "kind_label", "kinds", "named",
           "origins_of", "parts_of", "register", "standings_of"]  # fmt: skip

Prover: TypeAlias = Callable[[Actor, Sequence[str]], Mapping[str, Standing]]
# Whose figures ids are: accounts (None: every account) and whether it is a resale price.
Whose: TypeAlias = "tuple[frozenset[int] | None, bool]"
Source: TypeAlias = Callable[[Actor, Sequence[str]], Mapping[str, Whose]]

LONGEST: Final = 600
_KIND: Final = re.compile(r"[a-z][a-z_]{1,39}", re.ASCII)
_PART: Final = re.compile(r"[A-Za-z0-9_.,=!-]{0,200}", re.ASCII)


@dataclasses.dataclass(frozen=True)
class _Entry:
    prover: Prover
    label: str | StrPromise
    source: Source | None = None


_KINDS: dict[str, _Entry] = {}


def register(
    kind: str, prover: Prover, label: str | StrPromise, *, source: Source | None = None
) -> None:
    """Let ``prover`` answer for the ids ``kind:...``; ``label`` says what such a figure is.

    ``source`` says whose figures ids are where that is cheaper than to answer for them.

    The prover gets the actor and whole ids, many at once, and returns what it can answer for by id;
    one that is missing, broken, or not the actor's is simply not among them.
    """
    if not _KIND.fullmatch(kind):
        raise ValueError(f"{kind!r} is no name of a kind")
    known = _KINDS.get(kind)
    if known is not None and known.prover is not prover:
        raise ValueError(f"{kind} has a prover already")
    _KINDS[kind] = _Entry(prover, label, source)


def kinds() -> tuple[str, ...]:
    """Return the kinds that are registered."""
    return tuple(sorted(_KINDS))


def kind_label(proof_id: str) -> str:
    """Return what figures of the id's kind are, in the reader's language."""
    entry = _KINDS.get(proof_id.partition(":")[0])
    return str(entry.label) if entry else ""


def named(kind: str, *parts: object) -> str:
    """Return the id of a figure: its kind, its parts, and a short checksum.

    Parts hold letters, digits and ``_ . , = ! -``.

    >>> named("score", 17, "total")
    'score:17~total~hbda55c'
    """
    texts = [str(part) for part in parts]
    if not _KIND.fullmatch(kind) or not all(_PART.fullmatch(text) for text in texts):
        raise Invalid("This cannot stand in a proof id.", code="proof_form")
    body = "~".join(texts)
    found = f"{kind}:{body}~{_check(kind, body)}"
    if len(found) > LONGEST:
        raise Invalid("The proof id would be too long.", code="proof_form")
    return found


def parts_of(proof_id: str, count: int) -> tuple[str, ...]:
    """Return the parts an id was named with; NotFound for one that is not whole.

    ``count`` is how many there must be.
    """
    kind, mark, rest = proof_id.partition(":")
    body, _tilde, check = rest.rpartition("~")
    parts = tuple(body.split("~"))
    if not mark or len(proof_id) > LONGEST or check != _check(kind, body) or len(parts) != count:
        raise NotFound("There is no such proof.", code="proof_unknown")
    return parts


def standings_of(actor: Actor, proof_ids: Sequence[str]) -> dict[str, Standing]:
    """Return the answers to ids of registered kinds; one that nobody answers for is left out."""
    by_kind: dict[str, list[str]] = {}
    for one in dict.fromkeys(proof_ids):
        by_kind.setdefault(one.partition(":")[0], []).append(one)
    found: dict[str, Standing] = {}
    for kind, ids in by_kind.items():
        if kind in _KINDS:
            answers = _KINDS[kind].prover(actor, ids)
            found |= {one: answers[one] for one in ids if one in answers}
    return found


def origins_of(actor: Actor, proof_ids: Sequence[str]) -> dict[str, Whose]:
    """Return whose figures ids of registered kinds are; what nobody answers for is left out."""
    found: dict[str, Whose] = {}
    rest: list[str] = []
    by_kind: dict[str, list[str]] = {}
    for one in dict.fromkeys(proof_ids):
        by_kind.setdefault(one.partition(":")[0], []).append(one)
    for kind, ids in by_kind.items():
        entry = _KINDS.get(kind)
        if entry is not None and entry.source is not None:
            found |= entry.source(actor, ids)
        else:
            rest += ids
    standings = standings_of(actor, rest)
    return found | {one: (told.account_ids, told.resale_price) for one, told in standings.items()}


def _check(kind: str, body: str) -> str:
    return "h" + hashlib.sha256(f"{kind}:{body}".encode()).hexdigest()[:6]
