"""Who of a file is already known."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from keystead.stakeholders.types import Contact, Draft

ALIKE = 88  # of 100


@dataclasses.dataclass(frozen=True)
class Likely:
    """Somebody known who may be the person of a file: by mail, or by a name that is alike."""

    contact: Contact
    by_mail: bool
    alike: int


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """Return a name as it is compared: no case, no accents, words in order of the alphabet.

    >>> folded("Dupont, Hélène")
    'dupont helene'
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    kept = "".join(
        char if char.isalnum() else " " for char in plain if not unicodedata.combining(char)
    )
    return " ".join(sorted(kept.split()))


def likely(draft: Draft, known: Iterable[Contact]) -> Likely | None:
    """Return the best guess who this is; None when nobody is near.

    The same mail address decides; else the closest name of at least 88 of 100.
    """
    mail, name = draft.email.casefold(), folded(draft.name)
    best: Likely | None = None
    for one in known:
        if mail and one.email.casefold() == mail:
            return Likely(one, True, 100)
        alike = round(fuzz.ratio(name, folded(one.name))) if name else 0
        if alike >= ALIKE and (best is None or alike > best.alike):
            best = Likely(one, False, alike)
    return best


def twins(drafts: Sequence[Draft]) -> list[int | None]:
    """Return for each person of a file who stands further up as the same one; None for nobody.

    The same is: the same mail address; or the same name, unless both have another mail address.

    >>> twins([Draft(name="Ann Roy"), Draft(name="Roy, Ann", email="a@x.fr"), Draft(name="Bo")])
    [None, 0, None]
    """
    found: list[int | None] = []
    by_mail: dict[str, int] = {}
    by_name: dict[str, list[int]] = {}
    for at, one in enumerate(drafts):
        mail, name = one.email.casefold(), folded(one.name)
        same = by_mail.get(mail) if mail else None
        if same is None and name:
            same = next(
                (up for up in by_name.get(name, []) if not (mail and drafts[up].email)), None
            )
        found.append(same)
        if mail:
            by_mail.setdefault(mail, at)
        by_name.setdefault(name, []).append(at)
    return found
