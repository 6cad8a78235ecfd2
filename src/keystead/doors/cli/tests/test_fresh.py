"""The empty database of a new home: as migrations make it, never over what is there."""

from __future__ import annotations

import contextlib
import sqlite3
import zipfile
from pathlib import Path

import pytest
from django.db import connection

from keystead.doors.cli import fresh
from keystead.doors.cli.prepare import schema_mark

ADVICE = "tables changed: run `just fresh-database`"


@pytest.fixture(autouse=True)
def embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    """These are about homes with a database of their own, whatever the suite runs on."""
    monkeypatch.delenv("KEYSTEAD_DATABASE_URL", raising=False)


def _schema(database: sqlite3.Connection) -> list[tuple[str, str]]:
    return database.execute(
        "select name, sql from sqlite_master where sql is not null order by name"
    ).fetchall()


@pytest.mark.django_db
def test_the_shipped_one_is_what_the_migrations_make(tmp_path: Path) -> None:
    assert fresh.begin(tmp_path, schema_mark()), ADVICE
    with contextlib.closing(sqlite3.connect(tmp_path / fresh.DATABASE)) as shipped:
        applied = set(shipped.execute("select app, name from django_migrations"))
        with connection.cursor() as cursor:
            cursor.execute("select app, name from django_migrations")
            assert set(cursor.fetchall()) == applied, ADVICE
        if connection.vendor == "sqlite":
            assert _schema(shipped) == _schema(connection.connection), ADVICE
        assert shipped.execute("pragma integrity_check").fetchone() == ("ok",)
        assert shipped.execute("select count(*) from kit_user").fetchone() == (0,)


def test_it_is_never_put_over_another(tmp_path: Path) -> None:
    (tmp_path / fresh.DATABASE).write_bytes(b"mine")
    assert not fresh.begin(tmp_path, schema_mark())
    assert not fresh._put(b"other", tmp_path / fresh.DATABASE)
    assert [one.name for one in tmp_path.iterdir()] == [fresh.DATABASE]
    assert (tmp_path / fresh.DATABASE).read_bytes() == b"mine"


def test_other_migrations_or_another_database_begin_from_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not fresh.begin(tmp_path, "0" * 16)
    monkeypatch.setenv("KEYSTEAD_DATABASE_URL", "postgresql://elsewhere/keystead")
    assert not fresh.begin(tmp_path, schema_mark())
    assert list(tmp_path.iterdir()) == []


def test_a_broken_archive_is_no_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "fresh.zip"
    broken.write_bytes(fresh.SHIPPED.read_bytes()[:1000])
    monkeypatch.setattr(fresh, "SHIPPED", broken)
    assert not fresh.begin(tmp_path / "home", schema_mark())
    assert not (tmp_path / "home").exists()


def test_packing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    database = tmp_path / "a.sqlite3"
    database.write_bytes(b"abc" * 100)
    fresh.pack(database, "mark", tmp_path / "1.zip")
    fresh.pack(database, "mark", tmp_path / "2.zip")
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "1.zip") as archive:
        assert archive.read(fresh.DATABASE) == b"abc" * 100
