"""``keystead batches`` and ``keystead undo``: what was imported, and taking it back."""

from __future__ import annotations

import json

import click

from keystead.kit.access import local_actor
from keystead.ledger import queries, services
from keystead.ledger.types import DATASETS, Batch, BatchState

HEADING = (
    f"{'id':>6}  {'dataset':<12}{'state':<10}{'rows':>10}{'posted':>10}{'waiting':>9}"
    f"{'rejected':>9}{'skipped':>9}  source · file"
)


@click.command()
@click.option("--dataset", type=click.Choice([one.id for one in DATASETS]), help="Only this one.")
@click.option("--source", help="Only imports of this source.")
@click.option("--state", type=click.Choice([str(state) for state in BatchState]), multiple=True)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object per import.")
def batches(
    dataset: str | None, source: str | None, state: tuple[str, ...], limit: int, as_json: bool
) -> None:
    """List imports, newest first: file, dataset, state, and where its rows went."""
    found = queries.batches(
        local_actor(),
        dataset=dataset or "",
        source=source,
        states=[BatchState(one) for one in state],
        limit=limit,
    )
    if as_json:
        click.echo(json.dumps([one.as_dict() for one in found], ensure_ascii=False, indent=2))
        return
    if not found:
        click.echo("Nothing was imported yet. Start with `keystead import FILE --as DATASET`.")
        return
    click.echo(HEADING)
    for one in found:
        click.echo(_line(one))


@click.command()
@click.argument("batch", type=int)
@click.option("--why", default="", help="Kept in the trail.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def undo(batch: int, why: str, as_json: bool) -> None:
    """Take a posted import back; what it had replaced counts again."""
    done = services.undo_batch(actor=local_actor(), batch_id=batch, why=why)
    if as_json:
        click.echo(json.dumps(done.as_dict(), ensure_ascii=False, indent=2))
        return
    click.echo(
        f"Undone: import {done.id}, {done.counts.posted} rows of {done.dataset} no longer count "
        f"(commit {done.undone_commit})."
    )


def _line(batch: Batch) -> str:
    counts = batch.counts
    name = " · ".join(part for part in (batch.source, batch.file_name) if part)
    return (
        f"{batch.id:>6}  {batch.dataset:<12}{batch.state:<10}{counts.rows_in:>10}"
        f"{counts.posted:>10}{counts.waiting:>9}{counts.rejected:>9}{counts.skipped:>9}  {name}"
    )
