"""Rows instead of sums: what a proof lists, and the observations that a series works through."""

from __future__ import annotations

from sqlglot import exp

from keystead.kernel.periods import Period
from keystead.ledger.types import dataset_def
from keystead.metrics.calc.compiler.expressions import (
    FACTORED,
    MONEY,
    TEXT,
    alias,
    call,
    cast,
    coalesce,
    column,
    declared,
    every,
    null,
    number,
    subquery,
    table,
    text,
)
from keystead.metrics.calc.compiler.facts import FACTS, facts, product_key
from keystead.metrics.calc.compiler.plan import Leaf, Plan, Scan
from keystead.metrics.calc.compiler.rollup import (
    FACTOR_BASE,
    factor_node,
    needs_factor,
    share_rows,
)
from keystead.metrics.calc.compiler.scans import (
    WINDOWS,
    Sources,
    canonical_account,
    in_window,
    join_last,
    keys_of,
    last_dates,
    union,
    windows_table,
    with_accounts,
)
from keystead.metrics.calc.compiler.symbols import (
    fill_tree,
    period_values,
    plan_values,
    query_values,
)
from keystead.metrics.calc.datasets import ACCOUNT_DIMENSIONS, fact_column
from keystead.metrics.types import Fold, Measure, Observations, Query

LINEAGE = ("batch_id", "sheet", "source_row", "date", "account_id", "product_id")
ROWS = "q"


def _listed(plan: Plan, scan: Scan, leaf: Leaf, sources: Sources) -> exp.Select:
    """Return every row behind a leaf of a one-slot plan, with what it adds."""
    name = sources.tables.get(scan.dataset, "")
    keys = keys_of(plan, scan, sources)
    aggregate = leaf.aggregate
    days = "" if scan.month_share else scan.name
    found = facts(plan.query, scan.dataset, table_name=name, days=days, total_over=scan.total_over)
    if scan.fold in (Fold.LAST, Fold.FIRST):
        found = join_last(found, scan.dataset, last_dates(plan, scan, sources))
    if aggregate.where:
        found = found.where(declared(aggregate.where, FACTS))
    lineage = [alias(column(FACTS, name), name) for name in LINEAGE[:-1]]
    lineage.append(alias(product_key(), "product_id"))
    if scan.fold is Fold.DISTINCT:
        thing = [coalesce(column(FACTS, n), text("")) for n in aggregate.distinct
                 if n not in ("account", "product")]  # fmt: skip
        detail = thing[0] if thing else text("")
        return found.select(
            *lineage, alias(null(MONEY), "amount"), alias(text(""), "measure"),
            alias(detail, "detail"),
        )  # fmt: skip
    value = declared(aggregate.expression, FACTS)
    found = found.where(exp.Not(this=exp.Is(this=exp.paren(value), expression=exp.Null())))
    converts, shares = needs_factor(plan, scan, keys)
    converts = converts and aggregate.measure is Measure.MONEY
    factor = factor_node(
        plan.query.currency, converts=converts, shares=shares, currency=column(FACTS, "currency")
    )
    if scan.month_share:
        found = _with_shares(found, scan)
    if converts:
        found = _with_rates(found)
    amount: exp.Expr = cast(exp.paren(value.copy()), MONEY)
    if factor is not None:
        product = exp.Mul(
            this=cast(exp.paren(value.copy()), FACTOR_BASE), expression=exp.paren(factor)
        )
        amount = cast(product, FACTORED)
    return found.select(
        *lineage,
        alias(amount, "amount"),
        alias(_measure(scan.dataset, aggregate.measure), "measure"),
        alias(cast(column("r", "rate"), TEXT) if converts else text(""), "detail"),
    )


def _with_shares(found: exp.Select, scan: Scan) -> exp.Select:
    return found.join(
        subquery(union(share_rows(scan)), WINDOWS),
        on=exp.EQ(this=column(WINDOWS, "b_month"), expression=column(FACTS, "month")),
    )


def _with_rates(found: exp.Select) -> exp.Select:
    return found.join(
        table("rate_dim", "r"),
        on=every(
            exp.EQ(this=column("r", "currency"), expression=column(FACTS, "currency")),
            exp.EQ(this=column("r", "month"), expression=column(FACTS, "month")),
        ),
        join_type="left",
    )


def _measure(dataset: str, measure: Measure) -> exp.Expr:
    name = {Measure.MONEY: "currency", Measure.QUANTITY: "unit"}.get(measure, "")
    known = name in dataset_def(dataset).schema.names
    return coalesce(column(FACTS, name), text("")) if known else text("")


def proof_rows(plan: Plan, scan: Scan, leaf: Leaf, sources: Sources) -> exp.Select:
    """Return every row behind a leaf of a plan with one slot; ``page`` and ``totals`` read it."""
    return _filled(_listed(plan, scan, leaf, sources), plan)


def _filled(tree: exp.Select, plan: Plan) -> exp.Select:
    filled = fill_tree(tree, plan_values(plan))
    assert isinstance(filled, exp.Select)  # noqa: S101  a select stays one
    return filled


