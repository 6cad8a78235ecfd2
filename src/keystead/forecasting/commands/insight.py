"""``keystead forecast remarks|explain|plan|recipes|accuracy``: what is behind the numbers."""

from __future__ import annotations

import json

import click

from keystead.accounts.queries import account_by_code
from keystead.catalog.queries import product_by_sku
from keystead.forecasting.commands.asked import AS_JSON, cycle_of
from keystead.forecasting.queries.champions import records_of, standings
from keystead.forecasting.queries.node import node_view
from keystead.forecasting.queries.people import records
from keystead.forecasting.queries.problems import problem_bodies, problems_of
from keystead.forecasting.queries.selling_in import planned_sell_in
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.queries.value_added import accuracy as accuracy_of
from keystead.forecasting.queries.wire_books import (
    accuracy_body,
    accuracy_lines,
    cut_lines,
    people_body,
)
from keystead.forecasting.queries.wire_insight import (
    node_body,
    node_lines,
    plan_body,
    plan_lines,
    recipe_lines,
    recipes_body,
)
from keystead.forecasting.services.champions import decide_champions
from keystead.forecasting.types.cycle import DemandKind, Node
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kit.access import local_actor

CUTS = ("account", "brand", "product", "segment", "person")


@click.command()
@click.argument("month")
@click.option("--what", default="", help="Only one kind: jump, negative, future_dated, ...")
@AS_JSON
def remarks(month: str, what: str, as_json: bool) -> None:
    """List what the history of the cycle of MONTH says, place by place; nothing is left out."""
    actor = local_actor()
    found = problems_of(actor, cycle_of(actor, month).id)
    rows = problem_bodies([one for one in found if what in ("", one.code)])
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for one in rows:
        place = f"{one['account'] or '-':<12} {one['sku'] or '-':<12} {one['period'] or '':<8}"
        click.echo(f"{place} {one['count']:>3} x  {one['text']} {one['there']}".rstrip())
    if not rows:
        click.echo("Nothing to look at.")


@click.command()
@click.argument("month")
@click.option("--account", default="", help="The code of an account; with all below it.")
@click.option("--sku", default="", help="One product.")
@click.option("--brand", default="", help="All products of a brand.")
@AS_JSON
def explain(month: str, account: str, sku: str, brand: str, as_json: bool) -> None:
    """Say why a number of the cycle of MONTH is what it is, and why it moved."""
    actor = local_actor()
    node = Node(
        account_by_code(actor, account).id if account else None,
        product_by_sku(actor, sku).id if sku else None, brand,
    )  # fmt: skip
    view = node_view(actor, cycle_of(actor, month).id, node)
    click.echo(json.dumps(node_body(view), indent=2) if as_json else "\n".join(node_lines(view)))


@click.command()
@click.argument("month")
@AS_JSON
def plan(month: str, as_json: bool) -> None:
    """Show the sell-in from the off-take cycle of MONTH: what is sold on, the change of stock."""
    actor = local_actor()
    cycle = cycle_of(actor, month, DemandKind.OFF_TAKE.value)
    table = cycle_table(actor, cycle.id)
    body = plan_body(
        planned_sell_in(actor, table) if cycle.run_id else (), table.periods, cycle.rhythm
    )
    click.echo(json.dumps(body, indent=2) if as_json else "\n".join(plan_lines(body)))


@click.command()
@click.option("--kind", type=click.Choice([one.value for one in DemandKind]), default="sell_in")
@click.option("--decide", is_flag=True, help="Hold the recipes tried against those in force.")
@AS_JSON
def recipes(kind: str, decide: bool, as_json: bool) -> None:
    """Show the recipe of each kind of demand, and every decision with its evidence."""
    actor = local_actor()
    if decide:
        made = decide_champions(actor=actor, kind=DemandKind(kind))
        if not as_json:
            click.echo(f"New decisions: {len(made)}, changes: {sum(one.changed for one in made)}")
    body = recipes_body(standings(actor, DemandKind(kind)), records_of(actor, DemandKind(kind)))
    click.echo(json.dumps(body, indent=2) if as_json else "\n".join(recipe_lines(body)))


@click.command()
@click.option("--kind", type=click.Choice([one.value for one in DemandKind]), default="sell_in")
@click.option("--rhythm", type=click.Choice([one.value for one in Rhythm]), default="month")
@click.option(
    "--lag",
    type=int,
    default=1,
    show_default=True,
    help="Months ahead (1, 2, 3, 6), or weeks (1, 2, 4, 8, 13).",
)
@click.option("--by", type=click.Choice(CUTS), help="Cut it; people: you and those who share.")
@AS_JSON
def accuracy(kind: str, rhythm: str, lag: int, by: str | None, as_json: bool) -> None:
    """Say how good the locked cycles of one rhythm were, and who added value."""
    actor = local_actor()
    asked, paced = DemandKind(kind), Rhythm(rhythm)
    body = accuracy_body(accuracy_of(actor, kind=asked, lag=lag, rhythm=paced))
    body["people"] = people_body(records(actor, kind=asked, rhythm=paced))
    if as_json:
        click.echo(json.dumps(body, indent=2, ensure_ascii=False))
        return
    click.echo("\n".join(cut_lines(by, body) if by and body["first"] else accuracy_lines(body)))
