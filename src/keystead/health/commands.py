"""``keystead health``: the kept scores of accounts, or one with every part of it."""

from __future__ import annotations

import json

import click

from keystead.accounts.queries import account_by_code
from keystead.health import queries
from keystead.health.queries import wire
from keystead.kit.access import Actor, local_actor


@click.command()
@click.option("--account", "code", default="", help="One account (its code), as of today.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for a program.")
def health(code: str, as_json: bool) -> None:
    """Show how accounts are doing: kept scores, or one with every part of its score."""
    actor = local_actor()
    if code:
        _one(actor, code, as_json)
        return
    found = queries.standings_for(actor)
    if as_json:
        _print([wire.standing_body(one) for one in found])
        return
    if not found:
        click.echo("No account is scored yet.")
    for one in found:
        kept = one.newest
        if kept is None:
            click.echo(f"{'-':>5}  {'-':>9}  {'':<7}  {one.code:<12}  {one.name}")
            continue
        figures = f"{kept.score.score:>5}  {kept.score.band.value:>9}  {kept.month:%Y-%m}"
        click.echo(f"{figures}  {one.code:<12}  {one.name}")


def _one(actor: Actor, code: str, as_json: bool) -> None:
    account = account_by_code(actor, code)
    now = queries.score_now(actor, account.id)
    if as_json:
        months = [wire.snapshot_body(one) for one in queries.snapshots_for(actor, account.id)]
        _print({"account": account.code, "today": wire.score_body(now), "months": months})
        return
    click.echo(
        f"{account.name}: {now.score} of 100 (at most {now.ceiling}), {now.band.value}; "
        f"{now.known_pct} % of the weight is known, rules version {now.rules_number}"
    )
    for one in now.parts:
        seen = "missing" if one.reading.value is None else str(one.reading.value)
        points = "-" if one.points is None else str(one.points)
        why = one.reading.why.value or one.reading.source
        click.echo(
            f"  {one.rule.signal.value:<13}  {seen:>9}  points {points:>5}  weight"
            f" {one.rule.weight:>4}  adds {one.adds:>5}  {why}"
        )


def _print(body: object) -> None:
    click.echo(json.dumps(body, indent=2, ensure_ascii=False))
