"""Made-up values for the living page of components. Nothing here is anybody's data."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext, gettext_lazy, pgettext

from keystead.kit.ui import charts
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.figures import KeyFigure
from keystead.kit.ui.tags.lists import Node, Step, Tab

YEAR = 2026
ACTUAL = ["3.9", "3.3", "4.2", "4.0", "4.4", "6.6", "3.8", "3.9", "4.1", "4.2"]
LAST_YEAR = ["3.6", "3.2", "3.9", "3.7", "4.0", "5.9", "3.6", "3.7", "3.9", "4.1", "5.7", "3.6"]
TARGET = ["3.9", "3.4", "4.2", "4.0", "4.3", "6.4", "3.9", "4.0", "4.2", "4.5", "6.6", "4.0"]


class SampleForm(forms.Form):
    """A form with each kind of field, and an error."""

    name = forms.CharField(label=gettext_lazy("Name"), initial="Qinghe Pharmacy Online")
    code = forms.CharField(
        label=gettext_lazy("Code"), required=False, help_text=gettext_lazy("As on our invoices")
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[("p", "Platform"), ("s", "Shop")])
    opened = forms.DateField(
        label=gettext_lazy("Opened"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    remark = forms.CharField(
        label=gettext_lazy("Remark"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    active = forms.BooleanField(label=gettext_lazy("Active"), required=False, initial=True)


def figure(
    value: str | None, unit: str, currency: str = "", proof: str = "", note: str = ""
) -> Any:
    """Return something shaped like a metric's figure."""
    number = None if value is None else Decimal(value)
    return SimpleNamespace(value=number, unit=unit, currency=currency, proof_id=proof, note=note)


def sample_context() -> dict[str, Any]:
    """Return everything the living page shows."""
    broken = SampleForm({"wrong-name": "", "wrong-opened": "never"}, prefix="wrong")
    broken.is_valid()
    start, end = dt.date(YEAR, 1, 1), dt.date(YEAR, 11, 19)
    return {
        "figures": _key_figures(),
        "one": figure("48213123.40", "money", "CNY", "sample"),
        "missing": figure(None, "days", note=gettext("No stock file in the last 60 days")),
        "trend": [Decimal(value) for value in LAST_YEAR],
        "day_sample": dt.date(YEAR, 11, 18),
        "moment_sample": dt.datetime(YEAR, 11, 18, 14, 5, tzinfo=dt.UTC),
        "period_sample": SimpleNamespace(start=start, end=end),
        "table": _table(),
        "grouped": _grouped(),
        "nothing": Table([Column("name", gettext("Name"))], [], caption=gettext("An empty table")),
        "columns": _columns(),
        "bars": _bars(),
        "variances": _variances(),
        "bridge": _bridge(),
        "stock_line": _lines(),
        "mix": _mix(),
        "prices": _prices(),
        "form": SampleForm(),
        "broken_form": broken,
        "tab_items": [
            Tab("today", gettext("Today")),
            Tab("money", gettext("Money")),
            Tab("files", gettext("Files"), count=3),
        ],
        "step_items": [
            Step(gettext("Recognise"), "done", "#steps"),
            Step(pgettext("import step", "Columns"), "done", "#steps"),
            Step(pgettext("import step", "Codes"), "now", note=gettext("12 to confirm")),
            Step(pgettext("import step", "Check")),
            Step(pgettext("import step", "Post")),
        ],
        "nodes": _nodes(),
        "pairs": [
            (gettext("Code"), "QH-001"),
            (gettext("Segment"), gettext("Strategic")),
            (gettext("Owner"), None),
        ],
        "clash": SimpleNamespace(
            data={"mine": {"segment": "Growth"}, "theirs": {"segment": "Strategic"}}
        ),
        "page_of_rows": Paginator(range(512), 100).page(2),
    }


def _months() -> list[dt.date]:
    return [dt.date(YEAR, month, 1) for month in range(1, 13)]


def _millions(values: list[str], length: int = 12) -> list[Decimal | None]:
    found: list[Decimal | None] = [Decimal(value) * 1_000_000 for value in values]
    return found + [None] * (length - len(found))


