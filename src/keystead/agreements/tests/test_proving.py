"""Claims and settlements prove themselves: then from the trail, and now."""

from decimal import Decimal

import pytest

from keystead.agreements import services
from keystead.agreements.queries.proving import claim_proof, settlement_proof
from keystead.agreements.tests.claims_house import TODAY, deal, entry, received
from keystead.kernel.standing import Worth
from keystead.metrics.queries import standings

pytestmark = pytest.mark.django_db
D = Decimal


def test_a_claim_says_what_was_claimed(kam, other_kam, make_actor) -> None:
    house = deal(kam, make_actor)
    claim = received(kam, house.account)
    amount, granted = claim_proof(claim.id, "amount"), claim_proof(claim.id, "granted")
    services.edit_claim(
        actor=kam, claim_id=claim.id, expected_version=claim.version,
        entry=entry(house.account, amount=D(95)),
    )  # fmt: skip
    found = standings(actor=kam, proof_ids=[amount, granted, settlement_proof(10**9)])
    assert set(found) == {amount, granted}
    assert (found[amount].then, found[amount].now) == (Worth(D(80), "CNY"), Worth(D(95), "CNY"))
    assert found[granted].then.note == "no_data"
    assert found[amount].account_ids == {house.account.id}
    assert standings(actor=other_kam, proof_ids=[amount, granted]) == {}


def test_a_settlement_says_its_total(kam, other_kam, make_actor) -> None:
    house = deal(kam, make_actor)
    made = services.open_settlement(
        actor=house.finance, agreement_id=house.agreement.id, last=TODAY
    )
    proof = settlement_proof(made.id)
    found = standings(actor=house.finance, proof_ids=[proof])
    assert found[proof].then.measure == house.agreement.currency
    assert not found[proof].moved
    assert standings(actor=other_kam, proof_ids=[proof]) == {}
