"""Charts over an axis: lines with a band, stacked shares of a whole."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from keystead.kit.ui.charts.base import Chart, Measure, cell, series, value_of
from keystead.kit.ui.tables import Column, Table


def lines(  # noqa: PLR0913 - each says one thing of the chart, and all are named
    *,
    label: str,
    categories: Sequence[str],
    series_of: Sequence[tuple[str, str, Sequence[Any]]],
    band: tuple[Sequence[Any], Sequence[Any]] | None = None,
    unit: str = "",
    currency: str = "",
    head: str = "",
    from_zero: bool = False,
    mark: tuple[int, str] | None = None,
) -> Chart:
    """Return lines; each series is (role, name, values), role actual, last_year, target, forecast,
    or other. ``band`` is (low, high), drawn behind them, such as an agreed corridor. ``mark`` is
    (place, word): an upright line where the series breaks, such as another way of counting."""
    groups = [values for _, _, values in series_of]
    measure = Measure.of([*groups, *(band or ())], unit, currency)
    drawn = [series(role, name, values, measure) for role, name, values in series_of]
    columns = [Column("at", head or gettext("Period"))]
    columns += [measure.column(f"s{i}", name) for i, (_, name, _) in enumerate(series_of)]
    rows: list[dict[str, Any]] = [
        {"at": at, **{f"s{i}": cell(values[index]) for i, (_, _, values) in enumerate(series_of)}}
        for index, at in enumerate(categories)
    ]
    data: dict[str, Any] = {"categories": list(categories), "series": drawn, "zero": from_zero}
    if mark is not None:
        data["mark"] = {"at": mark[0], "label": mark[1]}
    if band is not None:
        data["band"] = [series("low", "", band[0], measure), series("high", "", band[1], measure)]
        columns += [measure.column("low", gettext("Low")), measure.column("high", gettext("High"))]
        for row, low, high in zip(rows, *band, strict=True):
            row.update(low=cell(low), high=cell(high))
    table = Table(columns, rows, caption=label)
    return Chart("lines", label, data, table, measure.words)


def shares(
    *,
    label: str,
    categories: Sequence[str],
    parts: Sequence[tuple[str, Sequence[Any]]],
    head: str = "",
) -> Chart:
    """Return stacked bars of 100 per cent, one per category; parts from most to least important.

    Values are amounts; the shares are computed here. A category without amounts stays empty.
    """
    totals = [
        sum((max(value_of(values[i]) or Decimal(0), Decimal(0)) for _, values in parts), Decimal(0))
        for i in range(len(categories))
    ]
    measure = Measure(unit="ratio", digits=0)
    ratios = [
        (
            name,
            [
                max(value_of(value) or Decimal(0), Decimal(0)) / total if total else None
                for value, total in zip(values, totals, strict=True)
            ],
        )
        for name, values in parts
    ]
    columns = [Column("at", head or gettext("Period"))]
    columns += [Column(f"s{i}", name, "percent", digits=1) for i, (name, _) in enumerate(parts)]
    rows = [
        {"at": at, **{f"s{i}": values[index] for i, (_, values) in enumerate(ratios)}}
        for index, at in enumerate(categories)
    ]
    data = {
        "categories": list(categories),
        "series": [series("part", name, values, measure) for name, values in ratios],
    }
    table = Table(columns, rows, caption=label)
    return Chart("shares", label, data, table, "%", max(28 * len(categories) + 44, 96))
