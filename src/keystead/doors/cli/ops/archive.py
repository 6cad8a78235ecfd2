"""The backup file: a tar whose last member is a manifest with the hash of every other."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from keystead.kernel.errors import SourceProblem

MANIFEST = "manifest.json"
FORMAT = 1
_CHUNK = 1024 * 1024
Progress = Callable[[int, int, str], None]


@dataclasses.dataclass(frozen=True)
class Manifest:
    """What a backup holds: version, moment, database kind, the trail's end, files by hash."""

    made_at: str
    keystead: str
    schema: str
    database: str
    trail_seq: int
    trail_hash: str
    files: dict[str, dict[str, Any]]

    def as_json(self) -> bytes:
        return json.dumps(
            {"format": FORMAT, **dataclasses.asdict(self)}, indent=1, sort_keys=True
        ).encode()


class ArchiveWriter:
    """Writes members and remembers their hashes; ``close`` adds the manifest."""

    def __init__(self, path: Path) -> None:
        self._tar = tarfile.open(path, "w", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, name: str, source: Path) -> None:
        """Add a file under a name, hashing exactly the bytes that are written."""
        info = tarfile.TarInfo(name)
        with source.open("rb") as file:
            info.size = os.fstat(file.fileno()).st_size
            reader = _HashingReader(file)
            self._tar.addfile(info, reader)
        self.files[name] = {"bytes": info.size, "sha256": reader.hexdigest()}

    def close(self, manifest: Manifest) -> None:
        body = manifest.as_json()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(body)
        self._tar.addfile(info, io.BytesIO(body))
        self._tar.close()


class _HashingReader(io.RawIOBase):
    def __init__(self, file: Any) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block: bytes = self._file.read(size)
        self._hash.update(block)
        return block

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def read_manifest(path: Path) -> Manifest:
    """Return the manifest of a backup; SourceProblem where it is none, or cut short."""
    try:
        with tarfile.open(path, "r:") as tar:
            member = tar.extractfile(MANIFEST)
            stored = json.loads(member.read()) if member else {}
    except (tarfile.TarError, KeyError, ValueError, OSError) as error:
        raise SourceProblem(
            f"{path.name} is no whole Keystead backup.",
            hint="It may have been cut short while copying: fetch it again, or take an older one.",
            file=str(path),
        ) from error
    if stored.get("format") != FORMAT:
        raise SourceProblem(
            "This backup was made by another version of the backup format.",
            hint="Restore it with the Keystead that made it, then upgrade.",
            file=str(path),
        )
    stored.pop("format")
    return Manifest(**stored)


def unpack(path: Path, target: Path, manifest: Manifest, progress: Progress) -> None:
    """Write every member below ``target``, checking each hash; SourceProblem on the first wrong.

    Names that leave the folder, links and members that the manifest does not know are refused.
    """
    seen: set[str] = set()
    with tarfile.open(path, "r:") as tar:
        for member in tar:
            if member.name == MANIFEST:
                continue
            known = manifest.files.get(member.name)
            if known is None or not member.isreg() or not _inside(target, member.name):
                raise _broken(path, member.name, "is not listed in the manifest")
            body = tar.extractfile(member)
            if body is None or _write(target / member.name, body) != known["sha256"]:
                raise _broken(path, member.name, "does not have the bytes that were backed up")
            seen.add(member.name)
            progress(len(seen), len(manifest.files), member.name)
    missing = sorted(set(manifest.files) - seen)
    if missing:
        raise _broken(path, missing[0], "is missing")


def _write(target: Path, body: Any) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("wb") as file:
        for block in _blocks(body):
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _blocks(body: Any) -> Iterator[bytes]:
    while block := body.read(_CHUNK):
        yield block


def _inside(target: Path, name: str) -> bool:
    root = target.resolve()
    return (root / name).resolve().is_relative_to(root)


def _broken(path: Path, name: str, what: str) -> SourceProblem:
    return SourceProblem(
        f"The backup is damaged: {name} {what}. Nothing was restored.",
        hint="Take another copy of this backup, or an older one.",
        code="damaged_backup",
        file=str(path),
        member=name,
    )
