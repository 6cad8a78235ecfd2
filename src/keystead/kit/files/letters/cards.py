"""Contact cards: vCard 2.1, 3.0 and 4.0, several in one file.

Only what is business contact data is taken: name, title, job, organisation, mail, phone, language.
What is marked as private (TYPE=HOME) is left out, and pictures, birthdays, addresses and notes are
never looked at.
"""

from __future__ import annotations

import re
from typing import Any

from keystead.kit.files.letters.lines import Line, lines_of
from keystead.kit.files.types import Refused

MOST = 500
_CHINESE = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af·\s]+")


def read_cards(content: bytes) -> dict[str, Any]:
    """Return ``people``: one per card with its ``line``, and a ``problem`` where it has one.

    Problems: open (the card never ends), group (no person), nameless. Raises Refused when the file
    holds no card, or more than 500.
    """
    people: list[dict[str, Any]] = []
    card: list[Line] | None = None
    start = 0
    for line in lines_of(content):
        if line.name == "BEGIN" and line.value.strip().upper() == "VCARD":
            if card is not None:
                people.append({"line": start, "problem": "open"})
            card, start = [], line.number
            if len(people) >= MOST:
                raise Refused("too_many", most=MOST)
        elif line.name == "END" and card is not None and line.value.strip().upper() == "VCARD":
            people.append({"line": start, **_person(card)})
            card = None
        elif card is not None and len(card) < 200:
            card.append(line)
    if card is not None:
        people.append({"line": start, "problem": "open"})
    if not people:
        raise Refused("damaged", format="vCard")
    return {"people": people}


def joined(family: str, given: str) -> str:
    """Return a name of two parts in the order of its language.

    >>> joined("王", "小明"), joined("Dupont", "Hélène")
    ('王小明', 'Hélène Dupont')
    """
    if family and given and _CHINESE.fullmatch(family + given):
        return f"{family}{given}"
    return f"{given} {family}".strip()


def _person(card: list[Line]) -> dict[str, Any]:
    first: dict[str, Line] = {}
    for line in card:
        if line.value.strip():
            first.setdefault(line.name, line)
    if "KIND" in first and first["KIND"].text.strip().casefold() != "individual":
        return {"problem": "group"}
    parts = [*first["N"].parts, "", "", "", ""] if "N" in first else [""] * 5
    name = first["FN"].text if "FN" in first else ""
    if not name.strip():
        name = joined(parts[0].strip(), " ".join(f"{parts[1]} {parts[2]}".split()))
    found = {
        "name": name,
        "title": parts[3],
        "job_title": first["TITLE"].text if "TITLE" in first else "",
        "organisation": first["ORG"].parts[0] if "ORG" in first else "",
        "language": _language(first["LANG"].text if "LANG" in first else ""),
        "email": _reached(card, "EMAIL").removeprefix("mailto:"),
        "phone": _reached(card, "TEL").removeprefix("tel:").split(";")[0],
    }
    found = {key: " ".join(value.split()) for key, value in found.items()}
    if found["title"] and found["name"].startswith(f"{found['title']} "):
        found["name"] = found["name"].removeprefix(f"{found['title']} ")
    return found if found["name"] else {**found, "problem": "nameless"}


def _reached(card: list[Line], name: str) -> str:
    """Return the address or number for work: preferred ones first, private ones never."""
    best: tuple[int, str] | None = None
    for line in card:
        kinds = line.kinds
        private = "home" in kinds and "work" not in kinds
        if line.name != name or not line.value.strip() or private or "fax" in kinds:
            continue
        wish = 2 * ("work" in kinds) + ("pref" in kinds or line.parameters.get("PREF") == "1")
        if best is None or wish > best[0]:
            best = wish, line.text.strip()
    return best[1] if best else ""


def _language(text: str) -> str:
    found = re.match(r"\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,6})?)", text)
    return found[1] if found else ""
