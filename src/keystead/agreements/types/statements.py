"""A statement: everything both sides need to compute what is due again, line by line."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Final

from keystead.agreements.types.parts import PriceProtection
from keystead.agreements.types.protection import ProtectionGap
from keystead.agreements.types.results import EntitlementLine, EntitlementRun
from keystead.agreements.types.terms import Agreement, AgreementVersion, Condition
from keystead.kernel.money import Money
from keystead.kernel.periods import Period

WHOLE: Final = ""  # a line that counts for a limit over the whole agreement has this key too


@dataclasses.dataclass(frozen=True, kw_only=True)
class StatedLine:
    """One invoice line as the customer knows it.

    ``counts`` are the keys of the conditions it counts for, ``focus`` of those whose focus range
    it belongs to. ``doc_no`` may be empty where the sales file named no invoice.
    """

    doc_no: str
    on: date
    customer: str
    product: str
    product_name: str
    quantity: Decimal
    unit: str
    value: Decimal
    is_return: bool
    counts: frozenset[str] = frozenset()
    focus: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True, kw_only=True)
class StatedStockLine:
    """One row of a stock file: where the goods are, how many, and where it was read."""

    location: str
    source: str
    quantity: Decimal
    in_transit: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class StatedStock:
    """The last stock report of one customer before a price cut, and the units that count."""

    customer: str
    day: date
    on_hand: Decimal
    in_transit: Decimal
    invoiced_since: Decimal
    sold_since: Decimal
    units: Decimal
    lines: tuple[StatedStockLine, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class StatedCut:
    """One protected price cut with all that its credit is worked out from again."""

    key: str
    version: int
    product: str
    product_name: str
    on: date
    old: Decimal
    new: Decimal
    agreed: bool
    terms: PriceProtection
    stocks: tuple[StatedStock, ...]
    off_take: Decimal | None
    sell_in: Decimal
    gap: ProtectionGap | None
    stock: Decimal
    pace_limit: Decimal | None
    covered: Decimal
    credit: Decimal


@dataclasses.dataclass(frozen=True, kw_only=True)
class StatedRow:
    """One condition in one period: what was earned, settled before, and is due now.

    ``condition`` and ``version`` are those that ruled the period; both None for the limits over
    the whole agreement, and where only a settlement of old is left. ``first`` and ``last`` are
    the months that are in.
    """

    key: str
    period: Period
    first: date
    last: date
    condition: Condition | None
    version: AgreementVersion | None
    line: EntitlementLine | None
    baseline: Decimal | None
    entitlement: Money
    settled_before: Money
    due: Money
    carried: Money
    kept: Money


@dataclasses.dataclass(frozen=True, kw_only=True)
class Statement:
    """What an agreement owes up to a day. ``complete``: every line that counted may be shown."""

    agreement: Agreement
    version: AgreementVersion
    customer: str
    as_of: date
    run: EntitlementRun
    rows: tuple[StatedRow, ...]
    lines: tuple[StatedLine, ...]
    cuts: tuple[StatedCut, ...] = ()
    complete: bool = True
    number: str = ""

    @property
    def currency(self) -> str:
        return self.run.currency

    @property
    def earned(self) -> Money:
        return Money.total((row.entitlement for row in self.rows), self.currency)

    @property
    def settled(self) -> Money:
        return Money.total((row.settled_before for row in self.rows), self.currency)

    @property
    def due(self) -> Money:
        return Money.total((row.due for row in self.rows), self.currency)
