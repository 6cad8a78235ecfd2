"""Makes the empty database that a new home begins from: ``just fresh-database``."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

from keystead.doors.cli.fresh import DATABASE, SHIPPED, pack
from keystead.doors.cli.prepare import django_ready, schema_mark


def build(target: Path = SHIPPED) -> None:
    """Make a database from nothing by every migration, and pack it."""
    home = Path(tempfile.mkdtemp(prefix="keystead-fresh-"))
    os.environ["KEYSTEAD_HOME"] = str(home)
    os.environ.pop("KEYSTEAD_DATABASE_URL", None)
    try:
        django_ready()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", interactive=False, verbosity=0)
        connection.close()
        with contextlib.closing(sqlite3.connect(home / DATABASE)) as database:
            database.execute("VACUUM")
        pack(home / DATABASE, schema_mark(), target)
        print(f"{target}: {target.stat().st_size / 1e3:.0f} kB")
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    build()
