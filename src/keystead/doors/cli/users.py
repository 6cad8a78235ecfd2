"""``keystead user``: add people, list them, hand out tokens."""

from __future__ import annotations

import json

import click

from keystead.governance.queries import people as queries
from keystead.governance.services import people as services
from keystead.kit.access import SYSTEM
from keystead.kit.access.rules import ROLES

# Who can open the home folder owns its data, so these commands act as the system itself.


@click.group()
def user() -> None:
    """Add users, list them, hand out tokens."""


@user.command("add")
@click.argument("username")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice(list(ROLES)),
    help="May be given several times.",
)
@click.option("--name", default="", help="The name that others see.")
@click.option("--manager", default="", help="The user who also sees this user's accounts.")
@click.option("--email", default="", help="For notices, a forgotten password, single sign-on.")
@click.option("--language", default="en", type=click.Choice(["en", "zh-hans", "fr"]))
@click.password_option(help="Asked for when it is not given.")
def add(
    username: str,
    roles: tuple[str, ...],
    name: str,
    manager: str,
    email: str,
    language: str,
    password: str,
) -> None:
    """Add a user who can sign in."""
    person = services.add_person(
        actor=SYSTEM,
        username=username,
        password=password,
        roles=roles,
        name=name,
        manager=manager,
        email=email,
        language=language,
    )
    click.echo(f"Added {person.username} ({', '.join(person.roles)}).")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_users(as_json: bool) -> None:
    """List the users and their roles."""
    found = queries.people(actor=SYSTEM)
    if as_json:
        rows = [
            {
                "username": person.username,
                "name": person.name,
                "roles": list(person.roles),
                "manager": person.manager,
                "language": person.language,
                "active": person.active,
            }
            for person in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for person in found:
        roles = ", ".join(person.roles)
        below = f"  reports to {person.manager}" if person.manager else ""
        click.echo(f"{person.username:<16}{person.name:<24}{roles}{below}")


@user.command("token")
@click.argument("username")
@click.option("--label", default="command line", help="What the token is for.")
@click.option("--can", "capabilities", multiple=True, help="Only this; may be given several times.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True)
def token(username: str, label: str, capabilities: tuple[str, ...], days: int) -> None:
    """Hand out a personal token for the API; its secret is shown once."""
    made, secret = services.issue_token(
        actor=SYSTEM, owner=username, label=label, capabilities=capabilities, days=days
    )
    click.echo(secret)
    ends = f"{made.expires_at:%Y-%m-%d}" if made.expires_at else "never"
    click.echo(f"For {made.owner}, ends {ends}. It is not shown again.", err=True)


@user.command("revoke")
@click.argument("token_id", type=int)
def revoke(token_id: int) -> None:
    """End a token at once."""
    ended = services.revoke_token(actor=SYSTEM, token_id=token_id)
    click.echo(f"Ended {ended.label} of {ended.owner}.")
