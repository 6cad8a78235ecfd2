"""``keystead counter source``: enter, change and end where usage is fetched from."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from keystead.connectors.counter.commands.reports import counter

_MONTH = click.DateTime(["%Y-%m"])
_SECRET = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@counter.group()
def source() -> None:
    """Enter, change or end a source of usage (`counter sources` lists them)."""


def said(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what a source is."""
    options: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
        (("--server",), {"help": "Its address, https://…"}),
        (("--customer", "customer_id"), {"help": "The number the provider gave us."}),
        (("--from", "first_month"), {"type": _MONTH, "help": "First month wanted: 2026-01."}),
        (("--release",), {"type": click.Choice(["5.1", "5"]), "help": "Default: 5.1."}),
        (("--platform",), {"help": "Only this platform, as the provider calls it."}),
        (("--account",), {"help": "Whose usage it is (its code), where the report does not say."}),
        (("--report", "reports"), {"multiple": True, "help": "A report, again for more."}),
        (("--members/--no-members", "members"), {"default": None, "help": "Of all members."}),
        (("--pause", "pause_seconds"), {"type": click.IntRange(0, 3600),
                                        "help": "Seconds between two calls."}),
        (("--requestor-file",), {"type": _SECRET, "help": "A file with the requestor id; - asks."}),
        (("--key-file",), {"type": _SECRET, "help": "A file with the key; - reads the input."}),
        (("--json", "as_json"), {"is_flag": True, "help": "The source as JSON, without its keys."}),
    )  # fmt: skip
    for names, given in reversed(options):
        command = click.option(*names, **given)(command)
    return command


@source.command()
@click.argument("name")
@said
def add(name: str, as_json: bool, **given: Any) -> None:
    """Enter a source called NAME. Keys come from a file or the input, never from the line."""
    from keystead.connectors.counter.services.sources import SourceEntry, create_source
    from keystead.kit.access import local_actor

    missing = [one for one in ("server", "customer_id", "first_month") if not given[one]]
    if missing:
        raise click.UsageError("A new source needs --server, --customer and --from.")
    actor = local_actor()
    entry = SourceEntry(name=name, **_values(actor, given))
    _say(create_source(actor=actor, entry=entry), as_json)


@source.command()
@click.argument("name")
@click.option("--name", "new_name", help="Call it so.")
@click.option("--on/--off", "active", default=None, help="Whether the worker asks it.")
@said
def change(
    name: str, new_name: str | None, active: bool | None, as_json: bool, **given: Any
) -> None:
    """Change the source called NAME; what is not said stays. It is asked anew."""
    import dataclasses

    from keystead.connectors.counter.queries.sources import source_named
    from keystead.connectors.counter.services.sources import edit_source, entry_of
    from keystead.kit.access import local_actor

    actor = local_actor()
    found = source_named(actor, name)
    values = _values(actor, given) | ({"name": new_name} if new_name else {})
    values |= {} if active is None else {"active": active}
    entry = dataclasses.replace(entry_of(found), **values)
    made = edit_source(actor=actor, source_id=found.id, expected_version=found.version, entry=entry)
    _say(made, as_json)


@source.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="The source as JSON.")
def end(name: str, as_json: bool) -> None:
    """End the source called NAME: it is not asked any more, and its keys are forgotten."""
    from keystead.connectors.counter.queries.sources import source_named
    from keystead.connectors.counter.services.sources import end_source
    from keystead.kit.access import local_actor

    actor = local_actor()
    found = source_named(actor, name)
    made = end_source(actor=actor, source_id=found.id, expected_version=found.version)
    _say(made, as_json)


def _values(actor: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Return what was said as fields of a source; what was not is left out."""
    from keystead.accounts.queries import account_by_code

    plain = ("server", "customer_id", "release", "platform", "members", "pause_seconds")
    values = {name: given[name] for name in plain if given[name] is not None}
    if given["reports"]:
        values["reports"] = tuple(given["reports"])
    first: datetime | None = given["first_month"]
    if first is not None:
        values["first_month"] = first.date()
    if given["account"] is not None:
        code = given["account"]
        values["account_id"] = account_by_code(actor, code).id if code else None
    for option, name in (("requestor_file", "requestor_id"), ("key_file", "api_key")):
        place: Path | None = given[option]
        if place is not None:
            text = sys.stdin.readline() if str(place) == "-" else place.read_text("utf-8")
            values[name] = text.strip()
    return values


def _say(made: Any, as_json: bool) -> None:
    from keystead.connectors.counter.queries.wire import source_body

    if as_json:
        click.echo(json.dumps(source_body(made), ensure_ascii=False, indent=2))
        return
    state = "asked by the worker" if made.active else "ended"
    keys = "a key is stored" if made.has_key or made.has_requestor else "no key"
    click.echo(f"{made.name} ({made.server}): {', '.join(made.reports)}; {state}; {keys}.")
