"""The child that parses JSON: ``python -m keystead.connectors.counter.services.child``.

It never imports Django, gets no secret, and writes two Arrow files and a report.
"""

from __future__ import annotations

import codecs
import dataclasses
import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from keystead.connectors.counter.calc.json_report import read_json
from keystead.connectors.counter.types import NotCounter
from keystead.kit.files.child import in_cage
from keystead.kit.files.types import ReadOptions, Refused

PARTS = ("entries", "counts")
_kept: list[Any] = []  # to take a million objects apart again costs as much as to look at them


def read(job: dict[str, Any], out: Path, options: ReadOptions) -> dict[str, Any]:
    """Parse the JSON file of a job and leave its records in ``out``."""
    gc.disable()  # millions of parsed objects, none of them in a circle; the process ends soon
    try:
        _kept.append(parsed(Path(job["path"]).read_bytes()))
        report = read_json(_kept[0])
    except NotCounter as refused:
        return {"refused": refused.code}
    for name in PARTS:
        table: pa.Table = getattr(report, name)
        path = str(out / f"{name}.arrow")
        with pa.OSFile(path, "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
    said = dataclasses.asdict(dataclasses.replace(report, entries=None, counts=None))
    return {"report": json.loads(orjson.dumps(said))}


def parsed(content: bytes) -> Any:
    """Return what JSON says, in any of its encodings; Refused when it is damaged."""
    encoding = json.detect_encoding(content)
    try:
        if encoding not in {"utf-8", "utf-8-sig"}:
            content = content.decode(encoding).encode()
        return orjson.loads(content.removeprefix(codecs.BOM_UTF8))
    except (ValueError, RecursionError) as error:
        raise Refused("damaged", format="JSON") from error


if __name__ == "__main__":
    in_cage(read)
    sys.stderr.flush()
    os._exit(0)  # nothing is left to do, and what was parsed need not be taken apart
