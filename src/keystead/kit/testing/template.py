"""Lets tests begin from a copy of a migrated SQLite database: migrating takes half a minute.

The copy lies in the folder for temporary files under a name that says what it was made of: every
migration, what migrations call, the apps and the version of Django. So a changed migration makes
another copy, and the first who asks makes it while the others wait.
"""

from __future__ import annotations

import contextlib
import fcntl
import getpass
import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import django
from django.conf import settings
from django.core import management
from django.db import connections

import keystead

PACKAGE = Path(keystead.__file__).parent
CALLED_BY_MIGRATIONS = ("kit/frozen*", "kit/frozen/**/*.py", "kit/audit/triggers*")


@contextlib.contextmanager
def migrated_once() -> Iterator[None]:
    """Within this, ``migrate`` on a new test database begins from the copy, or makes it."""
    real = management.call_command

    def call(name: Any, *args: Any, **options: Any) -> Any:
        if name != "migrate" or connections[options["database"]].vendor != "sqlite":
            return real(name, *args, **options)
        with _alone(_place()) as place:
            _copy_into(options["database"], place)
            done = real(name, *args, **options)
            _keep(options["database"], place)
        return done

    with mock.patch.object(management, "call_command", call):
        yield


def begin_migrated() -> None:
    """Migrate the database of this process, begun from the copy where it is SQLite and new."""
    with migrated_once():
        management.call_command("migrate", database="default", verbosity=0)


def _place() -> Path:
    folder = Path(tempfile.gettempdir()) / f"keystead-tests-{getpass.getuser()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{_mark()}.sqlite3"


def _mark() -> str:
    found = hashlib.sha256(
        f"{django.VERSION}{settings.INSTALLED_APPS}{sqlite3.sqlite_version}".encode()
    )
    files = set(PACKAGE.glob("**/migrations/*.py"))
    for pattern in CALLED_BY_MIGRATIONS:
        files |= {one for one in PACKAGE.glob(pattern) if one.is_file()}
    for file in sorted(files):
        found.update(f"{file.relative_to(PACKAGE)}\n".encode() + file.read_bytes())
    return found.hexdigest()[:32]


@contextlib.contextmanager
def _alone(place: Path) -> Iterator[Path]:
    with open(place.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield place


def _copy_into(alias: str, place: Path) -> None:
    if not place.exists():
        return
    connections[alias].ensure_connection()
    with contextlib.closing(sqlite3.connect(place)) as copy:
        copy.backup(connections[alias].connection)


def _keep(alias: str, place: Path) -> None:
    if place.exists():
        return
    half = place.with_suffix(f".{os.getpid()}")
    connections[alias].ensure_connection()
    with contextlib.closing(sqlite3.connect(half)) as copy:
        connections[alias].connection.backup(copy)
    half.replace(place)
