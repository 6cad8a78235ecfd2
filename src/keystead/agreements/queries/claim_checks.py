"""What a claim is held against: agreements, open accruals, invoices, earlier claims."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from keystead.accounts.queries import account_dimension, ancestors, family_ids
from keystead.accounts.types import AccountKind
from keystead.agreements import models
from keystead.agreements.calc.claims import FAMILIES, Known, agreement_of, match
from keystead.agreements.calc.matching import candidates
from keystead.agreements.calc.prices import Asked, choose_price
from keystead.agreements.queries.accruals import rows_of, sums_of
from keystead.agreements.queries.agreements import in_force, stored, visible
from keystead.agreements.queries.claims import as_claim, promised
from keystead.agreements.queries.sentences import name_of
from keystead.agreements.types import (
    AccrualKind,
    Agreement,
    Claim,
    ClaimMatch,
    ClaimState,
    Condition,
)
from keystead.agreements.types.claims import Candidate, OpenAccrual
from keystead.kernel.errors import Invalid
from keystead.kernel.money import Money
from keystead.kernel.periods import Period, month_start
from keystead.kit.access import SYSTEM, Actor
from keystead.ledger.queries import slice_set
from keystead.ledger.types import SegmentRead

EARNED = (AccrualKind.ACCRUE, AccrualKind.TRUE_UP, AccrualKind.RELEASE)
LINES = ["batch_id", "month", "account_id", "product_id", "doc_no", "quantity", "value"]


@dataclasses.dataclass(frozen=True)
class Looked:
    """A claim looked at: what is wrong with it, and which open accruals it may be for."""

    found: ClaimMatch
    candidates: tuple[Candidate, ...]


def look(actor: Actor, claim: Claim, today: date) -> Looked:
    """Return everything that is known about a claim; the caller came through its door."""
    agreements = covering(actor, claim)
    opened = {(one.agreement_id, one.condition): one for one in open_accruals(claim, agreements)}
    known = Known(
        agreements=tuple(dataclasses.replace(a, account_id=claim.account_id) for a in agreements),
        open_accruals={key: one.open for key, one in opened.items()},
        claims=_others(claim),
        customers=_customers(claim, agreements),
        wholesalers=_wholesalers(claim),
        **_invoiced(claim, agreements),
    )
    return Looked(match(claim, known, today), candidates(claim, tuple(opened.values())))


def covering(actor: Actor, claim: Claim) -> tuple[Agreement, ...]:
    """Return the agreements that may cover a claim: of its account, of those above, or named.

    Only terms that are or were in force. An agreement of another customer that the claim names
    is among them: that is one of the claim's errors.
    """
    ids = _tree(claim)
    rows = visible(actor)
    wanted = rows.filter(account_id__in=ids)
    if claim.agreement_number.strip():
        wanted = wanted | rows.filter(number__iexact=claim.agreement_number.strip())
    found = [in_force(stored(row)) for row in wanted.order_by("number").distinct()]
    return tuple(one for one in found if one.versions)


def open_accruals(claim: Claim, agreements: Iterable[Agreement]) -> tuple[OpenAccrual, ...]:
    """Return what is accrued and neither settled nor held by another claim, by condition."""
    found: list[OpenAccrual] = []
    day = claim.period.last if claim.period else claim.on
    families = FAMILIES.get(claim.reason, frozenset())
    named = claim.agreement_number.strip().casefold()
    for agreement in agreements:
        held = promised(agreement.id, but=claim.id)
        version = agreement.in_force(day) or agreement.versions[-1]
        accrued = sums_of(rows_of(agreement.id), agreement.currency)
        monthly = _accrued_in(agreement, claim.period) if claim.period else {}
        for condition in version.conditions:
            had = accrued.get(condition.key)
            if had is None:
                continue
            taken = held.get((condition.key, had.currency), Decimal(0))
            found.append(
                OpenAccrual(
                    agreement_id=agreement.id,
                    agreement_number=agreement.number,
                    condition=condition.key,
                    label=name_of(condition),
                    open=had - Money(taken, had.currency),
                    in_period=monthly.get(condition.key),
                    in_force=agreement.in_force(day) is not None,
                    reason_fits=condition.family in families,
                    named_agreement=bool(named) and agreement.number.casefold() == named,
                    named_condition=bool(claim.condition) and claim.condition == condition.key,
                )
            )
    return tuple(found)


def condition_named(agreement: Agreement, key: str, day: date) -> Condition | None:
    """Return a condition by its key as it held on a day, or as it holds now."""
    version = agreement.in_force(day) or (agreement.versions[-1] if agreement.versions else None)
    return version.condition(key) if version else None


def _accrued_in(agreement: Agreement, period: Period) -> Mapping[str, Money]:
    rows = rows_of(agreement.id).filter(kind__in=[one.value for one in EARNED])
    first = month_start(period.start)
    return sums_of(rows.filter(month__gte=first, month__lt=period.end), agreement.currency)


def _tree(claim: Claim) -> list[int]:
    above = [one.id for one in ancestors(SYSTEM, claim.account_id, claim.on)]
    return [pk for one in (claim.account_id, *above) for pk in family_ids(one)]


def _others(claim: Claim) -> tuple[Claim, ...]:
    ids = family_ids(claim.account_id)
    rows = models.Claim.objects.filter(account_id__in=ids).exclude(pk=claim.id)
    rows = rows.exclude(state=ClaimState.REJECTED.value).order_by("id")
    alike = (as_claim(row) for row in rows)
    return tuple(dataclasses.replace(one, account_id=claim.account_id) for one in alike)


def _customers(claim: Claim, agreements: tuple[Agreement, ...]) -> frozenset[int]:
    mine = tuple(dataclasses.replace(a, account_id=claim.account_id) for a in agreements)
    meant = agreement_of(claim, mine)
    if meant is None:
        return frozenset()
    own = next(one.account_id for one in agreements if one.id == meant.id)
    return frozenset({claim.account_id}) if own in _tree(claim) else frozenset({own})


def _wholesalers(claim: Claim) -> frozenset[int]:
    if claim.wholesaler_id is None:
        return frozenset()
    table = account_dimension()
    kinds = pc.is_in(table.column("kind"), pa.array([AccountKind.DISTRIBUTOR.value]))
    return frozenset(table.filter(kinds).column("account_id").to_pylist())


def _invoiced(claim: Claim, agreements: tuple[Agreement, ...]) -> Mapping[str, Any]:
    """Return what the named invoice says: units, and the price above the agreed one."""
    if not claim.invoice or claim.product_id is None:
        return {}
    lines = _lines_of(claim)
    quantities: dict[tuple[str, int], Decimal] = {}
    values: dict[int, Decimal] = {}
    for line in lines.to_pylist():
        key = (claim.invoice, line["product_id"])
        quantities[key] = quantities.get(key, Decimal(0)) + line["quantity"]
        product = line["product_id"]
        values[product] = values.get(product, Decimal(0)) + line["value"]
    units = quantities.get((claim.invoice, claim.product_id))
    if not units:
        return {"quantities": quantities}
    agreed = _agreed_price(claim, agreements)
    if agreed is None:
        return {"quantities": quantities}
    above = (values[claim.product_id] / units - agreed).quantize(Decimal("0.0001"))
    return {"quantities": quantities, "prices": {claim.product_id: above}}


def _lines_of(claim: Claim) -> pa.Table:
    reads = slice_set("sell_in").reads
    wanted = [("account_id", "in", list(family_ids(claim.account_id))),
              ("product_id", "=", claim.product_id), ("doc_no", "=", claim.invoice)]  # fmt: skip
    tables = [_live(read, wanted) for read in reads]
    return pa.concat_tables(tables) if tables else pa.table({})


def _live(read: SegmentRead, wanted: list[Any]) -> pa.Table:
    table = pq.read_table(read.path, columns=LINES, filters=wanted)
    if read.pairs is None or not table.num_rows:
        return table
    masks = [
        pc.and_(pc.equal(table.column("batch_id"), batch), pc.equal(table.column("month"), month))
        for batch, month in read.pairs
    ]
    return table.filter(reduce(pc.or_, masks)) if masks else table.slice(0, 0)


def _agreed_price(claim: Claim, agreements: tuple[Agreement, ...]) -> Decimal | None:
    for agreement in agreements:
        version = agreement.in_force(claim.on)
        if version is None or not version.prices or claim.product_id is None:
            continue
        asked = Asked(claim.product_id, claim.on, account=claim.account_id)
        try:
            row = choose_price(version.prices, asked)
        except Invalid:
            continue  # two rows of equal rank: the terms say it themselves
        if row is not None and row.currency == claim.amount.currency:
            return row.amount
    return None
