"""What agreements would pay if the target of their account were met: the budget of rebates."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, localcontext

import pyarrow as pa
import pyarrow.compute as pc

from keystead.agreements.calc.projection import expected_sales, months_between
from keystead.agreements.calc.tiers import WORKING
from keystead.agreements.calc.volumes import Volumes
from keystead.agreements.queries.agreements import agreement_for, agreements_of_account, in_force
from keystead.agreements.queries.evaluation import inputs_of, run_of, versions_of
from keystead.agreements.queries.expected import Sales, sales_of
from keystead.agreements.queries.naming import named_in
from keystead.agreements.rules.treatment import kind_of
from keystead.agreements.types import Agreement, Treatment
from keystead.kernel.exact import round_half_up
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import Actor

ZERO = Decimal(0)
Kind = tuple[str, Treatment]  # family and treatment of a condition
SCALED = ("value", "gross_value", "quantity")


@dataclasses.dataclass(frozen=True)
class Running:
    """An agreement in force in a period, and the whole months it touches."""

    agreement: Agreement
    months: tuple[date, ...]


def running_in(actor: Actor, account_id: int, period: Period, currency: str) -> tuple[Running, ...]:
    """Return the account's agreements of a currency with terms in force within a period.

    Nothing for who may not read agreements.
    """
    if not actor.can("agreements.view"):
        return ()
    found = []
    for head in agreements_of_account(actor, account_id):
        if head.currency != currency or not head.valid.overlaps(period):
            continue
        whole = agreement_for(actor, head.id)
        if in_force(whole).versions:
            last = add_months(month_start(head.valid.last), 1)
            span = Period(month_start(head.valid.start), last)
            found.append(Running(whole, tuple(span.month_starts())))
    return tuple(found)


def paid_at(
    running: Running, targets: Mapping[date, Decimal], period: Period, commit: int
) -> dict[Kind, Decimal] | None:
    """Return what an agreement would cost in a period, by kind of condition, at the target.

    ``targets``: sales by month. Each month's sales, actual, agreed or at the pace so far, are
    scaled to its target: their mix stays. The whole term is worked out by the engine, gates taken
    as met; the period bears it by its part of the target, rounded to the cent. None where a month
    has no target or no sales to take a mix from.
    """
    months = running.months
    if any(targets.get(month, ZERO) <= 0 for month in months):
        return None
    sales = sales_of(running.agreement, running.agreement.valid.last, commit)
    table = _scaled(sales, months, targets)
    if table is None:
        return None
    agreement, basis = running.agreement, sales.basis
    named = named_in(versions_of(agreement, sales.version, sales.whole))
    inputs = inputs_of(basis, sales.version, sales.whole, Volumes.from_arrow(table, named))
    run = run_of(agreement, sales.version, sales.whole, inputs, basis.last, assume_gates=True)
    whole = sum((targets[month] for month in months), ZERO)
    here = sum((targets[month] for month in months if month in period), ZERO)
    paid: dict[Kind, Decimal] = defaultdict(lambda: ZERO)
    for line in run.lines:
        paid[kind_of(agreement, line.condition, line.period.last)] += line.amount.amount
    paid["", Treatment.REVENUE] += run.floor_top_up - run.cap_cut
    return {
        kind: share
        for kind, amount in paid.items()
        if (share := round_half_up(amount * here / whole, 2))
    }


def _scaled(
    sales: Sales, months: tuple[date, ...], targets: Mapping[date, Decimal]
) -> pa.Table | None:
    """Return the sales of every month at its target; None where a month has none."""
    last = sales.actual["month"].cast(pa.date32())
    until = pc.max(last).as_py()
    if until is None:
        return None
    begun, ahead = months_between(Period(months[0], add_months(months[-1], 1)), until)
    table, _basis = expected_sales(sales.actual, sales.forecast, begun, ahead)
    days = table["month"].to_pylist()
    worth: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for month, value in zip(days, table["value"].to_pylist(), strict=True):
        worth[month] += value or ZERO
    if any(worth[month] <= 0 for month in months):
        return None
    inside = pc.is_in(table["month"], value_set=pa.array(list(months), pa.date32()))
    table, days = table.filter(inside), [day for day in days if day in set(months)]
    with localcontext(WORKING):
        factors = {month: targets[month] / worth[month] for month in months}
        for name in SCALED:
            if name in table.column_names:
                cells = zip(days, table[name].to_pylist(), strict=True)
                scaled = [round_half_up((cell or ZERO) * factors[day], 4) for day, cell in cells]
                kind = table.schema.field(name).type
                column = pa.array(scaled, pa.decimal128(38, 4)).cast(kind)
                table = table.set_column(table.column_names.index(name), name, column)
    return table
