"""A small world for the import desk: two accounts, two products, files as bytes."""

from __future__ import annotations

from typing import Any

from keystead.accounts.services import create_account
from keystead.catalog.services import create_product
from keystead.kit.access import SYSTEM, Actor
from keystead.kit.files import duck
from keystead.ledger import queries
from keystead.ledger.models import DeskWork
from keystead.ledger.services import desk
from keystead.ledger.types import Batch

INVOICES = """Invoice No,Customer ID,Customer name,SKU,Description,Invoice date,Qty,Unit price,Currency
F1,A-1,North Pharmacy,P-1,Aspirin 500,2026-01-05,10,2.50,EUR
F1,A-1,North Pharmacy,P-2,Zinc cream,2026-01-05,4,5.00,EUR
F2,A-2,South Clinic,P-1,Aspirin 500,2026-02-03,6,2.50,EUR
C3,A-2,South Clinic,P-1,Aspirin 500,2026-02-10,-2,2.50,EUR
"""


def world(actor: Actor = SYSTEM) -> dict[str, int]:
    """Create accounts A-1, A-2 and products P-1, P-2; return their ids by code."""
    ids: dict[str, int] = {}
    for code, name in (("A-1", "North Pharmacy"), ("A-2", "South Clinic")):
        ids[code] = create_account(
            actor=actor, code=code, name=name, kind="pharmacy_chain", currency="EUR"
        ).id
    for sku, name in (("P-1", "Aspirin 500"), ("P-2", "Zinc cream")):
        ids[sku] = create_product(actor=actor, sku=sku, name=name, kind="medicine", unit="pack").id
    return ids


def bring(
    text: str | bytes = INVOICES,
    *,
    name: str = "invoices.csv",
    dataset: str = "sell_in",
    source: str = "erp",
    actor: Actor = SYSTEM,
    **decisions: Any,
) -> Batch:
    """Receive a file and carry it as far as it goes; return its batch."""
    batch = desk.receive_file(
        actor=actor,
        content=text if isinstance(text, bytes) else text.encode(),
        name=name,
        dataset=dataset,
        source=source,
        decisions=decisions,
        start=False,
    )
    return again(batch.id, actor)


def again(batch_id: int, actor: Actor = SYSTEM) -> Batch:
    """Let the desk go on, as the worker would after an answer."""
    desk.prepare(actor=actor, batch_id=batch_id)
    return queries.batch(actor, batch_id)


def outcome(batch_id: int) -> dict[str, Any]:
    return dict(DeskWork.objects.get(pk=batch_id).outcome)


def counts(batch_id: int) -> tuple[int, int, int, int]:
    """Return ready, waiting, rejected, skipped of the last check."""
    found = outcome(batch_id)["counts"]
    return found["ready"], found["waiting"], found["rejected"], found["skipped"]


def questions(batch_id: int) -> list[str]:
    return [one["id"] for one in DeskWork.objects.get(pk=batch_id).questions]


def facts(dataset: str = "sell_in", columns: str = "value") -> list[tuple[Any, ...]]:
    """Return columns of every row that counts now, in order of their source row."""
    found: list[tuple[Any, ...]] = []
    for read in queries.slice_set(dataset).reads:
        where = ""
        if read.pairs is not None:
            pairs = ", ".join(f"({batch}, date '{month}')" for batch, month in read.pairs)
            where = f"where (batch_id, month) in ({pairs})"
        with duck.session() as session:
            found += session.rows(
                f"select batch_id, source_row, {columns} from read_parquet('{read.path}') {where}"  # noqa: S608
            )
    return [row[2:] for row in sorted(found, key=lambda row: row[:2])]
