"""The usage panel of an account: requests by month, turnaways, and the break between releases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for
from keystead.connectors.counter.calc.months import month_list
from keystead.connectors.counter.calc.trend import break_at, trimmed
from keystead.connectors.counter.queries.titles import lists_for
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import actor_of, policy
from keystead.kit.ui import formats
from keystead.kit.ui.charts import Chart, lines
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.ledger.queries import last_day
from keystead.metrics.queries import evaluate
from keystead.metrics.types import Evaluation, Figure

NEW, OLD = "unique_requests", "unique_requests_r5"
TOTALS = (NEW, "controlled_requests", "turnaways", "turnaway_rate", "open_share", "backfile_share")
MONTHS = 36


@policy("metrics.view")
def usage(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show how the content of an account is used; releases stand side by side, never summed."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    today = timezone.localdate()
    last = min(last_day(("usage",)) or today, today)
    first = add_months(month_start(last), 1 - MONTHS)
    end = add_months(month_start(last), 1)
    only = {"account": [account.id]}
    by_month = evaluate(
        actor=actor, metrics=[NEW, OLD, "turnaways"], by=("month",), period=Period(first, end),
        filters=only,
    )  # fmt: skip
    axis = month_list(first, last)
    new, old = _figures(by_month, NEW, axis), _figures(by_month, OLD, axis)
    shown = any(figure.value for figure in (*new, *old))
    year = Period(add_months(end, -12), end)
    totals = evaluate(actor=actor, metrics=list(TOTALS), by=(), period=year, filters=only)
    context: dict[str, Any] = {
        "account": account,
        "shown": shown,
        "lists": lists_for(actor, account_id=account.id),
        "may_import": actor.can("ledger.import"),
    }
    if shown:
        chart, broken = _chart(axis, new, old)
        context |= {
            "chart": chart,
            "broken": broken,
            "period": formats.period(year.start, year.end, locale=_locale()),
            "totals": _totals(totals),
            "titles": _denied(evaluate(
                actor=actor, metrics=["turnaways", NEW], by=("title",), period=year, filters=only
            )),
        }  # fmt: skip
    return render(request, "counter/panels/usage.html", context)


def _figures(found: Evaluation, metric: str, axis: Sequence[dt.date]) -> list[Figure]:
    return [found.figure(metric, month=month) for month in axis]


def _chart(axis: Sequence[dt.date], new: list[Figure], old: list[Figure]) -> tuple[Chart, str]:
    """Return the chart, and the month of the break in words ("" when there is one release)."""
    begin = next(at for at in range(len(axis)) if new[at].value or old[at].value)
    axis, new, old = axis[begin:], new[begin:], old[begin:]
    at = break_at([one.value for one in old], [one.value for one in new])
    series: list[tuple[str, str, list[Any]]] = []
    for role, name, figures in (
        ("last_year", _("Release 5"), old), ("actual", _("Release 5.1"), new),
    ):  # fmt: skip
        kept = trimmed([one.value for one in figures])
        if any(kept):
            shown = [one if keep else None for one, keep in zip(figures, kept, strict=True)]
            series.append((role, name, shown))
    names = [formats.month(month, locale=_locale()) for month in axis]
    chart = lines(
        label=_("Unique requests by month"), categories=names, series_of=series, head=_("Month"),
        from_zero=True, mark=(at, _("break")) if at is not None else None,
    )  # fmt: skip
    return chart, names[at] if at is not None else ""


def _totals(found: Evaluation) -> Table:
    figures = [found.figure(name) for name in TOTALS]
    rows = [
        Row(
            {
                "name": Cell(gettext(one.label), sub=gettext(found.metric(one.metric).description)),
                "value": one,
            }
        )
        for one in figures
        if one.value is not None
    ]
    columns = [Column("name", _("Measure")), Column("value", _("Figure"), "figure")]
    return Table(columns, rows, _("Usage in figures"), sortable=False)


def _denied(found: Evaluation) -> Table:
    rows = [row for row in found.rows() if row["turnaways"].value]
    rows.sort(key=lambda row: -row["turnaways"].value)
    columns = [
        Column("title", _("Title"), wide=True),
        Column("turnaways", _("Denied"), "number", digits=0),
        Column("used", _("Unique requests"), "number", digits=0),
    ]
    lines_ = [
        Row({"title": row["title"], "turnaways": row["turnaways"], "used": row[NEW]})
        for row in rows[:15]
    ]
    return Table(columns, lines_, _("Wanted and denied"))


def _locale() -> str:
    return get_language() or "en"
