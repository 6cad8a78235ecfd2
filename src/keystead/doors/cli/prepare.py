"""Sets Django up, and sees to it that the database fits the code before anything is read."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import click

from keystead.doors.cli.fresh import begin
from keystead.kernel.errors import Invalid

PACKAGE = Path(__file__).resolve().parent.parent.parent
MARK = "schema"
SIGN_IN = "*/migrations/[0-9]*.py"  # tables that come with django-allauth


def home_folder() -> Path:
    """Return the home folder without setting Django up."""
    given = os.environ.get("KEYSTEAD_HOME")
    if given:
        return Path(given)
    from platformdirs import user_data_dir

    return Path(user_data_dir("keystead", appauthor=False))


def schema_mark() -> str:
    """Return a short hash that changes with the list of migrations."""
    import allauth  # its own top is empty: this loads nothing of it

    engine = Path(allauth.__file__).parent
    names = sorted(
        str(path.relative_to(root))
        for root, pattern in ((PACKAGE, "**/migrations/[0-9]*.py"), (engine, SIGN_IN))
        for path in root.glob(pattern)
        if "tests" not in path.parts
    )
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def code_mark() -> str:
    """Return a short hash that changes with the list of migrations or the database."""
    url = os.environ.get("KEYSTEAD_DATABASE_URL", "")
    return hashlib.sha256(f"{schema_mark()} {url}".encode()).hexdigest()[:16]


def is_marked() -> bool:
    """Say whether the database was already found to fit this code."""
    mark = home_folder() / MARK
    stored = not os.environ.get("KEYSTEAD_DATABASE_URL")
    if stored and not (home_folder() / "keystead.sqlite3").exists():
        return False
    return mark.exists() and mark.read_text().strip() == code_mark()


def django_ready() -> None:
    """Set Django up (cheap when it already is)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keystead.config.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        home_folder().mkdir(parents=True, exist_ok=True)
        django.setup()


def ready(*, upgrade: bool = False) -> None:
    """Set Django up on a database that fits the code.

    A new database is made. One of an older Keystead is brought up to date only with ``upgrade``
    (``serve``), and one of a newer Keystead is refused, both with Invalid.
    """
    if not is_marked() and begin(home_folder(), schema_mark()):
        click.echo(f"Preparing the folder: {home_folder()}", err=True)
        write_mark()
    known = is_marked()
    django_ready()
    if known:
        return
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    applied = set(executor.loader.applied_migrations)
    if applied - set(executor.loader.graph.nodes):
        raise Invalid(
            "This data was written by a newer Keystead; nothing was changed.",
            code="newer_data",
            hint="Update Keystead, or use another folder with --home.",
        )
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan and applied and not upgrade:
        raise Invalid(
            f"The data in {home_folder()} comes from an older Keystead.",
            code="older_data",
            hint="`keystead serve` brings it up to date.",
        )
    if plan:
        verb = "Bringing the data up to date" if applied else "Preparing the folder"
        click.echo(f"{verb}: {home_folder()}", err=True)
        call_command("migrate", interactive=False, verbosity=0)
    write_mark()


def write_mark() -> None:
    """Note that the database fits this code."""
    home_folder().mkdir(parents=True, exist_ok=True)
    (home_folder() / MARK).write_text(code_mark() + "\n")
