"""What goes where in the workbook of a statement, before anything is written."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal

from keystead.agreements.calc.tiers import live_tiers
from keystead.agreements.queries.sentences import name_of
from keystead.agreements.types import (
    Condition,
    EntitlementLine,
    Family,
    Measure,
    Method,
    RateKind,
    StatedLine,
    StatedRow,
    Statement,
    Tier,
)
from keystead.kernel.periods import month_start

ZERO = Decimal(0)
PLAIN = {
    Measure.NET_VALUE: "value",
    Measure.GROSS_VALUE: "gross",
    Measure.QUANTITY: "quantity",
}


@dataclasses.dataclass(frozen=True)
class Earned:
    """A row that is calculated: its terms are there for certain."""

    row: StatedRow
    condition: Condition
    line: EntitlementLine
    tiers: tuple[Tier, ...]

    @property
    def version(self) -> int:
        return self.row.version.number if self.row.version else 0

    @property
    def compared(self) -> Measure:
        """What growth compares: the measure of the baseline."""
        found = self.row.version.baseline(self.condition.baseline) if self.row.version else None
        return found.measure if found else Measure.NET_VALUE


@dataclasses.dataclass(frozen=True)
class Part:
    """One condition of the statement: its number in the workbook, its rows in time."""

    number: int
    key: str
    name: str
    rows: tuple[Earned, ...]

    @property
    def focused(self) -> bool:
        return any(found.condition.focus is not None for found in self.rows)

    @property
    def running(self) -> bool:
        """Whether each line is shown in the tier that the running total reaches with it."""
        first = self.rows[0].condition
        same = all(found.tiers == self.rows[0].tiers for found in self.rows)
        return first.method is Method.INCREMENTAL and first.tier_measure in PLAIN and same


@dataclasses.dataclass(frozen=True)
class Plan:
    """A statement cut into the parts of its workbook."""

    statement: Statement
    lines: tuple[StatedLine, ...]
    parts: tuple[Part, ...]

    @property
    def protects(self) -> bool:
        """Whether a condition protects a price: its cuts have a sheet of their own."""
        return any(pays_by_cuts(found.condition) for _part, found in self.rows())

    def number_of(self, key: str) -> int:
        """Return the number of a condition in the workbook."""
        return next((part.number for part in self.parts if part.key == key), 0)

    def rows(self) -> list[tuple[Part, Earned]]:
        return [(part, found) for part in self.parts for found in part.rows]


def plan_of(statement: Statement) -> Plan:
    """Return the plan of a statement; lines in the order of time."""
    by_key: dict[str, list[Earned]] = {}
    for row in statement.rows:
        if row.condition is not None and row.line is not None:
            on = min(row.period.last, statement.as_of)
            tiers = live_tiers(row.condition.tiers, on)
            by_key.setdefault(row.key, []).append(Earned(row, row.condition, row.line, tiers))
    parts = tuple(
        Part(place, key, name_of(found[0].condition), tuple(found))
        for place, (key, found) in enumerate(by_key.items(), start=1)
    )
    lines = sorted(statement.lines, key=lambda line: (line.on, line.doc_no, line.product))
    return Plan(statement, tuple(lines), parts)


@dataclasses.dataclass(frozen=True)
class Sums:
    """What the lines of a row add up to, exactly."""

    value: Decimal = ZERO
    gross: Decimal = ZERO
    quantity: Decimal = ZERO
    lines: int = 0


def sums_of(lines: Sequence[StatedLine], found: Earned, *, focus: bool = False) -> Sums:
    """Return the sums of the lines that count for a row, or of those in its focus range."""
    row = found.row
    kept = [
        line
        for line in lines
        if row.key in (line.focus if focus else line.counts)
        and row.first <= month_start(line.on) <= row.last
    ]
    return Sums(
        sum((line.value for line in kept), ZERO),
        sum((gross_of(line) for line in kept), ZERO),
        sum((line.quantity for line in kept), ZERO),
        len(kept),
    )


def gross_of(line: StatedLine) -> Decimal:
    """Return the value before returns: a return counts as nothing there."""
    return ZERO if line.is_return else line.value


def pays_by_cuts(condition: Condition) -> bool:
    return condition.family is Family.PRICE_PROTECTION


def pays_goods(condition: Condition) -> bool:
    return condition.rate_kind is RateKind.FREE_GOODS
