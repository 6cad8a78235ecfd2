"""Opens the file of an account: nothing of it is used before everything in it was looked at.

The file may come from anywhere. Its names, sizes, ratio and hashes are checked while it is
unpacked into a new folder; its database may only have rows in tables that go along, no views, and
no triggers but those that refuse a change.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import sqlite3
import stat
import zipfile
from pathlib import Path
from typing import IO, Any, Final

from keystead.doors.cli.fresh import DATABASE
from keystead.doors.cli.onefile.tables import LEDGER, OF_ACCOUNT, OF_ROW, PEOPLE, WHOLE
from keystead.kernel.errors import SourceProblem

FORMAT, KIND, MANIFEST = 1, "keystead-account", "manifest.json"
MOST_BYTES: Final = 8 * 1024**3
MOST_RATIO: Final = 300
MOST_PARTS: Final = 50_000
MOST_MANIFEST: Final = 16 * 1024**2
_CHUNK: Final = 1024 * 1024
_NAMES: Final = re.compile(
    r"home/(keystead\.sqlite3|handover\.json|segments/[a-z_]{1,40}/[0-9a-f]{32}\.parquet"
    r"|staging/[0-9]{1,12}/read/[A-Za-z0-9_-]{1,80}\.parquet)|document/[A-Za-z0-9_-]{1,60}\.[a-z]{3,4}"
)
_REFUSES: Final = re.compile(
    r"CREATE TRIGGER (IF NOT EXISTS )?\w+ BEFORE (UPDATE|DELETE|INSERT)( OF [\w, ]+)? ON \w+\s[^;]*"
    r"BEGIN SELECT RAISE\(ABORT, '[^';]*'\); END",
    re.DOTALL,
)
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,62}")
# Only these may have rows; any other table is there because the code wants it, and empty.
CARRIED: Final = frozenset(
    (*WHOLE, *OF_ACCOUNT, *OF_ROW, *LEDGER, PEOPLE, "django_migrations", "sqlite_sequence")
)


def unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Unpack the file below an empty folder and return its manifest.

    Raises SourceProblem for anything that does not belong there; the folder is left empty then.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive, path)
            _look_at(archive, manifest, path)
            for name, part in manifest["files"].items():
                _write(archive, name, part, folder, path)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        _empty(folder)
        raise _refused(path, "It is no whole zip file.") from error
    except SourceProblem:
        _empty(folder)
        raise
    try:
        _look_into(folder / "home" / DATABASE, path, manifest)
    except SourceProblem:
        _empty(folder)
        raise
    return manifest


def _manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        entry = archive.getinfo(MANIFEST)
    except KeyError as error:
        raise _refused(path, "It has no manifest.") from error
    if entry.file_size > MOST_MANIFEST:
        raise _refused(path, "Its manifest is too large.")
    with archive.open(entry) as file:
        body = file.read(MOST_MANIFEST + 1)
    try:
        found = json.loads(body)
        whole = (
            found["kind"] == KIND
            and found["format"] == FORMAT
            and isinstance(found["files"], dict)
            and isinstance(found["reader"], str)
            and isinstance(found["schema"], str)
            and isinstance(found["account"]["id"], int)
            and all(
                isinstance(part["bytes"], int) and re.fullmatch("[0-9a-f]{64}", part["sha256"])
                for part in found["files"].values()
            )
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _refused(path, "Its manifest cannot be read.") from error
    if not whole:
        raise _refused(path, "It is no account of Keystead, or of another format.")
    answer: dict[str, Any] = found
    return answer


def _look_at(archive: zipfile.ZipFile, manifest: dict[str, Any], path: Path) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_PARTS:
        raise _refused(path, "It has too many parts.")
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names) or set(names) != {*manifest["files"], MANIFEST}:
        raise _refused(path, "Its parts are not those of its manifest.")
    if f"home/{DATABASE}" not in names:
        raise _refused(path, "It has no database.")
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if entry.is_dir() or kind not in (0, stat.S_IFREG) or entry.flag_bits & 0x1:
            raise _refused(path, "It holds a folder, a link or a locked part.")
        if entry.filename != MANIFEST and not _NAMES.fullmatch(entry.filename):
            raise _refused(path, "It holds a part that does not belong into such a file.")
    whole = sum(entry.file_size for entry in entries)
    packed = max(sum(entry.compress_size for entry in entries), 1)
    if whole > MOST_BYTES or (whole > 64 * _CHUNK and whole / packed > MOST_RATIO):
        raise _refused(path, "It would become too large when it is unpacked.")


def _write(
    archive: zipfile.ZipFile, name: str, part: dict[str, Any], folder: Path, path: Path
) -> None:
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with archive.open(name) as source, target.open("xb") as file:
        for block in _blocks(source):
            size += len(block)
            if size > part["bytes"]:
                raise _refused(path, "A part is longer than its manifest says.")
            digest.update(block)
            file.write(block)
    if size != part["bytes"] or digest.hexdigest() != part["sha256"]:
        raise _refused(path, "A part was changed or cut short.")


def _blocks(source: IO[bytes]) -> Any:
    while block := source.read(_CHUNK):
        yield block


def _look_into(path: Path, file: Path, manifest: dict[str, Any]) -> None:
    """Look at the database: what it is made of before any row, then what must not be in it."""
    place = f"file:{path}?mode=ro&immutable=1"
    try:
        with contextlib.closing(sqlite3.connect(place, uri=True)) as database:
            database.execute("PRAGMA trusted_schema=OFF")
            made = database.execute("SELECT type, sql FROM sqlite_master")
            for kind, statement in made.fetchall():
                _look_at_part(kind, statement or "", file)
            if database.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                raise _refused(file, "Its database is damaged.")
            tables = {
                name
                for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
            }
            for table in sorted(tables - CARRIED):
                if not _NAME.fullmatch(table):
                    raise _refused(file, "Its database has a table that Keystead does not know.")
                if database.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone():  # noqa: S608 # nosec B608
                    raise _refused(file, "It holds what never goes along.")
            _look_at_people(database, file, manifest)
    except sqlite3.DatabaseError as error:
        raise _refused(file, "Its database cannot be read.") from error


def _look_at_part(kind: str, statement: str, file: Path) -> None:
    if kind not in ("table", "index", "trigger"):
        raise _refused(file, "Its database has parts that could run.")
    words = statement.lstrip().upper()
    plain = kind != "table" or not words.startswith("CREATE VIRTUAL")
    if not plain or (kind == "trigger" and not _REFUSES.fullmatch(statement.strip())):
        raise _refused(file, "Its database has parts that could run.")


def _look_at_people(database: sqlite3.Connection, file: Path, manifest: dict[str, Any]) -> None:
    people = database.execute(
        "SELECT username, password, is_superuser, is_staff, roles FROM kit_user"
    ).fetchall()
    accounts = database.execute(
        "SELECT 1 FROM accounts_account WHERE id = ?", (manifest["account"]["id"],)
    ).fetchone()
    readers = [one for one in people if one[0] == manifest["reader"]]
    open_doors = any(
        not str(one[1]).startswith("!") or one[2] or one[3] or "admin" in str(one[4])
        for one in people
    )
    if len(readers) != 1 or open_doors or not accounts:
        raise _refused(file, "Its people or its account are not those of such a file.")


def _empty(folder: Path) -> None:
    for one in folder.iterdir():
        shutil.rmtree(one, ignore_errors=True) if one.is_dir() else one.unlink()


def _refused(path: Path, what: str) -> SourceProblem:
    return SourceProblem(
        f"{path.name} was not opened. {what}",
        hint="Ask the one who made it for the file again.",
        code="handover_file_refused",
        file=str(path),
    )
