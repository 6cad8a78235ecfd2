"""Lets a test database be emptied between tests although its trail and documents are frozen.

What migrations put into it (KPI sets, rules, policies) is put back, so that the tests after an
emptying one find the same database as those before it, in whatever order they run.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import IntegrityError, connections
from django.db.transaction import TransactionManagementError

from keystead.kit import frozen
from keystead.kit.audit.triggers import statements

_FROZEN = {
    "sqlite": "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger' "
    "AND name LIKE 'frozen\\_%' ESCAPE '\\'",
    "postgresql": "SELECT DISTINCT c.relname FROM pg_trigger t "
    "JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname LIKE 'frozen\\_%'",
}


QUIET = 0.2  # seconds without a request after which a page that was closed is really gone
LONGEST = 20.0

_first_rows: dict[str, str] = {}
_served = {"open": 0.0, "at": 0.0, "own thread": 0.0}


def _started(**_: Any) -> None:
    _count(1)


def _ended(**_: Any) -> None:
    _count(-1)


def _count(by: int) -> None:
    if threading.get_ident() != _served["own thread"]:  # a client of Django asks in this thread
        _served.update(open=_served["open"] + by, at=time.monotonic())


def _wait_until_served() -> None:
    """Let the live server's threads end what a closed page has asked for.

    They share the connection of a database in memory: what fails in one of them while tables are
    emptied breaks the transaction of this thread too.
    """
    until = time.monotonic() + LONGEST
    while (now := time.monotonic()) < until:
        if _served["open"] <= 0 and now - _served["at"] >= QUIET:
            break
        time.sleep(0.02)
    _served["open"] = 0  # a response that nobody read to its end is waited for only once


def remember_first_rows() -> None:
    """Keep the rows that migrations made; call once, when the test databases are new."""
    _served["own thread"] = threading.get_ident()
    request_started.connect(_started, dispatch_uid="flush_started")
    request_finished.connect(_ended, dispatch_uid="flush_ended")
    for connection in connections.all():
        _first_rows[connection.alias] = connection.creation.serialize_db_to_string()


@contextmanager
def flushable_trail() -> Iterator[None]:
    """Patch the flush of each connection to lift the trail's triggers while it runs."""
    originals: list[tuple[Any, Any]] = []
    for connection in connections.all():
        operations: Any = connection.ops
        originals.append((operations, operations.execute_sql_flush))
        operations.execute_sql_flush = _lifting(connection, operations.execute_sql_flush)
    try:
        yield
    finally:
        for operations, original in originals:
            operations.execute_sql_flush = original


def _lifting(connection: Any, original: Any) -> Any:
    def flush(sql_list: Sequence[str]) -> None:
        _wait_until_served()
        present = "kit_auditentry" in connection.introspection.table_names()
        tables = _frozen_tables(connection)
        _run(connection, present, on=False)
        _freeze(connection, tables, on=False)
        _empty_and_fill(connection, lambda: original(sql_list))
        _freeze(connection, tables, on=True)
        _run(connection, present, on=True)

    return flush


def _empty_and_fill(connection: Any, empty: Callable[[], None]) -> None:
    """Empty, and put the first rows back; again when a late request of a browser wrote between."""
    for last in (False, False, False, True):
        empty()
        if connection.alias not in _first_rows:
            return
        try:
            connection.creation.deserialize_db_from_string(_first_rows[connection.alias])
        except (IntegrityError, TransactionManagementError):
            if last:
                raise
            time.sleep(0.5)
        else:
            return


def _run(connection: Any, present: bool, *, on: bool) -> None:
    if present:
        with connection.cursor() as cursor:
            for statement in statements(connection.vendor, on=on):
                cursor.execute(statement)


def _frozen_tables(connection: Any) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_FROZEN[connection.vendor])
        return [row[0] for row in cursor.fetchall()]


def _freeze(connection: Any, tables: Sequence[str], *, on: bool) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            for statement in frozen.statements(connection.vendor, table, on=on):
                cursor.execute(statement)
