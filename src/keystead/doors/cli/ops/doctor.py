"""``keystead doctor``: what could go wrong here, before it does."""

from __future__ import annotations

import dataclasses
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from keystead.kit.audit import last_moment
from keystead.kit.jobs.queue import overview

GOOD, WARNING, BAD = "good", "warning", "bad"
_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs"}
_MIN_FREE_BYTES = 2 * 1024**3


@dataclasses.dataclass(frozen=True)
class Check:
    """One thing looked at: good, warning or bad, with what to do."""

    name: str
    state: str
    text: str
    hint: str = ""


def examine() -> tuple[Check, ...]:
    """Return all checks; none of them writes anything."""
    checks: tuple[Callable[[], Iterator[Check]], ...] = (
        _disk, _file_system, _database, _migrations, _clock, _queue, _secret
    )  # fmt: skip
    return tuple(check for function in checks for check in function())


def _disk() -> Iterator[Check]:
    free = shutil.disk_usage(settings.KEYSTEAD_HOME).free
    text = f"{free / 1024**3:.1f} GiB free at {settings.KEYSTEAD_HOME}"
    if free < _MIN_FREE_BYTES:
        yield Check("disk", BAD, text, "Free some space: imports and backups need it.")
    else:
        yield Check("disk", GOOD, text)


def _file_system() -> Iterator[Check]:
    kind = file_system_of(Path(settings.KEYSTEAD_HOME))
    if kind in _NETWORK and connection.vendor == "sqlite":
        hint = "SQLite can lose data on a network drive: use a local disk, or PostgreSQL."
        yield Check("file system", BAD, f"the home folder is on {kind}", hint)
    else:
        yield Check("file system", GOOD, kind or "local")


def file_system_of(path: Path, mounts: str = "/proc/mounts") -> str:
    """Return the kind of file system a path is on; empty where the system does not say."""
    try:
        lines = Path(mounts).read_text().splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    wanted = str(path.resolve())
    for line in lines:
        place, fs = line.split()[1:3]
        inside = place in ("/", wanted) or wanted.startswith(place + "/")
        if inside and len(place) >= len(best):
            best, kind = place, fs
    return kind


def _database() -> Iterator[Check]:
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            yield Check("database", GOOD, f"PostgreSQL {cursor.fetchone()[0]}")
        return
    with connection.cursor() as cursor:
        mode = str(cursor.execute("PRAGMA journal_mode").fetchone()[0]).lower()
        level = cursor.execute("PRAGMA synchronous").fetchone()[0]
    text = f"SQLite {sqlite3.sqlite_version}, journal {mode}, synchronous {level}"
    if mode == "wal" and sqlite3.sqlite_version_info < (3, 51, 3):
        hint = (
            "This SQLite can lose a commit in WAL mode: start Keystead once, it changes the mode."
        )
        yield Check("database", BAD, text, hint)
    elif level != 2:
        yield Check("database", BAD, text, "synchronous must be FULL (2): money needs it.")
    else:
        yield Check("database", GOOD, text)


def _migrations() -> Iterator[Check]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        hint = "`keystead serve` brings the data up to date; back up first."
        yield Check("schema", WARNING, f"{len(plan)} steps behind this version", hint)
    else:
        yield Check("schema", GOOD, "up to date")


def _clock() -> Iterator[Check]:
    last = last_moment()
    now = timezone.now()
    if last is not None and last > now + timedelta(minutes=2):
        text = f"it is {now:%Y-%m-%d %H:%M}, the trail was written at {last:%Y-%m-%d %H:%M}"
        yield Check(
            "clock", BAD, text + " UTC", "Set the clock right; order is safe, dates are not."
        )
    else:
        yield Check("clock", GOOD, f"{now:%Y-%m-%d %H:%M} UTC")


def _queue() -> Iterator[Check]:
    counts = overview()
    text = f"{counts['waiting']} waiting, {counts['running']} running, {counts['failed']} failed"
    if counts["stuck"]:
        hint = "No worker holds them: start `keystead worker`, it takes them over."
        yield Check("queue", WARNING, f"{text}, {counts['stuck']} without a living worker", hint)
    elif counts["events"]:
        yield Check(
            "queue", WARNING, f"{text}, {counts['events']} events undelivered", "See the log."
        )
    else:
        yield Check("queue", GOOD, text)


def _secret() -> Iterator[Check]:
    path = Path(settings.KEYSTEAD_HOME) / "secret_key"
    if not path.exists():
        yield Check("secret key", GOOD, "from the environment")
        return
    mode = stat.S_IMODE(os.stat(path).st_mode)
    if mode & 0o077:
        yield Check("secret key", BAD, f"{path} is readable by others", f"chmod 600 {path}")
    else:
        yield Check("secret key", GOOD, "private")
