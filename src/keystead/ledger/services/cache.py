"""Builds the rebuildable cache of a dataset: its rows sorted by account, and month sums."""

from __future__ import annotations

import logging
import re
import time

from keystead.kit.files import duck
from keystead.kit.testing import faults
from keystead.ledger.models.folder import home
from keystead.ledger.queries import slice_set, versions
from keystead.ledger.queries.slices import Content, cache_path
from keystead.ledger.services.store import select_all
from keystead.ledger.types import DatasetDef, SegmentRead, dataset_def

log = logging.getLogger("keystead.ledger")
KEEP_OLD_SECONDS = 3600
_NAME = re.compile(r"cache/(?P<dataset>[a-z_]+)-\d+-[0-9a-f]+\.duckdb$")


def build_cache(dataset: str) -> str:
    """Build the cache of the newest state and return its path; "" when nothing was posted.

    Called by the job of the ledger; idempotent. Writes a file under a hidden name, renames it
    in, and removes older versions that no reader can still be about to open.
    """
    known = versions()
    content = known.content(dataset)
    if not content.commit:
        return ""
    path = cache_path(dataset, content)
    folder = home()
    if not folder.exists(path):
        reads = slice_set(dataset, commit=content.commit, known=known).reads
        hidden = folder.hidden("cache")
        try:
            duck.build_cache(hidden, [(sql, ()) for sql in statements(dataset_def(dataset), reads)])
            faults.reach("cache.before_rename")
            folder.adopt(path, hidden)
        finally:
            hidden.unlink(missing_ok=True)
            hidden.with_name(hidden.name + ".wal").unlink(missing_ok=True)
    drop_old_caches(dataset, content)
    return path


def statements(definition: DatasetDef, reads: tuple[SegmentRead, ...]) -> list[str]:
    """Return the statements that fill an empty database with the three tables of CacheRead."""
    found = " union all ".join(_read(definition, read) for read in reads) or _empty(definition)
    columns = ", ".join(definition.schema.names)
    wide = ("account_id", "product_id", "month", *definition.sum_by)
    narrow = ("account_id", "month", *definition.sum_by)
    return [
        f"create table facts as select {columns} from ({found}) order by account_id, date",  # noqa: S608 # nosec B608
        _sums(definition, "month_sums", "facts", "count(*)", wide),
        _sums(definition, "account_sums", "month_sums", "sum(rows)", narrow),
    ]


def _sums(definition: DatasetDef, name: str, of: str, rows: str, by: tuple[str, ...]) -> str:
    keys = ", ".join(by)
    sums = "".join(
        f", cast(sum({measure}) as decimal(38, 4)) as {measure}" for measure in definition.measures
    )
    return (
        f"create table {name} as select {keys}{sums}, cast({rows} as bigint) as rows "  # noqa: S608 # nosec B608
        f"from {of} group by {keys} order by account_id, month"
    )


def _read(definition: DatasetDef, read: SegmentRead) -> str:
    text = select_all(definition, read.path)
    if read.pairs is None:
        return text
    pairs = ", ".join(f"({int(batch)}, date '{month:%Y-%m-%d}')" for batch, month in read.pairs)
    return f"{text} where (batch_id, month) in ({pairs})"


_SQL_TYPES = {
    "int32": "integer",
    "int64": "bigint",
    "string": "varchar",
    "date32[day]": "date",
    "bool": "boolean",
    "decimal128(18, 4)": "decimal(18, 4)",
}


def _empty(definition: DatasetDef) -> str:
    cells = (
        f"cast(null as {_SQL_TYPES[str(field.type)]}) as {field.name}"
        for field in definition.schema
    )
    return f"select {', '.join(cells)} where false"


def drop_old_caches(dataset: str, newest: Content, *, now: float | None = None) -> int:
    """Remove other caches of a dataset once the newest is an hour old; return how many.

    Who was told of an older one before that has opened it by then.
    """
    folder = home()
    kept = cache_path(dataset, newest)
    if not folder.exists(kept):
        return 0
    moment = time.time() if now is None else now
    if moment - folder.locate(kept).stat().st_mtime < KEEP_OLD_SECONDS:
        return 0
    old = [path for path, _changed in folder.walk("cache") if _is_of(dataset, path, kept)]
    for path in old:
        folder.remove(path)
    return len(old)


def _is_of(dataset: str, path: str, kept: str) -> bool:
    found = _NAME.search(path)
    return found is not None and found["dataset"] == dataset and path != kept
