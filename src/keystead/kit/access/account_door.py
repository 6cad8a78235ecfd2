"""The door to accounts for rooms that lie beside the accounts room and may not import it.

The accounts room hangs its own door in here when the application starts. Without one every
account stays closed.
"""

from __future__ import annotations

from collections.abc import Callable

from keystead.kit.access.actor import Actor

Door = Callable[[Actor, int], bool]
_doors: list[Door] = []


def hang(door: Door) -> None:
    """Set the function that says whether an actor may see the account of an id."""
    _doors[:] = [door]


def may_see_account(actor: Actor, account_id: int) -> bool:
    """Say whether the actor may see the account; a missing one is seen by nobody."""
    return bool(_doors) and _doors[0](actor, account_id)
