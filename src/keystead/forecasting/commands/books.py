"""``keystead forecast export|merge``: the workbook of a line out and back."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import click

from keystead.accounts.queries import account_by_code
from keystead.forecasting.commands.asked import AS_JSON, cycle_of
from keystead.forecasting.queries import cycle_for
from keystead.forecasting.queries.wire_books import (
    merge_body,
    merge_lines,
    problem_lines,
    taken_of,
)
from keystead.forecasting.queries.workbook import forecast_book
from keystead.forecasting.queries.workbook_reading import read_book
from keystead.forecasting.services.merging import compare_book, merge_book
from keystead.forecasting.types.cycle import Layer, Reason
from keystead.forecasting.types.workbook import BookProblem
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import local_actor


@click.command()
@click.argument("month")
@click.option("--out", type=click.Path(dir_okay=False, writable=True), help="The file to write.")
@click.option("--account", multiple=True, help="Only these accounts (codes); default: all yours.")
@click.option("--layer", type=click.Choice([one.value for one in Layer]), help="Default: your own.")
@AS_JSON
def export(
    month: str, out: str | None, account: tuple[str, ...], layer: str | None, as_json: bool
) -> None:
    """Write the Excel workbook of your line in the cycle of MONTH."""
    actor = local_actor()
    cycle = cycle_of(actor, month)
    ids = [account_by_code(actor, one).id for one in account] or None
    content = forecast_book(actor, cycle.id, layer=Layer(layer) if layer else None, accounts=ids)
    path = Path(out or f"forecast-{cycle.name}.xlsx")
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Invalid(
            f"The workbook could not be written to {path}: {error.strerror}.", code="not_written",
            hint="Name a folder that is there and yours with --out.",
        ) from error  # fmt: skip
    told = {"file": str(path), "bytes": len(content), "cycle": cycle.name}
    click.echo(json.dumps(told) if as_json else f"{path}: {len(content):,} bytes")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--month", default="", help="Refuse the workbook of another cycle than this one.")
@click.option("--reason", type=click.Choice([one.value for one in Reason]), default="other")
@click.option("--note", default="")
@click.option(
    "--take",
    multiple=True,
    help="Cells that both sides changed: the workbook's value (theirs), what stands (ours); or "
    "for one cell ACCOUNT/SKU/2026-02=theirs, =ours or =450. Repeat it.",
)
@click.option("--far", is_flag=True, help="Also cells of a thousand times what stands, or more.")
@click.option("--dry-run", is_flag=True, help="Compare and write nothing.")
@AS_JSON
def merge(
    file: str,
    month: str,
    reason: str,
    note: str,
    take: tuple[str, ...],
    far: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take the workbook FILE back: cell by cell, against the state it was sent out with."""
    actor = local_actor()
    book = read_book(Path(file).read_bytes(), name=Path(file).name)
    cycle_id = cycle_of(actor, month).id if month else None
    if book.problems:
        _tell_problems(book.problems, as_json)
    found = compare_book(actor=actor, book=book, cycle_id=cycle_id)
    rhythm = cycle_for(actor, found.cycle_id).rhythm
    told = merge_body(found.merged)
    choices, rest = taken_of(found.merged, take, rhythm)
    try:
        if not dry_run and (take or not found.conflicts):
            done = merge_book(
                actor=actor, book=book, cycle_id=cycle_id, reason=Reason(reason), note=note,
                choices=choices, take=rest, far_too=far,
            )  # fmt: skip
            told |= {"written": done.cells, "overrides": list(done.overrides)}
    finally:  # also where nothing is written: which cells they are
        click.echo(json.dumps(told, indent=2) if as_json else "\n".join(merge_lines(told, rhythm)))
    if found.conflicts and not take and not dry_run:
        raise Conflict(
            "Nothing was written: both sides changed the same cells.", code="conflicts_open",
            hint="Choose with --take theirs, --take ours, or by cell: --take JD/P1/2026-02=theirs.",
        )  # fmt: skip


def _tell_problems(problems: Sequence[BookProblem], as_json: bool) -> None:
    """Say each cell that is wrong, and end: nothing is taken over."""
    if not as_json:
        click.echo("\n".join(problem_lines(problems)), err=True)
    raise Invalid(
        "Some cells need mending; nothing was taken over.", code="book_problems",
        problems=[dataclasses.asdict(one) for one in problems],
    )  # fmt: skip
