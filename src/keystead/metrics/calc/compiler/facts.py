"""The one place where facts are read, and so the one place where the account scope goes in."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from keystead.metrics.calc.compiler.expressions import (
    between,
    cast,
    coalesce,
    column,
    nothing,
    number,
    table,
    text,
)
from keystead.metrics.calc.compiler.symbols import symbol
from keystead.metrics.calc.datasets import PRODUCT_DIMENSIONS, fact_column
from keystead.metrics.types import Query

FACTS = "f"


def facts(
    query: Query,
    dataset: str,
    *,
    table_name: str = "",
    days: str = "",
    total_over: Sequence[str] = (),
    by_month: bool = False,
) -> exp.Select:
    """Return ``SELECT FROM <dataset> AS f WHERE <scope, filters, days>`` without columns.

    Every read of facts in the project starts here. ``query.accounts`` is the actor's scope cut
    by the account filters; None means that the actor sees every account. A category filter goes to
    the dataset's own column where it has one, else to the products. ``total_over`` lifts the
    filters of those dimensions, never the scope. ``table_name`` reads from a stand-in of the
    dataset (month sums) and ``by_month`` then compares months instead of days. The values are
    places (``symbols``); ``days`` is the name of the place that holds the first and last day.
    """
    found = exp.select().from_(table(table_name or dataset, FACTS), copy=False)
    conditions: list[exp.Expr] = []
    if query.accounts is not None:
        scope = column(FACTS, "account_id")
        conditions.append(_in(scope, "accounts", any_value=bool(query.accounts)))
    own = [name for name in query.product_dimensions if fact_column(dataset, name)]
    elsewhere = bool(own) and len(own) == len(query.product_dimensions)
    if query.products is not None and "product" not in total_over and not elsewhere:
        conditions.append(_in(product_key(), "products", any_value=bool(query.products)))
    for dimension, values in query.facts:
        joined = dimension in PRODUCT_DIMENSIONS and fact_column(dataset, dimension) is None
        if dimension not in total_over and not joined:
            conditions.append(_matches(dataset, dimension, any_value=bool(values)))
    if days:
        when = column(FACTS, "month" if by_month else "date")
        first, last = (cast(symbol(f"{days}.{edge}"), "DATE") for edge in ("lo", "hi"))
        conditions += between(when, first, last)
    return found.where(*conditions, copy=False) if conditions else found


def product_key() -> exp.Expr:
    """Return the product of a fact, with 0 where the row speaks of none."""
    return coalesce(column(FACTS, "product_id"), number(0))


def _in(node: exp.Expr, place: str, *, any_value: bool) -> exp.Expr:
    return exp.In(this=node, expressions=[symbol(place)]) if any_value else nothing()


def _matches(dataset: str, dimension: str, *, any_value: bool) -> exp.Expr:
    place = f"f.{dimension}"
    if dimension == "source":
        return _in(column(FACTS, "batch_id"), place, any_value=any_value)
    name = fact_column(dataset, dimension)
    if name is None:  # the dataset cannot know it: only "none" matches
        return _in(text(""), place, any_value=any_value)
    return _in(coalesce(column(FACTS, name), text("")), place, any_value=any_value)
