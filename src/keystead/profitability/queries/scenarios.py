"""Budget and forecast of a statement: what was set, and the whole period as it will be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from keystead.agreements.queries.at_target import paid_at, running_in
from keystead.kernel.exact import round_half_up
from keystead.kernel.periods import Period, add_months
from keystead.metrics.queries import data_until
from keystead.profitability.calc.pace import along, at_pace, months_in
from keystead.profitability.calc.pnl import BY_ID, statement
from keystead.profitability.queries.asks import AGREED, PLANNED, Ask
from keystead.profitability.queries.rights import one_currency
from keystead.profitability.queries.sides import Side, of_items
from keystead.profitability.rules import line_of_category, line_of_treatment
from keystead.profitability.types import Amount, Keys, Pace, PlannedCost, Statement
from keystead.profitability.types.statements import FAMILY

ZERO = Decimal(0)
UNPLANNED = ("logistics", "cost_to_serve")
PlannedAt = tuple[PlannedCost, str]  # the cost of goods at the target, the proof of its units
GROSS: Keys = ("gross_sales", "")
Told = tuple[Statement, Mapping[Keys, Amount]]  # the statement and its items with their proofs


def budget(ask: Ask, period: Period, now: Side, cost: PlannedAt | None = None) -> Told:
    """Return what was set: the sell-in target as invoice sales, planned expenses by category, and
    what agreements would pay if the target were met.

    Planned rebates give way to those of agreements, which they would pay. Cost of goods is the
    unit cost of the target's units, where both are there for all of it (``cost``); what is left
    after logistics and cost to serve, which nobody sets, is not told where the actual has them.
    """
    found = ask.evaluate([PLANNED], ("expense_category",), period, now.currency)
    one_currency(found, [PLANNED], now.currency)
    items: dict[Keys, Amount] = {}
    sums: dict[str, Decimal | None] = defaultdict(lambda: ZERO)
    metric = found.metric(PLANNED)
    owed = _owed(ask, period, now.currency)
    for key, amount in owed.items():
        items[key] = Amount(amount)
        sums[key[0]] = (sums[key[0]] or ZERO) + amount
    for row in found.table.to_pylist():
        category = row["expense_category"] or ""
        line = line_of_category(category)
        if row[PLANNED] and not (owed and line == "retro"):
            proof = found.prove(metric, {"expense_category": category}, period)
            items[line, category] = Amount(-row[PLANNED], (proof,))
            sums[line] = (sums[line] or ZERO) - row[PLANNED]
    if cost is not None and cost[0].amount is not None:
        items["cogs", ""] = Amount(-cost[0].amount, (cost[1],))
        sums["cogs"] = -cost[0].amount
    given = {}
    if now.target.value is not None:
        given["invoice_sales"] = now.target.value
        items["invoice_sales", ""] = now.target
    told = statement(dict(sums), given=given)
    if not any(name in sums for name in BY_ID["net_net_sales"].parts):
        hidden = {"net_net_sales": None}  # no deduction was planned
        told = Statement({**told.amounts, **hidden})
    if any((line, "") in now.totals for line in UNPLANNED):
        told = Statement({**told.amounts, "contribution": None})
    return told, items


def _owed(ask: Ask, period: Period, currency: str) -> dict[Keys, Decimal]:
    """Return what the account's agreements would cost at its target, by line and family."""
    running = (
        running_in(ask.within.actor, ask.account_id, period, currency)
        if ask.costs and not ask.filters
        else ()
    )
    owed: dict[Keys, Decimal] = defaultdict(lambda: ZERO)
    for one in running:
        span = Period(one.months[0], add_months(one.months[-1], 1))
        found = ask.evaluate(["target"], ("month",), span, currency)
        one_currency(found, ["target"], currency)
        targets = {row["month"]: row["target"] or ZERO for row in found.table.to_pylist()}
        paid = paid_at(one, targets, period, ask.within.store.commit)
        for (family, treatment), amount in (paid or {}).items():
            owed[line_of_treatment(treatment.value), FAMILY + family] -= amount
    return owed


def forecast(ask: Ask, now: Side, period: Period) -> tuple[Told, Pace] | None:
    """Return the whole period as it will be; None where it is over or has not begun.

    Where sell-in was agreed for every month that is left, sales are those until now and those
    agreed, and all else keeps its share of sales. Else every item goes on at the pace until the
    last day of sales data. Rounded to the cent item by item, so that it foots like the actual.
    """
    last = data_until()
    if last is None or last >= period.last or last < period.start or not now.months:
        return None
    today = last + timedelta(days=1)
    sold = of_items(now.totals)["invoice_sales"] or ZERO
    coming = _agreed(ask, Period(today, period.end), now.currency) if sold > 0 else None
    pace = Pace(
        until=last,
        gone=months_in(Period(period.start, today)),
        whole=months_in(period),
        coming=coming,
    )
    if coming is None or coming.value is None:
        items = {
            key: Amount(at_pace(amount.value, pace.gone, pace.whole))
            for key, amount in now.totals.items()
            if amount.value is not None
        }
    else:
        items = _along(now.totals, sold, coming.value, coming.proofs)
    return (of_items(items), items), pace


def _agreed(ask: Ask, rest: Period, currency: str) -> Amount | None:
    """Return the sell-in that was agreed for days to come; None unless each month has some."""
    found = ask.evaluate([AGREED], ("month",), rest, currency)
    one_currency(found, [AGREED], currency)
    values = [row[AGREED] for row in found.table.to_pylist() if row[AGREED] is not None]
    if len(values) < len(list(rest.months())):
        return None
    return Amount(sum(values, ZERO), (found.prove(found.metric(AGREED), {}, rest),))


def _along(
    totals: Mapping[Keys, Amount], sold: Decimal, coming: Decimal, proofs: tuple[str, ...]
) -> dict[Keys, Amount]:
    """Return the items at their share of sales; gross sales take what rounding leaves over."""
    items = {
        key: Amount(along(amount.value, sold, coming))
        for key, amount in totals.items()
        if amount.value is not None
    }
    rest = round_half_up(sold + coming, 2) - (of_items(items)["invoice_sales"] or ZERO)
    gross = items.get(GROSS, Amount(ZERO)).value or ZERO
    items[GROSS] = Amount(gross + rest, (*totals.get(GROSS, Amount(None)).proofs, *proofs))
    return items
