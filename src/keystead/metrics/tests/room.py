"""A small real house for room tests: accounts, products and posted facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from keystead.accounts import services as accounts
from keystead.catalog import services as catalog
from keystead.kit.access import SYSTEM, Actor, actor_for
from keystead.kit.models import User
from keystead.ledger.services import post_facts
from keystead.ledger.types import Batch, Mode
from keystead.metrics.tests.worlds import Row, facts


def user(name: str, *roles: str) -> Actor:
    return actor_for(User.objects.create_user(username=name, password="x" * 12, roles=list(roles)))


def account(code: str, *owners: Actor, **fields: Any) -> int:
    made = accounts.create_account(
        actor=SYSTEM, code=code, name=f"{code} Ltd", kind="shop", **fields
    )
    for owner in owners:
        accounts.assign_team(
            actor=SYSTEM, account_id=made.id, user_id=owner.user_id, role="owner",
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
    return made.id


def product(sku: str, **fields: Any) -> int:
    made = catalog.create_product(
        actor=SYSTEM, sku=sku, name=f"{sku} strips", kind="diagnostic", unit="pack", **fields
    )
    return made.id


def post(
    dataset: str,
    rows: Sequence[Row],
    *,
    source: str = "erp",
    lineage: str = "",
    mode: Mode = Mode.REPLACE,
) -> Batch:
    table = facts(dataset, rows).drop_columns(["batch_id", "sheet", "source_row"])
    name = lineage or f"{dataset}-{source}-{len(rows)}-{hash(str(rows))}"
    return post_facts(
        actor=SYSTEM, dataset=dataset, source=source, table=table, lineage=name, mode=mode
    )
