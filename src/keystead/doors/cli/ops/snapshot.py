"""A consistent copy of the relational database while it is in use."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from django.conf import settings
from django.db import connection

from keystead.kernel.errors import Invalid

SQLITE_NAME = "keystead.sqlite3"
POSTGRES_NAME = "keystead.pgdump"


def take(folder: Path) -> Path:
    """Write the copy into ``folder`` and return its path.

    SQLite: the online backup, then an integrity check. PostgreSQL: ``pg_dump`` (one snapshot).
    """
    if connection.vendor == "sqlite":
        return _sqlite(folder / SQLITE_NAME)
    return _postgres(folder / POSTGRES_NAME)


def put(folder: Path) -> None:
    """Load a PostgreSQL dump of ``folder`` into the configured, empty database."""
    dump = folder / POSTGRES_NAME
    if connection.vendor != "postgresql":
        raise Invalid(
            "This backup comes from PostgreSQL.",
            hint="Set KEYSTEAD_DATABASE_URL to an empty PostgreSQL database first.",
        )
    if connection.introspection.table_names():
        raise Invalid(
            "The PostgreSQL database is not empty; nothing was restored.",
            hint="Create a new one and point KEYSTEAD_DATABASE_URL at it.",
        )
    connection.close()
    _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(dump))
    dump.unlink()


def check_sqlite(path: Path) -> None:
    """Raise Invalid where SQLite itself finds the file damaged."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as copy:
        answer = copy.execute("PRAGMA integrity_check").fetchone()[0]
    copy.close()
    if answer != "ok":
        raise Invalid(f"The database copy is damaged: {answer}", code="damaged_database")


def _sqlite(target: Path) -> Path:
    source = sqlite3.connect(f"file:{settings.DATABASES['default']['NAME']}?mode=ro", uri=True)
    copy = sqlite3.connect(target)
    try:
        source.backup(copy, pages=2000, sleep=0.05)
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()
        source.close()
    check_sqlite(target)
    return target


def _postgres(target: Path) -> Path:
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={target}")
    return target


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise Invalid(
            f"{program} is not installed here.", hint="Install the PostgreSQL client programs."
        )
    values = settings.DATABASES["default"]
    env = os.environ | {"PGPASSWORD": str(values["PASSWORD"])}
    place = ["--dbname", str(values["NAME"])]
    for option, key in (("--host", "HOST"), ("--port", "PORT"), ("--username", "USER")):
        if values[key]:
            place += [option, str(values[key])]
    done = subprocess.run(
        [found, *place, *arguments], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Invalid(f"{program} failed: {done.stderr.strip()[-300:]}", code="database_tool")
