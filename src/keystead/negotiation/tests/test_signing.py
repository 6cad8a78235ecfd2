"""An agreed offer becomes a draft of an agreement that says the same, with invoices to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from keystead.accounts.queries import account_for
from keystead.agreements import services as agreements
from keystead.agreements.queries import agreement_for
from keystead.agreements.types import Clause
from keystead.kernel.errors import Conflict, Invalid
from keystead.kernel.periods import Period
from keystead.kit.models import AuditEntry
from keystead.kit.testing.pack import RoomPack
from keystead.negotiation import models, queries, services
from keystead.negotiation.calc.plans.signing import invoice_plan
from keystead.negotiation.tests.house import PLANTED, case, consortium
from keystead.negotiation.tests.test_plans import begun
from keystead.negotiation.types.plans import MemberShare
from keystead.negotiation.types.room import CaseState

D = Decimal
GOOD = {"Term": "three years", "Rise": "5 percent"}


def entry(offer, **more):
    given = {"starts": date(2027, 1, 1), "last": date(2029, 12, 31), "title": "Licence 2027"}
    return services.SignEntry(offer_id=offer.id, **{**given, **more})


def offered(actor, account=None):
    """A case with an offer of theirs that is good for us."""
    made = case(actor, account)
    offer = services.receive_offer(
        actor=actor, negotiation_id=made.id, name="Agreed", package=GOOD, on=date(2026, 11, 2)
    )
    return made, offer


class TestBuyerModelPack(RoomPack):
    model = models.BuyerModelRow

    def prepare(self):
        head = services.Head(name="Renewal", currency="EUR")
        group = consortium(self.writer, 1)
        self.case = services.open_case(actor=self.writer, account_id=group.id, head=head)

    def create(self, actor):
        services.keep_buyer_model(
            actor=actor, negotiation_id=self.case.id, expected_version=None, body=body(100)
        )
        return models.BuyerModelRow.objects.get(case_id=self.case.id).pk

    def change(self, actor, pk, version):
        services.keep_buyer_model(
            actor=actor, negotiation_id=self.case.id, expected_version=version, body=body(200)
        )


def body(price):
    return {"bundle": price, "titles": [{"name": "A", "price": 10, "downloads": 7}]}


@pytest.mark.django_db
def test_an_agreed_offer_becomes_a_draft_that_says_the_same_with_invoices(kam):
    plan = begun(kam)
    made, offer = offered(kam, account_for(kam, plan.account_id))
    with pytest.raises(Invalid, match="agreed split"):
        services.draft_agreement(
            actor=kam, negotiation_id=made.id, entry=entry(offer, plan_id=plan.id)
        )
    services.agree_plan(actor=kam, plan_id=plan.id, expected_version=plan.version)
    entries = AuditEntry.objects.filter(action__startswith="negotiation").count()
    signing = services.draft_agreement(
        actor=kam, negotiation_id=made.id,
        entry=entry(offer, plan_id=plan.id, every_months=6, first=date(2027, 1, 31)),
    )  # fmt: skip
    held = agreement_for(kam, signing.agreement_id)
    assert [(one.heading, one.text) for one in held.versions[-1].clauses] == [
        ("Term", "three years"), ("Rise", "5 percent"), ("Fees 2027", "EUR 1000.00"),
    ]  # fmt: skip
    assert (held.state, held.valid) == ("draft", Period.parse("2027-01-01..2029-12-31"))
    assert queries.differences_of(kam, signing) == ()
    assert [(one.code, str(one.due), str(one.amount)) for one in signing.invoices] == [
        ("H1", "2027-01-31", "83.34"), ("H2", "2027-01-31", "166.67"),
        ("H3", "2027-01-31", "250.00"), ("H1", "2027-07-31", "83.33"),
        ("H2", "2027-07-31", "166.66"), ("H3", "2027-07-31", "250.00"),
    ]  # fmt: skip
    assert queries.invoices_of_plan(kam, plan.id) == signing.invoices
    assert queries.negotiation_for(kam, made.id).state is CaseState.AGREED
    assert AuditEntry.objects.filter(action__startswith="negotiation").count() == entries + 1
    with pytest.raises(Conflict, match="already"):
        services.draft_agreement(actor=kam, negotiation_id=made.id, entry=entry(offer))
    for model in (models.SigningRow, models.PlannedInvoiceRow):
        for write in (lambda rows: rows.update(id=99), lambda rows: rows.delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                write(model.objects.all())
    agreements.save_terms(
        actor=kam, agreement_id=held.id, expected_version=held.version,
        clauses=(Clause("agreed-1", "Term", "two years", 1), *held.versions[-1].clauses[1:],
                 Clause("own", "Law", "French law", 9)),
    )  # fmt: skip
    found = queries.differences_of(kam, signing)
    assert [(one.place, one.agreed, one.written) for one in found] == [
        ("Term", "three years", "two years")
    ]


@pytest.mark.django_db
def test_nothing_of_ours_goes_into_the_agreement(kam):
    made, offer = offered(kam)
    signing = services.draft_agreement(actor=kam, negotiation_id=made.id, entry=entry(offer))
    told = repr(agreement_for(kam, signing.agreement_id))
    told += repr(list(AuditEntry.objects.filter(action__startswith="agreement").values()))
    assert "three years" in told
    for word in PLANTED:
        assert word not in told


shares = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)


@given(shares, st.sampled_from((0, 1, 3, 6, 12)), st.sampled_from(("EUR", "JPY", "KWD")))
def test_invoices_of_a_member_add_up_to_its_fee(cents, every, currency):
    places = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
    known = [
        MemberShare(at, f"M{at}", "", True, D(fee).scaleb(-places), D(0))
        for at, fee in enumerate(cents)
    ]
    found = invoice_plan(
        known, Period.year(2027), currency, every_months=every, first=date(2027, 1, 31)
    )
    for one in known:
        parts = [part.amount for part in found if part.account_id == one.account_id]
        assert sum(parts, D(0)) == one.fee
        assert not parts or max(parts) - min(parts) <= D(1).scaleb(-places)
    assert all(date(2027, 1, 31) <= part.due <= date(2027, 12, 31) for part in found)
