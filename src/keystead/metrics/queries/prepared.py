"""A question that is ready to run."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import pyarrow as pa
from django.utils import timezone

from keystead.kernel.periods import Period
from keystead.metrics.calc.datasets import BATCH_DIMENSION
from keystead.metrics.queries.asking import Asked, batch_table, rates_for, widest
from keystead.metrics.queries.dimensions import Dimensions
from keystead.metrics.queries.store import Store


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A question that is ready to run: what, on which facts, with which tables.

    ``reference``: the period a series takes its idea of "regular" from, where it is not the
    question's own.
    """

    asked: Asked
    store: Store
    dims: Dimensions
    tables: dict[str, pa.Table]
    rates_at: datetime | None
    reference: Period | None = None


def prepare(
    asked: Asked,
    store: Store,
    dims: Dimensions,
    currency: str,
    rates_at: datetime | None = None,
) -> Prepared:
    """Return the question with the tables it joins; ``currency`` is the target or ""."""
    query = dataclasses.replace(asked.query, currency=currency)
    asked = dataclasses.replace(asked, query=query)
    tables = dict(dims.tables)
    if currency:
        rates_at = rates_at or timezone.now()
        tables["rate_dim"] = rates_for(currency, widest(asked).last, rates_at)
    if BATCH_DIMENSION in query.by:
        tables["batch_dim"] = batch_table(store, asked.datasets)
    return Prepared(asked, store, dims, tables, rates_at if currency else None)
