"""``keystead verify``: the stored facts and the trail are what they say."""

from __future__ import annotations

import json
import sys

import click

from keystead.kit import audit
from keystead.kit.access import SYSTEM
from keystead.ledger import services
from keystead.ledger.types import VerifyReport


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def verify(as_json: bool) -> None:
    """Check the trail, every stored file, row count and sum; exit code 3 when one is wrong."""
    # Who can open the home folder owns its data; checking all of it changes nothing.
    watched = not as_json and sys.stderr.isatty()
    report = services.verify(actor=SYSTEM, progress=_progress if watched else None)
    trail = audit.prove()
    ok = report.ok and trail.ok
    if as_json:
        body = {**report.as_dict(), "ok": ok, "trail": _trail_data(trail)}
        click.echo(json.dumps(body, ensure_ascii=False, indent=2))
    else:
        for line in report_lines(report):
            click.echo(line)
        for line in trail_lines(trail):
            click.echo(line)
        click.echo("All is well." if ok else "Something is wrong.")
    if not ok:
        sys.exit(3)


def report_lines(report: VerifyReport) -> list[str]:
    """Return what a person reads of a report."""
    return [
        f"{report.rows:,} rows in {report.slices:,} slices of {report.segments:,} segments "
        f"({report.bytes:,} bytes), {report.batches:,} imports, {report.commits:,} commits.",
        *(f"  {name}: {value:,}" for name, value in report.sums.items()),
        *(
            f"WRONG {one.check}: {one.subject}: expected {one.expected}, found {one.found}"
            for one in report.findings
        ),
    ]


def trail_lines(trail: audit.Verdict) -> list[str]:
    """Return what a person reads of the trail: rows, anchors, and the first bad row."""
    lines = [f"{trail.rows:,} entries in the trail, {trail.anchors:,} anchors outside it."]
    lines += [
        f"  goes on from an older state since {one.at}, row {one.seq}: {one.why}"
        for one in trail.restarts
    ]
    if trail.unreadable:
        lines.append(f"  {trail.unreadable} lines of the anchor files cannot be read")
    if trail.broken:
        lines.append(f"WRONG trail at row {trail.broken.seq}: {trail.broken.reason}")
    return lines


def _trail_data(trail: audit.Verdict) -> dict[str, object]:
    return {
        "entries": trail.rows,
        "broken": trail.broken.reason if trail.broken else "",
        "first_bad_row": trail.broken.seq if trail.broken else None,
        "anchors": trail.anchors,
        "unreadable": trail.unreadable,
        "restarts": [{"seq": one.seq, "at": one.at, "why": one.why} for one in trail.restarts],
    }


def _progress(done: int, total: int, note: str) -> None:
    end = "\n" if done == total else ""
    click.echo(f"\r{note}: {done} of {total}{end}", nl=False, err=True)