def _key_figures() -> list[KeyFigure]:
    return [
        KeyFigure(gettext("Sell-in, year to date"), figure("48213123", "money", "CNY", "sample"),
                  Decimal("0.064"), note=gettext("on last year")),
        KeyFigure(gettext("Against target"), figure("0.971", "ratio", proof="sample"),
                  Decimal(-1400000), "money", note=gettext("to 18 Nov"), currency="CNY"),
        KeyFigure(gettext("Off-take, last 4 weeks"), figure("31480", "packs", proof="sample"),
                  Decimal("0.112")),
        KeyFigure(gettext("Customer stock"), figure("38", "days", proof="sample"),
                  note=gettext("agreed 30 to 45")),
        KeyFigure(gettext("Share of market"), figure("0.218", "ratio", proof="sample"),
                  Decimal("-0.019"), "points"),
        KeyFigure(gettext("Weighted distribution"),
                  figure(None, "ratio", note=gettext("No listing file yet"))),
    ]  # fmt: skip


def _table() -> Table:
    rows = [
        ("Glucose test strips 50", 18204, 15980), ("Glucose meter starter set", 9870, 8412),
        ("Lancets 100", 7315, 7020), ("Coagu test strips 24", 6120, 6990),
        ("Control solution", 6691, 6893),
    ]  # fmt: skip
    body: list[Row] = [_moved(name, now * 1000, before * 1000) for name, now, before in rows]
    total, earlier = sum(row[1] for row in rows) * 1000, sum(row[2] for row in rows) * 1000
    body.append(Row({**_moved(gettext("Total"), total, earlier).cells, "bar": None}, total=True))
    columns = [
        Column("name", gettext("Product")),
        Column("now", gettext("Sell-in"), "money", currency="CNY", scale=1000),
        Column("before", gettext("Last year"), "money", currency="CNY", scale=1000, hide="phone"),
        Column("change", gettext("Change"), "variance", scale=1000),
        Column("growth", gettext("Growth"), "variance_percent"),
        Column("bar", "", "variance_bar", hide="phone"),
        Column("trend", gettext("12 months"), "spark", hide="phone", sortable=False),
    ]
    return Table(columns, body, caption=gettext("What moved, January to 18 November"))


