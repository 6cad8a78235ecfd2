"""Brings raw files and fact segments into the folder, whole or not at all."""

from __future__ import annotations

import dataclasses
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from keystead.kernel.errors import Invalid, KeysteadError
from keystead.kit.files import duck
from keystead.kit.testing import faults
from keystead.ledger.calc.order import in_order
from keystead.ledger.models.folder import fingerprint, home, raw_path
from keystead.ledger.types import COMMON_COLUMNS, DatasetDef, dataset_def

ROW_GROUP_ROWS = 24_576
# The month follows from the date, so this is also the order by account, month and date; each
# further key costs a third of the time of a plain write.
SORTED = "order by account_id, date, product_id nulls first"


@dataclasses.dataclass(frozen=True)
class WrittenPart:
    """The rows of one batch and month in a segment, summed from the file as written."""

    batch_id: int
    month: date
    rows: int
    first_date: date
    last_date: date
    sums: dict[str, dict[str, str]]
    currencies: list[str]


@dataclasses.dataclass(frozen=True)
class WrittenSegment:
    """A segment that is safely on disk but not yet in the catalog."""

    path: str
    sha256: str
    rows: int
    bytes: int
    parts: tuple[WrittenPart, ...]
    account_ids: frozenset[int]


def keep_raw(content: bytes | Path) -> tuple[str, int]:
    """Keep a file as it came under its hash, once; return the SHA-256 and the size."""
    folder = home()
    hidden = folder.hidden("raw")
    try:
        if isinstance(content, Path):
            shutil.copyfile(content, hidden)
        else:
            hidden.write_bytes(content)
        sha256, size = fingerprint(hidden), hidden.stat().st_size
        path = raw_path(sha256)
        faults.reach("raw.before_rename")
        if not folder.exists(path) or fingerprint(folder.locate(path)) != sha256:
            folder.adopt(path, hidden)
    finally:
        hidden.unlink(missing_ok=True)
    return sha256, size


def write_facts(
    dataset: str, batch_id: int, tables: Iterable[pa.Table]
) -> tuple[WrittenSegment, ...]:
    """Write one segment per non-empty table, in the dataset's schema.

    ``batch_id`` and ``month`` are filled in here. Raises Invalid when a column is missing, has
    a float type, or holds a null where the dataset allows none.
    """
    definition = dataset_def(dataset)
    written = []
    for table in tables:
        if table.num_rows:
            written.append(_write(definition, conform(definition, batch_id, in_order(table))))
            faults.reach("post.after_first_segment")
    return tuple(written)


@contextmanager
def discarding(written: Iterable[WrittenSegment]) -> Iterator[None]:
    """Remove written segments again when the change is refused.

    Other failures (a lost connection may have committed) leave them to the orphan cleaner.
    """
    try:
        yield
    except KeysteadError:
        for segment in written:
            home().remove(segment.path)
        raise


def conform(definition: DatasetDef, batch_id: int, table: pa.Table) -> pa.Table:
    """Return the table in the dataset's schema, with its batch and month filled in."""
    columns: list[pa.ChunkedArray | pa.Array] = []
    rows = table.num_rows
    for field in definition.schema:
        if field.name == "batch_id":
            columns.append(pa.repeat(pa.scalar(batch_id, pa.int32()), rows))
        elif field.name == "month":
            day = table.column("date").cast(pa.date32())
            columns.append(pc.floor_temporal(day, unit="month").cast(pa.date32()))
        elif field.name in table.column_names:
            columns.append(_column(definition, field, table.column(field.name)))
        elif field.nullable:
            columns.append(pa.nulls(rows, field.type))
        else:
            raise _refused(definition, field, "is missing")
    return pa.table(columns, schema=definition.schema)


def _column(definition: DatasetDef, field: pa.Field, values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_floating(values.type) and not pa.types.is_floating(field.type):
        raise _refused(definition, field, "holds floating-point numbers")
    if not field.nullable and values.null_count:
        raise _refused(definition, field, f"is empty in {values.null_count} rows")
    if values.type == field.type:
        return values
    try:
        return values.cast(field.type)
    except pa.ArrowInvalid as error:
        raise _refused(definition, field, f"does not fit: {error}") from error


def _refused(definition: DatasetDef, field: pa.Field, what: str) -> Invalid:
    return Invalid(
        f"The column {field.name} of {definition.id} {what}.",
        code="bad_facts",
        dataset=definition.id,
        column=field.name,
    )


def _write(definition: DatasetDef, table: pa.Table) -> WrittenSegment:
    with duck.session() as session:
        # In pieces of whole row groups: read on all cores, and written in the order they have.
        pieces = table.combine_chunks().to_batches(max_chunksize=4 * ROW_GROUP_ROWS)
        session.register("incoming", pa.Table.from_batches(pieces, table.schema))
        return write_query(definition, session, "select * from incoming")


def write_query(definition: DatasetDef, session: duck.Session, sql: str) -> WrittenSegment:
    """Write the sorted rows of a SELECT as one segment and sum up what the file holds."""
    folder = home()
    path = f"segments/{definition.id}/{uuid.uuid4().hex}.parquet"
    found: list[Any] = []

    def fill(hidden: Path) -> None:
        session.write_parquet(sql, hidden, row_group_rows=ROW_GROUP_ROWS)
        found.extend((summed(definition, hidden, session), _accounts(hidden, session)))
        faults.reach("post.before_rename")

    sha256, size = folder.write(path, fill)
    parts, accounts = found
    return WrittenSegment(
        path, sha256, sum(part.rows for part in parts), size, tuple(parts), accounts
    )


def select_all(definition: DatasetDef, path: str) -> str:
    """Return a SELECT of all columns of a dataset from one file, also from an earlier release."""
    names = ", ".join(definition.schema.names)
    source = f"read_parquet('{path.replace(chr(39), chr(39) * 2)}')"
    if definition.later:
        later = definition.later.items()
        nothing = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in later)
        source = f"(select {nothing} where false union all by name select * from {source})"  # noqa: S608 # nosec B608
    return f"select {names} from {source}"  # noqa: S608 # nosec B608


def summed(definition: DatasetDef, path: Path, session: duck.Session) -> list[WrittenPart]:
    """Return the parts of a segment file as its rows say: counts, dates and sums."""
    names = set(definition.schema.names) - set(COMMON_COLUMNS)
    currency = "coalesce(currency, '')" if "currency" in names else "''"
    sums = "".join(f", sum({name})" for name in definition.measures)
    # Only declared column names are put into the text.
    head = f"select batch_id, month, {currency}, count(*), min(date), max(date){sums}"
    rows = session.rows(f"{head} from read_parquet(?) group by all order by all", [str(path)])
    found: dict[tuple[int, date], list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault((row[0], row[1]), []).append(row)
    return [
        WrittenPart(
            batch_id=batch_id,
            month=month,
            rows=sum(row[3] for row in group),
            first_date=min(row[4] for row in group),
            last_date=max(row[5] for row in group),
            sums={row[2]: _named(definition, row[6:]) for row in group},
            currencies=sorted(row[2] for row in group if row[2]),
        )
        for (batch_id, month), group in found.items()
    ]


def _named(definition: DatasetDef, values: tuple[Decimal | None, ...]) -> dict[str, str]:
    pairs = zip(definition.measures, values, strict=True)
    return {name: f"{value:.4f}" for name, value in pairs if value is not None}


def _accounts(path: Path, session: duck.Session) -> frozenset[int]:
    rows = session.rows("select distinct account_id from read_parquet(?)", [str(path)])
    return frozenset(row[0] for row in rows)
