"""Writes the chosen rows into a SQLite database of its own, by insertion only.

Nothing is deleted from a copy: a page that was once another account's cannot stay behind.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.db.utils import ConnectionHandler

from keystead.doors.cli.fresh import DATABASE, begin
from keystead.doors.cli.onefile.rows import Rows
from keystead.doors.cli.prepare import schema_mark
from keystead.kernel.errors import KeysteadError

_MIGRATIONS = "django_migrations"


def write(path: Path, rows: Rows) -> int:
    """Write a database with the tables of this code and only these rows; return their number.

    Raises KeysteadError where a row would lead to one that is not there.
    """
    prepared = ConnectionHandler({"default": {"ENGINE": "keystead.kit.sqlite", "NAME": str(path)}})
    target = prepared["default"]
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA foreign_keys=OFF")
        database.execute("PRAGMA synchronous=OFF")  # a draft: the whole file is flushed at the end
        parts = _schema()
        for kind in ("table", "index", "trigger"):
            if kind == "index":
                count = sum(_insert(database, target, some.values()) for some in rows.values())
                _copy_migrations(database)
            for found, statement in parts:
                if found == kind:
                    database.execute(statement)
        broken = database.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise KeysteadError(
                f"A row of {broken[0]} leads to {broken[2]}, which does not go along.",
                code="file_incomplete",
            )
        database.commit()
    return count


def _insert(
    database: sqlite3.Connection, target: BaseDatabaseWrapper, rows: Iterable[Model]
) -> int:
    listed = list(rows)
    if not listed:
        return 0
    fields = type(listed[0])._meta.concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join("?" for _field in fields)
    table = type(listed[0])._meta.db_table
    # Names of our own models only.
    statement = f'insert into "{table}" ({names}) values ({places})'  # noqa: S608 # nosec B608
    values = (
        tuple(field.get_db_prep_save(getattr(row, field.attname), target) for field in fields)
        for row in listed
    )
    database.executemany(statement, values)
    return len(listed)


def _copy_migrations(database: sqlite3.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name, applied FROM django_migrations ORDER BY id")
        found = [(app, name, str(applied)) for app, name, applied in cursor.fetchall()]
    database.executemany(
        f"insert into {_MIGRATIONS} (app, name, applied) values (?, ?, ?)",  # noqa: S608 # nosec B608
        found,
    )


def _schema() -> list[tuple[str, str]]:
    """Return (kind, statement) of every table, index and trigger of this code."""
    asked = "SELECT type, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(asked)
            return [(str(kind), str(statement)) for kind, statement in cursor.fetchall()]
    with (
        tempfile.TemporaryDirectory(prefix="keystead-schema-") as folder,
        contextlib.closing(sqlite3.connect(empty_database(Path(folder)))) as fresh,
    ):
        return [(str(kind), str(statement)) for kind, statement in fresh.execute(asked)]


def empty_database(folder: Path) -> Path:
    """Return an empty SQLite database of this code's tables, made in a folder.

    For a house on PostgreSQL: from the one that comes with Keystead, else by every migration.
    """
    env = {**os.environ, "KEYSTEAD_HOME": str(folder)}
    env.pop("KEYSTEAD_DATABASE_URL", None)
    env.pop("DJANGO_SETTINGS_MODULE", None)
    kept = os.environ.pop("KEYSTEAD_DATABASE_URL", None)
    try:
        made = begin(folder, schema_mark())
    finally:
        if kept is not None:
            os.environ["KEYSTEAD_DATABASE_URL"] = kept
    if not made:
        code = "from keystead.doors.cli.prepare import ready; ready()"
        subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True)
    return folder / DATABASE