def observed_rows(
    plan: Plan, scan: Scan, observations: Observations, sources: Sources
) -> exp.Select:
    """Return every row a series works through, with what a proof shows of it."""
    name = sources.tables.get(observations.dataset, "")
    found = facts(plan.query, observations.dataset, table_name=name, days=scan.name)
    if observations.where:
        found = found.where(declared(observations.where, FACTS))
    amount = declared(observations.amount, FACTS) if observations.amount else exp.Null()
    detail = declared(observations.detail, FACTS) if observations.detail else text("")
    measure = Measure.MONEY if observations.amount else Measure.COUNT
    found = found.select(
        *(alias(column(FACTS, name), name) for name in LINEAGE[:-1]),
        alias(product_key(), "product_id"),
        alias(cast(amount, MONEY), "amount"),
        alias(_measure(observations.dataset, measure), "measure"),
        alias(coalesce(detail, text("")), "detail"),
    )
    return _filled(found, plan)


def page(rows: exp.Select, *, offset: int = 0, limit: int = 50) -> exp.Select:
    """Return one page of proof rows, in the order of the files."""
    names = (*LINEAGE, "amount", "measure", "detail")
    order = ("date", "batch_id", "sheet", "source_row")
    return (
        exp.select(*(column(ROWS, name) for name in names), copy=False)
        .from_(subquery(rows, ROWS), copy=False)
        .order_by(
            *(exp.Ordered(this=column(ROWS, name), nulls_first=False) for name in order), copy=False
        )
        .limit(limit, copy=False)
        .offset(offset, copy=False)
    )


def totals(rows: exp.Select) -> exp.Select:
    """Return, per batch and currency or unit, how many rows there are and what they add up to."""
    keys = [column(ROWS, "batch_id"), column(ROWS, "measure")]
    return (
        exp.select(
            *keys,
            alias(exp.Count(this=exp.Star()), "n_rows"),
            alias(call("SUM", column(ROWS, "amount")), "total"),
            copy=False,
        )
        .from_(subquery(rows, ROWS), copy=False)
        .group_by(*(key.copy() for key in keys), copy=False)
        .order_by(*(exp.Ordered(this=key.copy(), nulls_first=False) for key in keys), copy=False)
    )


def compile_observations(
    plan: Plan, scan: Scan, observations: Observations, sources: Sources
) -> exp.Select:
    """Return bare rows by the query's dimensions and slots, in the order of their dates.

    Columns: ``g_*`` as in a compiled plan, ``at`` (the row's date), then the declared columns.
    """
    name = sources.tables.get(observations.dataset, "")
    found = with_accounts(facts(plan.query, observations.dataset, table_name=name, days=scan.name))
    if observations.where:
        found = found.where(declared(observations.where, FACTS))
    found = found.join(
        table("product_dim", "p"),
        on=exp.EQ(this=column("p", "product_id"), expression=product_key()),
        join_type="left",
    )
    named = [(f"g_{name}", _dimension(observations.dataset, name)) for name in plan.dimensions]
    if plan.by_time:
        found = found.join(windows_table(scan, by_month=False), join_type="cross")
        found = found.where(in_window(column(FACTS, "date")))
        named.append(("g_bucket", column(WINDOWS, "b_key")))
    named.append(("at", column(FACTS, "date")))
    named += [(f"o_{c.name}", _observed(c.expression)) for c in observations.columns]
    found = found.select(*(alias(node, name) for name, node in named))
    order = [column(FACTS, name) for name in ("date", "batch_id", "sheet", "source_row")]
    found = found.order_by(*(exp.Ordered(this=node, nulls_first=False) for node in order))
    return _filled(found, plan)


def _observed(expression: str) -> exp.Expr:
    if expression == "account":
        return canonical_account()
    if expression == "product":
        return coalesce(column("p", "product"), product_key())
    return declared(expression, FACTS)


def _dimension(dataset: str, name: str) -> exp.Expr:
    own = fact_column(dataset, name)
    if own is not None:
        return coalesce(column(FACTS, own), text(""))
    if name == "account":
        return canonical_account()
    if name == "product":
        return coalesce(column("p", "product"), product_key())
    if name == "source":
        return column(FACTS, "batch_id")
    missing = number(0) if name in ("parent", "root") else text("")
    return coalesce(column("a" if name in ACCOUNT_DIMENSIONS else "p", name), missing)


def compile_currencies(query: Query, dataset: str, days: Period, sources: Sources) -> exp.Select:
    """Return the different currencies among the rows of a query."""
    name = sources.tables.get(dataset, "")
    found = facts(query, dataset, table_name=name, days="d")
    found = found.select(alias(column(FACTS, "currency"), "currency")).distinct(copy=False)
    values = {**query_values(query), **period_values("d", days)}
    filled = fill_tree(found, values)
    assert isinstance(filled, exp.Select)  # noqa: S101  a select stays one
    return filled
