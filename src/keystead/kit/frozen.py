"""Database triggers that refuse to change or delete rows of a table, for frozen documents.

A room lists its tables in a migration: ``RunPython(freeze("app_table"), thaw("app_table"))``.
The audit trail has triggers of its own, because erasing personal data passes through it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_TABLE = re.compile(r"[a-z][a-z0-9_]{0,50}", re.ASCII)


def freeze(*tables: str) -> Callable[[Any, Any], None]:
    """Return a migration step after which rows of the tables can only be inserted."""
    return _step(tables, on=True)


def thaw(*tables: str) -> Callable[[Any, Any], None]:
    """Return the migration step that undoes ``freeze``."""
    return _step(tables, on=False)


def statements(vendor: str, table: str, *, on: bool) -> list[str]:
    """Return the statements that freeze or thaw one table on a database vendor."""
    if not _TABLE.fullmatch(table):
        raise ValueError(f"{table!r} is no table name")
    if vendor not in ("sqlite", "postgresql"):
        raise ValueError(f"no triggers for {vendor}")
    made = _sqlite(table) if vendor == "sqlite" else _postgres(table)
    drop = "" if vendor == "sqlite" else f" ON {table}"
    return [f"DROP TRIGGER IF EXISTS {name}{drop}" for name in made] + (
        [text for texts in made.values() for text in texts] if on else []
    )


def _sqlite(table: str) -> dict[str, list[str]]:
    message = f"{table} is frozen"
    return {
        f"frozen_{table}_{verb}": [
            f"CREATE TRIGGER frozen_{table}_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        ]
        for verb in ("update", "delete")
    }


def _postgres(table: str) -> dict[str, list[str]]:
    function = (
        "CREATE OR REPLACE FUNCTION keystead_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is frozen', ERRCODE = '23001'; "
        "END $$"
    )
    return {
        f"frozen_{table}_rows": [
            function,
            f"CREATE TRIGGER frozen_{table}_rows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION keystead_frozen()",
        ],
        f"frozen_{table}_all": [
            f"CREATE TRIGGER frozen_{table}_all BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION keystead_frozen()",
        ],
    }


def _step(tables: tuple[str, ...], *, on: bool) -> Callable[[Any, Any], None]:
    def run(apps: Any, schema_editor: Any) -> None:
        for table in tables:
            for statement in statements(schema_editor.connection.vendor, table, on=on):
                schema_editor.execute(statement)

    return run
