"""Since when an account's rebates are accrued."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from keystead.kernel.periods import Period
from keystead.kit.access import once
from keystead.metrics.calc.compiler import compile_sums
from keystead.metrics.queries.dimensions import Dimensions
from keystead.metrics.queries.store import Store
from keystead.metrics.types import Query

EVER = Period(date(1900, 1, 1), date(2200, 1, 1))
ACCRUAL = "accrual"


def accruing_since(store: Store, dims: Dimensions) -> Mapping[int, date]:
    """Return the month of the first accrual of each account that has any, merged ones included.

    From that month on its rebates cost when they are accrued, and an expense that is a rebate
    is their payment. It is a day, no amount, and is told whoever reads.
    """
    mark = store.mark([ACCRUAL])
    if mark is None:
        return _read(store, dims)
    return once(("accruing", mark, dims.marks["account_dim"]), lambda: _read(store, dims))


def _read(store: Store, dims: Dimensions) -> Mapping[int, date]:
    if not store.slices(ACCRUAL).reads:
        return {}
    query = Query((ACCRUAL,), (), EVER)
    found = store.fold(
        lambda sources: compile_sums(query, ACCRUAL, ("account_id", "month"), sources), ACCRUAL
    )
    first: dict[int, date] = {}
    columns = (found[name].to_pylist() for name in ("account_id", "month"))
    for account_id, month in zip(*columns, strict=True):
        head = dims.heads.get(account_id, account_id)
        first[head] = min(first.get(head, month), month)
    return first
