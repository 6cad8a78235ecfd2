"""DuckDB behind one door: the only module that imports it, and only when first used.

Two kinds of session. ``session()`` works in memory over registered Arrow tables and Parquet
files. ``open_cache(path)`` reads a rebuildable cache file, read-only. Both are cursors on one
database per process, so that a session costs about 0.1 ms and all of them share one memory
limit. Never keep a session beyond a ``with`` block, and create only TEMP tables in it: those
are private to the session, while a plain table would stay for the life of the process.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

ROW_GROUP_ROWS = 32_768
_CACHE_FILES_OPEN = 8
Params = Sequence[Any] | Mapping[str, Any]


class EngineError(RuntimeError):
    """DuckDB refused or failed; the message is DuckDB's own, for a log and never for a page."""


class OutOfMemory(EngineError):
    """The work needs more than the memory limit (KEYSTEAD_DUCKDB_MEMORY)."""


class Session:
    """One private working place: registered tables and TEMP tables are seen by it alone."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor: duckdb.DuckDBPyConnection | None = cursor

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        cursor, self._cursor = self._cursor, None
        if cursor is not None:
            cursor.close()

    @property
    def _open(self) -> duckdb.DuckDBPyConnection:
        if self._cursor is None:
            raise EngineError("this session is closed")
        return self._cursor

    def register(self, name: str, table: pa.Table | pa.RecordBatchReader) -> Self:
        """Make an Arrow table readable in SQL as ``name`` (no copy)."""
        with _translated():
            self._open.register(name, table)
        return self

    def arrow(self, sql: str, params: Params = ()) -> pa.Table:
        """Run one SELECT and return its rows as an Arrow table."""
        with _translated():
            # .sql() hands the columns over; .execute().to_arrow_table() would copy each row.
            return self._open.sql(sql, params=params or None).to_arrow_table()

    def rows(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
        """Run one SELECT and return its rows as tuples (for a handful of rows)."""
        with _translated():
            return self._open.execute(sql, params or None).fetchall()

    def execute(self, sql: str, params: Params = ()) -> None:
        """Run a statement for its effect."""
        with _translated():
            self._open.execute(sql, params or None)

    def write_parquet(
        self,
        sql: str,
        path: str | Path,
        params: Params = (),
        *,
        row_group_rows: int = ROW_GROUP_ROWS,
    ) -> int:
        """Write the rows of a SELECT, in its order, as zstd Parquet; return their number."""
        target = str(path).replace("'", "''")
        found = self.rows(
            f"copy ({sql}) to '{target}' "
            f"(format parquet, compression zstd, row_group_size {int(row_group_rows)})",
            params,
        )
        return int(found[0][0])

    def interrupt(self) -> None:
        """Stop the running statement from another thread."""
        self._open.interrupt()


class _Pool:
    """The databases open in this process: one in memory, a few cache files."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._pid = os.getpid()
        self._memory: duckdb.DuckDBPyConnection | None = None
        self._caches: OrderedDict[str, tuple[tuple[int, int, int], duckdb.DuckDBPyConnection]] = (
            OrderedDict()
        )
        self._abandoned: list[object] = []

    def memory(self) -> Session:
        with self.lock:
            self._forget_parent()
            if self._memory is None:
                self._memory = _connect(":memory:")
            return Session(self._memory.cursor())

    def cache(self, name: str, stamp: tuple[int, int, int]) -> Session:
        with self.lock:
            self._forget_parent()
            known = self._caches.get(name)
            if known is not None and known[0] != stamp:
                self._caches.pop(name)[1].close()  # open cursors keep the old file until they end
                known = None
            if known is None:
                known = self._caches[name] = (stamp, _connect(name, read_only=True))
                while len(self._caches) > _CACHE_FILES_OPEN:
                    self._caches.popitem(last=False)[1][1].close()
            self._caches.move_to_end(name)
            return Session(known[1].cursor())

    def close(self) -> None:
        with self.lock:
            self._forget_parent()
            for _stamp, connection in self._caches.values():
                connection.close()
            self._caches.clear()
            if self._memory is not None:
                self._memory.close()
                self._memory = None

    def _forget_parent(self) -> None:
        """After a fork the parent's databases have lost their threads: neither use nor close."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self._abandoned += [self._memory, dict(self._caches)]
            self._memory = None
            self._caches = OrderedDict()


_pool = _Pool()


def session() -> Session:
    """Return a session on the in-memory database of this process."""
    return _pool.memory()


def open_cache(path: str | Path) -> Session:
    """Return a read-only session on a cache file; a file swapped in by rename is seen at once.

    Raises EngineError when the file is missing or not a DuckDB file of this version: the
    caller then reads the segments.
    """
    name = os.path.abspath(path)
    try:
        stat = os.stat(name)
    except OSError as error:
        raise EngineError(f"no cache file: {error}") from error
    return _pool.cache(name, (stat.st_ino, stat.st_mtime_ns, stat.st_size))


def build_cache(path: str | Path, statements: Sequence[tuple[str, Params]]) -> None:
    """Write a new DuckDB file by running the statements in it; the caller renames it in."""
    connection = _connect(str(path))
    try:
        with _translated():
            for sql, params in statements:
                connection.execute(sql, params or None)
    finally:
        connection.close()


def close_all() -> None:
    """Close every pooled database of this process (tests, end of a worker)."""
    _pool.close()


def _connect(name: str, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    import duckdb

    with _translated():
        connection = duckdb.connect(
            name,
            read_only=read_only,
            config={
                "threads": int(os.environ.get("KEYSTEAD_DUCKDB_THREADS") or os.cpu_count() or 2),
                "memory_limit": os.environ.get("KEYSTEAD_DUCKDB_MEMORY", "2GB"),
                "temp_directory": os.path.join(
                    tempfile.gettempdir(), f"keystead-duckdb-{os.getuid()}-{os.getpid()}"
                ),
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "allow_community_extensions": "false",
                # An unknown name must be an error, not a Python variable that happens to match.
                "python_enable_replacements": "false",
                # INSTALL would still call home: point it at nothing.
                "custom_extension_repository": "/nonexistent",
            },
        )
        # Local files only: with external access off nothing but the allowed folders opens,
        # and "/" allows every local path but no http, s3 or other address.
        connection.execute("set allowed_directories=['/']")
        connection.execute("set enable_external_access=false")
        connection.execute("set lock_configuration=true")
        return connection


@contextmanager
def _translated() -> Iterator[None]:
    """Turn duckdb's errors into ours, so that nobody else needs to import duckdb."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise OutOfMemory(str(error)) from error
    except duckdb.Error as error:
        raise EngineError(str(error)) from error
