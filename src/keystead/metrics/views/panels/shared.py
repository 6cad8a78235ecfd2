"""What the panels share: their days, one way to ask, columns in one unit, sections to draw."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for
from keystead.accounts.types import Account
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import Actor, actor_of
from keystead.kit.ui import formats
from keystead.kit.ui.charts import Chart
from keystead.kit.ui.tables import Cell, Column, Row, Table, scale_for
from keystead.kit.ui.tags.numbers import unit_word
from keystead.metrics.queries import data_until, evaluate
from keystead.metrics.services import note_price_view
from keystead.metrics.types import Evaluation, Figure, Unit

MOST_ROWS = 20


@dataclasses.dataclass(frozen=True)
class View:
    """Who looks at which account, and up to which day there are data."""

    actor: Actor
    account: Account
    last: dt.date

    @property
    def year(self) -> Period:
        """The calendar year of the data, all twelve months."""
        return Period.year(self.last.year)

    @property
    def to_date(self) -> Period:
        """The year up to and with the last day of data."""
        return Period(self.year.start, self.last + dt.timedelta(days=1))

    @property
    def two_years(self) -> Period:
        """The year and the one before it, whole."""
        return Period(self.year.start.replace(year=self.last.year - 1), self.year.end)

    @property
    def twelve(self) -> Period:
        """The last twelve months up to and with the last day of data."""
        first = add_months(month_start(self.last), -11)
        return Period(first, self.last + dt.timedelta(days=1))

    @property
    def months(self) -> tuple[dt.date, ...]:
        return self.year.month_starts()

    def ask(self, metrics: Sequence[str], period: Period, *by: str) -> Evaluation:
        """Return metrics of this account; a look at shelf prices is written down."""
        found = evaluate(
            actor=self.actor,
            metrics=metrics,
            by=by,
            period=period,
            filters={"account": [self.account.id]},
        )
        note_price_view(actor=self.actor, evaluation=found, account_id=self.account.id)
        return found


@dataclasses.dataclass(frozen=True)
class Note:
    """Something at the side that may need a person; ``figure`` proves it."""

    title: str
    text: str
    figure: Figure | None = None
    tone: str = ""


@dataclasses.dataclass(frozen=True)
class Section:
    """One message: a headline, what is shown below it, and the chart and table that show it."""

    title: str
    lede: str = ""
    chart: Chart | None = None
    table: Table | None = None


def view_of(request: HttpRequest, account_id: int) -> View:
    """Return the view of an account; one that is foreign or missing is NotFound."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    today = timezone.localdate()
    return View(actor, account, min(data_until() or today, today))


def show(
    request: HttpRequest,
    view: View,
    name: str,
    sections: Iterable[Section | None],
    *,
    empty: tuple[str, str],
    **more: Any,
) -> HttpResponse:
    """Render a panel; without sections it says what to import."""
    context = {
        "account": view.account,
        "sections": [section for section in sections if section is not None],
        "empty": empty,
        "may_import": view.actor.can("ledger.import"),
        **more,
    }
    return render(request, f"metrics/panels/{name}.html", context)


def has(*figures: Figure) -> bool:
    """Say whether any of the figures has a value."""
    return any(figure.value is not None for figure in figures)


def each(evaluation: Evaluation, metric: str, by: str, keys: Iterable[Any]) -> list[Figure]:
    """Return a metric's figures along one dimension; empty ones where there are no rows."""
    return [evaluation.figure(metric, **{by: key}) for key in keys]


def currency_of(figures: Iterable[Figure]) -> str:
    """Return the currency that the figures share; the first one that has any."""
    return next((figure.currency for figure in figures if figure.currency), "")


def amount(value: Any, currency: str) -> str:
    """Return an amount in short words, without its sign."""
    found = formats.decimal_of(value)
    return formats.money(None if found is None else abs(found), currency, locale=locale())


def pct(value: Any) -> str:
    """Return a number that is in per cent already, without its sign."""
    found = formats.decimal_of(value)
    return formats.percent(None if found is None else abs(found) / 100, locale=locale())


def number(value: Any, digits: int = 0) -> str:
    """Return a number as the reader writes it."""
    return formats.number(value, locale=locale(), digits=digits)


