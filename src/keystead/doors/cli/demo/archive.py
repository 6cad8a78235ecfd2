"""The ready-made demo: one archive in the package, unpacked into a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from keystead.doors.cli.prepare import MARK, code_mark, schema_mark
from keystead.kernel.errors import Invalid, NotFound

ARCHIVE = Path(__file__).resolve().parent / "world.zip"
NOTE = "demo.json"
DATABASE = "keystead.sqlite3"
LARGE = 300_000  # bytes from which a file is packed harder: a third less, for a moment at unpacking


def note_of(home: Path) -> dict[str, Any] | None:
    """Return what a demo folder says of itself; None when it is no demo folder."""
    path = home / NOTE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def shipped_note() -> dict[str, Any]:
    """Return what the shipped archive says of itself; NotFound when there is none."""
    if not ARCHIVE.exists():
        raise NotFound(
            "This copy of Keystead comes without its demo.",
            code="no_demo",
            hint="Build it with `just demo-world` (some minutes).",
        )
    with zipfile.ZipFile(ARCHIVE) as archive:
        found: dict[str, Any] = json.loads(archive.read(NOTE))
        return found


def open_into(home: Path, *, fresh: bool = False) -> bool:
    """Unpack the demo into ``home`` unless it is there; True when it was unpacked.

    A folder with other data is never touched: Invalid. What a person did in the demo stays,
    unless ``fresh``, or the demo there was made for another version of the tables.
    """
    note = note_of(home)
    if note is None and home.exists() and any(home.iterdir()):
        raise Invalid(
            f"{home} holds other data; the demo does not touch it.",
            code="not_a_demo",
            hint="Name an empty or new folder with --home.",
        )
    shipped = shipped_note()
    if note is not None and not fresh and note.get("built") == shipped.get("built"):
        return False
    _unpack(home)
    return True


def _unpack(home: Path) -> None:
    """Unpack beside the folder, then put it in its place: there is never half a demo."""
    home.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{home.name}-", dir=home.parent))
    try:
        with zipfile.ZipFile(ARCHIVE) as archive:
            archive.extractall(beside)  # our own archive, from the package
        if shipped_note()["schema"] == schema_mark():
            (beside / MARK).write_text(code_mark() + "\n", encoding="utf-8")
        if home.exists():
            shutil.rmtree(home)
        beside.rename(home)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def pack(home: Path, note: dict[str, Any], target: Path = ARCHIVE) -> int:
    """Write the archive from a filled home folder; returns its size in bytes.

    Entries are sorted and carry one fixed time, so that nothing but content changes it.
    """
    kept = sorted(path for path in home.rglob("*") if path.is_file() and _belongs(path, home))
    draft = target.with_suffix(".part")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in kept:
            entry = zipfile.ZipInfo(path.relative_to(home).as_posix(), (2026, 11, 18, 0, 0, 0))
            large = path.stat().st_size > LARGE
            entry.compress_type = zipfile.ZIP_LZMA if large else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, path.read_bytes(), entry.compress_type, compresslevel=9)
        archive.writestr(NOTE, json.dumps(note, indent=2))
    os.replace(draft, target)
    return target.stat().st_size


def _belongs(path: Path, home: Path) -> bool:
    first = path.relative_to(home).parts[0]
    return first in (
        "raw",
        "segments",
        "documents",
        "cache",
        "staging",
        DATABASE,
    ) and not path.name.startswith(".")
