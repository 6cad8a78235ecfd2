"""Which cycles speak of the same demand: two of them must never both count."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

from keystead.forecasting import models
from keystead.forecasting.queries.cycles import within
from keystead.forecasting.types.cycle import CycleState
from keystead.forecasting.types.rhythm import Rhythm

LONGEST = 100  # characters: the ledger's column holds 120


def source_of(accounts: Iterable[int]) -> str:
    """Return the source under which the agreed numbers of these accounts stand in the ledger.

    Cycles of the same accounts share it, whatever they are called: the newest lock replaces the
    months of the one before. No accounts: all.

    >>> source_of([]), source_of([7, 3])
    ('agreed forecast', 'agreed forecast of 3, 7')
    """
    found = ", ".join(str(one) for one in sorted(set(accounts)))
    if len(found) > LONGEST:
        found = hashlib.sha256(found.encode()).hexdigest()[:16]
    return f"agreed forecast of {found}" if found else "agreed forecast"


def overlapping(
    accounts: Iterable[int], month: date, horizon: int, rhythm: Rhythm = Rhythm.MONTH
) -> models.CycleRow | None:
    """Return a cycle that shares some of these accounts and periods, but not all the accounts.

    Its agreed numbers would be added to those of a new one. Cancelled cycles do not count, nor
    do those of the other rhythm: weeks and months stand in datasets of their own.
    """
    mine, wanted = sorted(set(accounts)), within(accounts)
    rows = models.CycleRow.objects.exclude(state=CycleState.CANCELLED.value)
    rows = rows.filter(rhythm=rhythm.value, month__lt=rhythm.step(month, horizon))
    for row in rows.order_by("-month", "-id"):
        if rhythm.step(row.month, row.horizon) <= month or sorted(row.accounts) == mine:
            continue
        if not (mine and row.accounts) or wanted & within(row.accounts):
            return row
    return None
