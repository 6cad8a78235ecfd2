"""Opportunities through the services: stages, lots, the end, what never changes."""

import dataclasses
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from keystead.accounts.tests.factories import account, shared_with
from keystead.catalog import services as catalog
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry
from keystead.kit.testing.pack import RoomPack
from keystead.pipeline import models, queries, services
from keystead.pipeline.calc.stages import QUALIFICATION, STAGES
from keystead.pipeline.tests.deals import (
    deal,
    deal_entry,
    lost_deal,
    lot,
    tender,
    twenty_ended,
    won,
)
from keystead.pipeline.tests.factories import TODAY
from keystead.pipeline.types.opportunities import (
    DeadlineKind,
    DealClosing,
    Ending,
    ForecastCategory,
    LotEntry,
    LotState,
    OpportunityKind,
    Stage,
)
from keystead.pipeline.types.renewals import Reason

pytestmark = pytest.mark.django_db
D, C = Decimal, ForecastCategory


class TestOpportunityPack(RoomPack):
    model = models.OpportunityRow

    def prepare(self):
        self.account = account(self.writer)

    def create(self, actor):
        return deal(actor, self.account).id

    def change(self, actor, pk, version):
        services.edit_opportunity(
            actor=actor, opportunity_id=pk, expected_version=version,
            entry=deal_entry(self.account, title="Changed"),
        )  # fmt: skip


class TestLotPack(RoomPack):
    model = models.LotRow

    def prepare(self):
        self.tender = tender(self.writer, account(self.writer))
        self.made = 0

    def create(self, actor):
        self.made += 1
        return lot(actor, self.tender, str(self.made)).id

    def change(self, actor, pk, version):
        services.edit_lot(
            actor=actor, lot_id=pk, expected_version=version,
            entry=LotEntry(number="1", title="Changed"),
        )  # fmt: skip


class TestStagePack(RoomPack):
    model = models.StageRow
    writer_roles, reader_roles, scoped = ("director",), ("kam",), False

    def create(self, actor):
        stage = Stage(code="trial", name="Trial", position=25, pct=D(40), category=C.PIPELINE)
        services.keep_stage(actor=actor, stage=stage)
        return models.StageRow.objects.get().pk

    def change(self, actor, pk, version):
        stage = Stage(code="trial", name="Test", position=25, pct=D(45), category=C.PIPELINE)
        services.keep_stage(actor=actor, stage=stage, expected_version=version)


@pytest.fixture
def director(make_actor):
    return make_actor("boss", "director")


@pytest.fixture
def uni(kam, director):
    return shared_with(account(kam, "UNI", kind="university"), director)


def test_through_the_stages_to_the_order(kam, uni):
    found = deal(kam, uni, competitors=("Rival", "Rival", " "))
    assert (found.stage.code, found.pct, found.category) == ("lead", 10, C.OMITTED)
    assert found.competitors == ("Rival",)
    found = services.move_opportunity(actor=kam, opportunity_id=found.id, stage="proposal")
    assert (found.pct, found.category) == (50, C.BEST_CASE)
    with pytest.raises(Conflict):
        services.move_opportunity(actor=kam, opportunity_id=found.id, stage="proposal")
    back = services.move_opportunity(
        actor=kam, opportunity_id=found.id, stage="qualified", why="new budget owner"
    )
    told = [(one.before, one.after, one.pct, one.why) for one in queries.steps_of(back)]
    assert told == [
        ("", "lead", 10, ""),
        ("lead", "proposal", 50, ""),
        ("proposal", "qualified", 25, "new budget owner"),
    ]
    end = won(kam, back, 900)
    assert (end.outcome.final, end.outcome.pct, end.outcome.model_pct) == (900, 25, None)
    assert end.outcome.reached == ("lead", "proposal", "qualified")
    assert (end.category, end.outcome.contested) == (C.CLOSED, True)
    assert AuditEntry.objects.filter(action="opportunity.close").count() == 1
    for refused in (
        lambda: won(kam, end),
        lambda: services.move_opportunity(actor=kam, opportunity_id=end.id, stage="lead"),
    ):
        with pytest.raises(Conflict):
            refused()


