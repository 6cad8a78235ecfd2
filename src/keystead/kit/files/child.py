"""The child that parses: ``python -m keystead.kit.files.child``, a job as JSON on its input.

It writes ``s<n>.parquet`` and ``report.json`` into the given folder, and lines of progress to
its output. It never imports Django or any room, and gets no secret from its parent.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Any

from keystead.kit.files import cage
from keystead.kit.files.types import Limits, Problem, ReadOptions, Refused, SourceFile

REPORT = "report.json"


def main() -> None:
    in_cage(_stage)


def in_cage(work: Callable[[dict[str, Any], Path, ReadOptions], dict[str, Any]]) -> None:
    """Take a job from the input, close the cage, do the work and leave its report.

    ``work(job, out, options)`` returns what goes into the report, or raises Refused.
    """
    job = json.load(sys.stdin)
    options = ReadOptions(**{**job["options"], "limits": Limits(**job["options"]["limits"])})
    out = Path(job["out_dir"])
    # pyarrow imports numpy when it is there, which costs 0.4 s and is not used here.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    cage.close_behind_us(options.limits, job["parent"])
    try:
        report: dict[str, Any] = {"file": work(job, out, options)}
    except Refused as refusal:
        report = {"refused": refusal.code, "values": refusal.values}
        if refusal.__cause__ is not None:
            sys.stderr.write(f"{refusal.__cause__!r}"[:2000])
    except MemoryError:
        report = {"refused": "out_of_memory", "values": {}}
    except OSError as error:
        code = {errno.ENOSPC: "disk_full", errno.EFBIG: "staged_too_big"}.get(error.errno or 0)
        if code is None:
            raise
        report = {"refused": code, "values": {}}
    partial = out / f"{REPORT}.part"
    partial.write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8", errors="replace")
    partial.rename(out / REPORT)


def _stage(job: dict[str, Any], out: Path, options: ReadOptions) -> dict[str, Any]:
    found = read(Path(job["path"]), job["name"], job["format"], out, options).as_dict()
    if job["renamed"]:
        found["problems"].append(vars_of(Problem("named_otherwise")))
    return found


def vars_of(problem: Problem) -> dict[str, Any]:
    return {**vars(problem), "rows": list(problem.rows)}


def read(path: Path, name: str, format: str, out: Path, options: ReadOptions) -> SourceFile:
    """Stage the file into ``out`` and return its report."""
    progress = _Progress()
    encoding = delimiter = ""
    questions: tuple[Any, ...] = ()
    title = PurePath(name).stem[:120] or "table"
    if format == "csv":
        from keystead.kit.files import delimited

        text = delimited.Text(path, name, out, options)
        sheets = [delimited.read(text, out / "s0.parquet", title, progress)]
        encoding, delimiter = text.encoding.name, text.dialect.delimiter
        questions = text.questions()
        if text.path != path:
            text.path.unlink()
    elif format == "parquet":
        from keystead.kit.files import parquet

        sheets = [parquet.read(path, out / "s0.parquet", title, options.limits, progress)]
    else:
        from keystead.kit.files import workbook

        sheets = workbook.read(path, format, out, options, progress)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return SourceFile(
        name=name,
        format=format,
        size=path.stat().st_size,
        sha256=digest,
        sheets=tuple(sheets),
        encoding=encoding,
        delimiter=delimiter,
        questions=questions,
    )


class _Progress:
    """Writes at most five lines a second."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last >= 0.2:
            self._last = now
            os.write(1, f"{done} {total}\n".encode())


if __name__ == "__main__":
    main()
