"""Stage one, a scan: folds the rows of a dataset by raw keys, as near to the files as possible."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from sqlglot import exp

from keystead.ledger.types import dataset_def
from keystead.metrics.calc.compiler.expressions import (
    BIGINT,
    MONEY,
    alias,
    call,
    case,
    cast,
    coalesce,
    column,
    declared,
    every,
    names_in,
    number,
    subquery,
    table,
    text,
)
from keystead.metrics.calc.compiler.facts import FACTS, facts
from keystead.metrics.calc.compiler.plan import Leaf, Plan, Scan
from keystead.metrics.calc.compiler.symbols import symbol
from keystead.metrics.calc.datasets import ACCOUNT_DIMENSIONS, PRODUCT_DIMENSIONS, fact_column
from keystead.metrics.calc.time import month_aligned
from keystead.metrics.types import Aggregate, Fold, Measure

WINDOWS = "w"
COLUMN = "column"


@dataclasses.dataclass(frozen=True)
class Sources:
    """Where and how the datasets lie.

    ``currencies``: the one currency of a dataset where only one occurs (it then costs nothing to
    keep it apart). ``month_sums``: the table of sums by month for a dataset, where there is one.
    ``tables``: the name of a dataset's table where it is not the dataset's own. ``plain``: those
    of account and product of which none was merged into another.
    """

    currencies: Mapping[str, str] = dataclasses.field(default_factory=dict)
    month_sums: Mapping[str, str] = dataclasses.field(default_factory=dict)
    tables: Mapping[str, str] = dataclasses.field(default_factory=dict)
    plain: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True)
class Keys:
    """Raw keys of a scan: what has to stay apart until dimensions are joined."""

    account: bool
    product: bool
    batch: bool
    facts: tuple[tuple[str, str], ...]  # dimension, column
    at: str  # "" | "month" | "date"
    month: bool  # beside a date
    currency: str  # "" | COLUMN | the one there is
    unit: bool


def keys_of(plan: Plan, scan: Scan, sources: Sources) -> Keys:
    """Return what the scan must keep apart."""
    kept = plan.kept(scan)
    columns = tuple(
        (name, found) for name in kept if (found := fact_column(scan.dataset, name)) is not None
    )
    own = {name for name, _column in columns}
    measures = {leaf.aggregate.measure for leaf in scan.leaves}
    schema = dataset_def(scan.dataset).schema.names
    known = sources.currencies.get(scan.dataset, "")
    money = Measure.MONEY in measures and "currency" in schema
    converts = bool(plan.query.currency) and money
    counted = {name for leaf in scan.leaves for name in leaf.aggregate.distinct}
    at = ""
    if scan.month_share or (plan.by_time and len(plan.buckets) > 1) or converts:
        at = "month" if scan.month_share or month_aligned(scan.windows) else "date"
    return Keys(
        account="account" in counted or any(name in ACCOUNT_DIMENSIONS for name in kept),
        product="product" in counted
        or any(name in PRODUCT_DIMENSIONS and name not in own for name in kept),
        batch="source" in kept,
        facts=columns,
        at=at,
        month=converts and at == "date",
        currency="" if not money else known if known and not converts else COLUMN,
        unit=Measure.QUANTITY in measures and "unit" in schema,
    )


def scan_select(plan: Plan, scan: Scan, sources: Sources) -> exp.Select:
    """Return the scan as one SELECT; its columns are ``k_*`` keys and one per leaf."""
    keys = keys_of(plan, scan, sources)
    if scan.fold in (Fold.LAST, Fold.FIRST):
        return _snapshot(plan, scan, keys, sources)
    by_month = uses_month_sums(plan, scan, sources)
    name = sources.month_sums[scan.dataset] if by_month else sources.tables.get(scan.dataset, "")
    found = facts(
        plan.query,
        scan.dataset,
        table_name=name,
        days=scan.name,
        total_over=scan.total_over,
        by_month=by_month or scan.month_share,
    )
    if scan.fold is Fold.DISTINCT:
        return _distinct(found, scan, keys)
    return _summed(found, scan, keys)


def uses_month_sums(plan: Plan, scan: Scan, sources: Sources) -> bool:
    """Say whether sums by account, product and month answer the scan."""
    if scan.dataset not in sources.month_sums or scan.fold is not Fold.SUM:
        return False
    if not all(edge.day == 1 for edge in (scan.span.start, scan.span.end)):
        return False
    if not scan.month_share and not month_aligned(scan.windows):
        return False
    dataset = dataset_def(scan.dataset)
    columns = {fact_column(scan.dataset, name) for name in plan.kept(scan)} - {None}
    filtered = {name for name, _values in plan.query.facts}
    columns |= {fact_column(scan.dataset, name) or name for name in filtered}
    for leaf in scan.leaves:
        columns |= names_in(leaf.aggregate.where) if leaf.aggregate.where else set()
        if leaf.aggregate.expression not in dataset.measures:
            return False
    return "source" not in plan.kept(scan) and columns <= set(dataset.sum_by)


def _keys(keys: Keys) -> tuple[list[exp.Expr], list[exp.Expr]]:
    """Return (selected key columns, expressions to group by)."""
    grouped: list[tuple[str, exp.Expr]] = []
    if keys.account:
        grouped.append(("k_account", column(FACTS, "account_id")))
    if keys.product:
        grouped.append(("k_product", column(FACTS, "product_id")))
    if keys.batch:
        grouped.append(("k_batch", column(FACTS, "batch_id")))
    for dimension, name in keys.facts:
        grouped.append((f"k_{dimension}", coalesce(column(FACTS, name), text(""))))
    if keys.at:
        grouped.append(("k_at", column(FACTS, keys.at)))
    if keys.month:
        grouped.append(("k_month", column(FACTS, "month")))
    if keys.currency == COLUMN:
        grouped.append(("k_currency", column(FACTS, "currency")))
    if keys.unit:
        grouped.append(("k_unit", column(FACTS, "unit")))
    selected = [alias(node, name) for name, node in grouped]
    return selected, [node.copy() for _name, node in grouped]


def _summed(found: exp.Select, scan: Scan, keys: Keys) -> exp.Select:
    selected, grouped = _keys(keys)
    conditions = {leaf.aggregate.where for leaf in scan.leaves}
    zero = any(leaf.aggregate.zero_when_none for leaf in scan.leaves)
    shared = conditions.pop() if len(conditions) == 1 and not zero else None
    if shared:
        found = found.where(declared(shared, FACTS))
    folded = [
        alias(folded_value(leaf.aggregate, by_case=shared is None), leaf.name)
        for leaf in scan.leaves
    ]
    found = found.select(*selected, *folded)
    if grouped:
        return found.group_by(*grouped)
    if zero:  # a sum over nothing is a row all the same, and would count as one
        return found.having(exp.GT(this=exp.Count(this=exp.Star()), expression=number(0)))
    return found


def folded_value(aggregate: Aggregate, *, by_case: bool) -> exp.Expr:
    """Return the sum of an aggregate; with ``by_case`` its condition is inside the sum."""
    node = declared(aggregate.expression, FACTS)
    if by_case and aggregate.where:
        node = case((declared(aggregate.where, FACTS), node))
    total = call("SUM", node)
    return cast(total, BIGINT if aggregate.measure is Measure.COUNT else MONEY)


def _distinct(found: exp.Select, scan: Scan, keys: Keys) -> exp.Select:
    (leaf,) = scan.leaves
    selected, _grouped = _keys(keys)
    selected += counted_columns(leaf)
    if leaf.aggregate.where:
        found = found.where(declared(leaf.aggregate.where, FACTS))
    return found.select(*selected).distinct(copy=False)


def counted_columns(leaf: Leaf) -> list[exp.Expr]:
    """Return the columns, other than account and product, whose combinations are counted."""
    names = [name for name in leaf.aggregate.distinct if name not in ("account", "product")]
    return [alias(coalesce(column(FACTS, name), text("")), f"u_{name}") for name in names]


def canonical_account() -> exp.Expr:
    """Return the account that a merged account lives on in."""
    return coalesce(column("a", "account"), column(FACTS, "account_id"))


def with_accounts(found: exp.Select) -> exp.Select:
    """Return the facts with the account dimension joined as ``a``."""
    return found.join(
        table("account_dim", "a"),
        on=exp.EQ(this=column("a", "account_id"), expression=column(FACTS, "account_id")),
        join_type="left",
    )


def place_of(dataset: str) -> exp.Expr:
    """Return where a count was taken; one account may send several places on different days."""
    name = fact_column(dataset, "outlet")
    return coalesce(column(FACTS, name), text("")) if name else text("")


def last_dates(plan: Plan, scan: Scan, sources: Sources) -> exp.Select:
    """Return, per account, place and slot, the day whose rows count in a snapshot.

    Product filters do not matter here: a product that is missing from the last count is gone,
    and an older count of it must not come back.
    """
    (where,) = {leaf.aggregate.where for leaf in scan.leaves}
    name = sources.tables.get(scan.dataset, "")
    lifted = (*scan.total_over, "product")
    counts = with_accounts(
        facts(plan.query, scan.dataset, table_name=name, days=scan.name, total_over=lifted)
    )
    if where:
        counts = counts.where(declared(where, FACTS))
    counts = counts.select(
        alias(canonical_account(), "d_account"),
        alias(place_of(scan.dataset), "d_place"),
        alias(column(FACTS, "date"), "d_date"),
    ).distinct(copy=False)
    edge = "MAX" if scan.fold is Fold.LAST else "MIN"
    return (
        exp.select(
            column("d", "d_account"),
            column("d", "d_place"),
            alias(column(WINDOWS, "b_key"), "l_bucket"),
            alias(call(edge, column("d", "d_date")), "l_date"),
            copy=False,
        )
        .from_(subquery(counts, "d"), copy=False)
        .join(windows_table(scan, by_month=False), join_type="cross", copy=False)
        .where(in_window(column("d", "d_date")), copy=False)
        .group_by(
            column("d", "d_account"), column("d", "d_place"), column(WINDOWS, "b_key"), copy=False
        )
    )


def join_last(found: exp.Select, dataset: str, last: exp.Select) -> exp.Select:
    """Return facts cut to the rows of the snapshot's days; ``l.l_bucket`` is their slot."""
    return with_accounts(found).join(
        subquery(last, "l"),
        on=every(
            exp.EQ(this=column("l", "d_account"), expression=canonical_account()),
            exp.EQ(this=column("l", "d_place"), expression=place_of(dataset)),
            exp.EQ(this=column("l", "l_date"), expression=column(FACTS, "date")),
        ),
        copy=False,
    )


