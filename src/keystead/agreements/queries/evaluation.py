"""The entitlement of an agreement over the real ledger.

Sell-in of the contracting account and of all below it is added up once by the ledger's engine;
everything after that is exact arithmetic on the sums (``calc.evaluate``). What an agreement owes
does not depend on who asks: the sums are over all its accounts, once the actor may read its terms.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, descendants, scope_for
from keystead.agreements import models
from keystead.agreements.calc import evaluate as calc
from keystead.agreements.calc.measures import Inputs
from keystead.agreements.calc.volumes import Counting, Volumes
from keystead.agreements.queries.agreements import agreement_for, in_force
from keystead.agreements.queries.naming import named_in
from keystead.agreements.queries.partner import added_to, agreed_differences
from keystead.agreements.queries.protection import Ground, protected_of
from keystead.agreements.queries.readings import measured, partner_volumes, recorded
from keystead.agreements.types import (
    Agreement,
    AgreementVersion,
    EntitlementRun,
    Measure,
    ProtectedCut,
    SourceLine,
    StockLine,
)
from keystead.kernel.errors import Invalid, NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM, Actor
from keystead.ledger.queries import current_commit
from keystead.metrics.queries import lines as ledger_lines
from keystead.metrics.queries import sums as ledger_sums

KEYS = ("account_id", "product_id", "month", "is_return", "channel", "currency", "unit")


@dataclasses.dataclass(frozen=True)
class Basis:
    """What one evaluation stands on: the agreement, its accounts, the days, the commit."""

    agreement: Agreement
    accounts: frozenset[int]
    as_of: date
    commit: int
    last: date  # the last day of the agreement, or the one on which it was ended
    told_by: datetime | None = None  # what people recorded counts as of then (None: now)

    @property
    def days(self) -> Period | None:
        """The days of sales that count: from the first day up to the day asked."""
        valid = self.agreement.valid
        until = min(valid.end, self.as_of + timedelta(days=1))
        return Period(valid.start, until) if valid.start < until else None


@dataclasses.dataclass(frozen=True)
class Then:
    """An earlier moment: the numbers of the versions in force, and when it was."""

    versions: frozenset[int]
    at: datetime | None


@dataclasses.dataclass(frozen=True)
class Evaluated:
    """An entitlement with all it was made from.

    ``version`` holds on the day asked (or is the one asked for); ``run`` has the lines with their
    trace. ``lines`` are the sales that counted, read when first looked at: of those accounts
    that the actor may see (``all_lines`` says whether that is all of them).
    """

    agreement: Agreement
    version: AgreementVersion
    run: EntitlementRun
    commit: int
    basis: Basis = dataclasses.field(repr=False)
    inputs: Inputs = dataclasses.field(repr=False)
    actor: Actor = dataclasses.field(repr=False)
    whole: bool = True

    @cached_property
    def lines(self) -> tuple[SourceLine, ...]:
        return _source_lines(self)

    @property
    def stock_lines(self) -> tuple[tuple[ProtectedCut, StockLine], ...]:
        """The rows of stock reports behind price protections, of accounts the actor may see."""
        seen = visible_accounts(self.actor, self.basis.accounts)
        return tuple(
            (cut, line)
            for cut in self.inputs.protected
            for stock in cut.stocks
            if stock.account_id in seen and cut.gap is None
            for line in stock.lines
        )

    @property
    def all_lines(self) -> bool:
        return visible_accounts(self.actor, self.basis.accounts) == self.basis.accounts


def evaluate_agreement(
    actor: Actor,
    agreement_id: int,
    *,
    as_of: date,
    version: int | None = None,
    commit: int | None = None,
    assume_gates: bool = False,
    then: Then | None = None,
) -> Evaluated:
    """Return what an agreement has earned from its first day up to and including ``as_of``.

    Over the versions in force; with ``version`` over that one alone, draft or not, and where
    nothing is in force yet over the latest. ``commit``: the state of the ledger (default: now).
    ``assume_gates``: an unknown gate is taken as met, as accruals do. ``then``: with the versions
    and the records of an earlier moment. Needs ``agreements.view``;
    NotFound for a missing or foreign agreement or a version it does not have. Raises Invalid for
    sales that cannot be added up: a missing rate, mixed units where units are counted.
    """
    agreement = agreement_for(actor, agreement_id)
    if then is not None:
        kept = tuple(one for one in agreement.versions if one.number in then.versions)
        agreement = dataclasses.replace(agreement, versions=kept or agreement.versions)
    basis = basis_of(agreement, as_of, commit)
    if then is not None:
        basis = dataclasses.replace(basis, told_by=then.at)
    shown, whole = shown_version(agreement, basis.as_of, version)
    named = named_in(versions_of(agreement, shown, whole))
    volumes = Volumes.from_arrow(volumes_of(basis, shown, whole), named)
    inputs = inputs_of(basis, shown, whole, volumes)
    run = run_of(agreement, shown, whole, inputs, basis.as_of, assume_gates=assume_gates)
    return Evaluated(agreement, shown, run, basis.commit, basis, inputs, actor, whole)


def basis_of(agreement: Agreement, as_of: date, commit: int | None = None) -> Basis:
    """Return the accounts and days of an agreement; after its end the day is its last."""
    ended = models.Agreement.objects.filter(pk=agreement.id).values_list("ended_on", flat=True)
    top = account_for(SYSTEM, agreement.account_id).id
    accounts = frozenset({top, *descendants(top)})
    known = current_commit() if commit is None else commit
    return based(agreement, ended[0], accounts, as_of, known)


def based(
    agreement: Agreement, ended: date | None, accounts: frozenset[int], as_of: date, commit: int
) -> Basis:
    """Return the basis of an agreement that may have been ended before its last day."""
    last = min(ended or agreement.valid.last, agreement.valid.last)
    return Basis(agreement, accounts, min(as_of, last), commit, last)


def shown_version(
    agreement: Agreement, as_of: date, wanted: int | None
) -> tuple[AgreementVersion, bool]:
    """The version to show, and whether the agreement is evaluated over all its versions."""
    if wanted is not None:
        found = next((one for one in agreement.versions if one.number == wanted), None)
        if found is None:
            raise NotFound(
                _("%(number)s has no version %(version)s.")
                % {"number": agreement.number, "version": wanted},
                code="version_not_found",
            )
        return found, False
    active = in_force(agreement)
    if not active.versions:
        return agreement.versions[-1], False
    return active.in_force(as_of) or active.versions[0], True


def run_of(
    agreement: Agreement,
    shown: AgreementVersion,
    whole: bool,
    inputs: Inputs,
    as_of: date,
    *,
    assume_gates: bool = False,
) -> EntitlementRun:
    """Return the run over the versions in force, or over one version alone."""
    if whole:
        return calc.evaluate_agreement(
            in_force(agreement), inputs, as_of, assume_gates=assume_gates
        )
    return calc.evaluate(shown, inputs, as_of, assume_gates=assume_gates)


def versions_of(agreement: Agreement, shown: AgreementVersion, whole: bool) -> Any:
    """Return the versions that an evaluation is made with."""
    return in_force(agreement).versions if whole else (shown,)


def volumes_of(basis: Basis, shown: AgreementVersion, whole: bool) -> pa.Table:
    """Return the sales of an agreement with what both sides agreed on, as terms ask for them."""
    return with_agreed(sales_table(basis, shown, whole), basis, shown, whole)


def sales_table(basis: Basis, shown: AgreementVersion, whole: bool) -> pa.Table:
    """Return our sales added up by account, product, month and what terms ask."""
    days = basis.days
    if days is None:
        days = Period(basis.agreement.valid.start, basis.agreement.valid.start + timedelta(days=1))
        accounts: frozenset[int] = frozenset()
    else:
        accounts = basis.accounts
    table = ledger_sums(
        actor=SYSTEM, dataset="sell_in", period=days, keys=KEYS, accounts=accounts,
        currency=basis.agreement.currency, commit=basis.commit,
    )  # fmt: skip
    one_unit(versions_of(basis.agreement, shown, whole), table)
    return with_gross(table)


def one_unit(versions: Iterable[AgreementVersion], table: pa.Table) -> None:
    """Refuse sales in several units where a version counts units."""
    units = frozenset(pc.unique(table["unit"]).to_pylist()) - {None, ""}
    for version in versions:
        require_one_unit(version, units)


def with_agreed(table: pa.Table, basis: Basis, shown: AgreementVersion, whole: bool) -> pa.Table:
    """Return sales with what the volumes both sides agreed on add to them."""
    days = basis.days
    found = agreed_differences(
        basis.agreement, table, basis.accounts, basis.agreement.account_id,
        None if whole else shown, basis.told_by,
    )  # fmt: skip
    counted = tuple(one for one in found if days and one.month < days.end)
    return added_to(table, counted, basis.agreement.currency)


def with_gross(table: pa.Table) -> pa.Table:
    """Return the sums with the value before returns beside them."""
    gross = pc.if_else(table["is_return"], pa.scalar(0, table["value"].type), table["value"])
    return table.append_column("gross_value", gross)


def require_one_unit(version: AgreementVersion, units: frozenset[str]) -> None:
    """Refuse to count units where the lines are in several: packs and boxes do not add up."""
    for condition in version.conditions:
        measures = {condition.tier_measure, condition.benefit_measure}
        if Measure.QUANTITY not in measures or not calc.counts_sales(condition):
            continue
        named = {condition.tier_uom, condition.benefit_uom} - {""}
        if len(units | named) > 1 and units:
            raise Invalid(
                _("“%(name)s” counts units, and the sales are in %(units)s.")
                % {
                    "name": condition.label or condition.key,
                    "units": ", ".join(sorted(units | named)),
                },
                code="mixed_units",
                hint=_("Narrow its scope to products of one unit, or measure the value."),
            )


def inputs_of(basis: Basis, shown: AgreementVersion, whole: bool, volumes: Volumes) -> Inputs:
    """Return the inputs of an evaluation: sales, and what is known of gates and metrics."""
    agreement_id, by = basis.agreement.id, basis.told_by
    readings = measured_of(basis, shown, whole) | recorded(agreement_id, by)
    return Inputs(
        volumes, basis.accounts, readings, partner_volumes(agreement_id, by),
        protected_at(basis, shown, whole),
    )  # fmt: skip


def protected_at(basis: Basis, shown: AgreementVersion, whole: bool) -> tuple[ProtectedCut, ...]:
    """Return the price cuts that the terms protect, with the customer's stock before each."""
    ground = Ground(basis.agreement, basis.accounts, basis.days, basis.commit)
    return protected_of(ground, versions_of(basis.agreement, shown, whole))


