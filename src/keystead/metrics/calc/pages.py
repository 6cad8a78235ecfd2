"""The generated documentation: one page per metric and an index, as Markdown."""

from __future__ import annotations

from typing import Final

from keystead.kernel.periods import Period
from keystead.metrics.calc.compiler import Engine, compile_plan, plan_metrics, render
from keystead.metrics.calc.datasets import FACT_COLUMNS
from keystead.metrics.calc.definitions import ALL, TOPICS, aggregates, datasets_of
from keystead.metrics.calc.time import CALENDAR_YEAR
from keystead.metrics.types import (
    Additivity,
    Aggregate,
    Formula,
    Input,
    MetricDef,
    Query,
    Unit,
    WindowKind,
)

ADDS: Final = {
    Additivity.ADDITIVE: "additive: may be added over accounts, products and time",
    Additivity.SEMI_ADDITIVE: "semi-additive: added over accounts and products, not over time",
    Additivity.RATIO: "ratio: never added up; computed anew at every level",
}
UNITS: Final = {
    Unit.MONEY: "money, in the currency of the rows",
    Unit.QUANTITY: "quantity, in the unit of the rows",
    Unit.PERCENT: "percent",
    Unit.INDEX: "index",
    Unit.DAYS: "days",
    Unit.MONTHS: "months",
    Unit.COUNT: "number",
}
WINDOWS: Final = {
    WindowKind.PERIOD: "the period",
    WindowKind.YEAR_TO_DATE: "fiscal year to date",
    WindowKind.WHOLE_YEAR: "the whole fiscal year",
    WindowKind.SINCE_EVER: "everything up to the end of the period",
}


def pages() -> dict[str, str]:
    """Return file name -> Markdown for every metric and the index.

    >>> "sell_in.md" in pages()
    True
    """
    found = {f"{metric.id}.md": page(metric) for metric in ALL}
    return {"index.md": index(), **found}


def index() -> str:
    """Return the table of all metrics, by topic."""
    lines = ["# Metrics", ""]
    for topic, label in TOPICS.items():
        lines += [f"## {label}", "", "| metric | what it says | unit |", "|---|---|---|"]
        lines += [
            f"| [`{metric.id}`]({metric.id}.md) {metric.label} | {metric.description} "
            f"| {metric.unit.value}{_per(metric)} |"
            for metric in ALL
            if metric.topic == topic
        ]
        lines.append("")
    return "\n".join(lines)


def page(metric: MetricDef) -> str:
    """Return the page of one metric."""
    datasets = datasets_of(metric)
    own = set.intersection(*(set(FACT_COLUMNS[dataset]) for dataset in datasets))
    cuts = "accounts, products, time" + "".join(f", `{name}`" for name in sorted(own))
    lines = [
        f"# {metric.label}", "", metric.description, "",
        f"**Formula.** {metric.formula}", "",
        f"**Example.** {metric.example}", "",
        "| | |", "|---|---|",
        f"| id | `{metric.id}` |",
        f"| version | {metric.version} |",
        f"| unit | {UNITS[metric.unit]}{_per(metric)} |",
        f"| grain | {metric.grain} |",
        f"| adds up | {ADDS[metric.additivity]} |",
        f"| favourable | {metric.direction.value} |",
        f"| reads | {', '.join(f'`{name}`' for name in datasets)} |",
        f"| may be cut by | {cuts} |",
        f"| needs | `{metric.needs}` |",
        f"| source of the formula | {metric.source} |",
        "",
    ]  # fmt: skip
    if metric.resale_price:
        lines += [
            "Reads what resellers charge: shown as index or dispersion, never seller by seller, "
            "never in a target or a benefit; each view is noted in the trail.",
            "",
        ]
    lines += _parts(metric)
    lines += _versions(metric)
    lines += _sql(metric)
    return "\n".join(lines)


def _per(metric: MetricDef) -> str:
    return f" per {metric.per}" if metric.per else ""


def _parts(metric: MetricDef) -> list[str]:
    if not metric.inputs:
        return []
    lines = ["## Parts", "", "| name | metric | days | over |", "|---|---|---|---|"]
    for name, asked in metric.inputs:
        over = "all products" if "product" in asked.total_over else ""
        lines.append(
            f"| `{name}` | [`{asked.metric}`]({asked.metric}.md) | {_days(asked)} | {over} |"
        )
    if isinstance(metric.compute, Formula):
        formula = metric.compute
        below = f" / ({formula.denominator})" if formula.denominator else ""
        scale = f" x {formula.scale}" if formula.scale != 1 else ""
        lines += ["", f"`({formula.numerator}){below}{scale}`"]
    return [*lines, ""]


def _days(asked: Input) -> str:
    window = asked.window or aggregates()[asked.metric].window
    days = WINDOWS.get(window.kind, f"{window.months} months up to the end of the period")
    if asked.steps:
        days = f"{asked.steps} single months up to the end of the period"
    return f"{days}, a year earlier" if asked.years else days


def _versions(metric: MetricDef) -> list[str]:
    if not metric.earlier:
        return []
    lines = ["## Earlier versions", ""]
    lines += [f"- version {one.version}, until {one.until}: {one.why}" for one in metric.earlier]
    return [*lines, ""]


def _sql(metric: MetricDef) -> list[str]:
    if not isinstance(metric.compute, Aggregate | Formula):
        return [f"Computed by `keystead.metrics.calc.series`: `{_function(metric)}`.", ""]
    query = Query((metric.id,), ("account",), Period.parse("2026-H1"), frozenset({17}))
    plan = plan_metrics(query, [metric], aggregates(), CALENDAR_YEAR)
    sql = render(compile_plan(plan).tree, Engine.DUCKDB, pretty=True)
    return ["## As SQL", "", "By account, first half of 2026, for account 17:", "", "```sql", sql,
            "```", ""]  # fmt: skip


def _function(metric: MetricDef) -> str:
    return str(getattr(metric.compute, "function", ""))
