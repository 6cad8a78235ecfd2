"""A new home begins from an empty database that comes ready-made: making one takes half a minute.

The shipped one is used where its list of migrations is this code's; else a new home is migrated
from nothing, as on PostgreSQL. ``just fresh-database`` makes the shipped one anew.
"""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from pathlib import Path

SHIPPED = Path(__file__).resolve().parent / "fresh.zip"
DATABASE = "keystead.sqlite3"
NOTE = "fresh.json"
WHEN = (2026, 11, 22, 0, 0, 0)


def begin(home: Path, schema: str) -> bool:
    """Put the empty database into a home that has none; False where that cannot be.

    ``schema``: the mark of this code's migrations. Nothing that is there is ever replaced, also
    when two begin at once.
    """
    if os.environ.get("KEYSTEAD_DATABASE_URL") or (home / DATABASE).exists():
        return False
    try:
        with zipfile.ZipFile(SHIPPED) as archive:
            if json.loads(archive.read(NOTE))["schema"] != schema:
                return False
            content = archive.read(DATABASE)
    except (OSError, KeyError, zipfile.BadZipFile):
        return False
    home.mkdir(parents=True, exist_ok=True)
    return _put(content, home / DATABASE)


def _put(content: bytes, place: Path) -> bool:
    number, name = tempfile.mkstemp(prefix=f".{place.name}-", dir=place.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(name, place)  # unlike a move, it fails where something is
    except OSError:  # another was first, or a file system without links: both begin otherwise
        return False
    finally:
        os.unlink(name)
    return True


def pack(database: Path, schema: str, target: Path) -> None:
    """Write the archive from an empty database."""
    draft = target.with_suffix(".part")
    parts = {DATABASE: database.read_bytes(), NOTE: json.dumps({"schema": schema}).encode()}
    with zipfile.ZipFile(draft, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=9)
    os.replace(draft, target)
