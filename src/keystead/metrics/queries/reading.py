"""One look at the house: an actor, a commit, the dimensions. Share it for all figures of a page."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from keystead.accounts.queries import scope_for
from keystead.accounts.types import Scope
from keystead.kit.access import Actor, once
from keystead.metrics.queries.dimensions import Dimensions, dimensions
from keystead.metrics.queries.store import Store


@dataclasses.dataclass(frozen=True)
class Reading:
    """What every question of one request has in common, read once.

    ``rates_at``: exchange rates as recorded by then; None: those of now.
    """

    actor: Actor
    scope: Scope
    store: Store
    dims: Dimensions
    rates_at: datetime | None = None


def reading(actor: Actor, commit: int | None = None) -> Reading:
    """Return a reading for one request; keep it no longer than that.

    All figures that share it are as of the same commit, and cost the relational database no
    further query.
    """
    return once(("reading", actor, commit), lambda: _read(actor, commit))


def _read(actor: Actor, commit: int | None) -> Reading:
    dims = dimensions()
    return Reading(actor, scope_for(actor), Store(commit, plain=dims.plain), dims)
