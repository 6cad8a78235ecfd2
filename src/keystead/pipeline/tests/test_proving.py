"""Figures of renewals and opportunities prove themselves: then from the trail, and now."""

from decimal import Decimal

import pytest

from keystead.accounts.tests.factories import account
from keystead.kernel.standing import Worth
from keystead.kit.audit import trail_seq
from keystead.kit.models import AuditEntry
from keystead.metrics.calc.derived import derive
from keystead.metrics.queries import standing, standings
from keystead.pipeline import models, services
from keystead.pipeline.queries.proving import opportunity_proof, renewal_proof
from keystead.pipeline.tests.deals import deal, deal_entry, lot, tender
from keystead.pipeline.tests.factories import entry, lost, renewal
from keystead.pipeline.types.opportunities import LotEntry, LotState

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def uni(kam):
    return account(kam)


def test_a_renewal_says_what_it_said(kam, other_kam, uni) -> None:
    made = renewal(kam, uni)
    then = renewal_proof(made.id, "target")
    chance = renewal_proof(made.id, "manager_pct")
    services.edit_renewal(
        actor=kam, renewal_id=made.id, expected_version=made.version,
        entry=entry(uni, target=D(1500), manager_pct=None),
    )  # fmt: skip
    found = standings(actor=kam, proof_ids=[then, chance])
    assert found[then].then == Worth(D(1000), "EUR")
    assert found[then].now == Worth(D(1500), "EUR")
    assert (found[then].because, found[then].account_ids) == (("changed",), {uni.id})
    assert (found[chance].then.value, found[chance].now.note) == (D(90), "no_data")
    assert not standing(actor=kam, proof_id=renewal_proof(made.id, "target")).moved
    assert standings(actor=other_kam, proof_ids=[then, chance]) == {}
    forged = renewal_proof(made.id, "note"), renewal_proof(10**9, "target")
    assert standings(actor=kam, proof_ids=forged) == {}
    assert standings(actor=kam, proof_ids=[renewal_proof(made.id, "target", trail_seq() + 9)]) == {}


def test_what_came_later_was_nothing_then(kam, uni) -> None:
    before = trail_seq()
    made = renewal(kam, uni)
    assert standings(actor=kam, proof_ids=[renewal_proof(made.id, "target", before)]) == {}
    final = renewal_proof(made.id, "final")
    lost(kam, made)
    found = standing(actor=kam, proof_id=final)
    assert (found.then.note, found.now) == ("no_data", Worth(D(0), "EUR"))


def test_a_tender_is_worth_its_lots_of_then(kam, uni) -> None:
    made = tender(kam, uni)
    first = lot(kam, made, "1")
    lot(kam, made, "2", amount=D(300))
    both = opportunity_proof(made.id, "amount")
    services.edit_lot(
        actor=kam, lot_id=first.id, expected_version=first.version,
        entry=LotEntry(number="1", amount=D(500), state=LotState.WITHDRAWN),
    )  # fmt: skip
    lot(kam, made, "3", amount=D(77))
    found = standing(actor=kam, proof_id=both)
    assert (found.then, found.now) == (Worth(D(800), "EUR"), Worth(D(377), "EUR"))


def test_a_sum_of_many_records_asks_little(kam, uni, django_assert_max_num_queries) -> None:
    made = [deal(kam, uni, title=f"Tool {number}", amount=D(number)) for number in range(1, 9)]
    total = derive("sum", [opportunity_proof(one.id, "amount") for one in made])
    services.edit_opportunity(
        actor=kam, opportunity_id=made[0].id, expected_version=made[0].version,
        entry=deal_entry(uni, title="Tool 1", amount=D(101)),
    )  # fmt: skip
    with django_assert_max_num_queries(14):
        found = standing(actor=kam, proof_id=total)
    assert (found.then.value, found.now.value, found.because) == (D(36), D(136), ("changed",))


def test_an_erased_row_of_the_trail_leaves_no_figure(kam, uni) -> None:
    made = renewal(kam, uni)
    then = renewal_proof(made.id, "target")
    services.edit_renewal(
        actor=kam, renewal_id=made.id, expected_version=made.version,
        entry=entry(uni, target=D(1500)),
    )  # fmt: skip
    row = AuditEntry.objects.filter(subject_type="renewal", subject_id=str(made.id)).first()
    AuditEntry.objects.filter(pk=row.pk).update(old={}, new={}, why="", salt="")
    assert standings(actor=kam, proof_ids=[then]) == {}
    assert models.RenewalRow.objects.get().target == D(1500)
