"""``keystead counter titles``: check, load and write KBART title lists."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from keystead.connectors.counter.commands.reports import counter

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])


@counter.command()
@click.argument("file", type=_FILE)
@click.option("--account", default="", help="Whose titles they are (its code).")
@click.option("--package", default="", help="Of which package; default: as the file's name says.")
@click.option("--provider", default="", help="Who made it; default: as the file's name says.")
@click.option("--as-of", type=_DAY, help="The day of the list; default: as the file's name says.")
@click.option("--starts", type=_DAY, help="First day of the contract: what is older is backfile.")
@click.option("--post", is_flag=True, help="Store it; without, only say what is in it.")
@click.option("--json", "as_json", is_flag=True, help="The outcome as JSON.")
def titles(
    file: Path, account: str, package: str, provider: str, as_of: datetime | None,
    starts: datetime | None, post: bool, as_json: bool,
) -> None:  # fmt: skip
    """Check a KBART title list, and with --post load it as what an account may read.

    Exit code 0: it can be loaded; 3: it breaks a rule.
    """
    from keystead.accounts.queries import account_by_code
    from keystead.connectors.counter.queries.title_words import hint_of, message_of, place_of
    from keystead.connectors.counter.services.titles import (
        ListEntry,
        load_titles,
        read_titles,
    )
    from keystead.connectors.counter.types import Severity
    from keystead.kit.access import local_actor

    stored = None
    if account:
        actor = local_actor()
        entry = ListEntry(
            account_id=account_by_code(actor, account).id, package=package, provider=provider,
            as_of=as_of.date() if as_of else None, starts=starts.date() if starts else None,
        )  # fmt: skip
        read = load_titles(actor=actor, entry=entry, path=file, post=post)
        found, findings, stored = read.found, read.findings, read.stored
        matched: int | None = read.matched
    else:
        if post:
            raise click.UsageError("--post needs --account: whose titles they are.")
        found, findings = read_titles(file)
        matched = None
    sound = all(one.severity != Severity.ERROR for one in findings)
    found_here = [
        {**one.as_dict(), "message": message_of(one), "hint": hint_of(one)} for one in findings
    ]
    if as_json:
        said = {
            "file": file.name, "titles": len(found.rows), "matched": matched, "sound": sound,
            "list": stored.id if stored else None,
            "findings": found_here,
        }  # fmt: skip
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        known = "" if matched is None else f", {matched} with a product"
        click.echo(f"{file.name}: {len(found.rows)} titles{known}")
        for one in findings:
            times = f" (and {one.count - 1:,} more)" if one.count > 1 else ""
            click.echo(f"{one.severity} {one.rule} at {place_of(one)}{times}")
            click.echo(f"    {message_of(one)} {hint_of(one)}".rstrip())
        if stored is not None:
            click.echo(f"Stored as list {stored.id}.")
    if not sound:
        raise SystemExit(3)


@counter.command("write-titles")
@click.argument("list_id", type=int)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it; default: the name that KBART says, here.",
)  # fmt: skip
def write_titles(list_id: int, out: Path | None) -> None:
    """Write a stored title list (its number) as a KBART file."""
    from keystead.connectors.counter.queries.titles import kbart_of
    from keystead.kit.access import local_actor
    from keystead.kit.disk import write_whole

    name, text = kbart_of(local_actor(), list_id)
    place = out or Path(name)
    write_whole(place, text.encode())
    click.echo(f"{place}: {text.count(chr(10)) - 1} titles")
