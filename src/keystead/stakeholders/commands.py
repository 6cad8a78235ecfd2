"""``keystead people ACCOUNT``: who decides there, how well we stand, who is missing."""

from __future__ import annotations

import json

import click

from keystead.accounts.queries import account_by_code
from keystead.kit.access import local_actor
from keystead.stakeholders.queries.summary import summary_of


@click.command()
@click.argument("account")
@click.option("--json", "as_json", is_flag=True, help="JSON for programs.")
def people(account: str, as_json: bool) -> None:
    """Show the people of an ACCOUNT (its code): roles, strength, who is missing, alarms."""
    actor = local_actor()
    found = summary_of(actor, account_by_code(actor, account).id)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))
        return
    strength = "–" if found["strength"] is None else found["strength"]
    click.echo(f"{found['account']}: relationship {strength} of 100 ({found['formula']})")
    for one in found["people"]:
        last = one["last_talk"] or "never"
        click.echo(
            f"{one['strength']:>4}  {one['name']:<28} {', '.join(one['roles']):<32} "
            f"last talk {last}"
        )
    for line in found["coverage"]:
        if line["state"] != "covered":
            click.echo(f"   !  {line['role']}: {line['state']}")
    for alarm in found["alarms"]:
        share = f" {alarm['share']:.0%}" if alarm["share"] else ""
        click.echo(f"   !  {alarm['kind']} {alarm['name']}{share}".rstrip())
