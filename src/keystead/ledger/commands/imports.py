"""``keystead import``: a file becomes rows that count, by the same services as on the page."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from keystead.accounts.types import AccountKind
from keystead.catalog.types import ProductKind
from keystead.kit.access import Actor, local_actor
from keystead.kit.disk import write_whole
from keystead.ledger import queries
from keystead.ledger.commands import importing
from keystead.ledger.services import desk
from keystead.ledger.types import IMPORTED, Batch, BatchState, Handed

Progress = Callable[[int, int, str], None]
_CREATE = {"products": "product", "accounts": "account"}


def _pair(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for value in values:
        name, sign, text = value.partition("=")
        if not sign or not name.strip():
            raise click.BadParameter(f"“{value}” is not NAME=VALUE")
        pairs[name.strip()] = text.strip()
    return pairs


def _create(_ctx: click.Context, _param: click.Parameter, value: str) -> tuple[str, ...]:
    wanted = [part.strip() for part in value.split(",") if part.strip()]
    unknown = [part for part in wanted if part not in _CREATE]
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)}: choose products, accounts or both")
    return tuple(kind for kind in ("products", "accounts") if kind in wanted)


@click.command("import", epilog=importing.EXIT_CODES)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as",
    "dataset",
    type=click.Choice([one.id for one in IMPORTED]),
    help="What the file is; without it Keystead recognises it, or asks.",
)
@click.option("--source", default="", help="Who sends it; its columns and codes are remembered.")
@click.option(
    "--map",
    "map_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A mapping file (JSON), see --save-map.",
)
@click.option(
    "--save-map",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the columns as used into a mapping file.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    callback=_pair,
    metavar="FIELD=HEADER",
    help="This column of the file fills the field.",
)
@click.option(
    "--set",
    "constants",
    multiple=True,
    callback=_pair,
    metavar="FIELD=VALUE",
    help="The field has this value in every row.",
)
@click.option(
    "--formula",
    "formulas",
    multiple=True,
    callback=_pair,
    metavar="FIELD=FORMULA",
    help="The field is computed, for example value='quantity * unit_price'.",
)
@click.option("--account", default="", help="All rows are of this account (its code).")
@click.option("--currency", default="", help="All amounts are in this currency.")
@click.option("--date", default="", help="All rows are of this day (2026-01-31).")
@click.option("--sheet", "sheets", multiple=True, help="Read this sheet; may be repeated.")
@click.option("--encoding", default="", help="How the letters are written, for example gb18030.")
@click.option("--delimiter", default="", help="The sign between columns; `tab` for a tabulator.")
@click.option("--decimal", type=click.Choice(["point", "comma"]), help="The decimal sign.")
@click.option("--date-order", type=click.Choice(["dmy", "mdy"]), help="For dates like 3/4/2026.")
@click.option(
    "--drop",
    multiple=True,
    metavar="COLUMN",
    help="Leave this column out before anything is stored; may be repeated.",
)
@click.option(
    "--create",
    default="",
    callback=_create,
    metavar="products,accounts",
    help="Create what the file names and nobody knows yet.",
)
@click.option(
    "--account-kind",
    type=click.Choice([str(kind) for kind in AccountKind]),
    help="Kind of the accounts that --create makes.",
)
@click.option(
    "--product-kind",
    type=click.Choice([str(kind) for kind in ProductKind]),
    help="Kind of the products that --create makes.",
)
@click.option(
    "--repeats",
    type=click.Choice(["keep", "skip"]),
    default="keep",
    show_default=True,
    help="Lines that repeat another one in every column.",
)
@click.option(
    "--mode",
    type=click.Choice(["replace", "append"]),
    help="What happens to months this source sent before.",
)
@click.option(
    "--sums-to",
    multiple=True,
    metavar="MEASURE=SUM[:CUR]",
    help="What the sender says it sums to; another sum is not posted.",
)
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write rejected and waiting rows with their reasons (.csv or .xlsx).",
)
@click.option("--dry-run", is_flag=True, help="Check everything, keep nothing.")
@click.option("--post", is_flag=True, help="Post what is ready, if no question is open.")
@click.option("--json", "as_json", is_flag=True, help="The outcome as one JSON object.")
def import_file(file: Path, **given: Any) -> None:
    """Import a file: recognise, map, match, check, and with --post make its rows count.

    Without --post the import is kept open and can be finished on its page. The same file twice
    has one effect. Rows whose account or product is not known wait in the import.
    """  # fmt: skip
    actor = local_actor()
    if not given["dry_run"]:
        handed = desk.handed_on(
            actor=actor, path=file, name=file.name, dataset=given["dataset"] or "", now=True
        )
        if handed is not None:
            _say_handed(handed, as_json=given["as_json"])
            return
    with _told(given["as_json"]) as progress:
        batch = _receive(actor, file, given)
        posted_before = batch.state == BatchState.POSTED
        if not posted_before:
            batch = _work(actor, batch, given, progress)
    view = queries.desk_of(actor, batch.id)
    try:
        if given["save_map"] and view.mapping:
            importing.save_map(given["save_map"], view.mapping)
        if given["rejects"]:
            write_whole(
                given["rejects"],
                queries.rejects_file(actor, batch.id, given["rejects"].suffix or ".csv"),
            )
        _say(view, posted_before=posted_before, given=given)
    finally:
        if given["dry_run"] and not posted_before:
            desk.discard_batch(actor=actor, batch_id=batch.id)


def _say_handed(handed: Handed, *, as_json: bool) -> None:
    """Tell what became of a file that another room reads; exit code 3 when it is not loaded."""
    if as_json:
        said = {"handed_on": handed.url, "message": handed.message, "loaded": handed.good}
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        click.echo(handed.message)
    if not handed.good:
        raise SystemExit(3)


def _receive(actor: Actor, file: Path, given: dict[str, Any]) -> Batch:
    return desk.receive_file(
        actor=actor,
        content=file,
        name=file.name,
        dataset=given["dataset"] or "",
        source=given["source"],
        decisions=importing.decisions(given),
        start=False,
    )


def _work(actor: Actor, batch: Batch, given: dict[str, Any], progress: Progress) -> Batch:
    """Carry the batch as far as the flags allow; questions and refusals raise."""
    done = False
    try:
        desk.prepare(actor=actor, batch_id=batch.id, progress=progress)
        closed = queries.batch(actor, batch.id).state == BatchState.CANCELLED
        if not given["dry_run"] and not closed:
            for wanted in given["create"]:
                made = desk.create_from_file(
                    actor=actor,
                    batch_id=batch.id,
                    kind=_CREATE[wanted],
                    as_kind=given[f"{_CREATE[wanted]}_kind"] or "",
                    progress=progress,
                    start=False,
                )
                if made:
                    desk.prepare(actor=actor, batch_id=batch.id, progress=progress)
        view = queries.desk_of(actor, batch.id)
        importing.refuse_or_ask(view)
        if given["post"] and not given["dry_run"] and view.batch.state != BatchState.CANCELLED:
            desk.post_batch(actor=actor, batch_id=batch.id, progress=progress)
        done = True
    finally:
        failed = queries.batch(actor, batch.id).problem.get("code") == "personal_data"
        if not done and (given["dry_run"] or failed):
            desk.discard_batch(actor=actor, batch_id=batch.id)
    return queries.batch(actor, batch.id)


def _say(view: queries.DeskView, *, posted_before: bool, given: dict[str, Any]) -> None:
    if given["as_json"]:
        click.echo(json.dumps(importing.as_json(view), ensure_ascii=False, indent=2))
        return
    for line in importing.lines(view, posted_before=posted_before, dry_run=given["dry_run"]):
        click.echo(line)


@contextlib.contextmanager
def _told(quiet: bool) -> Iterator[Progress]:
    """Show progress on a terminal, and nothing where no one is watching."""
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _total, _note: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    shown = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    with shown:
        task = shown.add_task("", total=None)

        def tell(done: int, total: int, note: str) -> None:
            shown.update(task, description=note, completed=done, total=total or None)

        yield tell
