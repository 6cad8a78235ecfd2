"""The staged tables of an import: a rebuildable cache of the raw file, read for proof."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path

from keystead.kit.files.reader import read_source
from keystead.kit.files.types import ReadOptions, SourceFile, SourceSheet
from keystead.ledger import models
from keystead.ledger.models.folder import home, raw_path


@dataclasses.dataclass(frozen=True)
class Staged:
    """One staged sheet: its Parquet file, and what the reader said of it."""

    path: Path
    sheet: SourceSheet


def staging_path(batch_id: int) -> str:
    """Return the folder of the staged tables of a batch."""
    return f"staging/{batch_id}/read"


def kept_file(sha256: str) -> Path | None:
    """Return where a kept file lies, None when it is not there; no rights are checked here."""
    path = home().locate(raw_path(sha256))
    return path if path.is_file() else None


def staged_sheet(batch: models.Batch, sheet: str) -> Staged | None:
    """Return a staged sheet, staged again from the raw file if it was cleaned away.

    None when the batch came from no file, or its file has no such sheet.
    """
    if not batch.report or batch.raw_id is None:
        return None
    source = SourceFile.from_dict(batch.report)
    for one in source.sheets:
        if one.name == sheet:
            path = home().locate(f"{staging_path(batch.pk)}/{Path(one.path).name}")
            if not path.is_file():
                _stage_again(batch)
            return Staged(path, one)
    return None


def options_of(batch: models.Batch) -> ReadOptions:
    """Return how the kept file of a batch is read, as it was settled (``options["read"]``)."""
    known = {field.name for field in dataclasses.fields(ReadOptions)} - {"limits"}
    settled = batch.options.get("read", {})
    return ReadOptions(**{name: value for name, value in settled.items() if name in known})


def _stage_again(batch: models.Batch) -> None:
    """Read the raw file again beside the final folder, then move each table in whole."""
    folder = home()
    hidden = folder.hidden("staging")
    final = folder.locate(staging_path(batch.pk))
    try:
        read_source(
            folder.locate(raw_path(batch.raw_id or "")),
            name=batch.options.get("kept_name") or batch.file_name,
            out_dir=hidden,
            options=options_of(batch),
        )
        final.mkdir(parents=True, exist_ok=True)
        for table in hidden.glob("*.parquet"):
            os.replace(table, final / table.name)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
