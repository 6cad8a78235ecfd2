"""The last agreed mix: what edits above the bottom are spread by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from keystead.forecasting import models
from keystead.forecasting.queries.table import table_of
from keystead.forecasting.types.cycle import CycleState, Key, Layer
from keystead.forecasting.types.table import exactly


def agreed_mix(
    row: models.CycleRow, keys: Sequence[Key], periods: Iterable[date]
) -> dict[tuple[Key, date], Decimal]:
    """Return what the newest locked cycle before this one agreed on, by series and month.

    A series or month that was not in it is left out.
    """
    before = last_locked(row)
    if before is None:
        return {}
    wanted = set(keys)
    table = table_of(before, frozenset(key.account_id for key in wanted))
    said = table.named.get(Layer.AGREED)
    if said is None:
        return {}
    months = [(at, one) for one in periods for at in _places(table.periods, one)]
    agreed = table.layers[Layer.AGREED]
    return {
        (one.key, period): exactly(agreed[row_at, at])
        for row_at, one in enumerate(table.series)
        if one.key in wanted
        for at, period in months
        if said[row_at, at]
    }


def _places(periods: Sequence[date], wanted: date) -> tuple[int, ...]:
    return (periods.index(wanted),) if wanted in periods else ()


def last_locked(row: models.CycleRow) -> models.CycleRow | None:
    """Return the newest locked cycle of the same kind, rhythm and scope before this one."""
    rows = models.CycleRow.objects.filter(
        kind=row.kind, rhythm=row.rhythm, state=CycleState.LOCKED.value, month__lt=row.month
    ).order_by("-month", "-id")
    same = [one for one in rows if one.accounts == row.accounts]
    return next(iter(same), None) or rows.first()
