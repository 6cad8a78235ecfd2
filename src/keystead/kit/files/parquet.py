"""Reads a Parquet file into text cells, in the child: names come from its schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from keystead.kit.files.stage import Batch, Stage
from keystead.kit.files.types import Limits, Refused, SourceSheet
from keystead.kit.files.workbook import as_text

_BATCH_ROWS = 65_536
Progress = Callable[[int, int], None]


def read(path: Path, target: Path, name: str, limits: Limits, progress: Progress) -> SourceSheet:
    """Stage the rows and return what was learned; rows count from 1, there is no header row."""
    try:
        with pq.ParquetFile(path) as file:
            return _read(file, target, name, limits, progress)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise Refused("damaged", format="Parquet") from error


def _read(
    file: pq.ParquetFile, target: Path, name: str, limits: Limits, progress: Progress
) -> SourceSheet:
    schema = file.schema_arrow
    if len(schema) > limits.columns:
        raise Refused("too_many_columns", columns=len(schema), limit=limits.columns)
    for field in schema:
        if pa.types.is_nested(field.type):
            raise Refused("nested_column", column=field.name[:80])
    total = file.metadata.num_rows
    if total == 0 or not len(schema):
        raise Refused("empty")
    stage = Stage(target, name, len(schema), limits, names=schema.names)
    stage.typed_numbers |= {
        at
        for at, field in enumerate(schema)
        if pa.types.is_floating(field.type) or pa.types.is_decimal(field.type)
    }
    done = 0
    for batch in file.iter_batches(batch_size=_BATCH_ROWS):
        columns = [text_of(column) for column in batch.columns]
        rows = pa.arange(done + 1, done + batch.num_rows + 1)
        stage.add(Batch(columns, rows))
        done += batch.num_rows
        progress(done, total)
    return stage.finish()


def text_of(column: pa.Array) -> pa.Array:
    """Return the column as text; what is missing becomes ""."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind):
        return pc.fill_null(column.cast(pa.string()), "")
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pc.fill_null(column.cast(pa.string()), "")
    # The rest by its distinct values: Arrow would write an exponent or needless zeros.
    coded = column.dictionary_encode()
    texts = pa.array([as_text(value) for value in coded.dictionary.to_pylist()], pa.string())
    return pc.fill_null(texts.take(coded.indices), "")
