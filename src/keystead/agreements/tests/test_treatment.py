"""What is posted says which family it is of, and whether revenue falls or a service is bought."""

from __future__ import annotations

from datetime import date

import pyarrow.parquet as pq
import pytest

from keystead.agreements import services
from keystead.agreements.tests.factories import rebate, tiers
from keystead.agreements.tests.sold import active, sell
from keystead.agreements.types import Family, Service
from keystead.kit.access import SYSTEM
from keystead.ledger.queries import slice_set
from keystead.ledger.services.cache import build_cache
from keystead.ledger.services.compact import compact
from keystead.metrics.queries import evaluate, open_proof
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db
BY = ("condition_family", "treatment")


def cut(period: str = "2025") -> dict[tuple[str, ...], str]:
    found = evaluate(actor=SYSTEM, metrics="rebate_accrued", by=BY, period=period)
    rows = found.table.to_pylist()
    return {tuple(row[name] for name in BY): f"{row['rebate_accrued']:.2f}" for row in rows}


@pytest.fixture
def accrued(kam, house, make_actor):
    """An agreement whose volume rebate is 30 of 1,000, beside a display fee of one per cent."""
    paid = Service(deliverable="Two end caps", fair_value_note="Three quotes")
    fee = rebate("fee", tiers=tiers((0, 1)), family=Family.DISPLAY_FEE, service=paid)
    one = active(kam, house, rebate("year"), fee)
    sell(house, ("jd", "p", "2025-01-10", "1000"))
    entries = services.accrue(
        actor=make_actor("cash", "finance"), agreement_id=one.id, month=date(2025, 1, 1)
    )
    return one, entries


def test_the_facts_can_be_cut_by_family_and_treatment(accrued):
    assert cut() == {("volume_rebate", "revenue"): "30.00", ("display_fee", "service"): "10.00"}
    found = evaluate(
        actor=SYSTEM, metrics="rebate_accrued", period="2025", filters={"treatment": ["service"]}
    ).figure("rebate_accrued")
    assert found.value == 10
    assert open_proof(actor=SYSTEM, proof_id=found.proof_id).figure.value == 10


def test_a_reversal_takes_back_what_was_posted_where_it_was_posted(accrued, make_actor):
    _one, entries = accrued
    fee = next(entry for entry in entries if entry.condition == "fee")
    services.reverse_entry(actor=make_actor("till", "finance"), entry_id=fee.id, reason="Twice.")
    assert cut()["display_fee", "service"] == "0.00"


def drop_columns() -> None:
    """Make the segments what an earlier release wrote."""
    for read in slice_set("accrual").reads:
        old = pq.read_table(read.path).drop_columns(["family", "treatment"])
        pq.write_table(old, read.path)


def test_segments_of_an_earlier_release_are_read_beside_new_ones(accrued, house):
    drop_columns()
    assert cut() == {("", ""): "40.00"}
    row = {"account_id": house["jd"], "date": date(2025, 2, 1), "value": 5, "kind": "accrue",
           "agreement": "A", "condition": "x", "basis": "actual", "family": "fund",
           "treatment": "revenue"}  # fmt: skip
    room.post("accrual", [row], source="b")
    both = {("", ""): "40.00", ("fund", "revenue"): "5.00"}
    assert cut() == both
    assert build_cache("accrual")
    assert cut() == both
    assert compact(actor=SYSTEM, dataset="accrual", limit=1)
    assert cut() == both
