"""Renders a tree for one engine."""

from __future__ import annotations

from sqlglot import exp

from keystead.metrics.calc.compiler.plan import Engine

# A missing partner of an outer join must be NULL, as everywhere else.
_CLICKHOUSE_SETTINGS = " SETTINGS join_use_nulls = 1, prefer_column_name_to_alias = 1"


def render(tree: exp.Expr, engine: Engine = Engine.DUCKDB, *, pretty: bool = False) -> str:
    """Return the tree as SQL of the engine.

    >>> from sqlglot import parse_one
    >>> render(parse_one("SELECT CAST(a AS DOUBLE) FROM t"), Engine.POSTGRES)
    'SELECT CAST(a AS DOUBLE PRECISION) FROM t'
    """
    sql = tree.sql(dialect=engine.value, pretty=pretty)
    return sql + _CLICKHOUSE_SETTINGS if engine is Engine.CLICKHOUSE else sql
