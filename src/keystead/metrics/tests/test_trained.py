"""Prices of named sellers: for compliance, and with a dated training where the rule is on."""

import pytest

from keystead.governance.services import acknowledgements
from keystead.kernel.errors import NotAllowed
from keystead.metrics.queries import evaluate, open_proof

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(make_actor):
    return make_actor("sofia", "compliance")


def test_prices_by_seller_need_the_training_and_the_index_does_not(officer):
    asked = {"actor": officer, "metrics": ["price_index"], "by": ("account",), "period": "2026"}
    evaluate(**asked)
    acknowledgements.enforce(actor=officer, topic="competition_law", on=True, why="policy of May")
    with pytest.raises(NotAllowed, match="Competition law"):
        evaluate(**asked)
    evaluate(**{**asked, "by": ("month",)})
    acknowledgements.acknowledge(
        actor=officer, topic="competition_law", edition=1, language="en", answers={0: 2}
    )
    evaluate(**asked)


def test_what_stands_behind_a_price_needs_the_training_and_other_proofs_do_not(officer):
    asked = {"actor": officer, "period": "2026"}
    price = evaluate(**asked, metrics=["price_index"]).figure("price_index").proof_id
    sold = evaluate(**asked, metrics=["sell_in"]).figure("sell_in").proof_id
    open_proof(actor=officer, proof_id=price)
    acknowledgements.enforce(actor=officer, topic="competition_law", on=True, why="policy of May")
    with pytest.raises(NotAllowed, match="Competition law"):
        open_proof(actor=officer, proof_id=price)
    open_proof(actor=officer, proof_id=sold)
    acknowledgements.acknowledge(
        actor=officer, topic="competition_law", edition=1, language="en", answers={0: 2}
    )
    open_proof(actor=officer, proof_id=price)
