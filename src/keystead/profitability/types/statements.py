"""The account P&L: its lines, statements, rows with proofs. Amounts are exact decimals."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from keystead.kernel.periods import Period


class Scenario(StrEnum):
    """Which numbers a statement tells, in the order of its columns.

    ``FORECAST`` is the whole period, what is behind and what is ahead. ``BUDGET`` is what was set:
    the target for invoice sales, the plan for each kind of expense.
    """

    ACTUAL = "actual"
    FORECAST = "forecast"
    BUDGET = "budget"
    LAST_YEAR = "last_year"


Keys = tuple[str, str]  # line, expense category or family (empty: the line itself)
FAMILY: Final = "family:"  # what agreements accrued: before the family of the condition


@dataclasses.dataclass(frozen=True)
class LineDef:
    """A line of the account P&L. ``parts`` makes it a subtotal: of these lines, in this order.

    ``required``: without these the subtotal is not known (a margin without a cost is no margin).
    ``needs`` is the right it takes to see the line.
    """

    id: str
    label: str
    parts: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    needs: str = ""

    @property
    def is_sum(self) -> bool:
        return bool(self.parts)


@dataclasses.dataclass(frozen=True, slots=True)
class Statement:
    """Amounts by line as they count (costs are negative); None where nothing is known."""

    amounts: Mapping[str, Decimal | None]

    def __getitem__(self, line: str) -> Decimal | None:
        return self.amounts[line]


@dataclasses.dataclass(frozen=True)
class Driver:
    """One reason why the contribution moved: a part of the sales bridge or a line of the P&L."""

    kind: str  # "part" | "line"
    id: str
    amount: Decimal


@dataclasses.dataclass(frozen=True)
class Amount:
    """An amount of a statement and the proofs of the figures that make it.

    ``shared``: the proofs of several such amounts together, which stand for all of them where they
    are added up.
    """

    value: Decimal | None
    proofs: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()

    @property
    def proof_id(self) -> str:
        """The one proof of the amount; none where it is worked out of several figures."""
        return self.proofs[0] if len(self.proofs) == 1 else ""


@dataclasses.dataclass(frozen=True)
class PnlRow:
    """One line of an account P&L: by scenario over the period, and the actual month by month.

    ``detail`` names the expense category, or the kind of condition, of a row below its line.
    """

    line: LineDef
    totals: Mapping[Scenario, Amount]
    months: Mapping[date, Amount]
    detail: str = ""


@dataclasses.dataclass(frozen=True)
class Pace:
    """What a forecast rests on: months behind, months of the period, and sales agreed to come.

    ``coming``: the agreed sell-in after ``until``; None where it was not agreed for every month,
    so that the pace so far goes on.
    """

    until: date
    gone: Decimal
    whole: Decimal
    coming: Amount | None = None


class CostGap(StrEnum):
    """What is missing for a budget of cost of goods."""

    NO_UNITS = "no_units"
    NO_PRODUCT = "no_product"
    MIXED_UNITS = "mixed_units"
    NO_COST = "no_cost"


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedCost:
    """The cost of goods of a target, to the cent; else None and what is missing, for what.

    ``products`` have no unit cost; ``months`` are those the other gaps are in.
    """

    amount: Decimal | None
    gaps: tuple[CostGap, ...] = ()
    products: tuple[int, ...] = ()
    months: tuple[date, ...] = ()


@dataclasses.dataclass(frozen=True)
class AccountPnl:
    """The P&L of an account over a period: actual, forecast, budget, the same days last year.

    ``without_cost``: months with sales and no cost of goods; a margin over them is too high.
    ``without_expenses``: months with sales in which nothing was spent, while it was in others.
    ``paid``: rebates among the expenses that pay what was accrued, in no line; they count
    from ``accrues_since`` on. ``hides_rebates``: there are accruals the reader may not see, so
    that neither rebates nor net-net sales are shown. ``pace``: what the forecast rests on.
    ``planned_cost``: the cost of goods at the target, or what is missing for it.
    """

    account_id: int
    account_code: str
    account_name: str
    period: Period
    before: Period
    currency: str
    rows: tuple[PnlRow, ...]
    months: tuple[date, ...]
    without_cost: tuple[date, ...]
    without_expenses: tuple[date, ...]
    paid: Amount
    accrues_since: date | None
    hides_rebates: bool
    pace: Pace | None
    sees_cost: bool
    commit: int
    planned_cost: PlannedCost | None = None

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Return the scenarios of which anything is known."""
        return tuple(
            one
            for one in Scenario
            if any(row.totals[one].value is not None for row in self.rows if one in row.totals)
        )

    def row(self, line: str) -> PnlRow | None:
        """Return the row of a line; None where the reader may not see it or it has nothing."""
        found = (row for row in self.rows if row.line.id == line and not row.detail)
        return next(found, None)


@dataclasses.dataclass(frozen=True, slots=True)
class PnlCell:
    """The statement of one product (None: what names no product) in one month."""

    product_id: int | None
    sku: str
    name: str
    month: date
    statement: Statement
