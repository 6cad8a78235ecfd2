"""Small builders of syntax-tree nodes, and the reader of declared expressions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

import sqlglot
from sqlglot import exp

MONEY: Final = "DECIMAL(38, 4)"
FACTORED: Final = "DECIMAL(38, 16)"  # after a rate or a share of a month
DOUBLE: Final = "DOUBLE"
TEXT: Final = "TEXT"
BIGINT: Final = "BIGINT"

_ALLOWED: Final = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Neg,
    exp.Add, exp.Sub, exp.Mul, exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT,
    exp.LTE, exp.Is, exp.In, exp.Coalesce, exp.Case, exp.If,
)  # fmt: skip


def column(table: str, name: str) -> exp.Column:
    return exp.Column(this=exp.to_identifier(name), table=exp.to_identifier(table))


def number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def text(value: str) -> exp.Expr:
    return exp.Literal.string(value)


@lru_cache(maxsize=64)
def _type(kind: str) -> exp.DataType:
    return exp.DataType.build(kind)


def cast(node: exp.Expr, kind: str) -> exp.Expr:
    return exp.Cast(this=node, to=_type(kind).copy())


def null(kind: str) -> exp.Expr:
    return cast(exp.Null(), kind)


def day(value: date) -> exp.Expr:
    return cast(exp.Literal.string(value.isoformat()), "DATE")


def literal(value: Any) -> exp.Expr:
    """Return a value of a filter as a literal; raises TypeError for what no filter holds."""
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    if isinstance(value, int):
        return number(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, str):
        return text(value)
    raise TypeError(f"no literal for {type(value).__name__}")


def call(name: str, *args: exp.Expr) -> exp.Expr:
    return exp.func(name, *args, copy=False)


def coalesce(*args: exp.Expr) -> exp.Expr:
    return exp.Coalesce(this=args[0], expressions=list(args[1:]))


def either(conditions: Iterable[exp.Expr]) -> exp.Expr:
    """Return the conditions joined by OR; false when there are none."""
    listed = list(conditions)
    return exp.or_(*listed, copy=False) if listed else exp.false()


def case(*branches: tuple[exp.Expr, exp.Expr], otherwise: exp.Expr | None = None) -> exp.Expr:
    ifs = [exp.If(this=condition, true=value) for condition, value in branches]
    return exp.Case(ifs=ifs, default=otherwise)


def one_of(node: exp.Expr, values: Sequence[Any]) -> exp.Expr:
    """Return ``node IN (values)``; an empty list matches nothing."""
    if not values:
        return nothing()
    return exp.In(this=node, expressions=[literal(value) for value in values])


def nothing() -> exp.Expr:
    """Return a condition that no row meets."""
    return exp.EQ(this=number(1), expression=number(0))


def between(node: exp.Expr, start: exp.Expr, end: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """Return the two conditions that a day lies in half-open days."""
    return exp.GTE(this=node, expression=start), exp.LT(this=node.copy(), expression=end)


def alias(node: exp.Expr, name: str) -> exp.Expr:
    return exp.Alias(this=node, alias=exp.to_identifier(name))


def table(name: str, as_name: str = "") -> exp.Table:
    """Return a table, under another name when one is given."""
    found = exp.Table(this=exp.to_identifier(name))
    if as_name:
        found.set("alias", exp.TableAlias(this=exp.to_identifier(as_name)))
    return found


def subquery(query: exp.Query, name: str) -> exp.Subquery:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier(name)))


def every(*conditions: exp.Expr) -> exp.Expr:
    return exp.and_(*conditions, copy=False)


@lru_cache(maxsize=512)
def _parsed(source: str) -> exp.Expr:
    tree = sqlglot.parse_one(source, read="duckdb")
    for node in tree.walk():
        if not isinstance(node, _ALLOWED):
            raise ValueError(f"a metric may not use {type(node).__name__}: {source}")
    return tree


def declared(source: str, table: str) -> exp.Expr:
    """Return a declared expression with its columns taken from ``table``.

    Only arithmetic, comparison, CASE and COALESCE are allowed; raises ValueError otherwise.

    >>> declared("opening + received", "f").sql()
    'f.opening + f.received'
    """
    tree = _parsed(source).copy()
    for node in list(tree.find_all(exp.Column)):
        node.set("table", exp.to_identifier(table))
    return tree


def names_in(source: str) -> frozenset[str]:
    """Return the column names a declared expression reads.

    >>> sorted(names_in("coalesce(opening, 0) + received"))
    ['opening', 'received']
    """
    return frozenset(node.name for node in _parsed(source).find_all(exp.Column))


def products_in(source: str) -> bool:
    """Say whether a declared formula multiplies.

    >>> products_in("a * b"), products_in("a - b")
    (True, False)
    """
    return _parsed(source).find(exp.Mul) is not None


def substitute(source: str, values: dict[str, exp.Expr]) -> exp.Expr:
    """Return a declared formula with each name replaced by its node; KeyError for a strange one.

    >>> substitute("now - before", {"now": column("c", "v0"), "before": column("c", "v1")}).sql()
    'c.v0 - c.v1'
    """
    tree = _parsed(source).copy()

    def replace(node: exp.Expr) -> exp.Expr:
        return values[node.name].copy() if isinstance(node, exp.Column) else node

    return tree.transform(replace)
