"""What other rooms hold about a contact: asked by the room that answers for people.

A room registers a holder when it starts (``AppConfig.ready``): what it holds of these persons at
accounts that the actor may see, as JSON-able data. Names of others are in no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from keystead.kit.access import Actor

Holder: TypeAlias = Callable[[Actor, Sequence[int]], list[dict[str, Any]]]
_HOLDERS: Final[dict[str, Holder]] = {}


def register(name: str, holder: Holder) -> None:
    """Let ``holder`` tell what stands under ``name``; one holder a name."""
    known = _HOLDERS.get(name)
    if known is not None and known is not holder:
        raise ValueError(f"{name} is held already")
    _HOLDERS[name] = holder


def held_by_rooms(actor: Actor, person_ids: Sequence[int]) -> dict[str, list[dict[str, Any]]]:
    """Return what all holders have of the persons, by name."""
    return {name: _HOLDERS[name](actor, person_ids) for name in sorted(_HOLDERS)}
