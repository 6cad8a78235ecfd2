"""Scores of frozen cards prove themselves: the frozen row then, the card now."""

from decimal import Decimal

import pytest

from keystead.metrics.queries import standing, standings
from keystead.scorecards import queries, services
from keystead.scorecards.queries.proving import score_proof
from keystead.scorecards.tests.factories import PERIOD, account, world

pytestmark = pytest.mark.django_db
D = Decimal


def test_a_frozen_score_then_and_now(kam, other_kam, half_year) -> None:
    one = account(kam)
    frozen = services.freeze_card(
        actor=kam, account_id=one.id, period=PERIOD, comment="", evaluate=world()
    )
    total, line = score_proof(frozen.id), score_proof(frozen.id, "sell_in")
    found = standings(actor=kam, proof_ids=[total, line, score_proof(frozen.id, "nothing")])
    assert set(found) == {total, line}
    assert (found[total].then.value, found[total].moved) == (D("82.1"), False)
    assert found[line].then.value == queries.snapshot(kam, frozen.id).lines[0].score.points
    half_year.figures["sell_in", 2026] = 100_000
    later = standing(actor=kam, proof_id=total)
    assert (later.then.value, later.moved, later.because) == (D("82.1"), True, ("new",))
    assert standings(actor=other_kam, proof_ids=[total, line]) == {}
