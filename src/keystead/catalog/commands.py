"""Command line: list, import and export products."""

from __future__ import annotations

import json
from pathlib import Path

import click

from keystead.catalog import queries, services
from keystead.kernel.errors import Invalid
from keystead.kit.access import local_actor
from keystead.kit.disk import write_whole
from keystead.kit.office.bulk import BulkReport


@click.group(invoke_without_command=True)
@click.option("--search", default="", help="Only those whose name, SKU or code contains this.")
@click.option("--kind", default="", help="Only this kind: medicine, journal, ...")
@click.option("--brand", default="", help="Only this brand.")
@click.option("--limit", default=0, help="At most so many (default: all).")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.pass_context
def products(
    ctx: click.Context, search: str, kind: str, brand: str, limit: int, as_json: bool
) -> None:
    """List, import and export products and listings.

    Without a subcommand: the catalog, one line each.
    """
    if ctx.invoked_subcommand is not None:
        return
    filters = {"kind": kind, "brand": brand}
    found = queries.all_found(local_actor(), search=search, filters=filters)
    rows = [
        {
            "id": item.id,
            "sku": item.sku,
            "name": item.name,
            "brand": item.brand,
            "category": item.category,
            "kind": item.kind.value,
            "pack_size": f"{item.pack_size.normalize():f}",
            "unit": item.unit,
            "gtin": item.gtin,
            "atc": item.atc,
            "status": item.status.value,
        }
        for item in (found[:limit] if limit else found)
    ]
    if as_json:
        click.echo(json.dumps({"total": len(found), "products": rows}, ensure_ascii=False))
        return
    for row in rows:
        pack = f"{row['pack_size']} x {row['unit']}" if row["unit"] else ""
        click.echo(f"{row['sku']:<16} {row['kind']:<12} {row['name']}  {pack}".rstrip())
    click.echo(f"{len(rows)} of {len(found)} products.")


@products.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check only; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def import_products(file: Path, dry_run: bool, as_json: bool) -> None:
    """Import products and listings from a workbook or CSV FILE: all rows or none."""
    report = services.import_products(
        actor=local_actor(), content=file, name=file.name, dry_run=dry_run
    )
    _tell(report, as_json=as_json)


@products.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_products(file: Path) -> None:
    """Write products and listings to FILE (.xlsx, or .csv for the list alone)."""
    actor = local_actor()
    is_csv = file.suffix.lower() == ".csv"
    write_whole(file, queries.products_csv(actor) if is_csv else queries.products_workbook(actor))
    click.echo(f"Written: {file}")


@products.command("template")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def template(file: Path) -> None:
    """Write an empty workbook with the right headers to FILE."""
    write_whole(file, queries.products_template(local_actor()))
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
