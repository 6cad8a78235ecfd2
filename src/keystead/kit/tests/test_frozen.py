"""Frozen tables take new rows and refuse every other change; the tests may still empty them."""

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError

from keystead.kit.frozen import statements

TABLE = "test_paper"


def run(*lines):
    with connection.cursor() as cursor:
        for line in lines:
            cursor.execute(line)


@pytest.fixture
def paper(db):
    run("CREATE TABLE test_paper (id integer PRIMARY KEY, text varchar(9))")
    run(*statements(connection.vendor, TABLE, on=True))
    run("INSERT INTO test_paper VALUES (1, 'a')")


@pytest.mark.parametrize(
    "sql",
    ["UPDATE test_paper SET text = 'b'", "DELETE FROM test_paper", "UPDATE test_paper SET id = 2"],
)
def test_the_database_itself_refuses(paper, sql):
    with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic():
        run(sql)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, text FROM test_paper")
        assert cursor.fetchall() == [(1, "a")]


def test_new_rows_are_taken(paper):
    run("INSERT INTO test_paper VALUES (2, 'b')")


def test_freezing_twice_and_thawing(paper):
    run(*statements(connection.vendor, TABLE, on=True))
    run(*statements(connection.vendor, TABLE, on=False))
    run("UPDATE test_paper SET text = 'b'")


@pytest.mark.parametrize("name", ["x; drop table y", "X", "", "1a"])
def test_only_table_names(name):
    with pytest.raises(ValueError, match="no table name"):
        statements("sqlite", name, on=True)
    with pytest.raises(ValueError, match="no triggers"):
        statements("oracle", "papers", on=True)


@pytest.mark.django_db(transaction=True)
def test_a_flush_lifts_the_freeze_and_puts_it_back():
    run(*statements(connection.vendor, "kit_job", on=True))
    try:
        call_command("flush", interactive=False, verbosity=0)
        run(
            "INSERT INTO kit_job (kind, payload, key, state, attempts, worker, progress_done, "
            "progress_total, progress_note, result, error, created_at) VALUES "
            "('x', '{}', '', 'waiting', 0, '', 0, 0, '', '{}', '{}', '2026-01-01')"
        )
        with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic():
            run("DELETE FROM kit_job")
    finally:
        run(*statements(connection.vendor, "kit_job", on=False))
