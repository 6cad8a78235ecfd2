"""What a source taught the desk: its columns, and the meaning of its codes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath

from keystead.ledger import models
from keystead.ledger.rules.fold import fold
from keystead.ledger.rules.mapping import as_json, read_map
from keystead.ledger.types.desk import ColumnMap

_DATES = re.compile(r"(19|20)\d{2}([-_. ]?\d{1,2}){0,2}|\d+")


def headers_key(headers: Iterable[str]) -> str:
    """Return a hash of the headers of a file, whatever their order."""
    text = "\n".join(sorted(fold(header) for header in headers))
    return hashlib.sha256(text.encode()).hexdigest()


def remembered(dataset: str, source: str) -> ColumnMap | None:
    """Return the columns that a source used last time."""
    row = models.SourceMap.objects.filter(dataset=dataset, source=source).first()
    return read_map(row.columns, dataset) if row else None


def source_of(dataset: str, headers: Iterable[str], file_name: str) -> str:
    """Return the source that a file most likely comes from.

    The one source whose last file of this dataset had the same columns; else the name of the
    file without its dates and numbers.
    """
    rows = models.SourceMap.objects.filter(dataset=dataset, headers=headers_key(headers))
    known = list(rows.values_list("source", flat=True)[:2])
    if len(known) == 1:
        return known[0]
    stem = _DATES.sub(" ", PurePath(file_name).stem)
    words = [word for word in re.split(r"[\W_]+", stem) if word]
    return " ".join(words)[:120] or "file"


def remember(batch: models.Batch, headers: Iterable[str], columns: ColumnMap) -> None:
    """Keep the columns of a posted file for the next one of its source."""
    row = models.SourceMap.objects.filter(dataset=batch.dataset, source=batch.source).first()
    row = row or models.SourceMap(dataset=batch.dataset, source=batch.source)
    kept = as_json(columns)
    if row.pk and row.columns == kept:
        return
    row.columns, row.headers = kept, headers_key(headers)
    row.save()


def aliases(source: str, kind: str) -> Mapping[str, int]:
    """Return what people said the codes and names of a source mean."""
    rows = models.Alias.objects.filter(source=source, kind=kind)
    return dict(rows.values_list("text", "target_id"))
