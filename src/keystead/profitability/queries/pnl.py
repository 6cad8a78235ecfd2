"""The account P&L out of metrics: every item is a figure with its proof."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.metrics.queries import reading
from keystead.profitability.calc.pnl import BY_ID, COST, LINES, added
from keystead.profitability.queries.accrued import family_words
from keystead.profitability.queries.asks import BELOW_REBATES, SUMS, Ask
from keystead.profitability.queries.planned_cost import cost_at_target
from keystead.profitability.queries.rights import sees_cost
from keystead.profitability.queries.scenarios import budget, forecast
from keystead.profitability.queries.sides import NONE, Side, of_items, side
from keystead.profitability.types import (
    AccountPnl,
    Amount,
    Keys,
    LineDef,
    PnlRow,
    Scenario,
    Statement,
)
from keystead.profitability.types.statements import FAMILY


@dataclasses.dataclass(frozen=True)
class Column:
    """One scenario: its statement, its items, and the proofs of sums that are a figure."""

    statement: Statement
    items: Mapping[Keys, Amount]
    proofs: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def amount(self, line: LineDef) -> Amount:
        if (line.id, "") in self.items and line.is_sum:
            return self.items[line.id, ""]
        if line.id in SUMS and SUMS[line.id] in self.proofs:
            return Amount(self.statement[line.id], (self.proofs[SUMS[line.id]],))
        return Amount(self.statement[line.id], through(line, self.items))


def account_pnl(
    *, actor: Actor, account_id: int, period: Period, currency: str = "", commit: int | None = None
) -> AccountPnl:
    """Return the P&L of an account: actual, forecast, budget and the same days of last year.

    Whoever may see the account and its metrics; cost and margin lines only for those who may see
    them there. ``currency`` converts; ``commit`` reads the ledger as of then. Raises NotFound for
    a foreign account, Invalid (``currency_mixed``) where amounts do not add up.
    """
    account = account_for(actor, account_id)
    within = reading(actor, commit)
    ask = Ask(within, account.id, currency, sees_cost(actor, account.id))
    before = period.shift_years(-1)
    now = side(ask, period, target=True)
    old = side(ask, before, known=now.currency)
    ahead = forecast(ask, now, period)
    columns = {Scenario.ACTUAL: _column(now)}
    if ahead is not None:
        columns[Scenario.FORECAST] = Column(*ahead[0])
    cost = cost_at_target(ask, period, now.currency)
    columns[Scenario.BUDGET] = Column(*budget(ask, period, now, cost))
    columns[Scenario.LAST_YEAR] = _column(old)
    hides = not ask.costs and ask.accrues_by(period)
    return AccountPnl(
        account_id=account.id,
        account_code=account.code,
        account_name=account.name,
        period=period,
        before=before,
        currency=now.currency or old.currency,
        rows=tuple(_rows(columns, now, costs=ask.costs, hides=hides)),
        months=tuple(now.months),
        without_cost=_without_cost(now) if ask.costs else (),
        without_expenses=_without_expenses(now, old),
        paid=now.paid,
        accrues_since=ask.accrues_since,
        hides_rebates=hides,
        pace=ahead[1] if ahead else None,
        sees_cost=ask.costs,
        planned_cost=cost[0] if cost else None,
        commit=now.commit,
    )


def _column(found: Side) -> Column:
    whole = added(of_items(items) for items in found.months.values())
    return Column(whole, found.totals, found.proofs)


def _rows(
    columns: Mapping[Scenario, Column], now: Side, *, costs: bool, hides: bool
) -> Iterable[PnlRow]:
    actual = {month: of_items(items) for month, items in now.months.items()}
    for line in LINES:
        if (line.needs == COST and not costs) or (hides and line.id in BELOW_REBATES):
            continue
        totals = {name: column.amount(line) for name, column in columns.items()}
        if all(amount.value is None for amount in totals.values()):
            continue
        if line.id == "net_net_sales" and _nothing_between(columns.values()):
            continue
        by_month = {
            month: Amount(one[line.id], _month_proofs(line, month, now))
            for month, one in actual.items()
        }
        yield PnlRow(line, totals, by_month)
        yield from _details(line, columns, now)


def _nothing_between(columns: Iterable[Column]) -> bool:
    """Say whether net-net sales are invoice sales in every column that tells them."""
    told = ((one.statement["net_net_sales"], one.statement["invoice_sales"]) for one in columns)
    return all(net is None or net == sales for net, sales in told)


def _details(line: LineDef, columns: Mapping[Scenario, Column], now: Side) -> Iterable[PnlRow]:
    """Return a row per expense category and kind of condition below its line, largest first.

    Beside categories stands what was spent without one, so that the rows add up to the line.
    """
    names = {category for column in columns.values() for name, category in column.items
             if name == line.id}  # fmt: skip
    rows = []
    for category in names if any(names) and not line.is_sum else ():
        key = (line.id, category)
        totals = {name: column.items.get(key, NONE) for name, column in columns.items()}
        months = {month: items.get(key, NONE) for month, items in now.months.items()}
        rows.append(PnlRow(line, totals, months, detail=detail_words(category)))
    return sorted(rows, key=lambda row: (row.totals[Scenario.ACTUAL].value or 0, row.detail))


def detail_words(category: str) -> str:
    """Return what a row below its line is called."""
    return family_words(category) if category.startswith(FAMILY) else category or _("Not assigned")


def _month_proofs(line: LineDef, month: date, found: Side) -> tuple[str, ...]:
    if line.id in SUMS:
        proof = found.month_proofs.get((SUMS[line.id], month))
        return (proof,) if proof else ()
    return through(line, found.months[month])


def through(line: LineDef, items: Mapping[Keys, Amount]) -> tuple[str, ...]:
    """Return the proofs of a line's own items; those of its parts for a subtotal."""
    if line.is_sum:
        parts = [proof for name in line.parts for proof in through(BY_ID[name], items)]
        return tuple(dict.fromkeys(parts))
    own = (amount for (name, _c), amount in items.items() if name == line.id)
    return tuple(dict.fromkeys(proof for one in own for proof in one.shared or one.proofs))


def _with_sales(found: Side) -> list[date]:
    return [
        month
        for month, items in found.months.items()
        if (sales := items.get(("gross_sales", ""))) is not None and sales.value
    ]


def _without_cost(found: Side) -> tuple[date, ...]:
    """Return the months with sales and no cost, where other months have one."""
    if not any(key[0] == "cogs" for items in found.months.values() for key in items):
        return ()
    return tuple(month for month in _with_sales(found) if ("cogs", "") not in found.months[month])


def _without_expenses(now: Side, old: Side) -> tuple[date, ...]:
    """Return the months with sales in which nothing was spent, where it was in others."""
    if not now.spent_in and not old.spent_in:
        return ()
    return tuple(month for month in _with_sales(now) if month not in now.spent_in)
