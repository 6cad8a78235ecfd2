"""Charts of a deck, native and with their figures behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from keystead.kit.office.slides import Chart, Look, Series, Shown
from keystead.kit.ui import formats
from keystead.reviews.queries.fact_words import shown
from keystead.reviews.queries.words import BRIDGE, PARTS, language
from keystead.reviews.types.material import Material, Record

MILLION, THOUSAND = Decimal(1_000_000), Decimal(1_000)


def months_chart(material: Material) -> Chart:
    """Return sell-in by month beside last year and the target."""
    records = material.records("months")
    series = [
        _series(_("Sell-in"), "sell_in", records, "actual"),
        _series(_("Last year"), "last_year", records, "last_year"),
        _series(_("Target"), "target", records, "target"),
    ]
    return _short(Chart(
        "column", _months(records), _known(series), str(PARTS["months"]), _unit(records),
        _("Columns: sell-in month by month beside last year and the target."),
    ))  # fmt: skip


def bridge_chart(material: Material) -> Chart:
    """Return why sell-in moved: from last year to this year, part by part."""
    records = material.records("bridge")
    figures = tuple(shown(one.fact("amount")) for one in records)
    ends = [at for at, one in enumerate(records) if one.key in ("base", "actual")]
    return Chart(
        "waterfall", tuple(str(BRIDGE[one.key]) for one in records),
        (Series(_("Sell-in"), figures, "actual"),), str(PARTS["bridge"]), _unit(records),
        _("Bars: from the sell-in of last year to that of this year, each part floating."),
        tuple(ends),
    )  # fmt: skip


def usage_chart(material: Material) -> Chart:
    """Return twelve months of use beside the year before."""
    records = material.records("usage")
    series = [
        _series(_("Uses"), "requests", records, "actual"),
        _series(_("Year before"), "last_year", records, "last_year"),
    ]
    return Chart(
        "line", _months(records), _known(series), str(PARTS["usage"]), _("uses"),
        _("Lines: uses month by month beside the year before."),
    )  # fmt: skip


def outlook_chart(material: Material) -> Chart:
    """Return the year: what was sold, what is agreed to come, the target."""
    gone, ahead = material.records("months"), material.records("forecast")
    records = (*gone, *ahead)
    series = [
        _series(_("Sell-in"), "sell_in", records, "actual"),
        _series(_("Agreed forecast"), "forecast", records, "forecast"),
        _series(_("Target"), "target", records, "target"),
    ]
    return _short(Chart(
        "column", _months(records), _known(series), str(PARTS["outlook"]), _unit(records),
        _("Columns: sell-in so far, the agreed forecast of the months to come, the target."),
    ))  # fmt: skip


def _series(name: str, fact: str, records: Iterable[Record], look: Look) -> Series:
    figures: list[Shown | None] = []
    for one in records:
        found = one.fact(fact)
        figures.append(shown(found) if found else None)
    return Series(name, tuple(figures), look)


def _known(series: Iterable[Series]) -> tuple[Series, ...]:
    return tuple(one for one in series if any(figure is not None for figure in one.figures))


def _short(chart: Chart) -> Chart:
    """Return a chart with labels and axis in thousands or millions from a size on.

    The figures stay whole.
    """
    figures = (one for line in chart.series for one in line.figures if one is not None)
    top = max((abs(Decimal(one.value)) for one in figures if one.value), default=Decimal(0))
    said = {"unit": chart.unit}
    if top >= MILLION:
        shape = "#,##0" if top >= 100 * MILLION else "0.0" if top >= 10 * MILLION else "0.00"
        return replace(chart, scale=_("%(unit)s million") % said, shape=f"{shape},,")
    if top >= 10 * THOUSAND:
        shape = "#,##0" if top >= 100 * THOUSAND else "0.0"
        return replace(chart, scale=_("%(unit)s thousand") % said, shape=f"{shape},")
    return chart


def _months(records: Iterable[Record]) -> tuple[str, ...]:
    listed = list(records)
    years = {one.days["month"].year for one in listed}
    return tuple(
        formats.month(one.days["month"], locale=language(), year=len(years) > 1) for one in listed
    )


def _unit(records: Iterable[Record]) -> str:
    for one in records:
        for fact in one.facts.values():
            if fact.measure:
                return formats.symbol(fact.measure, locale=language())
    return ""
