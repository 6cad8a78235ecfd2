"""Stage two: joins dimensions, slots and rates to the small result of a scan."""

from __future__ import annotations

from sqlglot import exp

from keystead.metrics.calc.compiler.expressions import (
    BIGINT,
    FACTORED,
    MONEY,
    alias,
    call,
    case,
    cast,
    coalesce,
    column,
    every,
    number,
    subquery,
    table,
    text,
)
from keystead.metrics.calc.compiler.plan import Leaf, Plan, Scan
from keystead.metrics.calc.compiler.scans import (
    COLUMN,
    WINDOWS,
    Keys,
    Sources,
    in_window,
    keys_of,
    union,
    windows_table,
)
from keystead.metrics.calc.compiler.symbols import symbol
from keystead.metrics.calc.datasets import ACCOUNT_DIMENSIONS, PRODUCT_DIMENSIONS, fact_column
from keystead.metrics.calc.time import month_by_month, month_shares
from keystead.metrics.types import Fold, Measure

RATE = "DECIMAL(18, 12)"
FACTOR_BASE = "DECIMAL(20, 4)"
K = "k"


def needs_factor(plan: Plan, scan: Scan, keys: Keys) -> tuple[bool, bool]:
    """Return whether amounts are converted, and whether months count by share."""
    converts = bool(plan.query.currency) and keys.currency != ""
    return converts, scan.month_share and any(
        share.share != 1 for share in month_shares(scan.windows)
    )


def dimension_node(plan: Plan, scan: Scan, name: str) -> exp.Expr:
    """Return the value of a grouped dimension over the scan ``k`` and its joined tables."""
    if fact_column(scan.dataset, name) is not None:
        return column(K, f"k_{name}")
    if name == "source":
        return coalesce(column("s", "source"), text(""))
    if name == "account":
        return coalesce(column("a", "account"), column(K, "k_account"))
    if name == "product":
        return coalesce(column("p", "product"), column(K, "k_product"), number(0))
    table = "a" if name in ACCOUNT_DIMENSIONS else "p"
    missing = number(0) if name in ("parent", "root") else text("")
    return coalesce(column(table, name), missing)


def joined(plan: Plan, scan: Scan, keys: Keys, found: exp.Select) -> exp.Select:
    """Return ``found`` (over ``k``) with the dimensions joined that the query groups by."""
    kept = plan.kept(scan)
    own = {name for name in kept if fact_column(scan.dataset, name) is not None}
    counted = {name for leaf in scan.leaves for name in leaf.aggregate.distinct}
    wanted = {*kept, *(counted & {"account", "product"})} - own
    if wanted & set(ACCOUNT_DIMENSIONS):
        found = _left(found, "account_dim", "a", "account_id", "k_account")
    if wanted & set(PRODUCT_DIMENSIONS):
        found = _left(found, "product_dim", "p", "product_id", "k_product")
    if "source" in wanted:
        found = _left(found, "batch_dim", "s", "batch_id", "k_batch")
    return found


def _left(found: exp.Select, dimension: str, name: str, key: str, own: str) -> exp.Select:
    return found.join(
        table(dimension, name),
        on=exp.EQ(this=column(name, key), expression=column(K, own)),
        join_type="left",
    )


def rollup_select(plan: Plan, scan: Scan, sources: Sources) -> exp.Select:
    """Return the scan by the query's dimensions and slots: ``g_*``, leaves, what they mix."""
    keys = keys_of(plan, scan, sources)
    if is_final(plan, scan, keys, sources):
        return _renamed(plan, scan)
    found = joined(plan, scan, keys, exp.select(copy=False).from_(table(scan.name, K), copy=False))
    slot: exp.Expr | None = None
    if scan.fold in (Fold.LAST, Fold.FIRST):
        slot = column(K, "k_bucket")
    elif plan.by_time and len(plan.buckets) > 1:
        slot = _slot_of_month(scan) if _by_arithmetic(scan, keys) else column(WINDOWS, "b_key")
    found = _with_time(plan, scan, keys, found, slot)
    names = [(f"g_{name}", dimension_node(plan, scan, name)) for name in plan.kept(scan)]
    if plan.by_time:
        names.append(("g_bucket", slot if slot is not None else number(0)))
    grouped = [node for name, node in names if not (name == "g_bucket" and slot is None)]
    if scan.fold is Fold.DISTINCT:
        return _counted(scan, found, names)
    values = [node for leaf in scan.leaves for node in _leaf_columns(plan, scan, keys, leaf)]
    found = found.select(*(alias(node, name) for name, node in names), *values)
    return found.group_by(*(node.copy() for node in grouped)) if grouped else found


