"""``keystead outbound``: what leaves for a customer is looked over, and released where it must."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from keystead.accounts.queries import account_by_code
from keystead.governance.queries.outbound import release_for, releases_for
from keystead.governance.queries.outbound_words import finding_words, release_body
from keystead.governance.services.leaving import released_file
from keystead.governance.services.outbound import hand_in, let_waiting_out
from keystead.governance.types.outbound import Release, ReleaseState
from keystead.kit.access import local_actor
from keystead.reviews.services.outbound import look_over

JSON = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
FILE = click.Path(dir_okay=False, path_type=Path)
EXIT = {ReleaseState.RELEASED: 0, ReleaseState.WAITING: 1, ReleaseState.BLOCKED: 2}


@click.group()
def outbound() -> None:
    """Look over what leaves for a customer; list, release, fetch."""


@outbound.command()
@click.argument("account")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@JSON
def check(account: str, file: Path, as_json: bool) -> None:
    """Look a FILE over before it leaves for an ACCOUNT (its code); the answer is kept.

    Exit code 0: it may leave; 1: it waits for another person; 2: it is blocked.
    """
    actor = local_actor()
    found = account_by_code(actor, account)
    looked = look_over(actor=actor, account_id=found.id, content=file.read_bytes(), name=file.name)
    kept = hand_in(actor=actor, leaving=looked.leaving, findings=looked.findings)
    _tell(kept, as_json=as_json)
    sys.exit(EXIT[kept.state])


@outbound.command("list")
@click.option("--account", default="", help="Of one account, by its code.")
@JSON
def listed(account: str, as_json: bool) -> None:
    """List what was let out or stopped lately, newest first."""
    actor = local_actor()
    account_id = account_by_code(actor, account).id if account else None
    found = releases_for(actor, account_id=account_id)
    if as_json:
        click.echo(json.dumps({"items": [release_body(one) for one in found]}, ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one.id:>6}  {one.state.value:<9} {one.at:%Y-%m-%d %H:%M}  {one.name}")


@outbound.command()
@click.argument("number", type=int)
@JSON
def show(number: int, as_json: bool) -> None:
    """Show what was found in the document of a release NUMBER, and where."""
    _tell(release_for(local_actor(), number), as_json=as_json)


@outbound.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why it may leave as it is.")
@JSON
def release(number: int, reason: str, as_json: bool) -> None:
    """Let the document of a NUMBER out, with a reason, as another person than who made it."""
    _tell(let_waiting_out(actor=local_actor(), release_id=number, reason=reason), as_json=as_json)


@outbound.command()
@click.argument("number", type=int)
@click.option("--out", type=FILE, help="Where to write it; default: its own name.")
def fetch(number: int, out: Path | None) -> None:
    """Write the document of a NUMBER that was stopped first and released since."""
    found, content = released_file(actor=local_actor(), release_id=number)
    path = out or Path(Path(found.name).name)
    path.write_bytes(content)
    click.echo(f"{path}: {len(content):,} bytes")


def _tell(one: Release, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(release_body(one), ensure_ascii=False))
        return
    click.echo(f"{one.name}: {one.state.value} (number {one.id})")
    for found in one.findings:
        click.echo(f"  {found.severity.value:<7} {finding_words(found)}")
    if one.reason:
        click.echo(f"  {one.by_name}: {one.reason}")
