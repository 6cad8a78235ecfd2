"""What an agreement owes at the end of a month, and what it is expected to owe as a whole."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from keystead.agreements.calc.allocation import Cell
from keystead.agreements.calc.projection import expected_sales, months_between
from keystead.agreements.calc.protection import credit_of
from keystead.agreements.calc.volumes import Counting, Volumes
from keystead.agreements.queries.evaluation import (
    Basis,
    basis_of,
    inputs_of,
    run_of,
    shown_version,
    versions_of,
    volumes_of,
)
from keystead.agreements.queries.naming import named_in
from keystead.agreements.types import (
    EVERYTHING,
    AccrualBasis,
    Agreement,
    AgreementVersion,
    EntitlementRun,
    Family,
    Measure,
    ProtectedCut,
)
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import SYSTEM
from keystead.metrics.queries import sums as ledger_sums

FORECAST_KEYS = ("account_id", "product_id", "month", "currency", "unit", "channel")


@dataclasses.dataclass(frozen=True)
class Sales:
    """The sales and the forecast of an agreement, read once for all the months looked at."""

    basis: Basis
    version: AgreementVersion
    whole: bool
    actual: pa.Table
    forecast: pa.Table | None

    def are_for(self, agreement: Agreement, through: date) -> bool:
        """Say whether these are the sales of an agreement, as it is now, up to a day."""
        day = min(through, self.basis.last)
        return self.basis.agreement == agreement and self.basis.as_of == day


@dataclasses.dataclass(frozen=True)
class Expected:
    """An agreement at the end of a month: what happened, what is expected, and from what."""

    month: date
    as_of: date
    commit: int
    to_date: EntitlementRun
    whole: EntitlementRun
    basis: AccrualBasis
    version: AgreementVersion
    volumes: Volumes = dataclasses.field(repr=False)
    accounts: frozenset[int] = frozenset()
    agreement: Agreement = dataclasses.field(repr=False, kw_only=True)
    protected: tuple[ProtectedCut, ...] = dataclasses.field(default=(), repr=False)

    def weights(self, condition: str) -> dict[Cell, Decimal]:
        """Return what an amount of a condition is spread by: its sales by product and account.

        Those of the month itself; where there were none, all to date; else nothing.
        """
        found = next((one for one in self.version.conditions if one.key == condition), None)
        if found is not None and found.family is Family.PRICE_PROTECTION:
            return self._stock_weights(condition)
        scopes, counting = (self.version.scope, EVERYTHING), Counting()
        units = False
        if found is not None:
            wanted = found.focus if found.benefit_on_focus and found.focus else found.scope
            scopes, counting = (self.version.scope, wanted), Counting.of(found)
            units = found.benefit_measure is Measure.QUANTITY
        cells = {
            cell: sums.quantity if units else sums.value
            for cell, sums in self.volumes.cells(self.accounts, scopes, counting).items()
            if cell[0] <= self.as_of
        }
        return self._of_the_month(cells)

    def _of_the_month(self, cells: dict[Cell, Decimal]) -> dict[Cell, Decimal]:
        own = {cell: weight for cell, weight in cells.items() if cell[0] == self.month}
        return own if any(weight > 0 for weight in own.values()) else cells

    def _stock_weights(self, condition: str) -> dict[Cell, Decimal]:
        """What a protection is spread by: the credit of each cut, by the stock of each account."""
        terms = {
            version.number: one.price_protection
            for version in (*self.agreement.versions, self.version)
            for one in version.conditions
            if one.key == condition
        }
        cells: dict[Cell, Decimal] = {}
        for found in self.protected:
            held = terms.get(found.version)
            if found.condition != condition or held is None:
                continue
            made, month = credit_of(held, found), month_start(found.cut.on)
            for account, units in made.by_account:
                cell = (month, found.cut.product_id, account)
                share = made.credit * units / made.stock if made.stock else Decimal(0)
                cells[cell] = cells.get(cell, Decimal(0)) + share
        return self._of_the_month(cells)


def sales_of(agreement: Agreement, through: date, commit: int | None = None) -> Sales:
    """Return the sales of an agreement up to a day, and the forecast of the months after it."""
    basis = basis_of(agreement, through, commit)
    shown, whole = shown_version(agreement, basis.as_of, None)
    return Sales(basis, shown, whole, volumes_of(basis, shown, whole), forecast_of(basis))


def forecast_of(basis: Basis) -> pa.Table | None:
    """Return the forecast of an agreement's accounts and days, or None where there is none."""
    found = ledger_sums(
        actor=SYSTEM, dataset="forecast", period=months_of(basis.agreement.valid),
        keys=FORECAST_KEYS, accounts=basis.accounts, currency=basis.agreement.currency,
        commit=basis.commit,
    )  # fmt: skip
    return found if found.num_rows else None


def expected_at(sales: Sales, month: date) -> Expected:
    """Return an agreement at the end of a month; unknown gates are taken as met.

    The months ahead take the forecast, or without one the pace so far (the basis says which).
    """
    agreement = sales.basis.agreement
    first = month_start(month)
    day = min(Period(first, add_months(first, 1)).last, sales.basis.last)
    basis = dataclasses.replace(sales.basis, as_of=day)
    shown, whole = shown_version(agreement, day, None)
    known = sales.actual.filter(pc.less_equal(sales.actual["month"], pa.scalar(first)))
    span = Period(month_start(agreement.valid.start), agreement.valid.end)
    last = Period(span.start, min(span.end, add_months(month_start(sales.basis.last), 1)))
    begun, ahead = months_between(last, day)
    table, source = expected_sales(known, sales.forecast, begun, ahead)
    named = named_in(versions_of(agreement, shown, whole))
    inputs = inputs_of(basis, shown, whole, Volumes.from_arrow(known, named))
    to_date = run_of(agreement, shown, whole, inputs, day, assume_gates=True)
    further = dataclasses.replace(inputs, volumes=Volumes.from_arrow(table, named))
    expected = run_of(agreement, shown, whole, further, sales.basis.last, assume_gates=True)
    return Expected(
        first, day, basis.commit, to_date, expected, source, shown, inputs.volumes, basis.accounts,
        agreement=agreement, protected=inputs.protected,
    )  # fmt: skip


def months_of(valid: Period) -> Period:
    """Return the whole months that an agreement touches."""
    return Period(month_start(valid.start), add_months(month_start(valid.last), 1))
