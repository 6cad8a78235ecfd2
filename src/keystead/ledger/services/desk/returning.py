"""Takes corrected rows back into the batch they came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from django.db import transaction
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid
from keystead.kit import jobs
from keystead.kit.access import Actor
from keystead.kit.files.reader import read_source
from keystead.kit.files.types import SourceSheet
from keystead.kit.office import plain_text
from keystead.kit.quota import spend_upload
from keystead.ledger.models.folder import home
from keystead.ledger.queries.rejects import KEYS
from keystead.ledger.services.desk import staging
from keystead.ledger.services.desk.fixing import Cell, fix_cells, texts_of
from keystead.ledger.services.desk.work import require_open, work_on

JOB = "ledger.return_rows"


def receive_rejects(
    *, actor: Actor, batch_id: int, content: Path | bytes, name: str, start: bool = True
) -> int | None:
    """Take a corrected rejects file in; a job reads it. Returns the job's id.

    Needs ``ledger.import`` and a batch that is open or waits for rows. Counts against the actor's
    day of uploads.
    """
    actor.require("ledger.import")
    work = work_on(actor, batch_id)
    require_open(work, posted=True)
    spend_upload(actor=actor, size_bytes=_size(content))
    path = f"staging/{batch_id}/returned"

    def fill(hidden: Path) -> None:
        hidden.write_bytes(content if isinstance(content, bytes) else content.read_bytes())

    home().write(path, fill)
    if not start:
        take_rejects(actor=actor, batch_id=batch_id, name=name)
        return None
    with transaction.atomic():
        job_id = jobs.enqueue(JOB, {"batch_id": batch_id, "name": name}, actor=actor)
        work.batch.job_id = job_id
        work.batch.save_checked(actor)
    return job_id


def _size(content: Path | bytes) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def take_rejects(*, actor: Actor, batch_id: int, name: str) -> int:
    """Read the corrected rows that lie there; return how many cells changed.

    Only cells that differ from the file are taken; rows are found by their sheet and number, so
    rows may be left out and put in any order. Rows that a person rejected and sends back are
    taken in again. Raises Invalid when it is not a file of ours, or a row is not in the batch.
    """
    place = home().locate(f"staging/{batch_id}/returned")
    hidden = staging.new_folder(batch_id, "returned")
    try:
        file = read_source(place, name=name, out_dir=hidden)
        cells = [cell for sheet in file.sheets for cell in _cells(hidden, sheet)]
    finally:
        place.unlink(missing_ok=True)
        for left in hidden.glob("*"):
            left.unlink()
        hidden.rmdir()
    if not cells:
        raise Invalid(
            _("This is not a file of rows to correct."),
            code="not_rejects",
            hint=_("It has the columns %(columns)s; keep them as they are.")
            % {"columns": ", ".join(KEYS)},
        )
    work = work_on(actor, batch_id)
    known = texts_of(work, [(sheet, row, column) for sheet, row, column, _value in cells])
    changed = [cell for cell in cells if known[cell[:3]] != cell[3]]
    if changed:
        fix_cells(actor=actor, batch_id=batch_id, cells=changed)
    return len(changed)


def _cells(folder: Path, sheet: SourceSheet) -> list[Cell]:
    names = {column.header: column.name for column in sheet.columns}
    if any(key not in names for key in KEYS[:2]):
        return []
    rows: list[dict[str, Any]] = pq.read_table(folder / Path(sheet.path).name).to_pylist()
    headers = [header for header in names if header and header not in KEYS]
    cells: list[Cell] = []
    for record in rows:
        number = (record[names[KEYS[1]]] or "").removesuffix(".0")
        if record.get("skip") in staging.NOT_ROWS or not number.isdigit():
            continue
        sheet_name = plain_text(record[names[KEYS[0]]] or "")
        cells += [
            (sheet_name, int(number), header, plain_text(record[names[header]] or ""))
            for header in headers
        ]
    return cells