def _snapshot(plan: Plan, scan: Scan, keys: Keys, sources: Sources) -> exp.Select:
    name = sources.tables.get(scan.dataset, "")
    found = facts(
        plan.query, scan.dataset, table_name=name, days=scan.name, total_over=scan.total_over
    )
    found = join_last(found, scan.dataset, last_dates(plan, scan, sources))
    (where,) = {leaf.aggregate.where for leaf in scan.leaves}
    if where:
        found = found.where(declared(where, FACTS))
    selected, grouped = _keys(dataclasses.replace(keys, at="month" if keys.at else "", month=False))
    folded = [alias(folded_value(leaf.aggregate, by_case=False), leaf.name) for leaf in scan.leaves]
    slot = column("l", "l_bucket")
    return found.select(*selected, alias(slot, "k_bucket"), *folded).group_by(
        *grouped, slot.copy(), copy=False
    )


def windows_table(scan: Scan, *, by_month: bool) -> exp.Expr:
    """Return the slots' days as an inline table ``w``: b_key, b_from, b_until."""
    first = "month" if by_month else "from"
    rows = [
        exp.Select(
            expressions=[
                alias(number(key), "b_key"),
                alias(cast(symbol(f"{scan.name}.{first}.{key}"), "DATE"), "b_from"),
                alias(cast(symbol(f"{scan.name}.until.{key}"), "DATE"), "b_until"),
            ]
        )
        for key in range(len(scan.windows))
    ]
    return subquery(union(rows), WINDOWS)


def in_window(when: exp.Expr) -> exp.Expr:
    """Return the condition that a day lies in the slot beside it."""
    return every(
        exp.GTE(this=when, expression=column(WINDOWS, "b_from")),
        exp.LT(this=when.copy(), expression=column(WINDOWS, "b_until")),
    )


def union(rows: Sequence[exp.Query]) -> exp.Query:
    """Return the selects one under the other, as a balanced tree so that depth stays small."""
    if len(rows) == 1:
        return rows[0]
    middle = len(rows) // 2
    return exp.Union(this=union(rows[:middle]), expression=union(rows[middle:]), distinct=False)
