"""A small real house for the pages: accounts with teams, and facts posted to the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from keystead.accounts.services import add_membership, assign_team, create_account
from keystead.kit.access import Actor
from keystead.ledger.services import post_facts
from keystead.ledger.types import Batch, Mode, dataset_def

TODAY = date(2026, 11, 18)


def account(ops: Actor, code: str, *owners: Actor, **fields: Any) -> int:
    """Store an account whose team are the owners."""
    values = {"name": f"{code} Pharmacy", "kind": "shop", "country": "CN", **fields}
    found = create_account(actor=ops, code=code, **values)  # type: ignore[arg-type]
    for owner in owners:
        assign_team(
            actor=ops, account_id=found.id, user_id=owner.user_id or 0, role="owner",
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
    return found.id


def under(ops: Actor, member: int, group: int) -> None:
    """Put an account below another in the tree."""
    add_membership(
        actor=ops, member_id=member, group_id=group, role="parent", valid_from=date(2020, 1, 1)
    )


def sell_in(
    ops: Actor, rows: Sequence[tuple[int, date, int]], *, lineage: str, mode: Mode = Mode.REPLACE
) -> Batch:
    """Post invoice lines: (account, day, value in CNY), one pack each."""
    schema = dataset_def("sell_in").schema
    full = []
    for number, (account_id, day, value) in enumerate(rows, 1):
        full.append({
            "account_id": account_id, "date": day, "month": day.replace(day=1),
            "quantity": Decimal(1), "unit": "pack", "value": Decimal(value), "currency": "CNY",
            "is_return": value < 0, "doc_no": f"D{number}",
        })  # fmt: skip
    names = [name for name in schema.names if name not in {"batch_id", "sheet", "source_row"}]
    table = pa.Table.from_pylist(
        [{name: row.get(name) for name in names} for row in full],
        schema=pa.schema([schema.field(name) for name in names]),
    )
    return post_facts(
        actor=ops, dataset="sell_in", source="erp", table=table, lineage=lineage, mode=mode
    )
