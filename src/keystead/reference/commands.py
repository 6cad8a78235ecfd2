"""Command line: exchange rates in and out."""

from __future__ import annotations

import json
from pathlib import Path

import click

from keystead.kit.access import local_actor
from keystead.reference import queries, services


@click.group()
def rates() -> None:
    """Exchange rates: import a file, list what is there."""


@rates.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--base", default="", help="Currency the rates start from, if no column says it.")
@click.option("--source", default="", help="Who published the rates, if no column says it.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def import_rates(file: Path, base: str, source: str, as_json: bool) -> None:
    """Import dated exchange rates from a CSV or Excel FILE."""
    done = services.import_rates(
        actor=local_actor(), content=file.read_bytes(), name=file.name, base=base, source=source
    )
    if as_json:
        answer = {"added": done.added, "restated": done.restated, "unchanged": done.unchanged}
        click.echo(json.dumps({**answer, "first": str(done.first), "last": str(done.last)}))
        return
    click.echo(
        f"{done.added} new, {done.restated} restated, {done.unchanged} as before, "
        f"{done.first} to {done.last}."
    )


@rates.command("list")
@click.option("--base", default="", help="Only rates from this currency.")
@click.option("--quote", default="", help="Only rates to this currency.")
@click.option("--limit", default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def list_rates(base: str, quote: str, limit: int, as_json: bool) -> None:
    """List rates, the newest first."""
    lines, count = queries.rates_page(base=base, quote=quote, limit=limit)
    if as_json:
        rows = [
            {"date": str(line.on), "base": line.base, "quote": line.quote,
             "rate": f"{line.value:f}", "source": line.source}
            for line in lines
        ]  # fmt: skip
        click.echo(json.dumps({"count": count, "rates": rows}, ensure_ascii=False))
        return
    for line in lines:
        click.echo(f"{line.on}  {line.base}/{line.quote}  {line.value:f}  {line.source}")
    click.echo(f"{len(lines)} of {count} rates.")
