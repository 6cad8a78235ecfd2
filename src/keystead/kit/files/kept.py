"""Keeps files as they came, under their hash: whole or not there, and each content once."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from keystead.kernel.errors import NotFound, SourceProblem

_AREA = re.compile(r"[a-z][a-z_]{0,30}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


def keep(area: str, content: bytes) -> str:
    """Keep bytes in an area of the home folder and return their SHA-256.

    Written under a hidden name, flushed, renamed, and the folder flushed: a crash leaves the
    whole file or none. A file that is there but damaged is replaced by the good one.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    final = _place(area, sha256)
    if final.exists() and hashlib.sha256(final.read_bytes()).hexdigest() == sha256:
        final.touch()  # asked for again: it counts as kept today
        return sha256
    final.parent.mkdir(parents=True, exist_ok=True)
    hidden = final.with_name(f".writing-{uuid.uuid4().hex}")
    try:
        with hidden.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        hidden.replace(final)
    finally:
        hidden.unlink(missing_ok=True)
    _flush(final.parent)
    return sha256


def kept(area: str, sha256: str) -> bytes:
    """Return a kept file; NotFound when it is gone, SourceProblem when it is not what was kept."""
    place = _place(area, sha256)
    if not place.is_file():
        raise NotFound("The file is no longer where it was kept.", code="file_gone")
    content = place.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise SourceProblem(
            "The file is damaged.", code="file_damaged", hint="Bring it back from a backup."
        )
    return content


def files_in(area: str) -> Iterator[tuple[str, datetime]]:
    """Yield the hash of each kept file of an area, and since when it lies there."""
    if not _AREA.fullmatch(area):
        raise ValueError(f"{area} is no area of kept files")
    for place in sorted((Path(settings.KEYSTEAD_HOME) / area).glob("??/*")):
        if _HASH.fullmatch(place.name) and place.is_file():
            yield place.name, datetime.fromtimestamp(place.stat().st_mtime, tz=UTC)


def forget(area: str, sha256: str) -> None:
    """Remove a kept file; one that is gone already stays gone."""
    place = _place(area, sha256)
    place.unlink(missing_ok=True)
    if place.parent.is_dir():
        _flush(place.parent)


def _place(area: str, sha256: str) -> Path:
    if not _AREA.fullmatch(area) or not _HASH.fullmatch(sha256):
        raise ValueError(f"{area}/{sha256} is no place of a kept file")
    return Path(settings.KEYSTEAD_HOME) / area / sha256[:2] / sha256


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
