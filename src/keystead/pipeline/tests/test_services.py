"""Renewals through the services: their life, their outcome, what agreements begin."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from keystead.accounts.tests.factories import account, shared_with
from keystead.agreements import services as agreements
from keystead.agreements.tests.factories import approved, draft
from keystead.agreements.types import AgreementActivated
from keystead.kernel.errors import Conflict, Invalid, NotAllowed
from keystead.kernel.periods import Period
from keystead.kit.models import AuditEntry
from keystead.kit.testing.pack import RoomPack
from keystead.pipeline import handlers, models, queries, services
from keystead.pipeline.tests.factories import TODAY, entry, lost, renewal, signed, twenty_lost
from keystead.pipeline.types.renewals import Booking, Closing, NoticeRule, Reason, RenewalState

pytestmark = pytest.mark.django_db
D, S = Decimal, RenewalState


class TestRenewalPack(RoomPack):
    model = models.RenewalRow

    def prepare(self):
        self.account = account(self.writer)

    def create(self, actor):
        return renewal(actor, self.account).id

    def change(self, actor, pk, version):
        services.edit_renewal(
            actor=actor, renewal_id=pk, expected_version=version,
            entry=entry(self.account, title="Changed"),
        )  # fmt: skip


@pytest.fixture
def director(make_actor):
    return make_actor("boss", "director")


@pytest.fixture
def uni(kam, director):
    return shared_with(account(kam, "UNI", kind="university"), director)


def test_from_the_beginning_to_the_signature(kam, director, uni):
    found = renewal(kam, uni)
    with pytest.raises(Conflict):
        services.move_renewal(actor=kam, renewal_id=found.id, state=S.OFFERED)
    services.move_renewal(actor=kam, renewal_id=found.id, state=S.PREPARING)
    with pytest.raises(NotAllowed):
        services.move_renewal(actor=kam, renewal_id=found.id, state=S.STRATEGY_APPROVED)
    services.move_renewal(
        actor=kam, renewal_id=found.id, state=S.POSTPONED, until=TODAY, why="new rector"
    )
    done = signed(kam, director, found, 900)
    assert (done.state, done.outcome.booking, done.outcome.final) == (
        S.SIGNED,
        Booking.DOWNSELL,
        900,
    )
    assert (done.outcome.manager_pct, done.outcome.model_pct) == (90, None)
    assert AuditEntry.objects.filter(action="renewal.close").count() == 1
    with pytest.raises(Conflict):
        services.edit_renewal(
            actor=kam, renewal_id=found.id, expected_version=None, entry=entry(uni, target=D(1))
        )


def test_an_outcome_never_changes(kam, uni):
    lost(kam, renewal(kam, uni))
    for attempt in (
        lambda: models.RenewalOutcome.objects.update(final=1),
        lambda: models.RenewalOutcome.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert models.RenewalOutcome.objects.get().booking == "churn"


def test_what_renewed_itself_begins_its_next_term(kam, uni):
    rule = NoticeRule(90, auto_renew_months=12)
    found = renewal(kam, uni, last=TODAY + timedelta(days=80), notice=rule)
    closing = Closing(state=S.AUTO_RENEWED, on=TODAY, final=D(1050), reason=Reason.VALUE)
    services.close_renewal(actor=kam, renewal_id=found.id, closing=closing)
    following = queries.renewals_for(kam, still_open=True)
    assert [(one.contract, one.target, one.starts) for one in following] == [
        ("C-1", 1050, found.last + timedelta(days=1))
    ]
    assert queries.renewal_for(kam, found.id).outcome.booking is Booking.UPSELL


def test_notice_still_open_renews_nothing(kam, uni):
    found = renewal(kam, uni, notice=NoticeRule(90, auto_renew_months=12))
    closing = Closing(state=S.AUTO_RENEWED, on=TODAY, final=D(1), reason=Reason.VALUE)
    with pytest.raises(Conflict):
        services.close_renewal(actor=kam, renewal_id=found.id, closing=closing)
    assert not models.RenewalOutcome.objects.exists()


def test_warnings_and_retention(kam, other_kam, director, uni):
    near = renewal(kam, uni, contract="C-near", last=TODAY + timedelta(days=100))
    renewal(kam, uni, contract="C-far", last=TODAY + timedelta(days=600))
    late = renewal(kam, uni, contract="C-late", last=TODAY + timedelta(days=30))
    told = [(one.renewal.id, one.warning) for one in queries.alerts_for(director, today=TODAY)]
    assert told == [(late.id, 0), (near.id, 30)]
    assert queries.alerts_for(other_kam, today=TODAY) == ()
    assert [one.id for one in queries.renewals_for(kam, within=120)] == [late.id, near.id]
    signed(kam, director, near, 1200)
    lost(kam, late)
    span = Period(TODAY, TODAY + timedelta(days=365))
    found = queries.retention_for(kam, period=span, currency="EUR")
    assert (found.gross_pct, found.net_pct, found.open) == (50, 60, 0)
    assert queries.retention_for(other_kam, period=span, currency="EUR").closed == 0


def test_far_from_the_model_goes_to_the_director(kam, director, uni):
    twenty_lost(uni)
    found = renewal(kam, uni, manager_pct=D(90))
    renewal(kam, uni, contract="C-2", manager_pct=D(5))
    apart = queries.disagreements(director, today=TODAY)
    assert [(one.renewal.id, one.model.pct) for one in apart] == [(found.id, 2)]


def test_an_agreement_in_force_begins_one_renewal(kam, uni, director, make_actor):
    people = director, make_actor("fin", "finance"), make_actor("comp", "compliance")
    made = approved(kam, draft(kam, uni, title="Annual", notice_days=60), *people)
    made = agreements.sign(
        actor=kam, agreement_id=made.id, expected_version=made.version, signed_on=TODAY
    )
    assert services.catch_up() == ()
    made = agreements.activate(actor=kam, agreement_id=made.id)
    event = AgreementActivated(
        agreement_id=made.id, account_id=uni.id, version_id=1, version_number=1,
        starts=made.valid.start, ends=made.valid.end,
    )  # fmt: skip
    for _ in range(2):
        handlers.follow_activated(event)
    assert services.catch_up() == ()
    found = queries.renewals_for(kam)[0]
    assert (found.agreement_id, found.last, found.notice.amount) == (made.id, made.valid.last, 60)
    assert models.RenewalRow.objects.count() == 1
    models.RenewalRow.objects.update(last=found.last - timedelta(days=31))
    handlers.follow_activated(event)  # an amendment moved the end
    assert queries.renewal_for(kam, found.id).last == made.valid.last
    services.edit_renewal(
        actor=kam, renewal_id=found.id, expected_version=None,
        entry=entry(uni, last=made.valid.last, agreement_id=made.id),
    )  # fmt: skip
    lost(kam, found)
    handlers.follow_activated(event)
    assert models.RenewalRow.objects.count() == 1


def test_evidence_only_grows(kam, uni):
    found = renewal(kam, uni)
    services.show_evidence(actor=kam, renewal_id=found.id, item="mandate", text="letter of May")
    services.show_evidence(
        actor=kam, renewal_id=found.id, item="mandate", text="withdrawn", is_done=False
    )
    assert [one.done for one in queries.evidence_of(found)] == [True, False]
    with pytest.raises(Invalid):
        services.show_evidence(actor=kam, renewal_id=found.id, item="nothing", text="x")
