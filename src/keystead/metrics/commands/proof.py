"""Command line: ``keystead proof ID`` and ``keystead proof check FILE``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from keystead.kit.access import Actor, local_actor
from keystead.metrics import queries, services
from keystead.metrics.commands.metric import shown
from keystead.metrics.queries.checking import check_document
from keystead.metrics.types import Proof
from keystead.metrics.types.checking import CheckedFile, Verdict

EXIT = {Verdict.EQUAL: 0, Verdict.CHANGED: 1, Verdict.EDITED: 2, Verdict.UNKNOWN: 2}


class _Proofs(click.Group):
    """A group that takes a bare proof id for ``show``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and "--help" not in args[:1]:
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Proofs)
def proof() -> None:
    """Show what stands behind a figure, or check every figure of a document against its proof.

    \b
    keystead proof ID --rows 5 --changes
    keystead proof check review.pptx
    """


@proof.command(name="show")
@click.argument("proof_id")
@click.option("--rows", default=20, show_default=True, help="So many source rows per part.")
@click.option("--changes", is_flag=True, help="What changed since, split by cause.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def show(proof_id: str, rows: int, changes: bool, as_json: bool) -> None:
    """Show what stands behind a figure: formula, filter, files and the rows that add up to it."""
    actor = local_actor()
    if queries.is_no_metric(proof_id):
        _print_standing(actor, proof_id, as_json=as_json)
        return
    found = queries.open_proof(actor=actor, proof_id=proof_id, limit=rows)
    services.note_proof_view(actor=actor, proof=found)
    since = queries.changes_since(actor=actor, proof_id=proof_id) if changes else None
    if as_json:
        body = queries.proof_body(found)
        if since is not None:
            body["changes"] = queries.changes_body(since)
        click.echo(json.dumps(body, ensure_ascii=False, indent=1))
        return
    _print_proof(found)
    if since is not None:
        click.echo(f"\nSince then: {shown(since.difference, since.before.measure)}")
        for part in since.parts:
            click.echo(f"  {part.cause:<12}{shown(part.amount, since.before.measure):>24}")


@proof.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def check(file: Path, as_json: bool) -> None:
    """Check every figure of a PowerPoint, Excel or Word FILE against its proof.

    Exit code 0: all equal; 1: some changed since; 2: some were edited in the file, or their proof
    is unknown, or the file carries none.
    """
    actor = local_actor()
    found = check_document(actor=actor, content=file.read_bytes(), name=file.name)
    known = [one.standing for one in found.figures if one.standing is not None]
    services.note_standings_view(actor=actor, standings=known)
    if as_json:
        click.echo(json.dumps(queries.checked_body(found), ensure_ascii=False, indent=1))
    else:
        _print_checked(found)
    sys.exit(EXIT[found.worst])


def _print_checked(found: CheckedFile) -> None:
    counts = ", ".join(f"{found.count(one)} {one.value}" for one in Verdict)
    click.echo(f"{found.name}: {len(found.figures)} figures with a proof; {counts}.")
    for one in found.figures:
        if one.verdict is Verdict.EQUAL:
            continue
        now = one.standing.now if one.standing else None
        told = f" now {shown(now.value, now.measure)}" if now is not None else ""
        why = f" ({', '.join(one.standing.because)})" if one.standing and now is not None else ""
        click.echo(f"  {one.verdict.value:<8}{one.figure.place}: {one.figure.text}{told}{why}")


def _print_standing(actor: Actor, proof_id: str, *, as_json: bool) -> None:
    found = queries.standing(actor=actor, proof_id=proof_id)
    parts = queries.parts_of(actor=actor, proof_id=proof_id)
    services.note_standings_view(actor=actor, standings=[found])
    if as_json:
        body = queries.standing_body(found, parts)
        click.echo(json.dumps(body, ensure_ascii=False, indent=1))
        return
    click.echo(f"{found.label}: {shown(found.then.value, found.then.measure)} {found.then.note}")
    for part in parts:
        click.echo(f"  {part.label}: {shown(part.then.value, part.then.measure)}  {part.proof_id}")
    if found.now is not None:
        click.echo(f"  now {shown(found.now.value, found.now.measure)} {' '.join(found.because)}")


def _print_proof(found: Proof) -> None:
    figure = found.figure
    unit = "%" if figure.unit.value == "percent" else figure.measure
    click.echo(f"{found.metric.label}: {shown(figure.value, unit)} {figure.note.value}".rstrip())
    click.echo(f"  {found.metric.formula}")
    click.echo(f"  {found.metric.id} version {found.version}, {found.period}, {found.scope}")
    for name, value in found.filters:
        click.echo(f"  {name}: {value}")
    click.echo(f"  as of commit {found.commit} ({found.moment}); the last is {found.latest_commit}")
    for section in found.sections:
        total = shown(section.total, section.measure) if section.what == "sum" else ""
        total = f"{section.counted} different" if section.counted is not None else total
        click.echo(f"\n{section.label}, {section.period}: {total} ({section.rows_total} rows)")
        for row in section.rows:
            place = f"{row.file_name} {row.sheet} row {row.row}".replace("  ", " ")
            click.echo(f"  {row.date}  {place:<44} {shown(row.amount, row.measure):>20}")
        if section.next_offset is not None:
            click.echo(f"  … {section.rows_total - len(section.rows)} more rows")
