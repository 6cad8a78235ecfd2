"""Engines that run a compiled query over a world: DuckDB, PostgreSQL, ClickHouse in-process."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from keystead.kit.files import duck
from keystead.metrics.calc.compiler import Engine, render
from keystead.metrics.tests.worlds import World

Rows = list[tuple[Any, ...]]


class Runner(Protocol):
    """Runs one tree over one world and returns plain rows."""

    engine: Engine

    def run(self, world: World, tree: exp.Expr) -> Rows: ...


class Duck:
    engine = Engine.DUCKDB

    def run(self, world: World, tree: exp.Expr) -> Rows:
        with duck.session() as session:
            for name, table in _needed(world, tree):
                session.register(name, table)
            return session.rows(render(tree, self.engine))


_PG_TYPES = {"string": "text", "int64": "bigint", "int32": "integer", "date32[day]": "date",
             "bool": "boolean"}  # fmt: skip


class Postgres:
    engine = Engine.POSTGRES

    def __init__(self, url: str) -> None:
        import psycopg

        self.connection = psycopg.connect(url, autocommit=True)

    def run(self, world: World, tree: exp.Expr) -> Rows:
        with self.connection.transaction(), self.connection.cursor() as cursor:
            for name, table in _needed(world, tree):
                columns = ", ".join(
                    f'"{field.name}" {_PG_TYPES.get(str(field.type), "numeric")}'
                    for field in table.schema
                )
                cursor.execute(f"drop table if exists pg_temp.{name}")
                cursor.execute(f"create temp table {name} ({columns})")
                with cursor.copy(f"copy {name} from stdin") as copy:
                    for row in table.to_pylist():
                        copy.write_row(list(row.values()))
            cursor.execute(render(tree, self.engine))
            return [tuple(row) for row in cursor.fetchall()]


class ClickHouse:
    engine = Engine.CLICKHOUSE

    def __init__(self) -> None:
        from chdb import session

        self.session = session.Session()
        self.folder = Path(tempfile.mkdtemp(prefix="keystead-ch-"))

    def run(self, world: World, tree: exp.Expr) -> Rows:
        for name, table in _needed(world, tree):
            path = self.folder / f"{name}.parquet"
            pq.write_table(table, path)
            self.session.query(f"drop table if exists default.{name}")
            self.session.query(
                f"create table default.{name} engine = Memory as "  # noqa: S608
                f"select * from file('{path}', Parquet) "
                "settings schema_inference_make_columns_nullable = 1"
            )
        out = self.folder / "out.parquet"
        out.unlink(missing_ok=True)
        sql = render(tree, self.engine)
        body, _, settings = sql.partition(" SETTINGS ")
        self.session.query(
            f"{body} INTO OUTFILE '{out}' FORMAT Parquet SETTINGS {settings}, "
            "output_format_parquet_string_as_string = 1"
        )
        return [tuple(row.values()) for row in pq.read_table(out).to_pylist()]


@contextmanager
def postgres_url() -> Iterator[str | None]:
    """Yield the address of a PostgreSQL server: the given one, or one started for the tests."""
    given = os.environ.get("KEYSTEAD_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="keystead-pg-", dir="/tmp"))
    prefix: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        prefix = ["runuser", "-u", "postgres", "--"]
    tools, store = found[-1].parent, folder / "data"
    init = [tools / "initdb", "-D", store, "-A", "trust", "-U", "postgres", "--no-sync"]
    _run([*prefix, *init], folder)
    options = f"-c listen_addresses='' -k {folder} -c fsync=off"
    control = [*prefix, tools / "pg_ctl", "-D", store, "-w", "-l", folder / "log"]
    _run([*control, "-o", options, "start"], folder)
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        _run([*control, "-m", "immediate", "stop"], folder)
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[Any], folder: Path) -> None:
    # Output to a file: the server keeps a pipe open and the call would never end.
    with (folder / "setup.log").open("ab") as log:
        subprocess.run(command, check=True, cwd=folder, stdout=log, stderr=log)


def _needed(world: World, tree: exp.Expr) -> list[tuple[str, pa.Table]]:
    read = {table.name for table in tree.find_all(exp.Table)}
    return [(name, table) for name, table in world.tables.items() if name in read]


def plain(value: Any) -> Any:
    """Return a value as every engine can agree on it: whole decimals and floats compare."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, Decimal):
        return value.normalize() + 0
    return value
