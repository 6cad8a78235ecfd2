"""Volumes of the customer: said, compared, agreed or disputed; what they change, to the cent."""

from __future__ import annotations

from datetime import date

import pytest

from keystead.agreements import models, services
from keystead.agreements.queries.evaluation import evaluate_agreement
from keystead.agreements.queries.statements import statement_of
from keystead.agreements.queries.traces import trace_parts
from keystead.agreements.queries.volumes import volumes_beside
from keystead.agreements.tests.factories import D, rebate, terms, tiers
from keystead.agreements.tests.sold import active, sell
from keystead.agreements.types import (
    Attachment,
    DocumentKind,
    Every,
    PartnerVolume,
    Scope,
    Selection,
    VolumeState,
)
from keystead.kernel.errors import Invalid, NotAllowed, NotFound
from keystead.kit.models import AuditEntry

pytestmark = pytest.mark.django_db
JAN, FEB = date(2025, 1, 1), date(2025, 2, 1)
LAST = date(2025, 2, 28)


@pytest.fixture
def one(kam, house):
    """An agreement with 1,000 and 200 of two products in January, 400 in February."""
    both = rebate("all", tiers=tiers((0, 2)), tier_period=Every.MONTH)
    own = rebate(
        "p", tiers=tiers((0, 10)), scope=Scope(Selection(products=(house["p"],))),
        tier_period=Every.MONTH,
    )  # fmt: skip
    found = active(kam, house, both, own)
    sell(house, ("jd", "p", "2025-01-10", "1000"), ("shop", "q", "2025-01-12", "200"),
         ("shop", "p", "2025-02-10", "400"))  # fmt: skip
    return found


def earned(kam, one, last=LAST):
    run = evaluate_agreement(kam, one.id, as_of=last).run
    return {(x.condition, x.period.start.month): x.amount.amount for x in run.lines}


def say(kam, one, house, **more):
    said = PartnerVolume("", JAN, product=house["p"], **more)
    services.state_volumes(actor=kam, agreement_id=one.id, volumes=[said])


def test_what_the_customer_says_counts_only_once_both_sides_agree(kam, house, one):
    say(kam, one, house, value=D(900), quantity=D(91))
    assert earned(kam, one) == {("all", 1): 24, ("p", 1): 100, ("all", 2): 8, ("p", 2): 40}
    (row,) = volumes_beside(kam, one.id, stated=True)
    assert (row.ours.value, row.ours.quantity, row.money, row.units) == (1000, 100, -100, -9)
    assert row.theirs.state is VolumeState.STATED
    services.agree_places(
        actor=kam, agreement_id=one.id, places=[(JAN, house["p"])], agreed_by="Ms Li", on=FEB
    )
    assert earned(kam, one) == {("all", 1): 22, ("p", 1): 90, ("all", 2): 8, ("p", 2): 40}
    # What is corrected in our books afterwards does not move what was agreed.
    sell(house, ("jd", "p", "2025-01-20", "55"), source="late")
    assert earned(kam, one)["p", 1] == 90


def test_the_trace_and_the_statement_say_so(kam, house, one):
    say(kam, one, house, value=D(900))
    services.agree_places(
        actor=kam, agreement_id=one.id, places=[(JAN, house["p"])], agreed_by="Ms Li", on=FEB
    )
    run = evaluate_agreement(kam, one.id, as_of=LAST).run
    told = {(x.condition, x.period.start.month): dict(trace_parts(x, "CNY")) for x in run.lines}
    assert "100.00 and 0 units" in told["p", 1]["Agreed with the customer"]
    assert "Agreed with the customer" not in told["p", 2]
    found = statement_of(kam, one.id, as_of=LAST)
    line = next(x for x in found.lines if x.doc_no == "Agreed volume")
    assert (line.value, line.product, sorted(line.counts)) == (-100, "P1", ["all", "p"])
    assert found.earned.amount == 22 + 90 + 8 + 40


def test_a_dispute_needs_evidence_and_ours_counts(kam, house, one):
    say(kam, one, house, value=D(900))
    places = [(JAN, house["p"])]
    with pytest.raises(Invalid):
        services.dispute_places(
            actor=kam, agreement_id=one.id, places=places, reason="Two returns", document_id=None
        )
    kept = services.attach_document(
        actor=kam, agreement_id=one.id,
        attachment=Attachment(content=b"note", name="list.txt", kind=DocumentKind.DATA_REPORT),
    )  # fmt: skip
    services.dispute_places(
        actor=kam, agreement_id=one.id, places=places, reason="Two returns", document_id=kept.id
    )
    (row,) = volumes_beside(kam, one.id, stated=True)
    assert (row.theirs.state, row.theirs.note) == (VolumeState.DISPUTED, "Two returns")
    assert earned(kam, one)["p", 1] == 100
    entry = AuditEntry.objects.filter(action="agreement.volumes_dispute").get()
    assert entry.why == "Two returns"


def test_what_was_said_can_be_taken_back(kam, house, one):
    say(kam, one, house, value=D(900))
    say(kam, one, house)
    assert volumes_beside(kam, one.id, stated=True) == ()
    assert len(volumes_beside(kam, one.id)) == 3


def test_an_excluded_account_is_not_ours(kam, house):
    scope = Scope(exclude=Selection(accounts=(house["shop"],)))
    each = rebate("v", tiers=tiers((0, 2)), tier_period=Every.MONTH)
    one = active(kam, house, terms=terms(conditions=(each,), scope=scope))
    sell(house, ("jd", "p", "2025-01-10", "100"), ("shop", "p", "2025-01-10", "70"))
    say(kam, one, house, value=D(150))
    assert volumes_beside(kam, one.id, stated=True)[0].money == 50
    services.agree_places(
        actor=kam, agreement_id=one.id, places=[(JAN, house["p"])], agreed_by="x", on=FEB
    )
    assert earned(kam, one, date(2025, 1, 31)) == {("v", 1): 3}


def test_wrong_places_and_wrong_people_write_nothing(kam, house, one, make_actor):
    wrong = (
        PartnerVolume("", JAN, value=D(1), product=99_999),
        PartnerVolume("", date(2024, 1, 1), value=D(1), product=house["p"]),
        PartnerVolume("", date(2025, 1, 2), value=D(1), product=house["p"]),
        PartnerVolume("nobody", JAN, value=D(1)),
    )
    for volume in wrong:
        with pytest.raises(Invalid):
            services.state_volumes(actor=kam, agreement_id=one.id, volumes=[volume])
    right = PartnerVolume("", JAN, value=D(1), product=house["p"], agreed_by="x")
    with pytest.raises(NotAllowed):
        services.agree_volumes(
            actor=make_actor("eye", "viewer"), agreement_id=one.id, volumes=[right]
        )
    with pytest.raises(NotFound):
        services.agree_volumes(actor=make_actor("far", "kam"), agreement_id=one.id, volumes=[right])
    assert models.PartnerVolumeRow.objects.count() == 0
