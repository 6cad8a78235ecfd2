"""The folder of immutable files behind a small interface: local disk or a shared volume.

A file is either whole under its final name or not there: it is written under a hidden name,
flushed to the disk, hashed, renamed, and the folder itself is flushed.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

HIDDEN = ".writing-"


class Folder:
    """Immutable files below one root, addressed by relative paths with forward slashes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def locate(self, path: str) -> Path:
        """Return where a file lies; refuses a path that leaves the root."""
        full = (self.root / path).resolve()
        if not full.is_relative_to(self.root.resolve()):
            raise ValueError(f"{path} is outside the folder")
        return full

    def exists(self, path: str) -> bool:
        return self.locate(path).is_file()

    def write(self, path: str, fill: Callable[[Path], None]) -> tuple[str, int]:
        """Let ``fill`` write the file, then bring it in whole; return its SHA-256 and size."""
        final = self.locate(path)
        final.parent.mkdir(parents=True, exist_ok=True)
        hidden = final.with_name(f"{HIDDEN}{uuid.uuid4().hex}")
        try:
            fill(hidden)
            _flush(hidden)
            sha256, size = fingerprint(hidden), hidden.stat().st_size
            os.replace(hidden, final)
        except BaseException:
            hidden.unlink(missing_ok=True)
            raise
        _flush(final.parent)
        return sha256, size

    def adopt(self, path: str, hidden: Path) -> None:
        """Bring a file that was written beside its final place in under its final name."""
        final = self.locate(path)
        final.parent.mkdir(parents=True, exist_ok=True)
        _flush(hidden)
        os.replace(hidden, final)
        _flush(final.parent)

    def hidden(self, area: str) -> Path:
        """Return a new hidden name in an area, on the same disk as the final files."""
        parent = self.locate(area)
        parent.mkdir(parents=True, exist_ok=True)
        return parent / f"{HIDDEN}{uuid.uuid4().hex}"

    def remove(self, path: str) -> None:
        self.locate(path).unlink(missing_ok=True)

    def walk(self, area: str) -> Iterator[tuple[str, float]]:
        """Yield every file below an area with the moment of its last change."""
        start = self.locate(area)
        for place, _folders, names in os.walk(start):
            for name in names:
                full = Path(place) / name
                try:
                    moment = full.stat().st_mtime
                except FileNotFoundError:
                    continue  # removed meanwhile
                yield full.relative_to(self.root.resolve()).as_posix(), moment


def home() -> Folder:
    """Return the folder of this installation (``KEYSTEAD_HOME``)."""
    return Folder(Path(settings.KEYSTEAD_HOME))


def raw_path(sha256: str) -> str:
    """Return where the raw file of a hash lies."""
    return f"raw/{sha256[:2]}/{sha256}"


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