def test_a_probability_of_ones_own_says_why_and_goes_with_the_stage(kam, uni):
    with pytest.raises(Invalid) as caught:
        deal(kam, uni, own_pct=D(60))
    assert "pct_reason" in caught.value.data["fields"]
    found = deal(kam, uni, own_pct=D(60), pct_reason="the rector said so", own_category=C.COMMIT)
    assert (found.pct, found.category) == (60, C.COMMIT)
    moved = services.move_opportunity(actor=kam, opportunity_id=found.id, stage="qualified")
    assert (moved.pct, moved.own_pct, moved.category) == (25, None, C.PIPELINE)


def test_what_cannot_be_kept_is_refused_and_nothing_is_written(kam, uni):
    for change, field in (
        ({"title": " "}, "title"),
        ({"wanted": ""}, "wanted"),
        ({"own_category": C.CLOSED}, "own_category"),
        ({"next_step": "call"}, "next_on"),
        ({"submit_until": TODAY}, "kind"),
        ({"amount": D(-1)}, "amount"),
    ):
        with pytest.raises(Invalid) as caught:
            deal(kam, uni, **change)
        assert field in caught.value.data["fields"], change
    with pytest.raises(NotFound):
        deal(kam, uni, product_ids=(9**9,))
    assert not models.OpportunityRow.objects.exists()
    assert not models.StageChangeRow.objects.exists()


def test_products_are_named_by_the_catalogue(kam, uni):
    product = catalog.create_product(
        actor=SYSTEM, sku="P-1", name="Lumen", kind="medicine", unit="pack"
    )
    found = deal(kam, uni, product_ids=(product.id, product.id), wanted="")
    assert found.product_ids == (product.id,)


def test_a_tender_counts_its_lots_and_ends_with_them(kam, uni):
    found = tender(kam, uni, amount=D(9))
    first, second = lot(kam, found, "1"), lot(kam, found, "2", amount=D(300))
    with pytest.raises(Invalid):
        lot(kam, found, "2")
    assert queries.opportunity_for(kam, found.id).amount == 800
    with pytest.raises(Conflict):
        won(kam, found, 450)  # a lot is open
    for one, state, more in (
        (first, LotState.WON, {"awarded": D(450)}),
        (second, LotState.LOST, {"winner": "Rival"}),
    ):
        entry = LotEntry(number=one.number, amount=one.amount, state=state, **more)
        services.edit_lot(actor=kam, lot_id=one.id, expected_version=1, entry=entry)
    with pytest.raises(Conflict):
        lost_deal(kam, found)  # a lot was won
    with pytest.raises(Invalid):
        won(kam, found, 500)  # not what the lots come to
    assert won(kam, found, 450).outcome.final == 450
    with pytest.raises(Conflict):
        lot(kam, found, "3")
    with pytest.raises(Conflict):
        lot(kam, deal(kam, uni))
    with pytest.raises(Invalid):
        services.edit_opportunity(
            actor=kam, opportunity_id=tender_with_lot(kam, uni), expected_version=None,
            entry=deal_entry(uni, kind=OpportunityKind.NEW),
        )  # fmt: skip


def tender_with_lot(kam, uni):
    found = tender(kam, uni)
    lot(kam, found)
    return found.id


def test_the_days_of_a_tender_warn_until_it_is_submitted(kam, director, other_kam, uni):
    found = tender(
        kam, uni, owner_id=kam.user_id, questions_until=TODAY - timedelta(days=1),
        submit_until=TODAY + timedelta(days=10),
    )  # fmt: skip
    lot(kam, found, "A", deadline=TODAY + timedelta(days=2))
    told = [(one.deadline.kind, one.deadline.warning) for one in queries.tender_alerts(kam)]
    assert told == [(DeadlineKind.LOT, 3), (DeadlineKind.SUBMISSION, 14)]
    own = [len(queries.own_tender_alerts(who, today=TODAY)) for who in (kam, director)]
    assert own == [2, 0]
    assert queries.tender_alerts(other_kam) == ()
    late = queries.tender_alerts(kam, today=TODAY + timedelta(days=30))
    assert [one.deadline.warning for one in late] == [0, 0]
    services.edit_opportunity(
        actor=kam, opportunity_id=found.id, expected_version=None,
        entry=deal_entry(uni, kind=OpportunityKind.TENDER, submitted_on=TODAY,
                         submit_until=TODAY + timedelta(days=10)),
    )  # fmt: skip
    assert queries.tender_alerts(kam) == ()


