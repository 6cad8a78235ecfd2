"""Columns by month: actual, last year, target, forecast with its range."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language, gettext

from keystead.kit.ui import formats
from keystead.kit.ui.charts.base import Chart, Measure, cell, series
from keystead.kit.ui.tables import Column, Table


@dataclasses.dataclass(frozen=True)
class Ahead:
    """A forecast with its range, one value per month, None where the actual is known."""

    values: Sequence[Any]
    low: Sequence[Any] | None = None
    high: Sequence[Any] | None = None


def column_months(
    *,
    label: str,
    months: Sequence[dt.date],
    actual: Sequence[Any],
    last_year: Sequence[Any] | None = None,
    target: Sequence[Any] | None = None,
    ahead: Ahead | None = None,
    unit: str = "money",
    currency: str = "",
) -> Chart:
    """Return columns by month; all sequences are as long as ``months``, None where unknown."""
    language = get_language() or "en"
    names = {
        "last_year": gettext("Last year"),
        "actual": gettext("Actual"),
        "target": gettext("Target"),
        "forecast": gettext("Forecast"),
        "low": gettext("Low"),
        "high": gettext("High"),
    }
    given = {
        "actual": actual,
        "last_year": last_year,
        "target": target,
        "forecast": ahead.values if ahead else None,
        "low": ahead.low if ahead else None,
        "high": ahead.high if ahead else None,
    }
    kept = {role: list(items) for role, items in given.items() if items is not None and any(
        getattr(item, "value", item) is not None for item in items)}  # fmt: skip
    measure = Measure.of(kept.values(), unit, currency)
    one_year = len({month.year for month in months}) <= 1
    data = {
        "categories": [formats.month(month, locale=language, year=False) for month in months],
        "years": [] if one_year else [str(month.year) for month in months],
        "series": [series(role, names[role], items, measure) for role, items in kept.items()],
    }
    table = Table(
        columns=[
            Column("month", gettext("Month"), "month"),
            *(measure.column(role, names[role]) for role in kept),
        ],
        rows=[
            {"month": month, **{role: cell(items[index]) for role, items in kept.items()}}
            for index, month in enumerate(months)
        ],
        caption=label,
    )
    return Chart("columns", label, data, table, measure.words)