def _moved(name: str, now: int, before: int) -> Row:
    change = Decimal(now - before)
    trend = [Decimal(value) * (now // 1000) for value in LAST_YEAR]
    return Row(
        {
            "name": Cell(name, href="#table"),
            "now": Cell(Decimal(now), proof="sample"),
            "before": Cell(Decimal(before), proof="sample"),
            "change": Cell(change, proof="sample"),
            "growth": change / before,
            "bar": change,
            "trend": trend,
        }
    )


def _grouped() -> Table:
    columns = [
        Column("name", gettext("Account")),
        Column("code", gettext("Code"), "code", hide="phone"),
        Column("state", gettext("State"), "tag"),
        Column("days", gettext("Stock"), "number", unit=gettext("days"), digits=1),
        Column("share", gettext("Share"), "percent"),
        Column("bar", gettext("Of the group"), "bar", hide="phone"),
        Column("seen", gettext("Data to"), "date"),
    ]
    day = dt.date(YEAR, 11, 18)

    def row(name: str, code: str, tone: str, days: str, share: str) -> Row:
        cells = {
            "name": Cell(name, sub="Shanghai"),
            "code": code,
            "state": Cell(gettext("listed") if tone == "good" else gettext("paused"), tone=tone),
            "days": Decimal(days),
            "share": Decimal(share),
            "bar": Decimal(share),
            "seen": day,
        }
        return Row(cells, level=1)

    return Table(
        columns,
        [
            Row({"name": "North Bund Health Group", "share": Decimal("0.61")}, head=True),
            row("Qinghe Pharmacy Online", "QH-001", "good", "38", "0.42"),
            row("Lujia Chain", "LJ-014", "warn", "12.5", "0.19"),
        ],
        caption=gettext("A grouped table"),
        sortable=False,
    )


def _columns() -> charts.Chart:
    ahead: list[Decimal | None] = [None] * 10
    return charts.column_months(
        label=gettext("Sell-in by month"),
        months=_months(),
        actual=_millions(ACTUAL),
        last_year=_millions(LAST_YEAR),
        target=_millions(TARGET),
        ahead=charts.Ahead(
            [*ahead, Decimal(5_800_000), Decimal(3_900_000)],
            [*ahead, Decimal(5_200_000), Decimal(3_500_000)],
            [*ahead, Decimal(6_300_000), Decimal(4_250_000)],
        ),
        currency="CNY",
    )


def _bars() -> charts.Chart:
    return charts.bars(
        label=gettext("Spend by kind"),
        items=[
            (gettext("Listing fees"), Decimal(820_000)),
            (gettext("Promotion"), Decimal(1_460_000)),
            (gettext("Training"), Decimal(210_000)),
        ],
        last_year=[Decimal(760_000), Decimal(1_210_000), Decimal(260_000)],
        target=[Decimal(800_000), Decimal(1_500_000), Decimal(250_000)],
        currency="CNY",
    )


def _variances() -> charts.Chart:
    values = [
        ("Glucose test strips 50", 2224),
        ("Glucose meter starter set", 1458),
        ("Lancets 100", 295),
        ("Control solution", -202),
        ("Coagu test strips 24", -870),
    ]
    return charts.variance_bars(
        label=gettext("Change on last year by product"),
        items=[(name, Decimal(value * 1000)) for name, value in values],
        currency="CNY",
    )


def _bridge() -> charts.Chart:
    steps = [
        (gettext("Last year"), 45295, "base"), (gettext("Price"), -325, "change"),
        (gettext("Volume"), 3070, "change"), (gettext("Mix"), 160, "change"),
        (gettext("This year"), 48200, "total"),
    ]  # fmt: skip
    return charts.waterfall(
        label=gettext("From last year to this year"),
        steps=[(name, Decimal(value * 1000), kind) for name, value, kind in steps],
        currency="CNY",
    )


def _lines() -> charts.Chart:
    weeks = [str(week) for week in range(34, 47)]
    days = [41, 40, 38, 39, 36, 35, 37, 42, 46, 48, 44, 40, 38]
    before = [37, 37, 36, 38, 38, 37, 36, 39, 41, 42, 40, 39, 37]
    return charts.lines(
        label=gettext("Customer stock by week"),
        categories=weeks,
        series_of=[
            ("actual", gettext("This year"), [Decimal(day) for day in days]),
            ("last_year", gettext("Last year"), [Decimal(day) for day in before]),
        ],
        band=([Decimal(30)] * 13, [Decimal(45)] * 13),
        unit=gettext("days"),
        head=gettext("Week"),
    )


def _mix() -> charts.Chart:
    return charts.shares(
        label=gettext("Product mix by quarter"),
        categories=["Q1", "Q2", "Q3", "Q4"],
        parts=[
            (gettext("Strips"), [Decimal(5), Decimal(6), Decimal(6), Decimal(7)]),
            (gettext("Meters"), [Decimal(3), Decimal(3), Decimal(2), Decimal(2)]),
            (gettext("Other"), [Decimal(1), Decimal(1), Decimal(2), Decimal(1)]),
        ],
    )


def _prices() -> charts.Chart:
    return charts.dots(
        label=gettext("Shelf prices in the last 14 days"),
        items=[
            ("Glucose test strips 50", [Decimal(x) for x in (88, 89, 92, 95, 95, 99)], Decimal(99)),
            ("Lancets 100", [Decimal(x) for x in (21, 22, 22, 24)], Decimal(25)),
            ("Coagu test strips 24", [Decimal(x) for x in (148, 150, 162, 169)], Decimal(169)),
        ],
        currency="CNY",
        mark=gettext("List price"),
    )


def _nodes() -> list[Node]:
    return [
        Node(
            "North Bund Health Group",
            "#tree",
            children=[
                Node("Qinghe Pharmacy Online", "#tree", current=True, note="¥ 48.2 m"),
                Node("Lujia Chain", "#tree", children=[Node("Pudong", "#tree")]),
            ],
        )
    ]
