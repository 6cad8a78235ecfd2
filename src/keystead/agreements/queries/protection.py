"""What price protections stand on: price cuts, the stock reported before them, what moved since.

Prices are those of the agreement, else of the price list; stock, off-take and sell-in are facts of
the ledger as of the commit of the evaluation, of the contracting account and all below it.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa

from keystead.accounts.queries import account_for
from keystead.agreements.calc.cuts import Priced, cuts_of
from keystead.agreements.calc.naming import Named
from keystead.agreements.calc.protection import is_on_the_way
from keystead.agreements.calc.volumes import Counting, Volumes
from keystead.agreements.queries.naming import named_in
from keystead.agreements.types import (
    Agreement,
    AgreementVersion,
    Condition,
    Family,
    PriceCut,
    PriceProtection,
    ProtectedCut,
    ProtectionGap,
    ReportedStock,
    Scope,
    StockLine,
)
from keystead.catalog.queries import group_spans, prices_of, product_dimension
from keystead.catalog.types import PricePurpose
from keystead.kernel.exact import round_half_up
from keystead.kernel.periods import Period, month_start
from keystead.kit.access import SYSTEM
from keystead.metrics.queries import lines as ledger_lines
from keystead.metrics.queries import sums as ledger_sums

ZERO: Final = Decimal(0)
PRICE_PLACES: Final = 4
KNOWN_DAYS: Final = 365  # a product bought or stocked in this time before a cut is the customer's
MOVES: Final = ("account_id", "product_id", "date", "unit")


@dataclasses.dataclass(frozen=True)
class Ground:
    """Whose prices and stock are looked at: the agreement, its accounts, the days, the commit."""

    agreement: Agreement
    accounts: frozenset[int]
    days: Period | None
    commit: int


@dataclasses.dataclass(frozen=True)
class _Move:
    """Units that one account bought or sold on a day."""

    account_id: int
    day: date
    units: Decimal
    unit: str


@dataclasses.dataclass(frozen=True)
class _Facts:
    """Stock rows, sell-in and off-take by product, over the days that any cut looks at."""

    stock: Mapping[int, Sequence[StockLine]]
    bought: Mapping[int, Sequence[_Move]]
    sold: Mapping[int, Sequence[_Move]]


def protected_of(ground: Ground, versions: Sequence[AgreementVersion]) -> tuple[ProtectedCut, ...]:
    """Return the price cuts up to the last of the days that conditions of the versions protect.

    A cut is of a product that the customer bought or held within a year before it. Where the
    ledger does not tell what the terms need, the cut stands there with its ``gap``: it pays
    nothing, and the trace says why. Nothing is read where no condition protects a price.
    """
    wanted = [
        (version, one, one.price_protection)
        for version in versions
        for one in version.conditions
        if one.family is Family.PRICE_PROTECTION and one.price_protection is not None
    ]
    days = ground.days
    if not wanted or days is None:
        return ()
    cuts = _cuts(ground, versions, days)
    if not cuts:
        return ()
    facts = _facts(ground, cuts, [terms for _version, _one, terms in wanted])
    named = named_in(versions)
    found = []
    for version, one, terms in wanted:
        for cut in cuts:
            made = _protected(version, one, terms, cut, _Reads(ground, facts, named))
            found += [made] if made is not None else []
    return tuple(found)


def _cuts(
    ground: Ground, versions: Sequence[AgreementVersion], days: Period
) -> tuple[PriceCut, ...]:
    listed = prices_of(PricePurpose.LIST, ground.agreement.currency)
    rows = [row for version in versions for row in version.prices]
    groups = group_spans() if any(row.group for row in rows) else {}
    used = {row.group for row in rows if row.group}
    span = Period(ground.agreement.valid.start, days.end)
    account = account_for(SYSTEM, ground.agreement.account_id).id
    table = product_dimension().select(["product_id", "canonical_id", "unit"])
    found: list[PriceCut] = []
    wide = any(row.product is None for row in rows)
    named = {row.product for row in rows}
    for one in table.to_pylist():
        product = one["product_id"]
        if product != one["canonical_id"]:
            continue
        if not wide and product not in listed and product not in named:
            continue
        inside = [
            (code, part)
            for code, spans in groups.items()
            if code in used
            for part in spans
            if product in part.products
        ]

        def groups_on(day: date, held: Any = inside) -> frozenset[str]:
            return frozenset(
                code
                for code, part in held
                if (part.first is None or part.first <= day)
                and (part.until is None or day < part.until)
            )

        priced = Priced(
            product,
            one["unit"] or "",
            tuple(
                (
                    round_half_up(price.net, PRICE_PLACES),
                    price.span.valid_from or date.min,
                    price.span.valid_to,
                )
                for price in listed.get(product, ())
            ),
            groups_on,
            tuple(d for _code, part in inside for d in (part.first, part.until) if d),
        )
        found += cuts_of(priced, versions, span, account)
    return tuple(sorted(found, key=lambda cut: (cut.on, cut.product_id)))


def _facts(ground: Ground, cuts: Sequence[PriceCut], terms: Iterable[PriceProtection]) -> _Facts:
    back = KNOWN_DAYS
    for one in terms:
        back = max(back, one.report_days, one.sell_in_days or 0, one.off_take_days)
    period = Period(cuts[0].on - timedelta(days=back), cuts[-1].on)
    wanted = {cut.product_id for cut in cuts}
    stock: dict[int, list[StockLine]] = defaultdict(list)
    table = ledger_lines(
        actor=SYSTEM, dataset="stock", period=period, accounts=ground.accounts, commit=ground.commit
    )
    for row in table.to_pylist():
        if row["product_id"] in wanted:
            stock[row["product_id"]].append(_stock_line(row))
    moves = {}
    for dataset in ("sell_in", "off_take"):
        held: dict[int, list[_Move]] = defaultdict(list)
        sums = ledger_sums(
            actor=SYSTEM, dataset=dataset, period=period, keys=MOVES, accounts=ground.accounts,
            commit=ground.commit,
        )  # fmt: skip
        for row in sums.to_pylist():
            if row["product_id"] in wanted:
                move = _Move(row["account_id"], row["date"], row["quantity"] or ZERO,
                             row["unit"] or "")  # fmt: skip
                held[row["product_id"]].append(move)
        moves[dataset] = held
    return _Facts(stock, moves["sell_in"], moves["off_take"])


def _stock_line(row: Mapping[str, Any]) -> StockLine:
    location = row["location"] or ""
    return StockLine(
        account_id=row["account_id"],
        product_id=row["product_id"],
        day=row["date"],
        quantity=row["quantity"] or ZERO,
        unit=row["unit"] or "",
        location=location,
        in_transit=is_on_the_way(location),
        batch_id=row["batch_id"],
        sheet=row["sheet"] or "",
        source_row=row["source_row"],
    )


@dataclasses.dataclass(frozen=True)
class _Reads:
    """Reads the facts of one cut within the scope of one condition."""

    ground: Ground
    facts: _Facts
    named: Named

    def accounts_in(self, cut: PriceCut, scopes: Sequence[Scope]) -> frozenset[int]:
        """Return the accounts that the scopes leave for the product of a cut, on its day."""
        accounts = sorted(self.ground.accounts)
        products = product_dimension()
        place = products["product_id"].to_pylist().index(cut.product_id)
        same = {
            name: pa.array([products[name][place].as_py()] * len(accounts), pa.string())
            for name in ("brand", "category")
        }
        nothing = pa.array([ZERO] * len(accounts), pa.decimal128(18, 4))
        table = pa.table(
            {
                "account_id": pa.array(accounts, pa.int64()),
                "product_id": pa.array([cut.product_id] * len(accounts), pa.int64()),
                "month": pa.array([month_start(cut.on)] * len(accounts), pa.date32()),
                "value": nothing,
                "quantity": nothing,
                **same,
            }
        )
        found = Volumes.from_arrow(table, self.named)
        rows = found.places(frozenset(accounts), scopes, Counting())
        return frozenset(accounts[row] for row in rows)


def _protected(
    version: AgreementVersion,
    condition: Condition,
    terms: PriceProtection,
    cut: PriceCut,
    reads: _Reads,
) -> ProtectedCut | None:
    """The cut with the stock it meets; None where the condition or the customer has none of it."""
    scopes = (version.scope, condition.scope)
    made = ProtectedCut(version.number, condition.key, cut)
    if any(part.channels for scope in scopes for part in (scope.include, scope.exclude)):
        return dataclasses.replace(made, gap=ProtectionGap.CHANNELS)
    accounts = reads.accounts_in(cut, scopes)

    def mine(rows: Iterable[Any], days: int) -> list[Any]:
        return [
            one
            for one in rows
            if one.account_id in accounts and cut.on - timedelta(days=days) <= one.day < cut.on
        ]

    facts, product = reads.facts, cut.product_id
    known = max(KNOWN_DAYS, terms.report_days)
    stock = mine(facts.stock.get(product, ()), known)
    bought = mine(facts.bought.get(product, ()), max(KNOWN_DAYS, terms.sell_in_days or 0))
    sold = mine(facts.sold.get(product, ()), max(terms.off_take_days, terms.report_days))
    if not stock and not any(one.units for one in bought):
        return None
    if len({one.unit for one in (*stock, *bought, *sold)} - {""}) > 1:
        return dataclasses.replace(made, gap=ProtectionGap.UNITS)
    stocks, left_out = _reports(terms, cut, stock, bought, sold)
    pace = [one for one in sold if cut.on - timedelta(days=terms.off_take_days) <= one.day]
    window = timedelta(days=terms.sell_in_days or 0)
    made = dataclasses.replace(
        made,
        stocks=stocks,
        left_out=left_out,
        off_take=sum((one.units for one in pace), ZERO) if pace else None,
        sell_in=sum((one.units for one in bought if cut.on - window <= one.day), ZERO),
    )
    return dataclasses.replace(made, gap=_gap(terms, made))


def _reports(
    terms: PriceProtection,
    cut: PriceCut,
    stock: Sequence[StockLine],
    bought: Sequence[_Move],
    sold: Sequence[_Move],
) -> tuple[tuple[ReportedStock, ...], int]:
    """The last report of each account, and how many accounts reported only before the days."""
    by_account: dict[int, list[StockLine]] = defaultdict(list)
    for one in stock:
        by_account[one.account_id].append(one)
    found, left_out = [], 0
    for account, rows in sorted(by_account.items()):
        day = max(one.day for one in rows)
        if day < cut.on - timedelta(days=terms.report_days):
            left_out += 1
            continue
        own = [one for one in sold if one.account_id == account]
        since = [one.units for one in own if one.day > day]
        none_told = not own and day < cut.on - timedelta(days=1)
        found.append(
            ReportedStock(
                account,
                day,
                tuple(
                    sorted(
                        (one for one in rows if one.day == day),
                        key=lambda one: (one.batch_id, one.sheet, one.source_row),
                    )
                ),
                sum((b.units for b in bought if b.account_id == account and b.day > day), ZERO),
                None if none_told else sum(since, ZERO),
            )
        )
    return tuple(found), left_out


def _gap(terms: PriceProtection, made: ProtectedCut) -> ProtectionGap | None:
    if not made.stocks:
        return ProtectionGap.NO_REPORT
    if terms.cap_days_of_stock is not None and made.off_take is None:
        return ProtectionGap.OFF_TAKE_MISSING
    if terms.less_off_take and any(one.sold_since is None for one in made.stocks):
        return ProtectionGap.OFF_TAKE_MISSING
    return None
