"""What a file says of its own figures, read back; a manifest is somebody else's words by now."""

from __future__ import annotations

import json
from typing import Any, Final

from keystead.kit.office.deck.traces import SPACE
from keystead.kit.office.proofs.parts import Parts
from keystead.kit.office.slides import Carried

MOST_FIGURES: Final = 20_000


def manifest(parts: Parts, main: str) -> dict[str, Any]:
    """Return the manifest of a file; of one without it, nothing."""
    for name in parts.related(main, "customXml"):
        if SPACE.encode() in parts.raw(name)[:300]:
            return told(parts.xml(name).text)
    return {}


def told(text: str | None) -> dict[str, Any]:
    """Return a manifest from its text; what is not one is nothing."""
    try:
        found = json.loads(text or "")
    except ValueError:
        return {}
    return found if isinstance(found, dict) and found.get("version") == 1 else {}


def listed(value: Any) -> list[dict[str, Any]]:
    """Return the entries of a list that are what they should be."""
    if not isinstance(value, list):
        return []
    return [one for one in value[:MOST_FIGURES] if isinstance(one, dict)]


def texts(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def body(shape: dict[str, Any]) -> dict[str, Any]:
    """Return what a shape held when it was written."""
    found = shape.get("body")
    return found if isinstance(found, dict) else {}


def whole(value: Any) -> int:
    """Return a number, or -1 for what is none."""
    return value if isinstance(value, int) else -1


def place_of(figure: dict[str, Any]) -> tuple[int, int]:
    """Return the two numbers that say where in its shape a figure stands."""
    at = figure.get("at")
    if isinstance(at, list) and len(at) == 2 and all(isinstance(one, int) for one in at):
        return max(at[0], 0), max(at[1], 0)
    return 0, 0


def carried(figure: dict[str, Any], place: str, text: str) -> Carried:
    """Return a figure as it was found: ``text`` is what stands there now."""
    return Carried(
        place=place, text=text, meant=str(figure.get("text", "")),
        value=str(figure.get("value", "")), proof=str(figure.get("proof", "")),
        measure=str(figure.get("measure", "")),
    )  # fmt: skip