def measured_of(basis: Basis, shown: AgreementVersion, whole: bool) -> dict[str, Any]:
    """Return the metrics that the terms read, by ``name@period``."""
    found: dict[str, Any] = {}
    for version in versions_of(basis.agreement, shown, whole):
        span = basis.agreement.valid if whole else version.effective
        found |= measured(version, span, basis.accounts, basis.as_of, basis.commit)
    return found


def visible_accounts(actor: Actor, accounts: frozenset[int]) -> frozenset[int]:
    """Return those of the accounts that the actor may see."""
    scope = scope_for(actor)
    return accounts if scope.everything else accounts & scope.account_ids


def _source_lines(found: Evaluated) -> tuple[SourceLine, ...]:
    days = found.basis.days
    accounts = visible_accounts(found.actor, found.basis.accounts)
    if days is None or not accounts:
        return ()
    table = ledger_lines(
        actor=SYSTEM, dataset="sell_in", period=days, accounts=accounts,
        currency=found.agreement.currency, commit=found.commit,
    )  # fmt: skip
    versions = versions_of(found.agreement, found.version, found.whole)
    counted = Volumes.from_arrow(with_gross(table), named_in(versions))
    keys: dict[int, list[str]] = defaultdict(list)
    for version in versions:
        for condition in version.conditions:
            if not calc.counts_sales(condition):
                continue
            scopes = (version.scope, condition.scope)
            for place in counted.places(accounts, scopes, Counting.of(condition)):
                if condition.key not in keys[place]:
                    keys[place].append(condition.key)
    places = sorted(keys)
    rows = table.take(pa.array(places, pa.int64())).to_pylist()
    return tuple(_line(row, tuple(keys[place])) for place, row in zip(places, rows, strict=True))


def _line(row: dict[str, Any], conditions: tuple[str, ...]) -> SourceLine:
    return SourceLine(
        doc_no=row["doc_no"] or "",
        date=row["date"],
        account_id=row["account_id"],
        product_id=row["product_id"],
        quantity=row["quantity"],
        unit=row["unit"] or "",
        value=row["value"],
        currency=row["currency"] or "",
        is_return=bool(row["is_return"]),
        batch_id=row["batch_id"],
        sheet=row["sheet"],
        source_row=row["source_row"],
        channel=row["channel"] or "",
        conditions=conditions,
    )
