"""``keystead forecast remarks|accuracy``: what the history says, how good it was."""

from __future__ import annotations

import json

import click

from keystead.forecasting.commands.asked import AS_JSON, cycle_of
from keystead.forecasting.queries.problems import problem_bodies, problems_of
from keystead.forecasting.queries.value_added import accuracy as accuracy_of
from keystead.forecasting.queries.wire_books import accuracy_body, accuracy_lines
from keystead.forecasting.types.cycle import DemandKind
from keystead.kit.access import local_actor


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
        place = f"{one['account'] or '-':<12} {one['sku'] or '-':<12} {(one['month'] or '')[:7]:<7}"
        click.echo(f"{place} {one['count']:>3} x  {one['text']} {one['there']}".rstrip())
    if not rows:
        click.echo("Nothing to look at.")


@click.command()
@click.option("--kind", type=click.Choice([one.value for one in DemandKind]), default="sell_in")
@AS_JSON
def accuracy(kind: str, as_json: bool) -> None:
    """Say how good the locked cycles were, and who added value."""
    body = accuracy_body(accuracy_of(local_actor(), kind=DemandKind(kind)))
    click.echo(json.dumps(body, indent=2) if as_json else "\n".join(accuracy_lines(body)))
