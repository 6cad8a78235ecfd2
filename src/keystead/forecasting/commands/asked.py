"""What several commands ask for: the cycle of a month, JSON."""

from __future__ import annotations

import click

from keystead.forecasting import queries
from keystead.forecasting.types.cycle import Cycle, DemandKind
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kernel.errors import NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import Actor

AS_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON, for a program.")


def cycle_of(actor: Actor, month: str, kind: str = "") -> Cycle:
    """Return the cycle of a month or week, name or id; NotFound without one."""
    found = named_cycle(actor, month, kind)
    if found is None:
        raise NotFound(
            f"There is no cycle of {month}.", code="cycle_not_found",
            hint="`keystead forecast show` lists those you see: write a month, a name or a number.",
        )  # fmt: skip
    return found


def named_cycle(actor: Actor, month: str, kind: str = "") -> Cycle | None:
    """Return the cycle of a month (2026-11), week (2026-W41), name or id, None without one."""
    found = queries.cycles_for(actor, kind=DemandKind(kind) if kind else None)
    named = [one for one in found if month in (str(one.id), one.name)]
    if named or month.isdecimal():
        return named[0] if named else None
    period = Period.parse(month)
    rhythm = rhythm_of(month)
    return next(
        (one for one in found if one.rhythm is rhythm and one.head.month == period.start), None
    )


def rhythm_of(text: str) -> Rhythm:
    """Return the rhythm that a written period has: 2026-W41 is a week, all else a month.

    >>> rhythm_of("2026-W41").value, rhythm_of("2026-10").value
    ('week', 'month')
    """
    return Rhythm.WEEK if "W" in text.upper() else Rhythm.MONTH
