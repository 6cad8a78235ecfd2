"""Charts with one row per thing: bars, variances from a zero axis, a waterfall, price dots."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext

from keystead.kit.ui import formats
from keystead.kit.ui.charts.base import Chart, Measure, cell, plain, proof_of, series, value_of
from keystead.kit.ui.tables import Column, Table

ROW = 28


def bars(
    *,
    label: str,
    items: Sequence[tuple[str, Any]],
    last_year: Sequence[Any] | None = None,
    target: Sequence[Any] | None = None,
    unit: str = "money",
    currency: str = "",
    most: Any = None,
    head: str = "",
) -> Chart:
    """Return horizontal bars; ``most`` fixes the scale for small multiples."""
    names = [name for name, _ in items]
    values = [value for _, value in items]
    measure = Measure.of([values, last_year, target], unit, currency)
    drawn = [series("actual", gettext("Actual"), values, measure)]
    columns = [Column("name", head or gettext("Name")), measure.column("actual", gettext("Actual"))]
    rows: list[dict[str, Any]] = [{"name": name, "actual": cell(value)} for name, value in items]
    for role, word, more in (
        ("last_year", gettext("Last year"), last_year),
        ("target", gettext("Target"), target),
    ):
        if more is not None:
            drawn.append(series(role, word, more, measure))
            columns.append(measure.column(role, word))
            for row, item in zip(rows, more, strict=True):
                row[role] = cell(item)
    data = {"categories": names, "series": drawn, "most": plain(most)}
    table = Table(columns, rows, caption=label)
    return Chart("bars", label, data, table, measure.words, ROW * len(names) + 16)


def variance_bars(
    *,
    label: str,
    items: Sequence[tuple[str, Any]],
    unit: str = "money",
    currency: str = "",
    good: str = "up",
    head: str = "",
) -> Chart:
    """Return bars left and right of a zero axis with signed labels; colour says good or bad."""
    values = [value for _, value in items]
    measure = Measure.of([values], unit, currency)
    drawn = series("variance", gettext("Change"), values, measure)
    drawn["labels"] = [signed(value, measure) for value in values]
    table = Table(
        [Column("name", head or gettext("Name")), measure.column("change", gettext("Change"))],
        [{"name": name, "change": cell(value)} for name, value in items],
        caption=label,
    )
    data = {"categories": [name for name, _ in items], "series": [drawn], "good": good}
    return Chart("variance", label, data, table, measure.words, ROW * len(values) + 16)


def waterfall(
    *,
    label: str,
    steps: Sequence[tuple[str, Any, str]],
    unit: str = "money",
    currency: str = "",
    good: str = "up",
) -> Chart:
    """Return a bridge. A step is (name, value, kind): ``total`` stands on zero, ``change`` adds.

    ``base`` is a total of an earlier period and drawn grey. The last total is drawn as given; the
    changes before it should lead to it.
    """
    measure = Measure.of([[value for _, value, _ in steps]], unit, currency)
    level, starts, ends = Decimal(0), [], []
    for _, value, kind in steps:
        amount = value_of(value) or Decimal(0)
        starts.append(float(level if kind == "change" else Decimal(0)))
        level = level + amount if kind == "change" else amount
        ends.append(float(level))
    labels = [
        signed(value, measure) if kind == "change" else measure.text(value)
        for _, value, kind in steps
    ]
    data = {
        "categories": [name for name, _, _ in steps],
        "kinds": [kind for _, _, kind in steps],
        "starts": starts,
        "ends": ends,
        "labels": labels,
        "proofs": [proof_of(value) for _, value, _ in steps],
        "good": good,
    }
    table = Table(
        [Column("name", gettext("Step")), measure.column("value", gettext("Amount"))],
        [{"name": name, "value": cell(value)} for name, value, _ in steps],
        caption=label,
        sortable=False,
    )
    return Chart("waterfall", label, data, table, measure.words, ROW * len(steps) + 16)


def dots(
    *,
    label: str,
    items: Sequence[tuple[str, Sequence[Any], Any]],
    unit: str = "money",
    currency: str = "",
    head: str = "",
    mark: str = "",
) -> Chart:
    """Return a strip of dots per row: (name, observations, reference such as the list price)."""
    language = get_language() or "en"
    groups = [[*values, reference] for _, values, reference in items]
    measure = Measure.of(groups, unit, currency)
    mark = mark or gettext("Reference")
    rows = []
    for name, values, reference in items:
        known = sorted(found for value in values if (found := value_of(value)) is not None)
        rows.append(
            {
                "name": name,
                "count": len(known),
                "low": known[0] if known else None,
                "middle": known[len(known) // 2] if known else None,
                "high": known[-1] if known else None,
                "mark": cell(reference),
            }
        )
    data = {
        "categories": [name for name, _, _ in items],
        "dots": [[plain(value) for value in values] for _, values, _ in items],
        "marks": [plain(reference) for _, _, reference in items],
        "labels": [_range(row, measure) for row in rows],
        "low_label": formats.MISSING,
        "language": language,
    }
    table = Table(
        [
            Column("name", head or gettext("Name")),
            Column("count", gettext("Observations"), "number"),
            measure.column("low", gettext("Lowest")),
            measure.column("middle", gettext("Median")),
            measure.column("high", gettext("Highest")),
            measure.column("mark", mark),
        ],
        rows,
        caption=label,
    )
    return Chart("dots", label, data, table, measure.words, ROW * len(rows) + 16)


def signed(value: Any, measure: Measure) -> str:
    """Return a label with its sign, plus included."""
    found = value_of(value)
    text = measure.text(value)
    return f"+{text}" if found is not None and found > 0 else text


def _range(row: dict[str, Any], measure: Measure) -> str:
    if row["low"] is None:
        return formats.MISSING
    low, high = measure.text(row["low"]), measure.text(row["high"])
    return low if low == high else f"{low} – {high}"
