"""What of a mail may be written down: shortened, without those who are nobody of ours or theirs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from keystead.stakeholders.types import Draft

LONGEST = 4000
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


def shortened(text: str) -> tuple[str, bool]:
    """Return at most 4,000 signs of a text, cut between words, and whether it was cut.

    >>> shortened("So it is.")
    ('So it is.', False)
    """
    text = text.strip()
    if len(text) <= LONGEST:
        return text, False
    kept = text[: LONGEST - 1]
    cut = max(kept.rfind(" "), kept.rfind("\n"))
    return f"{kept[: cut if cut > LONGEST // 2 else LONGEST - 1].rstrip()}…", True


def without_strangers(text: str, strangers: Iterable[Draft], known: Collection[str]) -> str:
    """Return a text in which strangers' names and every unknown mail address are three dots.

    ``known`` are mail addresses in lower case.

    >>> without_strangers("Ann Roy (a@x.fr) and b@y.fr", [Draft(name="Ann Roy")], {"b@y.fr"})
    '… (…) and b@y.fr'
    """
    text = _ADDRESS.sub(lambda hit: hit[0] if hit[0].casefold() in known else "…", text)
    names = sorted({one.name for one in strangers if len(one.name) > 1}, key=len, reverse=True)
    if names:
        text = re.sub("|".join(map(re.escape, names[:200])), "…", text, flags=re.IGNORECASE)
    return text
