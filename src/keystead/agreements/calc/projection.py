"""The sales that a whole agreement is expected to see: forecast where there is one, else pace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from keystead.agreements.calc.tiers import WORKING
from keystead.agreements.types import AccrualBasis
from keystead.kernel.exact import round_half_up
from keystead.kernel.periods import Period

PACE_MONTHS: Final = 12
PLACES: Final = 4
_EXACT: Final = pa.decimal128(38, PLACES)
_SUMMED: Final = ("value", "gross_value", "quantity")


def expected_sales(
    actual: pa.Table, forecast: pa.Table | None, begun: Sequence[date], ahead: Sequence[date]
) -> tuple[pa.Table, AccrualBasis]:
    """Return the sales of all months of an agreement, and what the months ahead were taken from.

    ``actual``: sums by account, product, month and whatever else is told apart. ``begun`` and
    ``ahead``: first days of the months that are in and of those to come. A month ahead up to the
    last one that ``forecast`` speaks of takes the forecast; a later one, or every one where there
    is none, the monthly average of the last twelve months that are in (run rate), rounded
    half-up to four decimals. With no month ahead what happened is all there is.
    """
    actual = actual.set_column(
        actual.column_names.index("month"), "month", actual["month"].cast(pa.date32())
    )
    if not ahead:
        return actual, AccrualBasis.ACTUAL
    told = _told(forecast, ahead)
    horizon = pc.max(told["month"]).as_py() if told is not None else None
    later = [month for month in ahead if horizon is None or month > horizon]
    tables = [actual]
    if told is not None:
        tables.append(_shaped(told, actual.schema))
    if later and begun:
        tables += _paced(actual, list(begun)[-PACE_MONTHS:], later)
    basis = AccrualBasis.RUN_RATE if told is None else AccrualBasis.FORECAST
    return pa.concat_tables(tables), basis


def months_between(span: Period, until: date) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Return the months of a span that have begun by a day, and those still to come.

    >>> begun, ahead = months_between(Period.parse("2026-01..2026-04"), date(2026, 2, 28))
    >>> len(begun), [month.month for month in ahead]
    (2, [3, 4])
    """
    months = span.month_starts()
    return (
        tuple(month for month in months if month <= until),
        tuple(month for month in months if month > until),
    )


def _told(forecast: pa.Table | None, ahead: Sequence[date]) -> pa.Table | None:
    if forecast is None or not forecast.num_rows:
        return None
    known = pc.is_in(forecast["month"], value_set=pa.array(list(ahead), pa.date32()))
    found = forecast.filter(known)
    return found if found.num_rows else None


def _shaped(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return forecast rows with the columns of sales: no returns, lines that are none yet."""
    columns = []
    for field in schema:
        if field.name == "is_return":
            column = pa.repeat(pa.scalar(False), table.num_rows)
        elif field.name == "lines":
            column = pa.repeat(pa.scalar(0, field.type), table.num_rows)
        elif field.name == "gross_value" and field.name not in table.column_names:
            column = table["value"]
        elif field.name in table.column_names:
            column = table[field.name]
        else:
            column = pa.nulls(table.num_rows, field.type)
        if field.name in _SUMMED:
            column = pc.fill_null(column.cast(_EXACT), Decimal(0))
        columns.append(column.cast(field.type))
    return pa.table(dict(zip(schema.names, columns, strict=True)), schema=schema)


def _paced(actual: pa.Table, begun: Sequence[date], later: Sequence[date]) -> list[pa.Table]:
    recent = actual.filter(pc.is_in(actual["month"], value_set=pa.array(begun, pa.date32())))
    keys = [name for name in actual.column_names if name not in (*_SUMMED, "lines", "month")]
    measures = [name for name in _SUMMED if name in actual.column_names]
    if not recent.num_rows:
        return []
    folded = recent.group_by(keys).aggregate([(name, "sum") for name in measures])
    columns = {name: folded[name] for name in keys}
    with localcontext(WORKING):
        for name in measures:
            monthly = [
                round_half_up((one or Decimal(0)) / len(begun), PLACES)
                for one in folded[f"{name}_sum"].to_pylist()
            ]
            columns[name] = pa.array(monthly, _EXACT).cast(actual.schema.field(name).type)
    columns["lines"] = pa.repeat(pa.scalar(0, actual.schema.field("lines").type), folded.num_rows)
    made = []
    for month in later:
        columns["month"] = pa.repeat(pa.scalar(month, pa.date32()), folded.num_rows)
        ordered = {name: columns[name] for name in actual.column_names}
        made.append(pa.table(ordered, schema=actual.schema))
    return made