def test_what_was_written_never_changes(kam, uni):
    found = deal(kam, uni)
    services.show_qualification(actor=kam, opportunity_id=found.id, item="pain", text="letter")
    lost_deal(kam, found)
    for model in (
        models.OpportunityOutcome, models.StageChangeRow, models.OpportunityEvidence,
    ):  # fmt: skip
        for attempt in (
            lambda model=model: model.objects.update(at=None),
            lambda model=model: model.objects.all().delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                attempt()
        assert model.objects.count() == 1


def test_an_end_says_what_it_must(kam, uni):
    found = deal(kam, uni)
    good = DealClosing(ending=Ending.WON, on=TODAY, reason=Reason.VALUE, final=D(1), document="PO")
    for change, field in (
        ({"on": TODAY + timedelta(days=1)}, "on"),
        ({"final": D(0)}, "final"),
        ({"document": ""}, "document"),
        ({"winner": "Rival"}, "winner"),
        ({"ending": Ending.LOST, "final": D(0)}, "note"),
        ({"ending": Ending.LOST, "final": D(0), "note": "x", "winner_until": TODAY}, "winner"),
    ):
        with pytest.raises(Invalid) as caught:
            services.close_opportunity(
                actor=kam, opportunity_id=found.id, closing=dataclasses.replace(good, **change)
            )
        assert field in caught.value.data["fields"], change
    assert queries.opportunity_for(kam, found.id).open
    assert not models.OpportunityOutcome.objects.exists()


def test_the_model_counts_what_reached_the_stage(kam, director, uni):
    found = deal(kam, uni)
    services.move_opportunity(actor=kam, opportunity_id=found.id, stage="proposal")
    far = deal(kam, uni)
    services.move_opportunity(actor=kam, opportunity_id=far.id, stage="agreed")
    assert queries.deals_apart(director) == ()
    twenty_ended(uni, won_of_twenty=2)
    model = queries.odds_of(queries.opportunities_for(kam, still_open=True))
    assert (model[found.id].pct, model[found.id].closed) == (12, 20)  # (2 + 0.5) / 21
    assert model[far.id].pct is None  # nothing had reached that stage
    assert [one.opportunity.id for one in queries.deals_apart(director)] == [found.id]


def test_evidence_is_counted_once_an_item(kam, uni):
    found = deal(kam, uni)
    for item in QUALIFICATION[:3]:
        services.show_qualification(actor=kam, opportunity_id=found.id, item=item, text="letter")
    services.show_qualification(
        actor=kam, opportunity_id=found.id, item=QUALIFICATION[0], text="left", is_done=False
    )
    assert queries.shown_counts([found]) == {found.id: 2}
    with pytest.raises(Invalid):
        services.show_qualification(actor=kam, opportunity_id=found.id, item="x", text="y")


def test_foreign_is_missing(kam, other_kam, finance, uni):
    found = deal(kam, uni)
    for attempt in (
        lambda: queries.opportunity_for(other_kam, found.id),
        lambda: services.move_opportunity(
            actor=other_kam, opportunity_id=found.id, stage="proposal"
        ),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert queries.opportunities_for(other_kam) == ()
    assert queries.opportunity_for(finance, found.id).title == "Clinical tool"
    with pytest.raises(NotAllowed):
        services.move_opportunity(actor=finance, opportunity_id=found.id, stage="proposal")


def test_the_house_sets_its_stages(kam, director, uni):
    assert queries.stages() == STAGES
    changed = Stage(code="lead", position=10, pct=D(5), category=C.OMITTED)
    services.keep_stage(actor=director, stage=changed)
    found = deal(kam, uni)
    assert found.pct == 5
    kept = {"position": 10, "pct": D(5), "category": C.OMITTED}
    for wrong in (
        Stage(code="Nö", name="x", **kept),
        Stage(code="own", **kept),
        Stage(code="lead", active=False, **kept),
        Stage(code="trial", name="x", position=1, pct=D(101), category=C.PIPELINE),
        Stage(code="trial", name="x", position=1, pct=D(1), category=C.CLOSED),
    ):
        with pytest.raises(Invalid):
            services.keep_stage(actor=director, stage=wrong)
    retired = dataclasses.replace(STAGES[1], active=False)
    services.keep_stage(actor=director, stage=retired)
    assert "qualified" not in {one.code for one in queries.stages()}
    with pytest.raises(Conflict):
        services.move_opportunity(actor=kam, opportunity_id=found.id, stage="qualified")
