"""Many agreements evaluated at once: the sales of all are added up once, by the ledger's engine.

The run of each is the one that ``evaluate_agreement`` gives. What cannot be shared (sales in
another currency, terms that ask what invoices do not say) is evaluated by itself.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_dimension, families_below
from keystead.agreements import models
from keystead.agreements.calc.measures import Inputs
from keystead.agreements.calc.naming import Named
from keystead.agreements.calc.standing import APART, Needs, needs_of, standing_of
from keystead.agreements.calc.volumes import Volumes
from keystead.agreements.queries.agreements import MISSING, stored_many, visible
from keystead.agreements.queries.evaluation import (
    Basis,
    Evaluated,
    based,
    evaluate_agreement,
    measured_of,
    protected_at,
    require_one_unit,
    run_of,
    shown_version,
    versions_of,
)
from keystead.agreements.queries.naming import named_in, scopes_of
from keystead.agreements.queries.readings import partner_volumes_of, recorded_of
from keystead.agreements.types import AgreementVersion, TransactionPoint
from keystead.catalog.queries import product_dimension
from keystead.kernel.errors import KeysteadError, NotFound
from keystead.kernel.periods import Period, month_start
from keystead.kit.access import SYSTEM, Actor
from keystead.ledger.queries import current_commit
from keystead.metrics.queries import standing_sums

Outcome: TypeAlias = Evaluated | KeysteadError


@dataclasses.dataclass(frozen=True)
class One:
    """An agreement in the batch: its basis, the version shown, whether all versions count."""

    basis: Basis
    shown: AgreementVersion
    whole: bool

    @property
    def id(self) -> int:
        return self.basis.agreement.id

    @cached_property
    def versions(self) -> tuple[AgreementVersion, ...]:
        return tuple(versions_of(self.basis.agreement, self.shown, self.whole))

    @cached_property
    def named(self) -> Named:
        return named_in(self.versions)

    @property
    def is_shared(self) -> bool:
        """Whether its terms ask only for what invoices say."""
        return self.basis.days is not None and not any(
            condition.paid_only or condition.transaction_point is not TransactionPoint.INVOICED
            for version in self.versions
            for condition in version.conditions
        )


def evaluate_many(
    actor: Actor,
    agreement_ids: Iterable[int],
    *,
    as_of: date,
    commit: int | None = None,
    assume_gates: bool = False,
) -> dict[int, Outcome]:
    """Return what each agreement has earned up to and including ``as_of``, or why not.

    As ``evaluate_agreement`` does for each of them, over one aggregation of the sell-in of all:
    ``inputs`` hold sums that are only as fine as the terms ask. One that cannot be evaluated
    stops no other: its error stands in its place.
    """
    actor.require("agreements.view")
    ids = tuple(dict.fromkeys(agreement_ids))
    known = current_commit() if commit is None else commit
    found: dict[int, Outcome] = {
        one: NotFound(_(MISSING), code="agreement_not_found") for one in ids
    }
    ones = ones_of(visible(actor).filter(pk__in=ids), as_of, known)
    shared = [one for one in ones if one.is_shared]
    left = {one.id for one in ones if not one.is_shared}
    recorded = recorded_of(one.id for one in shared)
    partner = partner_volumes_of(one.id for one in shared)
    for period, members in by_days(shared).items():
        sales = _Sales.read(period, members, known)
        for one in members:
            by_product = any(said.product is not None for said in partner[one.id])
            if by_product or not sales.is_enough_for(one):
                left.add(one.id)
                continue
            try:
                for version in one.versions:
                    require_one_unit(version, sales.units_of(one))
                readings = {**measured_of(one.basis, one.shown, one.whole), **recorded[one.id]}
                inputs = Inputs(
                    sales.volumes.under(one.named), one.basis.accounts, readings, partner[one.id],
                    protected_at(one.basis, one.shown, one.whole),
                )  # fmt: skip
                found[one.id] = _evaluated(actor, one, inputs, assume_gates)
            except KeysteadError as error:
                found[one.id] = error
    for agreement_id in sorted(left):
        found[agreement_id] = _alone(actor, agreement_id, as_of, known, assume_gates)
    return found


def ones_of(rows: Any, as_of: date, commit: int) -> list[One]:
    """Return stored agreements with their accounts and days, read together."""
    heads = dict(
        zip(*(account_dimension()[n].to_pylist() for n in ("account_id", "canonical_id")),
            strict=True)
    )  # fmt: skip
    listed: list[models.Agreement] = list(rows)
    below = families_below({heads[row.account_id] for row in listed})
    found = []
    for row, agreement in zip(listed, stored_many(listed), strict=True):
        basis = based(agreement, row.ended_on, below[heads[row.account_id]], as_of, commit)
        found.append(One(basis, *shown_version(agreement, basis.as_of, None)))
    return found


def by_days(ones: Sequence[One]) -> dict[Period, list[One]]:
    """Return agreements by the days whose sales are read for them.

    All whose days are whole months share one reading: a term reads only months of its own.
    """
    aligned: list[One] = []
    found: dict[Period, list[One]] = defaultdict(list)
    for one in ones:
        days = one.basis.days
        if days is None:
            continue
        whole = days.start.day == 1 and (days.end.day == 1 or days.end == _latest(ones))
        (aligned if whole else found[days]).append(one)
    if aligned:
        spans = [one.basis.days for one in aligned if one.basis.days]
        union = Period(min(span.start for span in spans), max(span.end for span in spans))
        found[union] = [*aligned, *found.get(union, [])]
    return dict(found)


def _latest(ones: Sequence[One]) -> date:
    return max(one.basis.days.end for one in ones if one.basis.days)


@dataclasses.dataclass(frozen=True)
class _Sales:
    """The sales of several agreements over the same days, as coarse as their terms allow."""

    volumes: Volumes
    units: Mapping[int, frozenset[tuple[str, date]]]
    currencies: Mapping[int, frozenset[str]]

    @classmethod
    def read(cls, period: Period, members: Sequence[One], commit: int) -> _Sales:
        needs: dict[int, Needs] = defaultdict(Needs)
        for one in members:
            need = Needs()
            for version in one.versions:
                need |= needs_of(version, scopes_of(version), one.named)
            for account in one.basis.accounts:
                needs[account] |= need
        made = standing_of(needs, _living_products())
        table = standing_sums(
            actor=SYSTEM, dataset="sell_in", period=period, standing=made.standing,
            named=made.named, apart=APART, commit=commit,
        )  # fmt: skip
        return cls(
            Volumes.from_arrow(table),
            _by_account(table, "unit", "month"),
            {
                account: frozenset(code for (code,) in codes)
                for account, codes in _by_account(table, "currency").items()
            },
        )

    def is_enough_for(self, one: One) -> bool:
        """Say whether all sales are in the agreement's own currency: others are converted."""
        own = {one.basis.agreement.currency, "", None}
        return all(
            self.currencies.get(account, frozenset()) <= own for account in one.basis.accounts
        )

    def units_of(self, one: One) -> frozenset[str]:
        """Return the units that the agreement's sales are in."""
        days = one.basis.days
        if days is None:
            return frozenset()
        first = month_start(days.start)
        return frozenset(
            unit
            for account in one.basis.accounts
            for unit, month in self.units.get(account, ())
            if unit and first <= month < days.end
        )


