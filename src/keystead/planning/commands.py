"""``keystead plan``: an account's plan, its whitespace, segments, and last year carried over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from django.utils import timezone

from keystead.accounts.queries import account_by_code
from keystead.kit.access import local_actor
from keystead.planning import queries, services
from keystead.planning.queries import wire
from keystead.planning.queries.measuring import readable
from keystead.planning.queries.segments import run_for
from keystead.planning.queries.whitespace import grid_of


class _Default(click.Group):
    """A group whose first word may be an account: ``plan CHV`` is ``plan show CHV``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Default)
def plan() -> None:
    """Show the plan of an ACCOUNT (its code), its whitespace, or the segments of accounts."""


JSON = click.option("--json", "as_json", is_flag=True, help="As JSON, for a program.")


@plan.command()
@click.argument("account")
@click.option("--year", type=int, help="Of this year (default: the newest plan).")
@click.option("--word", type=click.Path(path_type=Path, dir_okay=False),
              help="Write it as this Word file.")  # fmt: skip
@JSON
def show(account: str, year: int | None, word: Path | None, as_json: bool) -> None:
    """Show the plan of an ACCOUNT: completeness, objectives with values, actions."""
    actor, today = local_actor(), timezone.localdate()
    found = queries.plan_of_year(actor, account_by_code(actor, account).id, year)
    if word is not None:
        from keystead.kit.office.inside import inside_file
        from keystead.kit.office.word import document  # heavy: only here
        from keystead.planning.queries.papers import plan_paper

        actor.require("export.data")
        paper = plan_paper(actor, found, actor.language, today)
        word.write_bytes(inside_file(document(paper), "docx"))  # the plan is ours alone
        click.echo(f"Written to {word}.")
        return
    body = wire.plan_body(found, queries.measured(actor, found, found.objectives), today)
    if as_json:
        _print(body)
        return
    whole = body["completeness"]
    click.echo(f"{found.account_name} {found.year}: {found.state.value}, "
               f"{whole['score']} % complete")  # fmt: skip
    if found.headline:
        click.echo(found.headline)
    for one in body["objectives"]:
        way = "" if one["progress_pct"] is None else f"{one['progress_pct']} %"
        value = "hidden" if one["hidden"] else one["value"] or "-"
        click.echo(f"  {one['standing']:<9} {one['title']:<44} {value:>16} of "
                   f"{one['target'] or '-'} {one['measure']} {way}")  # fmt: skip
    for one in body["actions"]:
        if one["state"] in ("open", "doing", "waiting"):
            late = " LATE" if one["late"] else ""
            click.echo(
                f"  {one['due_on'] or '-':<10}  {one['title']} ({one['owner'] or '-'}){late}"
            )
    stale = sum(one["stale"] for name in ("claims", "objectives", "initiatives")
                for one in body[name])  # fmt: skip
    if stale:
        click.echo(f"  {stale} lines are stale or not confirmed.")
    for part in whole["parts"]:
        if part["missing"]:
            click.echo(f"  {part['missing']:<8} {part['part']}")


@plan.command()
@click.argument("account")
@click.option("--by", type=click.Choice(["brand", "product"]), default="brand", show_default=True)
@click.option("--unowned", is_flag=True, help="Only room that nobody looks after.")
@JSON
def whitespace(account: str, by: str, unowned: bool, as_json: bool) -> None:
    """Show the whitespace of an ACCOUNT: bought, open, with competitors, by site."""
    actor = local_actor()
    grid = grid_of(actor, account_by_code(actor, account).id, by=by, unowned=unowned)
    body = wire.grid_body(grid)
    if as_json:
        _print(body)
        return
    click.echo(f"{body['account']}, {body['period']}, {body['currency']}")
    for site in grid.sites:
        _line(site.name, body["sites"][site.code])
    _line("Together", body["total"])


@plan.command()
@click.option("--run", "run_in", metavar="CURRENCY", help="Work them out anew, in this currency.")
@JSON
def segments(run_in: str | None, as_json: bool) -> None:
    """Show the segments of accounts, or work them out."""
    actor = local_actor()
    found = services.run_segments(actor=actor, currency=run_in) if run_in else run_for(actor)
    body = wire.run_body(found, values=readable(actor, found.cuts.metric))
    if as_json:
        _print(body)
        return
    moved = "" if body["moved_pct"] is None else f", {body['moved_pct']} % changed their cell"
    click.echo(f"{body['quarter']}, {body['currency']}{moved}")
    for one in body["accounts"]:
        click.echo(f"  {one['cell']}  {one['potential']:<5} {one['relation'] or '-':<5} "
                   f"{one['value'] or '-':>16}  {one['name']}")  # fmt: skip


@plan.command()
@click.argument("account")
@click.option("--from", "source", type=int, help="From the plan of this year (default: newest).")
@click.option("--to", "year", type=int, help="Into this year (default: the one after).")
def copy(account: str, source: int | None, year: int | None) -> None:
    """Carry the plan of an ACCOUNT over into another year, as not confirmed."""
    actor = local_actor()
    found = queries.plan_of_year(actor, account_by_code(actor, account).id, source)
    made = services.copy_plan(actor=actor, plan_id=found.id, year=year or found.year + 1)
    click.echo(f"{made.account_name} {made.year}: carried over from {found.year}.")


def _line(name: str, one: dict[str, Any]) -> None:
    click.echo(f"  {name:<32} bought {one['current']:>14}  open {one['room']:>14}  "
               f"competitors {one['other']:>14}")  # fmt: skip


def _print(body: dict[str, Any]) -> None:
    click.echo(json.dumps(body, indent=2, ensure_ascii=False))
