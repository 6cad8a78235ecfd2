"""The last agreed mix: what edits above the bottom are spread by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from keystead.forecasting import models
from keystead.forecasting.types.cycle import CycleState, Key, Layer

MOST_IDS = 500  # in one condition


def agreed_mix(
    row: models.CycleRow, keys: Sequence[Key], periods: Iterable[date]
) -> dict[tuple[Key, date], Decimal]:
    """Return what the newest locked cycle before this one agreed on, by series and month.

    A series or month that was not in it is left out.
    """
    before = last_locked(row)
    if before is None:
        return {}
    rows = models.ForecastVersion.objects.filter(
        run_id=before.run_id, layer=Layer.AGREED.value, period__in=list(periods)
    )
    accounts = {key.account_id for key in keys}
    if len(accounts) <= MOST_IDS:
        rows = rows.filter(account_id__in=accounts)
    wanted = set(keys)
    return {
        (key, period): qty
        for account, product, period, qty in rows.values_list(
            "account_id", "product_id", "period", "qty"
        )
        if (key := Key(account, product)) in wanted
    }


def last_locked(row: models.CycleRow) -> models.CycleRow | None:
    """Return the newest locked cycle of the same kind and scope before this one."""
    rows = models.CycleRow.objects.filter(
        kind=row.kind, state=CycleState.LOCKED.value, month__lt=row.month
    ).order_by("-month", "-id")
    same = [one for one in rows if one.accounts == row.accounts]
    return next(iter(same), None) or rows.first()
