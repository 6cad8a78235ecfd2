"""Reads a file through the capped child process, and turns its end into a report or an error."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from keystead.kernel.errors import SourceProblem
from keystead.kit.files import messages, sniff
from keystead.kit.files.caged import OnProgress, clear, run
from keystead.kit.files.types import ReadOptions, Refused, SourceFile

_DEFAULTS = ReadOptions()


def read_source(
    path: str | Path,
    *,
    name: str,
    out_dir: str | Path,
    options: ReadOptions = _DEFAULTS,
    on_progress: OnProgress | None = None,
) -> SourceFile:
    """Stage the tables of a file into ``out_dir`` and return what they are.

    ``name`` is the name the user knows the file by; its ending must agree with the content.
    ``on_progress(done, total, text)`` is called a few times a second and may raise to stop.
    Raises SourceProblem (code and values in its data) when the file is refused; nothing of it
    is left in ``out_dir`` then. The calling process parses nothing: it looks at the first
    bytes and the table of contents, and waits.
    """
    source, out = Path(path).resolve(), Path(out_dir).resolve()
    out.mkdir(parents=True, exist_ok=True)
    try:
        format, renamed = sniff.format_of(source, name, options.limits)
        return _in_child(source, name, out, options, format, renamed, on_progress)
    except Refused as refused:
        _clear(out)
        raise messages.refusal(refused.code, refused.values, name) from refused
    except BaseException:
        _clear(out)
        raise


def _in_child(
    source: Path,
    name: str,
    out: Path,
    options: ReadOptions,
    format: str,
    renamed: bool,
    on_progress: OnProgress | None,
) -> SourceFile:
    job = {
        "path": str(source),
        "name": name,
        "format": format,
        "renamed": renamed,
        "options": dataclasses.asdict(options),
    }
    found = run("keystead.kit.files.child", job, out, options.limits, on_progress)
    return SourceFile.from_dict(found)


def _clear(out: Path) -> None:
    for path in [*out.glob("s*.parquet"), out / "text"]:
        path.unlink(missing_ok=True)
    clear(out)


__all__ = ["OnProgress", "SourceProblem", "read_source"]
