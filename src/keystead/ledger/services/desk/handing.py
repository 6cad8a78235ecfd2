"""Files that another room reads by itself: the desk hands them on instead of asking for columns.

The desk stands below the rooms and connectors that know such a file, so they register here when
the process starts, as jobs and listeners do.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from keystead.kit.access import Actor
from keystead.ledger.types import Handed

Taker = Callable[[Actor, Path, str, bool], Handed | None]
_takers: list[Taker] = []


def takes_files(taker: Taker) -> Taker:
    """Register who looks at a file first: ``taker(actor, path, name, now)``.

    It returns None for a file that is none of its own; looking must be cheap. ``now``: do the
    work here and say what came of it; else it begins in a job.
    """
    if taker not in _takers:
        _takers.append(taker)
    return taker


def handed_on(
    *, actor: Actor, path: Path, name: str, dataset: str = "", now: bool = False
) -> Handed | None:
    """Hand a file on to who knows it; None when the desk reads it as any other.

    Needs ``ledger.import``. A file whose dataset was said stays on the desk.
    """
    actor.require("ledger.import")
    if dataset:
        return None
    found = (taker(actor, path, name, now) for taker in _takers)
    return next((one for one in found if one is not None), None)
