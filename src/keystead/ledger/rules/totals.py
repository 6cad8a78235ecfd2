"""Control totals of what a file holds, and what its sender says it sums to."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from decimal import Decimal

import pyarrow as pa

from keystead.kernel.errors import Invalid
from keystead.ledger.types.desk import Total


@dataclasses.dataclass(frozen=True)
class Assertion:
    """“The sender says the <measure> sums to <expected>”, in one currency or in all."""

    measure: str
    expected: Decimal
    currency: str = ""


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What was asserted, what was found, and the difference (found minus expected)."""

    assertion: Assertion
    found: Decimal

    @property
    def difference(self) -> Decimal:
        return self.found - self.assertion.expected

    @property
    def holds(self) -> bool:
        return self.difference == 0


def control_totals(clean: pa.Table, measures: Iterable[str]) -> tuple[Total, ...]:
    """Return the exact sum of each measure by month and currency, in that order.

    ``clean``: one row per line with ``month`` (date), the measures (decimals) and perhaps
    ``currency``. Measures that the table lacks are left out; nulls count as no amount.
    """
    there = [measure for measure in measures if measure in clean.column_names]
    if not there or not clean.num_rows:
        return ()
    keys = [name for name in ("month", "currency") if name in clean.column_names]
    wide = clean.select([*keys, *there])
    for place, measure in enumerate(there, start=len(keys)):
        # Sums of decimal(18,4) could pass 14 digits before the point.
        wide = wide.set_column(place, measure, wide[measure].cast(pa.decimal128(38, 4)))
    sums = wide.group_by(keys).aggregate(
        [(measure, "sum") for measure in there] + [([], "count_all")]
    )
    # Sorted here: Arrow does not sort a column that came dictionary-encoded.
    rows = sorted(sums.to_pylist(), key=lambda row: [(row[key] is None, row[key]) for key in keys])
    return tuple(
        Total(
            measure=measure,
            month=row["month"].isoformat() if row.get("month") else "",
            currency=(row.get("currency") or "") if _is_money(measure) else "",
            value=row[f"{measure}_sum"] or Decimal(0),
            rows=row["count_all"],
        )
        for measure in there
        for row in rows
    )


def judge(assertion: Assertion, totals: Iterable[Total]) -> Verdict:
    """Return the verdict on an assertion.

    Raises Invalid when money of several currencies would have to be added up.
    """
    chosen = [
        total
        for total in totals
        if total.measure == assertion.measure
        and (not assertion.currency or total.currency == assertion.currency)
    ]
    currencies = sorted({total.currency for total in chosen if total.currency})
    if len(currencies) > 1:
        raise Invalid(
            f"The file holds {', '.join(currencies)}: which one does the sender mean?",
            code="assertion_currency",
            hint="Say the currency beside the sum.",
            currencies=currencies,
        )
    return Verdict(assertion, sum((total.value for total in chosen), Decimal(0)))


def _is_money(measure: str) -> bool:
    return measure in {"value", "price", "regular_price", "unit_price", "unit_cost"}
