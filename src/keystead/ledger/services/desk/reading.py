"""First step: read the upload in the capped child, stop at personal data, keep the raw file."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path, PurePath

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import transaction
from django.utils.translation import gettext as _

from keystead.governance.rules.personal_data import personal_data_columns
from keystead.kernel.errors import SourceProblem
from keystead.kit.access import Actor
from keystead.kit.files.reader import read_source
from keystead.kit.files.types import ReadOptions, SourceFile, SourceSheet
from keystead.kit.testing import faults
from keystead.ledger import models
from keystead.ledger.models.folder import home, raw_path
from keystead.ledger.services.desk import redact, staging
from keystead.ledger.services.desk.receiving import discard_incoming
from keystead.ledger.services.desk.work import Work
from keystead.ledger.services.store import keep_raw
from keystead.ledger.types import BatchState

Progress = Callable[[int, int, str], None]
_LOOK, _DISTINCT = 5_000, 300


def read(actor: Actor, work: Work, progress: Progress) -> bool:
    """Stage the file of a batch; False = it stopped at personal data, nothing of it is kept.

    Does nothing when the staged sheets lie there as the options want them. Raises SourceProblem
    when the file cannot be read; the batch has failed then and the upload is gone.
    """
    file = work.file
    settled = _settled(work)
    if file and staging.is_read(work.batch.pk, file) and work.batch.options.get("read") == settled:
        discard_incoming(work)
        return True
    staging.sweep(work.batch.pk)
    place, name = _upload(work)
    hidden = staging.new_folder(work.batch.pk, "read")
    try:
        file = read_source(
            place,
            name=name,
            out_dir=hidden,
            options=ReadOptions(encoding=settled["encoding"], delimiter=settled["delimiter"]),
            on_progress=progress,
        )
    except SourceProblem as problem:
        staging.forget(work.batch.pk)
        discard_incoming(work)
        work.batch.state, work.batch.problem = BatchState.FAILED, problem.as_dict()
        work.batch.save_checked(actor)
        raise
    faults.reach("import.after_parse")
    drop = list(work.decisions.get("drop", []))
    found = {} if work.batch.raw_id else _personal(hidden, file, drop)
    if found:
        _stop(actor, work, file, found)
        return False
    file = _without_paths(file)
    if drop and not work.batch.raw_id:
        file = redact.blank_columns(hidden, file, drop)
    staging.bring_in(work.batch.pk, hidden, "read")
    faults.reach("import.after_stage")
    _keep(actor, work, file, place, drop, settled)
    discard_incoming(work)
    return True


def _settled(work: Work) -> dict[str, str]:
    chosen = work.decisions.get("options", {})
    return {"encoding": chosen.get("encoding", ""), "delimiter": chosen.get("delimiter", "")}


def _upload(work: Work) -> tuple[Path, str]:
    """Return the file to read and the name its format goes by."""
    name = work.batch.options.get("kept_name") or work.batch.file_name
    if work.desk.incoming and home().exists(work.desk.incoming):
        return home().locate(work.desk.incoming), work.batch.file_name
    if work.batch.raw_id:
        return home().locate(raw_path(work.batch.raw_id)), name
    raise SourceProblem(
        _("The upload is gone."), code="no_upload", hint=_("Send the file again."), file=name
    )


def _personal(folder: Path, file: SourceFile, drop: list[str]) -> dict[str, str]:
    """Return the columns that hold personal data and are not dropped: header -> what it is."""
    found: dict[str, str] = {}
    for sheet in file.sheets:
        labels = [label for _column, label in staging.labelled(sheet)]
        values = _values(folder / PurePath(sheet.path).name, sheet)
        for column in personal_data_columns([column.header for column in sheet.columns], values):
            found[labels[column.index]] = column.kind.value
    return {header: what for header, what in found.items() if header not in drop}


def _values(place: Path, sheet: SourceSheet) -> list[list[str]]:
    """Return distinct cells of each column, from the first rows and the last."""
    source = pq.ParquetFile(place)
    names = [column.name for column in sheet.columns]
    if not names or not source.metadata.num_rows:
        return []
    head = next(source.iter_batches(_LOOK, columns=[*names, staging.SKIP]))
    tail = source.read_row_group(source.num_row_groups - 1, columns=[*names, staging.SKIP])
    both = pa.concat_tables([pa.Table.from_batches([head]), tail.slice(max(0, len(tail) - _LOOK))])
    rows = both.filter(pc.is_null(both[staging.SKIP]))
    return [pc.unique(rows[name]).slice(0, _DISTINCT).to_pylist() for name in names]


def _stop(actor: Actor, work: Work, file: SourceFile, found: dict[str, str]) -> None:
    """Throw everything away but the name and the hash, and ask."""
    staging.forget(work.batch.pk)
    columns = ", ".join(found)
    with transaction.atomic():
        work.desk.incoming = ""
        work.desk.questions = [
            {"id": "personal_data", "kind": "personal_data", "subject": columns,
             "options": [], "best": "", "data": {"columns": found}}
        ]  # fmt: skip
        work.desk.save()
        work.batch.state = BatchState.MAPPING
        work.batch.problem = SourceProblem(
            _("Patient data found in column %(columns)s. Drop or pseudonymise at source.")
            % {"columns": columns},
            code="personal_data",
            hint=_("Nothing of the file was kept. Send it again with these columns left out."),
            file=file.name,
            column=columns,
            columns=list(found),
        ).as_dict()
        work.batch.save_checked(actor)


def _keep(
    actor: Actor,
    work: Work,
    file: SourceFile,
    place: Path,
    drop: list[str],
    settled: dict[str, str],
) -> None:
    """Keep the raw file by its hash (without dropped columns), and note what was read."""
    kept = work.batch.raw_id
    options = {key: value for key, value in work.batch.options.items() if key != "problem"}
    if not kept:
        if drop:
            copy, name, settled = redact.write_copy(
                staging.read_folder(work.batch.pk), file, work.batch.file_name, settled
            )
            kept, size = keep_raw(copy)
            copy.unlink()
            options |= {"kept_name": name, "dropped": drop}
        else:
            kept, size = keep_raw(place)
        models.RawFile.objects.get_or_create(sha256=kept, defaults={"bytes": size})
    faults.reach("import.after_raw")
    if drop:
        work.desk.decisions.setdefault("options", {}).update(settled)
        work.desk.save(update_fields=["decisions"])
    work.batch.raw_id = kept
    work.batch.report = file.as_dict()
    work.batch.options = options | {"read": settled}
    work.batch.effect_key = work.desk.upload_sha256
    work.batch.problem = {}
    work.batch.save_checked(actor)


def _without_paths(file: SourceFile) -> SourceFile:
    """Keep only the names of the staged files: the folder gets another name, and may move."""
    sheets = tuple(_bare(sheet) for sheet in file.sheets)
    return dataclasses.replace(file, sheets=sheets)


def _bare(sheet: SourceSheet) -> SourceSheet:
    return dataclasses.replace(sheet, path=os.path.basename(PurePath(sheet.path)))
