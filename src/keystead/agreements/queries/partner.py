"""What volumes both sides agreed on add to the sales that are evaluated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from keystead.agreements.calc.partner import Difference, differences
from keystead.agreements.calc.volumes import Volumes
from keystead.agreements.queries.agreements import in_force
from keystead.agreements.queries.naming import named_in
from keystead.agreements.queries.readings import partner_volumes
from keystead.agreements.types import Agreement, AgreementVersion
from keystead.catalog.queries import product_dimension


def ruling_of(agreement: Agreement, shown: AgreementVersion | None = None) -> Any:
    """Return what gives the version of a month: the one in force on its last day."""
    whole = in_force(agreement)
    first = shown or (whole.versions or agreement.versions)[0]

    def ruling(month: date) -> AgreementVersion:
        last = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        found = whole.in_force(min(last, agreement.valid.last)) if shown is None else None
        return found or first

    return ruling


def agreed_differences(
    agreement: Agreement, table: pa.Table, accounts: frozenset[int], home: int,
    shown: AgreementVersion | None = None,
    by: datetime | None = None,
) -> tuple[Difference, ...]:  # fmt: skip
    """Return what the agreed volumes add to the sales of a table (columns as for ``Volumes``)."""
    agreed = [one for one in partner_volumes(agreement.id, by) if one.product is not None]
    if not agreed:
        return ()
    ruling = ruling_of(agreement, shown)
    named = named_in(agreement.versions)
    return differences(Volumes.from_arrow(table, named), accounts, agreed, ruling, home)


def added_to(table: pa.Table, found: Sequence[Difference], currency: str) -> pa.Table:
    """Return sales with differences as further rows, marked ``agreed``."""
    if not found:
        return table
    products = product_words()
    rows = [_row(one, currency, products) for one in found]
    schema = pa.schema([field.with_nullable(True) for field in table.schema])
    more = pa.Table.from_pylist(
        [{name: row.get(name) for name in schema.names} for row in rows], schema=schema
    )
    marks = pa.array([False] * table.num_rows + [True] * more.num_rows)
    return pa.concat_tables([table.cast(schema), more]).append_column("agreed", marks)


def _row(one: Difference, currency: str, products: Mapping[int, Any]) -> dict[str, Any]:
    words = products.get(one.product, {})
    return {
        "account_id": one.account, "product_id": one.product, "month": one.month,
        "date": one.month, "is_return": False, "channel": one.channel, "currency": currency,
        "unit": words.get("unit"), "quantity": one.quantity, "value": one.value,
        "gross_value": one.value, "lines": 0, "brand": words.get("brand"),
        "category": words.get("category"), "doc_no": "",
    }  # fmt: skip


def product_words() -> dict[int, dict[str, Any]]:
    """Return what products are called and belong to, by id."""
    table = product_dimension().select(["product_id", "sku", "name", "brand", "category", "unit"])
    return {row["product_id"]: row for row in table.to_pylist()}
