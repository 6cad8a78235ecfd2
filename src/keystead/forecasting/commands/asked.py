"""What several commands ask for: the cycle of a month, JSON."""

from __future__ import annotations

import click

from keystead.forecasting import queries
from keystead.forecasting.types.cycle import Cycle, DemandKind
from keystead.kernel.errors import NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import Actor

AS_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON, for a program.")


def cycle_of(actor: Actor, month: str, kind: str = "") -> Cycle:
    """Return the cycle of a month, name or id; NotFound without one."""
    found = named_cycle(actor, month, kind)
    if found is None:
        raise NotFound(f"There is no cycle of {month}.", code="cycle_not_found")
    return found


def named_cycle(actor: Actor, month: str, kind: str = "") -> Cycle | None:
    """Return the cycle of a month, name or id, None without one."""
    first = None if month.isdecimal() else Period.parse(month).start
    for one in queries.cycles_for(actor, kind=DemandKind(kind) if kind else None):
        if month in (str(one.id), one.name) or one.head.month == first:
            return one
    return None
