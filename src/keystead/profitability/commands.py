"""``keystead pnl ACCOUNT`` and ``keystead waterfall ACCOUNT``: where the money goes, and why."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from django.utils import translation

from keystead.accounts.queries import account_by_code
from keystead.kernel.periods import Period
from keystead.kit.access import local_actor
from keystead.kit.disk import write_whole
from keystead.profitability import queries
from keystead.profitability.queries.words import line_words, step_source
from keystead.profitability.types import (
    AccountPnl,
    Against,
    Amount,
    Convention,
    CustomerMargin,
    Growth,
    Measure,
    PriceWaterfall,
    Scenario,
)

NAMED = {
    Scenario.ACTUAL: "actual",
    Scenario.FORECAST: "run rate",
    Scenario.BUDGET: "budget",
    Scenario.LAST_YEAR: "last year",
}
LANGUAGES = {"en": "en", "zh": "zh-hans", "fr": "fr"}
NAMES = {
    Convention.ACTUAL_QUANTITY: "price at the actual quantity",
    Convention.BASE_QUANTITY: "price at the base quantity, joint effect apart",
    Convention.AVERAGE: "symmetric average (Shapley)",
}


@click.command()
@click.argument("account")
@click.option(
    "--period", "text", default="", help="2026, 2026-Q2, 2026-01..2026-06; default: year to date."
)
@click.option("--currency", default="", help="Convert every amount into this currency.")
@click.option("--months", is_flag=True, help="The actual month by month as well.")
@click.option(
    "--bridge",
    type=click.Choice([one.value for one in Convention]),
    help="Instead: why it moved, by this convention.",
)
@click.option(
    "--measure", type=click.Choice([one.value for one in Measure]), default="sell_in",
    show_default=True, help="What the bridge is of.",
)  # fmt: skip
@click.option(
    "--against", type=click.Choice([one.value for one in Against]), default="last_year",
    show_default=True, help="What the bridge starts from.",
)  # fmt: skip
@click.option(
    "--format", "kind", type=click.Choice(["table", "json", "csv", "xlsx"]), default="table",
    show_default=True, help="A table to read, JSON with every proof, CSV, or Excel that adds up.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--language", type=click.Choice(["en", "zh", "fr"]),
    help="Of Excel and CSV; default: yours.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path),
    help="Write CSV or Excel here; default: CSV to the screen, Excel under its own name.",
)  # fmt: skip
def pnl(
    account: str, text: str, currency: str, months: bool, kind: str, as_json: bool, **more: Any
) -> None:
    """Show the P&L of an ACCOUNT (its code), or why its sell-in moved.

    Actual, forecast at run rate, budget and last year; costs are negative.
    """
    actor = local_actor()
    found = account_by_code(actor, account)
    period = Period.parse(text) if text else queries.default_period()
    kind = "json" if as_json else kind
    asked: dict[str, Any] = {
        "actor": actor, "account_id": found.id, "period": period, "currency": currency.upper()
    }  # fmt: skip
    if more["bridge"]:
        if kind not in ("table", "json"):
            raise click.UsageError("A bridge is shown as a table or as JSON.")
        moved = queries.growth(
            **asked,
            against=Against(more["against"]),
            measure=Measure(more["measure"]),
            convention=Convention(more["bridge"]),
        )
        _say(queries.growth_body(moved)) if kind == "json" else _bridge(moved)
        return
    if kind in ("csv", "xlsx"):
        make = queries.pnl_workbook if kind == "xlsx" else queries.pnl_csv
        with translation.override(LANGUAGES.get(more["language"] or "", actor.language)):
            content = make(**asked)
        _keep(content, kind, more["out"], f"keystead-pnl-{found.code}-{period}.xlsx")
        return
    shown = queries.account_pnl(**asked)
    _say(queries.pnl_body(shown)) if kind == "json" else _statement(shown, months=months)


def _keep(content: bytes, kind: str, out: Path | None, name: str) -> None:
    """Write a file; CSV without a place goes to the screen."""
    if kind == "csv" and out is None:
        click.echo(content.decode("utf-8-sig"), nl=False)
        return
    path = out or Path("".join("-" if sign in '/\\:*?"<>|' else sign for sign in name))
    write_whole(path, content)
    click.echo(f"Written: {path}")


@click.command()
@click.argument("account")
@click.option(
    "--period", "text", default="", help="2026, 2026-Q2, 2026-01..2026-06; default: year to date."
)
@click.option("--of", default="", help="product:SKU, brand:NAME or category:NAME; default: all.")
@click.option("--currency", default="", help="Convert every amount into this currency.")
@click.option("--customer", is_flag=True, help="Instead: what the customer earns per product.")
@click.option("--excel", type=click.Path(dir_okay=False, path_type=Path), help="Write this .xlsx.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every proof.")
def waterfall(
    account: str, text: str, of: str, currency: str, customer: bool, excel: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Show where the list price of an ACCOUNT goes (its code), down to the contribution."""
    actor = local_actor()
    given: dict[str, Any] = {
        "actor": actor,
        "account_id": account_by_code(actor, account).id,
        "period": Period.parse(text) if text else queries.default_period(),
        "currency": currency.upper(),
    }
    if customer:
        earned = queries.customer_margin(**given)
        _say(queries.customer_body(earned)) if as_json else _earned(earned)
        return
    given["cut"] = queries.cut_named(actor, of)
    if excel is not None:
        write_whole(excel, queries.waterfall_workbook(**given))
        click.echo(f"Written: {excel}")
        return
    found = queries.price_waterfall(**given)
    _say(queries.waterfall_body(found)) if as_json else _steps(found)


