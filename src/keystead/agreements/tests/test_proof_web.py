"""No service is paid without proof (R-09), from the page of the settlement to the bank."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from keystead.agreements.queries.settlements import settlement_for
from keystead.agreements.tests.factories import D, rebate, tiers
from keystead.agreements.tests.sold import active, sell
from keystead.agreements.tests.test_settling import approved, calculated
from keystead.agreements.types import (
    Every,
    Family,
    Measure,
    RateKind,
    Service,
    SettlementState,
)
from keystead.kernel.periods import Period
from keystead.kit.testing.page import text_of
from keystead.ledger.queries import current_commit

pytestmark = pytest.mark.django_db
YEAR = Period.parse("2025")


def test_a_fee_waits_for_its_proof_on_every_page(client_of, kam, house, make_actor):
    finance = make_actor("cash", "finance")
    fee = rebate(
        "fee", family=Family.DISPLAY_FEE, gl_code="4712", tier_measure=Measure.NONE,
        benefit_measure=Measure.NONE, rate_kind=RateKind.FIXED, tier_period=Every.QUARTER,
        tiers=tiers((0, 250)), service=Service("Two end caps", "photos", "three quotes", YEAR),
    )  # fmt: skip
    one = active(kam, house, fee)
    sell(house, ("jd", "p", "2025-01-10", "1000"))
    found = approved(kam, finance, calculated(kam, one, date(2025, 3, 31)))
    assert found.total.amount == D(250)
    payer, home, commit = client_of(finance), f"/settlements/{found.id}/", current_commit()
    refused = payer.post(f"{home}issue/", {"credit_note": "CN-1", "version": found.version})
    assert refused.status_code == 422
    assert "No proof of service" in text_of(refused)
    stands = settlement_for(kam, found.id)
    assert (stands.state, stands.posted) == (SettlementState.APPROVED, False)
    assert current_commit() == commit
    # It is not paid around the credit note either.
    paying = {"on": "2026-01-15", "reference": "bank", "version": found.version}
    assert payer.post(f"{home}pay/", paying).status_code == 409
    shown = {"kind": "proof_of_service", "condition": "fee", "first": "2025-01-01",
             "last": "2025-03-31", "file": SimpleUploadedFile("caps.txt", b"photos")}  # fmt: skip
    added = client_of(kam).post(f"/agreements/{one.id}/documents/new/", shown)
    assert added.status_code == 302, text_of(added)
    issued = payer.post(f"{home}issue/", {"credit_note": "CN-1", "version": found.version})
    assert issued.status_code == 302, text_of(issued)
    version = settlement_for(kam, found.id).version
    assert payer.post(f"{home}pay/", {**paying, "version": version}).status_code == 302
    assert settlement_for(kam, found.id).state is SettlementState.PAID