def quantity(figure: Figure) -> str:
    """Return a quantity with its unit in words."""
    text = formats.short(figure.value, locale=locale())
    return f"{text} {unit_word(figure.measure, figure.value)}".strip()


def days(period: Period) -> str:
    """Return a period in words."""
    return formats.period(period.start, period.end, locale=locale())


def month_names(months: Iterable[dt.date]) -> list[str]:
    """Return months as the axis of a chart names them."""
    return [formats.month(month, locale=locale()) for month in months]


def column(metric: str, figures: Sequence[Figure], *, label: str = "", **more: Any) -> Column:
    """Return the column of a metric: one unit in its head where all figures share it."""
    known = [figure for figure in figures if figure.value is not None]
    first = (known or list(figures))[0] if figures else None
    if first is None:
        return Column(metric, label)
    label = label or gettext(first.label)
    units = {figure.measure for figure in known}
    if first.unit in {Unit.MONEY, Unit.QUANTITY} and len(units) > 1:
        return Column(metric, label, "figure", **more)
    if first.unit is Unit.MONEY:
        scale = scale_for([figure.value for figure in known], language=locale())
        return Column(metric, label, "money", currency=first.currency, scale=scale, **more)
    if first.unit is Unit.PERCENT:
        return Column(metric, label, "percent", **more)
    if first.unit is Unit.QUANTITY:
        return Column(metric, label, "number", unit=unit_word(first.measure), digits=0, **more)
    word = unit_word(first.unit.value)
    word = "" if word.casefold() in label.casefold() else word
    digits = 0 if first.unit is Unit.COUNT else 1
    return Column(metric, label, "number", unit=word, digits=digits, **more)


def measures(evaluation: Evaluation, names: Sequence[str], caption: str) -> Table:
    """Return a table with one line per metric that has a value, and its definition below it."""
    figures = [evaluation.figure(name) for name in names]
    rows = [
        Row(
            {
                "name": Cell(
                    gettext(figure.label),
                    sub=gettext(evaluation.metric(figure.metric).description),
                ),
                "value": figure,
            }
        )
        for figure in figures
        if figure.value is not None
    ]
    columns = [Column("name", _("Measure")), Column("value", pgettext("figure", "Value"), "figure")]
    return Table(columns, rows, caption=caption, sortable=False)


def by_month(
    evaluation: Evaluation, names: Sequence[str], months: Sequence[dt.date], caption: str
) -> Table:
    """Return a table with one line per month and one column per metric that has values."""
    found = {name: each(evaluation, name, "month", months) for name in names}
    kept = {name: figures for name, figures in found.items() if has(*figures)}
    columns = [Column("month", _("Month"), "month")]
    columns += [column(name, figures) for name, figures in kept.items()]
    rows = [
        Row({"month": month, **{name: figures[at] for name, figures in kept.items()}})
        for at, month in enumerate(months)
        if has(*(figures[at] for figures in kept.values()))
    ]
    return Table(columns, rows, caption=caption)


def by_name(
    evaluation: Evaluation,
    names: Sequence[str],
    caption: str,
    *,
    head: str,
    by: str = "product",
    order: str = "",
    bar: str = "",
) -> Table:
    """Return a table with one line per product (or other dimension), the largest first."""
    rows = [row for row in evaluation.rows() if has(*(row[name] for name in names))]
    order = order or names[0]
    rows.sort(key=lambda row: -(row[order].value or Decimal(0)))
    kept = [name for name in names if has(*(row[name] for row in rows))]
    columns = [Column("name", head)]
    columns += [column(name, [row[name] for row in rows]) for name in kept]
    if bar in kept:
        columns.append(Column("bar", "", "bar", hide="phone", sortable=False))
    lines = [
        Row(
            {
                "name": name_of(row, by),
                **{name: row[name] for name in kept},
                "bar": row[bar].value if bar in kept else None,
            }
        )
        for row in rows[:MOST_ROWS]
    ]
    return Table(columns, lines, caption=caption)


def name_of(row: dict[str, Any], by: str) -> str:
    """Return what a row is about, in words."""
    return str(row.get(f"{by}_name") or row.get(by) or _("Not assigned"))


def locale() -> str:
    """Return the reader's language."""
    return get_language() or "en"
