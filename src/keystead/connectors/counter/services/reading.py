"""Reads a COUNTER report of any form, in the capped child process unless it is small JSON."""

from __future__ import annotations

import re
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from keystead.connectors.counter.calc.json_report import read_json
from keystead.connectors.counter.calc.table_report import read_table
from keystead.connectors.counter.services.child import parsed
from keystead.connectors.counter.services.words import not_counter
from keystead.connectors.counter.types import NotCounter, Report, ReportException, ReportHeader
from keystead.kernel.errors import SourceProblem
from keystead.kit.files import caged, messages
from keystead.kit.files.reader import read_source
from keystead.kit.files.types import Limits, ReadOptions, Refused

_CHILD = "keystead.connectors.counter.services.child"
# What can do no harm by its size needs no process of its own, which takes longer than the reading:
# a source that is asked month by month gives many small reports.
_SMALL = 256 * 1024
_LIMITS = Limits(memory_bytes=3 * 1024 * 1024 * 1024)  # parsed JSON takes six times its size


def read_report(path: Path, *, name: str = "") -> Report:
    """Return the report in a file: JSON, TSV, CSV or a workbook; release 5.1 or 5.

    Raises SourceProblem when the file is refused, or is no COUNTER report.
    """
    shown = name or path.name
    with tempfile.TemporaryDirectory(prefix="keystead-counter-") as folder:
        try:
            if is_json(path):
                return _from_json(path, shown, Path(folder))
            return _from_table(path, shown, Path(folder))
        except NotCounter as refused:
            raise not_counter(refused, shown) from refused
        except Refused as refused:
            raise messages.refusal(refused.code, refused.values, shown) from refused


def is_json(path: Path) -> bool:
    """Say whether a file begins as JSON does, in any of its encodings."""
    with path.open("rb") as file:
        head = file.read(64)
    plain = head.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"").lstrip()
    return plain[:1] in {b"{", b"["}


def delimiter_of(path: Path) -> str:
    """Return the sign that parts the columns of a text report, as its first line says it.

    The head of a report is too uneven to be guessed from. "" when it does not begin as one.
    """
    with path.open("rb") as file:
        head = file.read(256)
    found = re.search(rb'Report_Name"?([\t,;|])', head.replace(b"\0", b""))
    return found[1].decode() if found else ""


def _from_json(path: Path, name: str, out: Path) -> Report:
    size = path.stat().st_size
    if size > _LIMITS.file_bytes:
        raise Refused("too_big", size=size, limit=_LIMITS.file_bytes)
    if size <= _SMALL:
        return read_json(parsed(path.read_bytes()))
    job = {"path": str(path.resolve()), "name": name}
    found = caged.run(_CHILD, job, out, _LIMITS)
    if "refused" in found:
        raise NotCounter(found["refused"])
    tables = {part: _table(out / f"{part}.arrow") for part in ("entries", "counts")}
    return Report(**{**_plain(found["report"]), **tables})


def _table(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_file(file).read_all()


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    head = said["header"]
    header = ReportHeader(
        **{
            **head,
            "institution_ids": tuple((scheme, value) for scheme, value in head["institution_ids"]),
            "metric_types": tuple(head["metric_types"]),
            "filters": tuple((key, tuple(values)) for key, values in head["filters"]),
            "attributes": tuple((key, tuple(values)) for key, values in head["attributes"]),
            "exceptions": tuple(ReportException(**one) for one in head["exceptions"]),
            "begin": _day(head["begin"]),
            "end": _day(head["end"]),
        }
    )
    return {
        **said,
        "header": header,
        "columns": tuple(said["columns"]),
        "unknown_columns": tuple(said["unknown_columns"]),
        "months": tuple(date.fromisoformat(month) for month in said["months"]),
        "stray": tuple(tuple(one) for one in said["stray"]),
        "layout": tuple(tuple(one) for one in said["layout"]),
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _from_table(path: Path, name: str, out: Path) -> Report:
    options = ReadOptions(delimiter=delimiter_of(path), widest=True)
    source = read_source(path, name=name, out_dir=out, options=options)
    first: SourceProblem | NotCounter | None = None
    for sheet in source.sheets:
        if sheet.hidden:
            continue
        try:
            return read_table(_staged(out / Path(sheet.path).name))
        except NotCounter as refused:
            first = first or refused
    raise first or NotCounter("no_report")


def _staged(path: Path) -> pa.Table:
    names = pq.read_schema(path).names
    cells = [one for one in names if re.fullmatch(r"c\d+", one)]
    return pq.read_table(path, read_dictionary=cells, columns=[*cells, "source_row"])
