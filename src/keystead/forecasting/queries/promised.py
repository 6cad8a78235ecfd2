"""The agreed line against what was promised: targets, and what customers undertook to buy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pyarrow as pa

from keystead.accounts.queries.tree import families_below
from keystead.agreements.calc.volumes import Counting, Volumes
from keystead.agreements.queries import in_force_during
from keystead.agreements.queries.naming import named_in
from keystead.agreements.types import EVERYTHING, Agreement, AgreementVersion, Measure, Target
from keystead.forecasting.queries.names import product_names
from keystead.forecasting.types.cycle import DemandKind, Gap, Layer, Node
from keystead.forecasting.types.rhythm import Rhythm
from keystead.forecasting.types.table import CycleTable, exactly
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import Actor
from keystead.metrics.queries import sums

MEASURED = {Measure.NET_VALUE: "value", Measure.GROSS_VALUE: "gross_value",
            Measure.QUANTITY: "quantity"}  # fmt: skip
KEYS = ("account_id", "product_id", "month", "currency", "unit", "channel")
Heap = tuple[str, str]  # brand, and the currency or unit


def promised_gaps(actor: Actor, table: CycleTable) -> Iterator[Gap]:
    """Yield the gaps of the agreed line to targets and to contracts that the actor may read.

    Each is compared where it says something: a target in its months, a contract over its whole
    period (what was sold so far and the forecast of the months that are left). Both are told by
    month, so a cycle by week has none: months are not spread over weeks.
    """
    by_month = table.cycle.rhythm is Rhythm.MONTH
    if not by_month or not table.series or not actor.can("metrics.view"):
        return
    yield from _to_targets(actor, table)
    if table.cycle.head.kind is DemandKind.SELL_IN and actor.can("agreements.view"):
        yield from _to_contracts(actor, table)


def _to_targets(actor: Actor, table: CycleTable) -> Iterator[Gap]:
    """By brand, or for all products together, in units or in money as the target says."""
    found = sums(
        actor=actor, dataset="target", period=_ahead(table), accounts=_accounts(table),
        keys=("account_id", "product_id", "metric", "month", "currency", "unit"),
    )  # fmt: skip
    brands = {pk: one.brand for pk, one in product_names().items()}
    kind = table.cycle.head.kind.value
    wanted: dict[Heap, Decimal] = defaultdict(Decimal)
    ours: dict[Heap, float] = defaultdict(float)
    for row in found.to_pylist():
        units = row["metric"] == f"{kind}_units" or (row["quantity"] and not row["value"])
        amount = row["quantity"] if units else row["value"]
        at = table.rows_of(Node(row["account_id"], row["product_id"]))
        word = (row["unit"] if units else row["currency"]) or ""
        if row["metric"] not in (kind, f"{kind}_units") or not amount or not at:
            continue
        said = {table.series[one].unit if units else table.series[one].currency for one in at}
        if word and said != {word}:
            continue  # another unit or currency: nothing that could be added
        heap = (brands.get(row["product_id"], "") if row["product_id"] else ""), word
        wanted[heap] += amount
        column = table.periods.index(row["month"])
        ours[heap] += _amount(table, at, [column], "quantity" if units else "value")
    for (brand, word), theirs in sorted(wanted.items()):
        label = " ".join(filter(None, (brand, word)))
        yield _gap(table, Node(brand=brand), label, "target", ours[brand, word], theirs, word)


@dataclass(frozen=True)
class _Promise:
    """What a customer undertook to buy in a period."""

    agreement: Agreement
    version: AgreementVersion
    target: Target
    period: Period


def _to_contracts(actor: Actor, table: CycleTable) -> Iterator[Gap]:
    agreements = in_force_during(actor, _ahead(table))
    families = families_below({one.account_id for one in agreements})
    seen = _accounts(table)
    for agreement in agreements:
        family = families[agreement.account_id] & seen
        for promise in _promises(agreement, table) if family else ():
            ours = _bought(actor, table, promise, family)
            if ours is None:
                continue
            target = promise.target
            word = target.unit or target.currency or promise.version.currency
            gap = _gap(
                table, Node(agreement.account_id), f"{agreement.number} {target.key}",
                "contract", ours, target.value, word,
            )  # fmt: skip
            yield replace(gap, over=gap.over and gap.ours < gap.theirs)  # more is no breach


def _promises(agreement: Agreement, table: CycleTable) -> Iterator[_Promise]:
    """Targets of the version that holds, where their period ends within what is forecast."""
    ahead = _ahead(table)
    for version in agreement.versions:
        if not version.effective.start <= ahead.start < version.effective.end:
            continue
        own = [(one, one.scope or EVERYTHING) for one in version.targets]
        own += [(one, one.scope or c.scope) for c in version.conditions for one in c.targets]
        for target, scope in own:
            period = target.period or agreement.valid
            if target.measure in MEASURED and ahead.start < period.end <= ahead.end:
                yield _Promise(agreement, version, replace(target, scope=scope), period)


def _bought(
    actor: Actor, table: CycleTable, promise: _Promise, family: frozenset[int]
) -> float | None:
    """What was sold so far and is forecast for the rest; None where it cannot be told."""
    first, start = table.periods[0], month_start(promise.period.start)
    measure, currency = MEASURED[promise.target.measure], promise.version.currency
    said = [one for one in table.series if one.key.account_id in family]
    units = measure == "quantity"
    words = {one.unit if units else one.currency for one in said} - {""}
    wanted = promise.target.unit or next(iter(words), "") if units else currency
    if words - {wanted}:
        return None  # other units or another currency: nothing that could be added
    parts = [_forecast(table, family, promise.period)]
    if start < first:
        told = sums(
            actor=actor, dataset="sell_in", period=Period(start, first), keys=KEYS,
            accounts=family, currency=currency,
        )  # fmt: skip
        parts.append(told.select(parts[0].column_names).cast(parts[0].schema))
    scopes = (promise.version.scope, promise.target.scope or EVERYTHING)
    try:
        volumes = Volumes.from_arrow(pa.concat_tables(parts), named_in([promise.version]))
        months = volumes.months(family, scopes, Counting())
    except Invalid:
        return None  # its scope asks for what a forecast does not say
    return float(sum((getattr(one, measure) for one in months.values()), Decimal(0)))


def _forecast(table: CycleTable, family: frozenset[int], period: Period) -> pa.Table:
    """The agreed line of some accounts as lines of the ledger."""
    columns = [at for at, month in enumerate(table.periods) if month < period.end]
    rows = [
        (one, table.quantity(Layer.AGREED, at, column), table.periods[column])
        for at, one in enumerate(table.series)
        if one.key.account_id in family
        for column in columns
    ]
    exact = pa.decimal128(18, 4)
    about = [(one.key.account_id, one.key.product_id, one.brand) for one, _q, _m in rows]
    values = [
        (quantity * (one.price or 0)).quantize(Decimal("0.0001")) for one, quantity, _m in rows
    ]
    return pa.table({
        "account_id": pa.array([one[0] for one in about], pa.int64()),
        "product_id": pa.array([one[1] for one in about], pa.int64()),
        "month": pa.array([month for _one, _q, month in rows], pa.date32()),
        "quantity": pa.array([quantity for _one, quantity, _m in rows], exact),
        "value": pa.array(values, exact),
        "brand": pa.array([one[2] for one in about], pa.string()),
    })  # fmt: skip


def _amount(table: CycleTable, rows: list[int], columns: list[int], measure: str) -> float:
    held = table.layers[Layer.AGREED][np.ix_(rows, columns)].sum(axis=1)
    if measure == "value":
        held = held * np.array([float(table.series[at].price or 0) for at in rows])
    return float(held.sum())


def _gap(
    table: CycleTable, node: Node, label: str, against: str, ours: float, theirs: Decimal,
    unit: str,
) -> Gap:  # fmt: skip
    own = exactly(ours)
    pct = (own - theirs) * 100 / theirs if theirs else None
    over = pct is None or abs(pct) > table.cycle.head.gap_pct
    return Gap(node, label, Layer.AGREED.value, against, own, theirs, pct, over, unit=unit)


def _ahead(table: CycleTable) -> Period:
    return Period(table.periods[0], add_months(table.periods[-1], 1))


def _accounts(table: CycleTable) -> frozenset[int]:
    """The accounts of the table, and those above that hold nothing else for the reader."""
    own = {one.key.account_id for one in table.series}
    return frozenset(own | {above for above, held in table.below.items() if held <= own})