def _by_account(table: pa.Table, *names: str) -> dict[int, frozenset[Any]]:
    apart = table.group_by(["account_id", *names]).aggregate([])
    found: dict[int, set[Any]] = defaultdict(set)
    columns = [apart[name].to_pylist() for name in names]
    for account, *values in zip(apart["account_id"].to_pylist(), *columns, strict=True):
        found[account].add(tuple(values))
    return {account: frozenset(values) for account, values in found.items()}


def _living_products() -> pa.Table:
    table = product_dimension()
    living = pc.equal(table["product_id"], table["canonical_id"])
    return table.filter(living).select(["product_id", "brand", "category"])


def _evaluated(actor: Actor, one: One, inputs: Inputs, assume_gates: bool) -> Evaluated:
    basis = one.basis
    run = run_of(
        basis.agreement, one.shown, one.whole, inputs, basis.as_of, assume_gates=assume_gates
    )
    return Evaluated(basis.agreement, one.shown, run, basis.commit, basis, inputs, actor, one.whole)


def _alone(
    actor: Actor, agreement_id: int, as_of: date, commit: int, assume_gates: bool
) -> Outcome:
    try:
        return evaluate_agreement(
            actor, agreement_id, as_of=as_of, commit=commit, assume_gates=assume_gates
        )
    except KeysteadError as error:
        return error
