"""``keystead backup``, ``restore`` and ``doctor``."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path

import click


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def backup(file: Path | None, as_json: bool) -> None:
    """Write everything into one file, while Keystead goes on working."""
    from keystead.doors.cli.ops.backup import back_up

    target = file or Path(f"keystead-{datetime.now(UTC):%Y%m%d-%H%M%S}.backup.tar")
    manifest = back_up(target, _quiet)
    size = target.stat().st_size
    if as_json:
        click.echo(json.dumps({"file": str(target), "bytes": size, "files": len(manifest.files)}))
    else:
        click.echo(f"{target}: {len(manifest.files)} files, {size / 1024**2:.1f} MiB, hashes kept.")
        click.echo(f"Trail at row {manifest.trail_seq}, {manifest.trail_hash[:16]}…")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def restore(file: Path, as_json: bool) -> None:
    """Bring a backup back into an empty home folder, and prove it."""
    from keystead.doors.cli.prepare import django_ready, home_folder, ready

    django_ready()
    from keystead.doors.cli.ops.backup import prove
    from keystead.doors.cli.ops.backup import restore as bring_back

    manifest = bring_back(file, home_folder(), _quiet)
    ready(upgrade=True)
    rows = prove(manifest)
    if as_json:
        click.echo(json.dumps({"home": str(home_folder()), "trail_rows": rows}))
    else:
        click.echo(f"Restored {len(manifest.files)} files of {manifest.made_at}, each hash right.")
        click.echo(f"The trail verifies: {rows} rows. Data: {home_folder()}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
def doctor(as_json: bool) -> int:
    """Look for what could go wrong here: disk, database, clock, queue."""
    from keystead.doors.cli.ops.doctor import BAD, examine

    checks = examine()
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(check) for check in checks]))
    else:
        marks = {"good": " ok ", "warning": "note", "bad": "BAD "}
        for check in checks:
            click.echo(f"{marks[check.state]}  {check.name}: {check.text}")
            if check.hint:
                click.echo(f"      {check.hint}")
    return 1 if any(check.state == BAD for check in checks) else 0


@click.command()
@click.option("--restart", is_flag=True, help="The trail goes on from an older state: say why.")
@click.option("--why", default="", help="Kept in the anchor, and shown by `keystead verify`.")
@click.option("--json", "as_json", is_flag=True, help="Print the anchor as JSON.")
def anchor(restart: bool, why: str, as_json: bool) -> None:
    """Write down where the trail ends, outside the database, as a worker does every day.

    After an older backup was put in the place of a running database, --restart says so: anchors
    of rows that are gone no longer count, and `keystead verify` tells of it for ever.
    """
    from keystead.kernel.errors import Invalid
    from keystead.kit import audit

    if restart and not why.strip():
        raise Invalid("A restart keeps its reason.", hint='Add --why "restored the backup of …".')
    made = audit.anchor(why.strip() or "by hand", restart=restart)
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(made), ensure_ascii=False))
    else:
        click.echo(f"Trail at row {made.seq}, {made.hash[:16]}…, kept in:")
        for folder in audit.anchor_folders():
            click.echo(f"  {folder}")


def _quiet(done: int, total: int, name: str) -> None:
    """Progress nobody watches."""
