"""How far the data reach."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Max

from keystead.kit.models import Compiled, aggregated
from keystead.ledger.models import Slice


def last_day(datasets: Iterable[str]) -> date | None:
    """Return the last business day that any live row of the datasets tells of, in one query.

    It says nothing about whose rows they are, so no rights are checked.
    """
    ((found,),) = _last.rows(names=tuple(sorted(set(datasets))))
    last: date | None = found
    return last


_last = Compiled(
    lambda names: aggregated(
        Slice.objects.filter(until_commit=None, part__dataset__in=names),
        last=Max("part__last_date"),
    )
)
