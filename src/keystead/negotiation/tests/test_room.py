"""A case: written through services, kept from those without the right, frozen where it must be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from keystead.accounts.tests.factories import account
from keystead.governance.queries.approvals import request
from keystead.governance.services import approvals
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit.access import actor_for
from keystead.kit.models import AuditEntry, User
from keystead.kit.testing.pack import RoomPack
from keystead.negotiation import models, queries, services
from keystead.negotiation.calc.concessions import balance
from keystead.negotiation.services.offers import hash_of
from keystead.negotiation.tests.house import PLANTED, case, issues
from keystead.negotiation.types.room import CaseState, Draft, Who

D = Decimal
GOOD = {"Term": "three years", "Rise": "5 percent"}
LOW = {"Term": "one year", "Rise": "2 percent"}
DAY = date(2026, 11, 2)


class TestCasePack(RoomPack):
    model = models.NegotiationRow

    def prepare(self):
        self.account = account(self.writer, code="PACK")

    def create(self, actor):
        head = services.Head(name="Renewal", currency="EUR")
        return services.open_case(actor=actor, account_id=self.account.id, head=head).id

    def change(self, actor, pk, version):
        head = services.Head(name="Renewal", currency="EUR", state=CaseState.OPEN)
        services.edit_case(actor=actor, negotiation_id=pk, expected_version=version, head=head)


class TestObjectionPack(RoomPack):
    model = models.ObjectionRow

    def prepare(self):
        one = account(self.writer, code="PACK")
        head = services.Head(name="Renewal", currency="EUR")
        self.case = services.open_case(actor=self.writer, account_id=one.id, head=head)

    def create(self, actor):
        entry = services.ObjectionEntry(text="Too dear")
        return services.add_objection(actor=actor, negotiation_id=self.case.id, entry=entry).id

    def change(self, actor, pk, version):
        entry = services.ObjectionEntry(text="Too dear", answer="3 a use", proof="")
        services.edit_objection(actor=actor, objection_id=pk, expected_version=version, entry=entry)


@pytest.mark.django_db
def test_the_picture_of_a_case_is_worked_out_in_money(kam):
    made = case(kam)
    seen = queries.picture(kam, made.id)
    assert seen is not None
    assert (seen.our_no_deal, seen.our_floor) == (D("441728.00"), D("441728.00"))
    assert (seen.their_no_deal, seen.their_floor) == (D("10.00"), D("15.00"))
    assert seen.has_zone
    assert seen.named["nash"].package == {"Term": "three years", "Rise": "2 percent"}
    assert seen.named["nash"].worth.above_floor == D("529506.00")
    low = queries.worth_of(made, LOW)
    assert low is not None
    assert low.above_floor < 0


@pytest.mark.django_db
def test_an_offer_below_the_floor_is_sent_only_as_it_was_approved(kam, make_actor):
    director = make_actor("anna", "director")
    made = case(kam)
    made, key = services.save_draft(
        actor=kam, negotiation_id=made.id, expected_version=made.version,
        draft=Draft("", "Last word", LOW),
    )  # fmt: skip
    with pytest.raises(Invalid, match="approved"):
        services.send_offer(
            actor=kam, negotiation_id=made.id, expected_version=made.version, key=key
        )
    asked = services.ask_approval(actor=kam, negotiation_id=made.id, key=key)
    assert asked.facts.flags == {"below_reservation"}
    made, _key = services.save_draft(
        actor=kam, negotiation_id=made.id, expected_version=made.version,
        draft=Draft(key, "Very last word", LOW),
    )  # fmt: skip
    approvals.decide(actor=_head_of(kam, director), request_id=asked.id, approve=True)
    with pytest.raises(Invalid, match="approved"):
        services.send_offer(
            actor=kam, negotiation_id=made.id, expected_version=made.version, key=key
        )
    again = services.ask_approval(actor=kam, negotiation_id=made.id, key=key)
    approvals.decide(actor=_head_of(kam, director), request_id=again.id, approve=True)
    draft = made.draft(key)
    sent = services.send_offer(
        actor=kam, negotiation_id=made.id, expected_version=made.version, key=key
    )
    assert (sent.number, sent.side, sent.request_id) == (1, Who.US, again.id)
    assert sent.content_hash == hash_of(made, draft) == request(again.id).content_hash
    assert queries.negotiation_for(kam, made.id).drafts == ()


def _head_of(kam, director):
    """The director as the head of the account manager."""
    User.objects.filter(pk=kam.user_id).update(manager_id=director.user_id)
    return actor_for(User.objects.get(pk=director.user_id))


@pytest.mark.django_db
def test_what_was_sent_or_conceded_is_frozen(kam):
    made = case(kam)
    services.receive_offer(actor=kam, negotiation_id=made.id, name="Theirs", package=LOW, on=DAY)
    step = services.Step(on=DAY, side=Who.US, issue="Rise", before="5 percent", after="2 percent")
    services.concede(actor=kam, negotiation_id=made.id, step=step)
    for model in (models.SentOfferRow, models.ConcessionRow):
        for write in (lambda rows: rows.update(by=None), lambda rows: rows.delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                write(model.objects.all())
        assert model.objects.count() == 1


@pytest.mark.django_db
def test_concessions_carry_their_price_and_answers_balance_them(kam):
    made = case(kam)
    say = {"actor": kam, "negotiation_id": made.id}
    ours = services.concede(
        **say,
        step=services.Step(
            on=DAY, side=Who.US, issue="Rise", before="5 percent", after="2 percent"
        ),
    )
    assert (ours.our_money, ours.their_money) == (D(-100000), D(89995))
    lone = balance(queries.concessions_of(kam, made.id))
    assert (lone.given, lone.got, lone.unanswered) == (D(100000), D(0), (ours.id,))
    services.concede(
        **say,
        step=services.Step(
            on=DAY, side=Who.THEM, issue="Term", before="one year", after="three years",
            answers=ours.id,
        ),
    )  # fmt: skip
    both = balance(queries.concessions_of(kam, made.id))
    assert (both.got, both.ratio, both.unanswered) == (D(771233), D("7.71"), ())
    wrong = services.Step(on=DAY, side=Who.US, issue="Rise", before="5 percent",
                          after="2 percent", answers=ours.id)  # fmt: skip
    with pytest.raises(Invalid, match="other side"):
        services.concede(**say, step=wrong)


@pytest.mark.django_db
def test_bad_issues_and_packages_are_refused_and_change_nothing(kam, other_kam):
    made = case(kam)
    entries = AuditEntry.objects.count()
    term, rise = issues()
    for wrong in ((term, term), (type(term)("Lone", term.options[:1]),)):
        with pytest.raises(Invalid):
            services.set_issues(
                actor=kam, negotiation_id=made.id, expected_version=made.version, issues=wrong
            )
    with pytest.raises(Invalid):
        services.save_draft(
            actor=kam, negotiation_id=made.id, expected_version=made.version,
            draft=Draft("", "x", {"Term": "ten years", "Rise": "2 percent"}),
        )  # fmt: skip
    with pytest.raises(Conflict):
        services.set_issues(
            actor=kam, negotiation_id=made.id, expected_version=1, issues=(term, rise)
        )
    with pytest.raises(NotFound):
        queries.negotiation_for(other_kam, made.id)
    assert AuditEntry.objects.count() == entries
    assert queries.negotiation_for(kam, made.id) == made


@pytest.mark.django_db
def test_the_trail_and_the_blank_case_hold_nothing_of_ours(kam, make_actor):
    made = case(kam)
    reader = make_actor("ming", "sales_ops")
    seen = repr(queries.negotiation_for(reader, made.id))
    told = repr(list(AuditEntry.objects.filter(action__startswith="negotiation").values()))
    assert "Rise" in seen
    assert "Rise" in told
    for word in PLANTED:
        assert word not in seen
        assert word not in told
