"""Command line: list, import and export accounts."""

from __future__ import annotations

import json
from pathlib import Path

import click

from keystead.accounts import queries, services
from keystead.kernel.errors import Invalid
from keystead.kit.access import local_actor
from keystead.kit.disk import write_whole
from keystead.kit.office.bulk import BulkReport


@click.group(invoke_without_command=True)
@click.option("--search", default="", help="Only those whose code, name or number contains this.")
@click.option("--kind", default="", help="Only this kind: shop, hospital, group, ...")
@click.option("--segment", default="", help="Only this segment.")
@click.option("--limit", default=0, help="At most so many (default: all).")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.pass_context
def accounts(
    ctx: click.Context, search: str, kind: str, segment: str, limit: int, as_json: bool
) -> None:
    """List, import and export accounts.

    Without a subcommand: those you may see, one line each.
    """
    if ctx.invoked_subcommand is not None:
        return
    filters = {"kind": kind, "segment": segment}
    found = queries.all_found(local_actor(), search=search, filters=filters)
    rows = [
        {
            "id": item.id,
            "code": item.code,
            "name": item.name,
            "kind": item.kind.value,
            "country": item.country,
            "currency": item.currency,
            "segment": item.segment,
            "territory": item.territory,
            "channel": item.channel,
            "status": item.status.value,
        }
        for item in (found[:limit] if limit else found)
    ]
    if as_json:
        click.echo(json.dumps({"total": len(found), "accounts": rows}, ensure_ascii=False))
        return
    for row in rows:
        where = ", ".join(str(row[key]) for key in ("segment", "territory", "country") if row[key])
        click.echo(f"{row['code']:<16} {row['kind']:<15} {row['name']}  {where}".rstrip())
    click.echo(f"{len(rows)} of {len(found)} accounts.")


@accounts.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check only; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def import_accounts(file: Path, dry_run: bool, as_json: bool) -> None:
    """Import accounts from a workbook or CSV FILE: all rows or none."""
    report = services.import_accounts(
        actor=local_actor(), content=file, name=file.name, dry_run=dry_run
    )
    _tell(report, as_json=as_json)


@accounts.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_accounts(file: Path) -> None:
    """Write the accounts you may see to FILE (.xlsx, or .csv for the list alone)."""
    actor = local_actor()
    is_csv = file.suffix.lower() == ".csv"
    write_whole(file, queries.accounts_csv(actor) if is_csv else queries.accounts_workbook(actor))
    click.echo(f"Written: {file}")


@accounts.command("template")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def template(file: Path) -> None:
    """Write an empty workbook with the right headers to FILE."""
    write_whole(file, queries.accounts_template(local_actor()))
    click.echo(f"Written: {file}")


def _tell(report: BulkReport, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        for line in report.lines():
            click.echo(line)
    if report.problems:
        raise Invalid(
            f"{len(report.problems)} cells have problems; nothing was written.",
            code="import_problems",
            hint="Mend them in the file and import it again.",
        )
