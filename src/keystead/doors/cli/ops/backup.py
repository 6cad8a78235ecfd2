"""``keystead backup`` and ``keystead restore``."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from keystead import __version__
from keystead.doors.cli.ops import snapshot
from keystead.doors.cli.ops.archive import (
    ArchiveWriter,
    Manifest,
    Progress,
    read_manifest,
    unpack,
)
from keystead.doors.cli.prepare import code_mark
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit import audit

# Immutable files: a snapshot of the database never names one that is not there before it.
FOLDERS = ("segments", "raw", "documents")


def back_up(target: Path, progress: Progress) -> Manifest:
    """Write a backup of everything to ``target`` while Keystead goes on working.

    The database is copied first; the files it names existed before and never change, so the
    copy and the files fit. The file appears under its name only when it is whole.
    """
    home = Path(settings.KEYSTEAD_HOME)
    if target.exists():
        raise Conflict(f"{target} is there already.", hint="Choose another name.")
    target.parent.mkdir(parents=True, exist_ok=True)
    made = audit.anchor("backup")
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".keystead-") as folder:
            anchors = _anchors_until_now(home, Path(folder))
            copy = snapshot.take(Path(folder))
            writer = ArchiveWriter(unfinished)
            writer.add(copy.name, copy)
            if anchors.exists():
                writer.add(f"anchors/{anchors.name}", anchors)
        names = _files(home)
        for place, name in enumerate(names):
            writer.add(name, home / name)
            progress(place + 1, len(names), name)
        manifest = Manifest(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            keystead=__version__,
            schema=code_mark(),
            database=connection.vendor,
            trail_seq=made.seq,
            trail_hash=made.hash,
            files=writer.files,
        )
        writer.close(manifest)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def _anchors_until_now(home: Path, folder: Path) -> Path:
    """Copy the anchors before the database: none of them is of a row that the copy lacks."""
    source, copy = home / "anchors" / "trail.jsonl", folder / "trail.jsonl"
    if source.exists():
        shutil.copyfile(source, copy)
    return copy


def _files(home: Path) -> list[str]:
    found = [
        path.relative_to(home).as_posix()
        for folder in FOLDERS
        for path in sorted((home / folder).rglob("*"))
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".tmp"
    ]
    return [*found, *(name for name in ("secret_key",) if (home / name).exists())]


def restore(source: Path, home: Path, progress: Progress) -> Manifest:
    """Unpack a backup into an empty ``home``, checking every hash before anything is used.

    Raises Conflict when the folder holds data, SourceProblem when the backup is damaged; the
    folder is left as it was in both cases.
    """
    manifest = read_manifest(source)
    if home.exists() and any(item.name not in {"secret_key"} for item in home.iterdir()):
        raise Conflict(f"{home} is not empty; nothing was restored.", hint="Give another --home.")
    home.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=home.parent, prefix=".keystead-restore-"))
    try:
        unpack(source, folder, manifest, progress)
        if manifest.database == "sqlite":
            snapshot.check_sqlite(folder / snapshot.SQLITE_NAME)
        if (folder / "secret_key").exists():
            (folder / "secret_key").chmod(0o600)
        if home.exists():
            shutil.rmtree(home)
        folder.replace(home)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if manifest.database == "postgresql":
        snapshot.put(home)
    return manifest


def prove(manifest: Manifest) -> int:
    """Check a restored trail against the manifest; return its rows. Raises Invalid on a break."""
    trail = audit.prove()
    if trail.broken is not None:
        raise Invalid(f"The trail does not verify: {trail.broken.reason}.", code="trail_broken")
    if not audit.holds(manifest.trail_seq, manifest.trail_hash):
        raise Invalid("The trail is not the one that was backed up.", code="trail_differs")
    return trail.rows
