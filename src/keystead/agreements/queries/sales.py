"""What was sold to a customer, in the form the calculation of terms wants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from keystead.accounts.queries import descendants
from keystead.agreements.calc.naming import NOTHING_NAMED, Named
from keystead.agreements.calc.volumes import Volumes
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import Actor
from keystead.metrics.queries import evaluate

MONEY = pa.decimal128(18, 4)
BY = ("month", "account", "product", "brand", "category", "sales_channel")


def accounts_of(account_id: int) -> frozenset[int]:
    """Return the account and all below it: those whose lines can count."""
    return frozenset({account_id, *descendants(account_id)})


def last_year(today: date) -> Period:
    """Return the last twelve whole months.

    >>> str(last_year(date(2026, 11, 22)))
    '2025-11..2026-10'
    """
    first = month_start(today)
    return Period(add_months(first, -12), first)


def sales(
    actor: Actor,
    accounts: Sequence[int],
    span: Period,
    currency: str,
    named: Named = NOTHING_NAMED,
) -> Volumes:
    """Return the sell-in of accounts, cut as terms may cut it; returns stand in rows of their own.

    Within what the actor may see. Money is converted into ``currency``; a line that says no
    product counts for the whole, and for no product. ``named``: what groups and accounts in the
    scopes stand for.
    """
    table = evaluate(
        actor=actor, metrics=["sell_in", "sell_in_gross", "sell_in_units"], by=BY, period=span,
        filters={"account": sorted(accounts)}, currency=currency,
    ).table  # fmt: skip
    net, gross = _money(table["sell_in"]), _money(table["sell_in_gross"])
    units = _money(table["sell_in_units"])
    nothing = pa.array([Decimal(0)] * table.num_rows, MONEY)
    same = {
        "account_id": table["account"],
        "product_id": table["product"],
        "month": table["month"],
        "brand": table["brand"],
        "category": table["category"],
        "channel": table["sales_channel"],
    }
    sold = pa.table({**same, "value": gross, "gross_value": gross, "quantity": units,
                     "is_return": _flag(table, False)})  # fmt: skip
    back = pa.table({**same, "value": pc.subtract(net, gross).cast(MONEY), "gross_value": nothing,
                     "quantity": nothing, "is_return": _flag(table, True)})  # fmt: skip
    table = pa.concat_tables([sold, back.filter(pc.not_equal(net, gross))])
    return Volumes.from_arrow(table, named)


def _money(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(column.cast(MONEY), Decimal(0))


def _flag(table: pa.Table, value: bool) -> pa.Array:
    return pa.array([value] * table.num_rows, pa.bool_())
