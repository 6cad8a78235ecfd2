"""Plain sums and plain lines of one dataset, for rooms that calculate with them themselves."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from keystead.ledger.types import dataset_def
from keystead.metrics.calc.compiler.expressions import (
    BIGINT,
    MONEY,
    alias,
    call,
    case,
    cast,
    column,
    every,
    number,
    table,
)
from keystead.metrics.calc.compiler.facts import FACTS, facts
from keystead.metrics.calc.compiler.scans import Sources
from keystead.metrics.calc.compiler.symbols import fill_tree, period_values, query_values
from keystead.metrics.types import Query

DAYS = "d"
STANDING, NAMED = "standing", "named"
MONTH_SUMS_ROWS = "rows"


def uses_sums(query: Query, dataset: str, keys: Sequence[str], sources: Sources) -> bool:
    """Say whether the kept sums by account, product and month answer the question."""
    if dataset not in sources.month_sums:
        return False
    if query.period.start.day != 1 or query.period.end.day != 1:
        return False
    kept = {"account_id", "product_id", "month", *dataset_def(dataset).sum_by}
    return set(keys) <= kept and not query.facts


def compile_sums(query: Query, dataset: str, keys: Sequence[str], sources: Sources) -> exp.Select:
    """Return the measures of a dataset added up by some of its own columns.

    Columns: the keys, each measure of the dataset, ``lines`` (how many rows). The account scope
    and the days are the query's; nothing is joined, so merged accounts and products keep the
    ids that the rows name.
    """
    by_month = uses_sums(query, dataset, keys, sources)
    name = sources.month_sums[dataset] if by_month else sources.tables.get(dataset, "")
    found = facts(query, dataset, table_name=name, days=DAYS, by_month=by_month)
    grouped = [column(FACTS, key) for key in keys]
    lines: exp.Expr = exp.Count(this=exp.Star())
    if by_month:
        lines = call("SUM", column(FACTS, MONTH_SUMS_ROWS))
    measures = [
        alias(cast(call("SUM", column(FACTS, measure)), MONEY), measure)
        for measure in dataset_def(dataset).measures
    ]
    selected = [alias(node.copy(), key) for node, key in zip(grouped, keys, strict=True)]
    found = found.select(*selected, *measures, alias(cast(lines, BIGINT), "lines"), copy=False)
    return _filled(found.group_by(*grouped, copy=False), query)


def compile_lines(query: Query, dataset: str, sources: Sources) -> exp.Select:
    """Return the rows of a dataset with all their columns, in the order of their days."""
    found = facts(query, dataset, table_name=sources.tables.get(dataset, ""), days=DAYS)
    names = dataset_def(dataset).schema.names
    order = [column(FACTS, name) for name in ("date", "batch_id", "sheet", "source_row")]
    found = found.select(*(alias(column(FACTS, name), name) for name in names), copy=False)
    found = found.order_by(
        *(exp.Ordered(this=node, nulls_first=False) for node in order), copy=False
    )
    return _filled(found, query)


def compile_standing(
    query: Query, dataset: str, apart: Sequence[str], sources: Sources
) -> exp.Select:
    """Return the measures of a dataset added up as coarsely as each account allows.

    Table ``standing`` has ``account_id``, ``stands`` (the account it stands under), ``profile``
    and, for each column of ``apart``, ``by_<column>``: whether that column is kept apart there.
    Table ``named`` has ``profile``, ``product_id`` and ``stands_for``: the product under which it
    is added up; one that is not named there counts as none. Besides them: ``month``,
    ``currency``, the measures, ``gross_value`` (without returns) and ``lines``.
    """
    keys = ("account_id", "product_id", "month", "currency", "is_return", *apart)
    by_month = uses_sums(query, dataset, keys, sources)
    name = sources.month_sums[dataset] if by_month else sources.tables.get(dataset, "")
    found = facts(query, dataset, table_name=name, days=DAYS, by_month=by_month)
    grouped: dict[str, exp.Expr] = {
        "account_id": column(STANDING, "stands"),
        "product_id": column(NAMED, "stands_for"),
        "month": column(FACTS, "month"),
        "currency": column(FACTS, "currency"),
    }
    for key in apart:
        grouped[key] = case((column(STANDING, f"by_{key}"), column(FACTS, key)))
    lines: exp.Expr = exp.Count(this=exp.Star())
    if by_month:
        lines = call("SUM", column(FACTS, MONTH_SUMS_ROWS))
    sold = case((column(FACTS, "is_return"), number(0)), otherwise=column(FACTS, "value"))
    measures: dict[str, exp.Expr] = {
        one: column(FACTS, one) for one in dataset_def(dataset).measures
    }
    measures["gross_value"] = sold
    found = found.select(
        *(alias(node.copy(), key) for key, node in grouped.items()),
        *(alias(cast(call("SUM", node), MONEY), key) for key, node in measures.items()),
        alias(cast(lines, BIGINT), "lines"),
        copy=False,
    )
    same = exp.EQ(this=column(FACTS, "account_id"), expression=column(STANDING, "account_id"))
    found = found.join(table(STANDING), on=same, copy=False)
    profile = exp.EQ(this=column(STANDING, "profile"), expression=column(NAMED, "profile"))
    product = exp.EQ(this=column(FACTS, "product_id"), expression=column(NAMED, "product_id"))
    found = found.join(table(NAMED), on=every(profile, product), join_type="left", copy=False)
    return _filled(found.group_by(*grouped.values(), copy=False), query)


def _filled(found: exp.Select, query: Query) -> exp.Select:
    filled = fill_tree(found, {**query_values(query), **period_values(DAYS, query.period)})
    assert isinstance(filled, exp.Select)  # noqa: S101  a select stays one
    return filled
