"""``keystead open``: an account in one file, read-only, on a laptop without network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import webbrowser
from pathlib import Path

import click

from keystead.doors.cli.demo.commands import has_browser
from keystead.doors.cli.onefile.opening import unpack
from keystead.doors.cli.prepare import MARK, code_mark, schema_mark
from keystead.doors.cli.site import free_port, run_site
from keystead.kernel.errors import SourceProblem


@click.command("open")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=int, help="The port (default: the first free one from 8000).")
@click.option("--browser/--no-browser", default=True, help="Open the browser if there is one.")
def open_file(file: Path, host: str, port: int | None, browser: bool) -> None:
    """Open the FILE of an account in the browser, to read only.

    Every part is checked against its hash first, and unpacked into a folder that is removed when
    you stop. Nothing can be changed in it, and no network is needed.
    """
    folder = Path(tempfile.mkdtemp(prefix="keystead-open-"))
    try:
        manifest = unpack(file, folder)
        home = folder / "home"
        prepare(home, manifest["schema"], file)
        chosen = free_port(host, port)
        account = manifest["account"]

        def when_up(url: str) -> None:
            place = f"{url}accounts/{account['id']}/"
            click.echo(f"{account['code']} {account['name']}, as of {manifest['made_at']}: {place}")
            click.echo("Read only. Ctrl+C stops it and removes the unpacked copy.")
            if browser and has_browser():
                webbrowser.open(place)

        os.environ["KEYSTEAD_READ_ONLY"] = manifest["reader"]
        run_site(host=host, port=chosen, with_worker=False, when_up=when_up)
        click.echo("Stopped.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def prepare(home: Path, schema: str, file: Path) -> None:
    """Point this process at the unpacked home and bring an older one up to this code.

    Nothing of the house this machine may have is touched. Raises SourceProblem for a file of a
    newer Keystead.
    """
    for name in [one for one in os.environ if one.startswith("KEYSTEAD_")]:
        del os.environ[name]
    os.environ["KEYSTEAD_HOME"] = str(home)
    if schema == schema_mark():
        (home / MARK).write_text(code_mark() + "\n", encoding="utf-8")
        return
    code = "from keystead.doors.cli.prepare import ready; ready(upgrade=True)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SourceProblem(
            f"{file.name} was made by another version of Keystead.",
            hint="Open it with the newest Keystead.",
            code="handover_file_version",
        )


@click.command()
@click.argument("account")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def handover(account: str, out: Path | None, as_json: bool) -> None:
    """Write an ACCOUNT (its code) into one file for the person who takes it over.

    The file holds this account and all below it, and nothing of any other: `keystead open` runs
    it to read only. It holds terms and private notes, so its owner or their director makes it.
    """
    from django.utils.translation import override

    from keystead.doors.cli.onefile import packing
    from keystead.kit.access import local_actor
    from keystead.reviews.queries.handover import pack_of
    from keystead.reviews.queries.handover_words import paper_of

    actor = local_actor()
    found = packing.checked(actor, account)
    target = out or Path(f"{found.code}.keystead")
    with override(actor.language):
        paper = paper_of(pack_of(actor, found.id))
        packed = packing.pack(actor=actor, account=found, target=target, paper=paper)
    size = target.stat().st_size
    if as_json:
        body = {"file": str(target), "bytes": size, "files": packed.files, "rows": packed.rows,
                "accounts": packed.accounts, "names_taken_out": packed.blinded}  # fmt: skip
        click.echo(json.dumps(body))
        return
    told = f"{packed.rows} rows, {size / 1024**2:.1f} MiB"
    click.echo(f"{target}: {found.code} {found.name}, {told}.")
    click.echo(f"Names of other accounts taken out: {packed.blinded}.")
    click.echo(f"Open it with: keystead open {target}")