def _steps(found: PriceWaterfall) -> None:
    what = found.cut.label or "all products"
    click.echo(f"{found.account_name}, {what}, {found.period}, {found.currency}")
    click.echo(f"{'':<34}{'amount':>17}{'share':>9}  of")
    for step in found.steps:
        share = "" if step.share is None else f"{step.share * 100:.1f} %"
        why = step_source(step) if step.unknown else line_words(step.base) if share else ""
        name = line_words(step.line.id)
        click.echo(f"{name[:33]:<34}{_money(step.amount.value):>17}{share:>9}  {why}".rstrip())
        for detail, amount in step.details:
            click.echo(f"    {detail[:29]:<30}{_money(amount.value):>17}")
    if found.gross_to_net_pct is not None:
        click.echo(f"Gross to net: {found.gross_to_net_pct:.1f} %")
    if not found.starts_at_list:
        click.echo("No list prices are kept: the waterfall starts at the invoice.")
    elif found.unlisted:
        click.echo(f"{found.unlisted} products have no list price and start at the invoice.")
    if not found.sees_cost:
        click.echo("Cost and margin are not yours to see here.")


def _earned(found: CustomerMargin) -> None:
    click.echo(f"{found.account_name}, {found.period}, {found.currency}, at recommended prices")
    click.echo(f"{'':<34}{'bought':>17}{'rebates':>17}{'resale':>17}{'margin':>17}")
    for line in found.lines:
        shown = [line.bought.value, line.rebates]
        shown += [line.view.resale, line.view.margin] if line.view else [None, None]
        click.echo(f"{line.name[:33]:<34}" + "".join(f"{_money(one):>17}" for one in shown))
    if found.total:
        total = found.total
        shown = [total.bought, total.rebates, total.resale, total.margin]
        click.echo(f"{'Total of what is known':<34}" + "".join(f"{_money(o):>17}" for o in shown))
    if found.unpriced:
        click.echo(f"{found.unpriced} products have no recommended price and are not in the total.")
    if found.hides_rebates:
        click.echo("Rebates are not yours to see here.")


def _say(body: object) -> None:
    click.echo(json.dumps(body, ensure_ascii=False, indent=2))


def _statement(found: AccountPnl, *, months: bool) -> None:
    click.echo(f"{found.account_name}, {found.period}, {found.currency}")
    named = NAMED | ({Scenario.FORECAST: "forecast"} if found.pace and found.pace.coming else {})
    heads = [named[one] for one in found.scenarios] + ["change"]
    heads += [f"{month:%Y-%m}" for month in found.months] if months else []
    click.echo(f"{'':<34}" + "".join(f"{head:>17}" for head in heads))
    for row in found.rows:
        shown = [row.totals.get(one, Amount(None)).value for one in found.scenarios]
        actual, before = row.totals[Scenario.ACTUAL], row.totals[Scenario.LAST_YEAR]
        ahead = row.totals.get(Scenario.FORECAST, Amount(None))
        shown.append(_less(actual if ahead.value is None else ahead, before))
        shown += [row.months[month].value for month in found.months] if months else []
        name = f"    {row.detail}" if row.detail else row.line.label
        click.echo(f"{name[:33]:<34}" + "".join(f"{_money(value):>17}" for value in shown))
    for note in _notes(found):
        click.echo(note)


def _notes(found: AccountPnl) -> list[str]:
    """Return what to know about the figures, a sentence each."""
    notes = []
    if found.without_cost:
        notes.append(
            f"No cost of goods in {_listed(found.without_cost)}: the margin counts their whole "
            "sales."
        )
    if found.without_expenses:
        notes.append(
            f"{_listed(found.without_expenses)}: sales but no expenses yet, so that what is left "
            "looks too good."
        )
    if found.paid.value is not None:
        notes.append(
            f"Rebates paid as expenses, {_money(found.paid.value)}, are left out: they were "
            f"accrued (since {found.accrues_since:%Y-%m})."
        )
    if found.pace and found.pace.coming and found.pace.coming.value is not None:
        notes.append(
            f"Forecast: sales until {found.pace.until} and {_money(found.pace.coming.value)} "
            "of agreed sell-in; all else keeps its share of sales."
        )
    elif found.pace:
        notes.append(
            f"Forecast at run rate: the pace until {found.pace.until}, no agreed forecast."
        )
    if found.hides_rebates:
        notes.append("Rebates and net-net sales are not yours to see here.")
    if not found.sees_cost:
        notes.append("Cost and margin are not yours to see here.")
    return notes


def _listed(months: tuple[date, ...]) -> str:
    return ", ".join(f"{month:%Y-%m}" for month in months)


def _bridge(found: Growth) -> None:
    click.echo(f"{found.account_name}, {found.measure}, {found.period} against {found.before}")
    click.echo(f"By {NAMES[found.bridge.convention]}; {found.currency}")
    rows = [("base", found.bridge.base)]
    rows += [(part.value, amount) for part, amount in found.bridge.parts.items() if amount]
    rows.append(("actual", found.bridge.actual))
    for name, amount in rows:
        click.echo(f"{name.replace('_', ' '):<34}{_money(amount):>17}")


def _less(actual: Amount, before: Amount) -> Decimal | None:
    if actual.value is None or before.value is None:
        return None
    return actual.value - before.value


def _money(value: Decimal | None) -> str:
    return "-" if value is None else f"{value:,.2f}"