def is_final(plan: Plan, scan: Scan, keys: Keys, sources: Sources) -> bool:
    """Say whether the scan's own keys are already those of the result: nothing to add up again."""
    timed = plan.by_time and len(plan.buckets) > 1
    return (
        scan.fold is Fold.SUM
        and keys.currency != COLUMN
        and not keys.unit
        and not keys.batch
        and not any(needs_factor(plan, scan, keys))
        and not any(leaf.aggregate.zero_when_none for leaf in scan.leaves)
        and all(
            fact_column(scan.dataset, name) is not None or name in sources.plain
            for name in plan.kept(scan)
        )
        and bool(plan.kept(scan))
        and (_by_arithmetic(scan, keys) if timed else keys.at == "")
    )


def raw_order(plan: Plan, sources: Sources) -> tuple[str, ...]:
    """Return the columns to sort by that are cheaper than the result's own, or none.

    Sorting millions of rows by a stored date costs a fraction of sorting them by what was made
    of it.
    """
    if len(plan.scans) != 1:
        return ()
    (scan,) = plan.scans
    if not is_final(plan, scan, keys_of(plan, scan, sources), sources):
        return ()
    names = [f"o_{name}" if name == "product" else f"g_{name}" for name in plan.kept(scan)]
    if plan.by_time:
        names.append("o_bucket" if len(plan.buckets) > 1 else "g_bucket")
    return tuple(names)


def _renamed(plan: Plan, scan: Scan) -> exp.Select:
    columns: list[exp.Expr] = []
    for name in plan.kept(scan):
        node: exp.Expr = column(K, f"k_{name}")
        if name == "product":
            columns.append(alias(node, "o_product"))
            node = coalesce(node.copy(), number(0))
        columns.append(alias(node, f"g_{name}"))
    if plan.by_time and len(plan.buckets) > 1:
        columns.append(alias(column(K, "k_at"), "o_bucket"))
        columns.append(alias(_slot_of_month(scan), "g_bucket"))
    elif plan.by_time:
        columns.append(alias(number(0), "g_bucket"))
    leaves = [column(K, leaf.name) for leaf in scan.leaves]
    return exp.select(*columns, *leaves, copy=False).from_(table(scan.name, K), copy=False)


def _by_arithmetic(scan: Scan, keys: Keys) -> bool:
    return keys.at == "month" and not scan.month_share and month_by_month(scan.windows)


def _slot_of_month(scan: Scan) -> exp.Expr:
    """Return the slot of a month without a join: how many months after the first one."""
    year, month = (
        exp.Extract(this=exp.Var(this=part), expression=column(K, "k_at"))
        for part in ("YEAR", "MONTH")
    )
    index = exp.Add(this=exp.Mul(this=year, expression=number(12)), expression=month)
    first = cast(symbol(f"{scan.name}.base"), BIGINT)
    return cast(exp.Sub(this=exp.paren(index), expression=first), BIGINT)


def _with_time(
    plan: Plan, scan: Scan, keys: Keys, found: exp.Select, slot: exp.Expr | None
) -> exp.Select:
    converts, shares = needs_factor(plan, scan, keys)
    if shares:
        rows = share_rows(scan)
        found = found.join(subquery(union(rows), WINDOWS), join_type="cross").where(
            exp.EQ(this=column(K, "k_at"), expression=column(WINDOWS, "b_month")), copy=False
        )
    elif isinstance(slot, exp.Column) and slot.table == WINDOWS:
        slots = windows_table(scan, by_month=keys.at == "month")
        found = found.join(slots, join_type="cross").where(in_window(column(K, "k_at")), copy=False)
    if converts:
        month = column(K, "k_month" if keys.month else "k_at")
        found = found.join(
            table("rate_dim", "r"),
            on=every(
                exp.EQ(this=column("r", "currency"), expression=column(K, "k_currency")),
                exp.EQ(this=column("r", "month"), expression=month),
            ),
            join_type="left",
        )
    return found


