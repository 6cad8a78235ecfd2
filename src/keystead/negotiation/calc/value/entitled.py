"""What an account may read beside what it read: unused, used without a right, use by package."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

_MARKS = re.compile(r"[\W_]+")
ZERO = Decimal(0)


@dataclasses.dataclass(frozen=True)
class Named:
    """A title as a list or a report names it, with its identifiers."""

    title: str
    identifiers: tuple[str, ...] = ()
    package: str = ""
    uses: Decimal = ZERO
    proof: str = ""


@dataclasses.dataclass(frozen=True)
class Entitled:
    """Entitled titles with their use, and what was used that no list names."""

    titles: tuple[Named, ...]  # one row per title and package
    unused: tuple[Named, ...]
    beyond: tuple[Named, ...]


def entitled(lists: Sequence[Named], used: Iterable[Named]) -> Entitled:
    """Return title lists joined with use: by any identifier, else by the folded name.

    What was used and is named by several packages counts in each of them; ``unused`` names a
    title once. ``beyond`` is use of titles in no list, the most used first.

    >>> one = entitled([Named("Herons", ("0378-5955",), "All"), Named("Egrets", (), "All")],
    ...                [Named("J. of Herons", ("03785955",), uses=Decimal(5)),
    ...                 Named("Storks", uses=Decimal(2))])
    >>> [(t.title, int(t.uses)) for t in one.titles], [t.title for t in one.unused]
    ([('Herons', 5), ('Egrets', 0)], ['Egrets'])
    >>> [t.title for t in one.beyond]
    ['Storks']
    """
    places: dict[str, list[int]] = {}
    for at, one in enumerate(lists):
        for key in dict.fromkeys(_keys(one)):
            places.setdefault(key, []).append(at)
    sums = [ZERO] * len(lists)
    proofs: list[list[str]] = [[] for _one in lists]
    beyond = []
    for row in used:
        *ids, name = _keys(row)
        found = sorted({at for key in ids for at in places.get(key, ())}) or places.get(name, [])
        if not found:
            if row.uses:
                beyond.append(row)
            continue
        for at in found:
            sums[at] += row.uses
            proofs[at].append(row.proof)
    titles = tuple(
        dataclasses.replace(one, uses=uses, proof=proof[0] if len(proof) == 1 else "")
        for one, uses, proof in zip(lists, sums, proofs, strict=True)
    )
    unused = {_keys(one): one for one in titles if not one.uses}
    beyond.sort(key=lambda one: (-one.uses, one.title))
    return Entitled(titles, tuple(unused.values()), tuple(beyond))


def _keys(one: Named) -> tuple[str, ...]:
    """Return what a title may be found by, the surest first."""
    identifiers = (_fold(text) for text in one.identifiers if text)
    return (*(f"id {text}" for text in identifiers), f"name {_fold(one.title)}")


def _fold(text: str) -> str:
    return _MARKS.sub("", text).casefold()
