"""Why a figure of an account moved: the bridge between two periods, product by product."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone

from keystead.accounts.queries import account_for
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.metrics.queries import Reading, reading
from keystead.metrics.types import Evaluation, Note
from keystead.profitability.calc.bridge import growth_bridge
from keystead.profitability.calc.drivers import drivers
from keystead.profitability.queries.asks import Ask
from keystead.profitability.queries.rights import one_currency, sees_cost
from keystead.profitability.queries.sides import statement_of
from keystead.profitability.types import (
    Against,
    Amount,
    Bridge,
    Convention,
    Driver,
    Growth,
    GrowthLine,
    Line,
    Measure,
)

PLACES = 4  # what facts are stored at; a screen rounds what it shows
ZERO = Decimal(0)


@dataclasses.dataclass(frozen=True)
class Side:
    """One period of a measure, product by product (0 stands for what names no product)."""

    measure: Measure
    found: Evaluation
    rows: Mapping[int, Mapping[str, Any]]

    def value(self, key: int) -> Decimal:
        """Return the measure; a product without a cost counts with its whole sales, as in the
        total."""
        row = self.rows.get(key, {})
        value = row.get("sell_in") or ZERO
        if self.measure is Measure.GROSS_MARGIN:
            value -= row.get("cost_of_goods") or ZERO
        return Decimal(value)

    def amount(self, key: int) -> Amount:
        """Return the measure with its proof: of sales or cost alone where the other is missing."""
        row = self.rows.get(key, {})
        names = [name for name in ("sell_in", "cost_of_goods") if row.get(name) is not None]
        if not names:
            return Amount(None)
        name = self.measure.value if len(names) == 2 else names[0]
        proof = self.found.prove(
            self.found.metric(name), {"product": row["product"]}, self.found.period
        )
        return Amount(self.value(key), (proof,))

    def whole(self, value: Decimal) -> Amount:
        metric = self.found.metric(self.measure)
        return Amount(value, (self.found.prove(metric, {}, self.found.period),))

    @property
    def money(self) -> list[str]:
        return [
            name for name in ("sell_in", "cost_of_goods") if name in self.found.table.schema.names
        ]


def _side(ask: Ask, measure: Measure, period: Period, *, own: bool = False) -> Side:
    """Return a period of the measure; ``own`` leaves every amount in its own currency."""
    names = ["sell_in", "sell_in_units"]
    if measure is Measure.GROSS_MARGIN:
        names += ["cost_of_goods", "gross_margin"]
    asked = dataclasses.replace(ask, currency="") if own else ask
    found = asked.evaluate(names, ("product",), period)
    rows = {row["product"] or 0: row for row in found.table.to_pylist()}
    return Side(measure, found, rows)


def growth(
    *,
    actor: Actor,
    account_id: int,
    period: Period,
    against: Against = Against.LAST_YEAR,
    measure: Measure = Measure.SELL_IN,
    convention: Convention = Convention.ACTUAL_QUANTITY,
    currency: str = "",
    within: Reading | None = None,
) -> Growth:
    """Return the bridge of sell-in or gross margin between a period and one before it.

    ``within``: a reading of the same actor, for another state of ledger and rates.

    Lines are products. With ``currency`` every amount is converted at the rates of its month,
    and what the rates did stands apart. Gross margin and the drivers of the contribution only
    for those who may see costs (NotAllowed). Raises NotFound for a foreign account.
    """
    account = account_for(actor, account_id)
    costs = sees_cost(actor, account.id)
    if measure is Measure.GROSS_MARGIN and not costs:
        actor.require("metrics.cost")
        account_for(actor, 0)  # the right is there, but not on this account: as if it were missing
    before = period.previous() if against is Against.PREVIOUS else period.shift_years(-1)
    within = within or reading(actor)
    if currency and within.rates_at is None:
        within = dataclasses.replace(within, rates_at=timezone.now())
    ask = Ask(within, account.id, currency, costs)
    now, old = _side(ask, measure, period), _side(ask, measure, before)
    used = one_currency(old.found, old.money, one_currency(now.found, now.money))
    rates = _constant(ask, now, old, used) if currency else {}
    bridge = growth_bridge(_lines(now, old, rates), convention, places=PLACES)
    return Growth(
        account_id=account.id,
        account_code=account.code,
        account_name=account.name,
        measure=measure,
        period=period,
        before=before,
        currency=used,
        base=old.whole(bridge.base),
        actual=now.whole(bridge.actual),
        bridge=bridge,
        lines=_named(bridge, now, old),
        drivers=_drivers(ask, bridge, period, before)
        if costs and measure is Measure.SELL_IN
        else (),
        without_cost=_without_cost(now) if measure is Measure.GROSS_MARGIN else 0,
        sees_cost=costs,
        commit=now.found.commit,
        against=against,
        asked=currency,
        rates_at=within.rates_at if currency else None,
    )


def _constant(ask: Ask, now: Side, old: Side, used: str) -> Mapping[int, Decimal]:
    """Return the actual of each product at the rates of the base, where facts were converted."""
    own_now = _side(ask, now.measure, now.found.period, own=True)
    own_old = _side(ask, now.measure, old.found.period, own=True)
    base, there = (sum((side.value(key) for key in side.rows), ZERO) for side in (own_old, old))
    found: dict[int, Decimal] = {}
    for key, row in own_now.rows.items():
        if row["sell_in_unit"] in ("", None, used):
            continue
        parts = (own_old.value(key), old.value(key)) if own_old.value(key) else (base, there)
        if parts[0]:
            found[key] = own_now.value(key) * parts[1] / parts[0]
    return found


def _lines(now: Side, old: Side, rates: Mapping[int, Decimal]) -> list[Line]:
    found = []
    for key in {**old.rows, **now.rows}:
        units = [side.rows.get(key, {}) for side in (old, now)]
        words = {row["sell_in_units_unit"] for row in units if row.get("sell_in_units")}
        mixed = any(row.get("sell_in_units_note") == Note.MIXED_UNITS for row in units)
        known = len(words) <= 1 and not mixed
        quantities = [
            Decimal(str(row.get("sell_in_units") or 0)) if known else None for row in units
        ]
        value = now.value(key)
        found.append(
            Line(
                key=str(key),
                base_units=quantities[0],
                base_value=old.value(key),
                units=quantities[1],
                value=rates.get(key, value),
                reported=value,
                family=next(iter(words), "") or "",
            )
        )
    return found


def _named(bridge: Bridge, now: Side, old: Side) -> tuple[GrowthLine, ...]:
    """Return the lines with their names and figures, the largest movement first."""
    made = []
    for line in bridge.lines:
        key = int(line.key)
        row = now.rows.get(key) or old.rows[key]
        name = row["product_name"] or ""
        made.append(GrowthLine(name, old.amount(key), now.amount(key), line.parts))
    return tuple(sorted(made, key=lambda line: (-abs(sum(line.parts.values(), ZERO)), line.name)))


def _without_cost(side: Side) -> int:
    return sum(1 for row in side.rows.values() if row["sell_in"] and row["cost_of_goods"] is None)


def _drivers(ask: Ask, bridge: Bridge, period: Period, before: Period) -> tuple[Driver, ...]:
    """Return what moved the contribution; nothing where a side has no cost of goods."""
    base, actual = statement_of(ask, before), statement_of(ask, period)
    if base["contribution"] is None or actual["contribution"] is None:
        return ()
    return drivers(bridge, base, actual)