def share_rows(scan: Scan) -> list[exp.Query]:
    """Return one row per slot and month: b_key, b_month, b_share."""
    return [
        exp.Select(
            expressions=[
                alias(number(share.bucket), "b_key"),
                alias(cast(symbol(f"{scan.name}.of.{at}"), "DATE"), "b_month"),
                alias(cast(symbol(f"{scan.name}.share.{at}"), RATE), "b_share"),
            ]
        )
        for at, share in enumerate(month_shares(scan.windows))
    ]


def factor_node(
    target: str, *, converts: bool, shares: bool, currency: exp.Expr
) -> exp.Expr | None:
    """Return what an amount is multiplied with: rate, share of the month, both or nothing."""
    rate: exp.Expr | None = None
    if converts:
        same = exp.EQ(this=currency, expression=text(target))
        rate = case((same, cast(number(1), RATE)), otherwise=cast(column("r", "rate"), RATE))
    share = column(WINDOWS, "b_share") if shares else None
    if rate is not None and share is not None:
        both = call("ROUND", exp.Mul(this=exp.paren(rate), expression=share), number(12))
        return cast(both, RATE)
    return rate if rate is not None else share


def _leaf_columns(plan: Plan, scan: Scan, keys: Keys, leaf: Leaf) -> list[exp.Expr]:
    converts, shares = needs_factor(plan, scan, keys)
    money = leaf.aggregate.measure is Measure.MONEY
    value: exp.Expr = column(K, leaf.name)
    known = exp.Not(this=exp.Is(this=column(K, leaf.name), expression=exp.Null()))
    factor = factor_node(
        plan.query.currency,
        converts=converts and money,
        shares=shares,
        currency=column(K, "k_currency"),
    )
    kind = BIGINT if leaf.aggregate.measure is Measure.COUNT else MONEY
    if factor is not None:
        value = exp.Mul(this=cast(value, FACTOR_BASE), expression=exp.paren(factor))
        kind = FACTORED
    total: exp.Expr = call("SUM", value)
    if leaf.aggregate.zero_when_none:
        rows = exp.GT(this=exp.Count(this=exp.Star()), expression=number(0))
        total = case((rows, coalesce(total, number(0))))
    found = [alias(cast(total, kind), leaf.name)]
    label = ""
    if money and keys.currency == COLUMN:
        label = "k_currency"
    elif not money and keys.unit:
        label = "k_unit"
    if money and converts:
        known_rate = exp.Is(this=column("r", "rate"), expression=exp.Null())
        other = exp.NEQ(this=column(K, "k_currency"), expression=text(plan.query.currency))
        lacking = every(other.copy(), known_rate, known.copy())
        flags = {"x": lacking, "y": every(other, known.copy())}
        found += [
            alias(call("MAX", case((node, number(1)), otherwise=number(0))), f"{leaf.name}_{name}")
            for name, node in flags.items()
        ]
    elif label and leaf.aggregate.measure is not Measure.COUNT:
        shown = call("NULLIF", column(K, label), text(""))
        shown = case((known, shown))
        found.append(alias(call("MIN", shown), f"{leaf.name}_lo"))
        found.append(alias(call("MAX", shown.copy()), f"{leaf.name}_hi"))
    return found


def _counted(scan: Scan, found: exp.Select, names: list[tuple[str, exp.Expr]]) -> exp.Select:
    (leaf,) = scan.leaves
    things = [
        alias(coalesce(column("a", "account"), column(K, "k_account")), "u_account")
        if name == "account"
        else alias(coalesce(column("p", "product"), column(K, "k_product"), number(0)), "u_product")
        if name == "product"
        else column(K, f"u_{name}")
        for name in leaf.aggregate.distinct
    ]
    inner = found.select(*(alias(node, name) for name, node in names), *things).distinct(copy=False)
    outer = exp.select(
        *(column("u", name) for name, _node in names),
        alias(cast(exp.Count(this=exp.Star()), BIGINT), leaf.name),
        copy=False,
    ).from_(subquery(inner, "u"), copy=False)
    return outer.group_by(*(column("u", name) for name, _node in names)) if names else outer
