"""Signals and the roll-up over real facts in the ledger, and their arithmetic."""

import dataclasses
from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest

from keystead.accounts import services as accounts
from keystead.accounts.tests.factories import account, shared_with
from keystead.kernel.errors import Invalid, NotFound
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit import mail
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry
from keystead.ledger.services import post_facts
from keystead.ledger.types import dataset_def
from keystead.pipeline import models, queries, services
from keystead.pipeline.calc.rollup import OF_RENEWAL, sums
from keystead.pipeline.tests.deals import deal, lost_deal, lot, tender, twenty_ended, won
from keystead.pipeline.tests.factories import TODAY, renewal, signed, twenty_lost
from keystead.pipeline.types.opportunities import ForecastCategory as C
from keystead.pipeline.types.opportunities import LotEntry, LotState
from keystead.pipeline.types.renewals import Closing, Reason, RenewalState
from keystead.pipeline.types.rollup import Piece
from keystead.pipeline.types.seen import RivalLoss
from keystead.pipeline.types.seen import SignalKind as K
from keystead.reference.services import import_rates

pytestmark = pytest.mark.django_db
D = Decimal
MONTH = month_start(TODAY)


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    settings.KEYSTEAD_HOME = tmp_path / "home"


@pytest.fixture
def director(make_actor):
    return make_actor("boss", "director")


@pytest.fixture
def uni(kam, director):
    made = account(kam, "UNI", name="Université Lyon", kind="university", currency="EUR")
    return shared_with(made, director)


def post(dataset, rows):
    schema = dataset_def(dataset).schema
    names = [name for name in schema.names if name not in {"batch_id", "sheet", "source_row"}]
    table = pa.Table.from_pylist(
        [{name: row.get(name) for name in names} for row in rows],
        schema=pa.schema([schema.field(name) for name in names]),
    )
    post_facts(actor=SYSTEM, dataset=dataset, source="test", table=table, lineage=dataset)


def usage(one, day, count, metric="Unique_Item_Requests", access="Controlled"):
    return {
        "account_id": one.id, "date": day, "month": day, "platform": "P", "title": "Journal",
        "data_type": "Journal", "metric_type": metric, "access_type": access,
        "access_method": "Regular", "family": "TR", "report": "TR", "release": "5.1",
        "quantity": D(count),
    }  # fmt: skip


def target(one, value, currency="EUR"):
    year = date(TODAY.year, 1, 1)
    return {
        "account_id": one.id, "date": year, "month": year, "metric": "sell_in",
        "value": D(value), "currency": currency,
    }  # fmt: skip


def told(actor, kind):
    return [one for one in queries.signals_for(actor) if one.kind is kind]


def test_refused_and_growing_use(kam, other_kam, finance, uni):
    quiet = account(kam, "Q")
    post("usage", [
        usage(uni, MONTH, 900), usage(uni, add_months(MONTH, -12), 600),
        usage(uni, MONTH, 900, "Total_Item_Requests"),
        usage(uni, MONTH, 150, "No_License", None), usage(uni, MONTH, 40, "Limit_Exceeded", None),
        usage(quiet, MONTH, 5000, "Total_Item_Requests"), usage(quiet, MONTH, 99, "No_License", None),
    ])  # fmt: skip
    refused = told(kam, K.TURNAWAYS)
    assert [(one.account_id, one.told["count"], one.told["rate"]) for one in refused] == [
        (uni.id, "150", "14.3")
    ]
    assert refused[0].key == f"turnaways:{uni.id}:licence:{TODAY.year}"
    assert refused[0].proof
    assert [one.told["rate"] for one in told(kam, K.USE_GROWTH)] == ["50.0"]
    assert queries.signals_for(other_kam) == ()
    made = services.take_signal(actor=kam, key=refused[0].key)
    assert (made.kind, "150" in made.wanted) == ("cross", True)
    assert told(kam, K.TURNAWAYS) == []


def test_a_new_site_and_what_grows(kam, uni):
    site, old = account(kam, "S", name="Site Bron"), account(kam, "O")
    for member, began in ((site, TODAY - timedelta(days=30)), (old, TODAY - timedelta(days=900))):
        accounts.add_membership(
            actor=SYSTEM, member_id=member.id, group_id=uni.id, role="parent", valid_from=began
        )
    assert [(one.account_id, one.told["group"]) for one in told(kam, K.NEW_SITE)] == [
        (site.id, "Université Lyon")
    ]
    for year, beds, students in ((2024, 200, 1000), (2025, 230, 1050)):
        for kind, value in (("beds", beds), ("students", students)):
            accounts.set_measure(
                actor=SYSTEM, account_id=uni.id, kind=kind, value=D(value), as_of=date(year, 1, 1),
                source="register",
            )  # fmt: skip
    grown = told(kam, K.GROWTH)
    assert [(one.told["measure"], one.told["rate"]) for one in grown] == [("beds", "15.0")]
    assert grown[0].key == f"growth:{uni.id}:beds:2025-01-01"


def test_what_a_competitor_won_comes_back(kam, uni):
    soon, late = TODAY + timedelta(days=200), TODAY + timedelta(days=500)
    lost_deal(kam, deal(kam, uni), winner="Rival", winner_until=soon)
    lost_deal(kam, deal(kam, uni), winner="Other", winner_until=late)
    lost_deal(kam, deal(kam, uni))
    assert [(one.told["winner"], one.on) for one in told(kam, K.COMPETITOR)] == [("Rival", soon)]


def test_a_contract_that_ends_is_no_signal_where_something_is_going_on(kam, uni):
    renewal(kam, uni, last=TODAY + timedelta(days=200))
    renewal(kam, uni, contract="F", last=TODAY + timedelta(days=700))
    assert [one.told["contract"] for one in told(kam, K.CONTRACT_END)] == ["C-1"]
    deal(kam, uni)
    assert told(kam, K.CONTRACT_END) == []


def test_the_roll_up_against_the_target(kam, other_kam, director, uni):
    far = shared_with(account(other_kam, "FAR", name="Lille", currency="EUR"), director)
    yen = deal(kam, uni, currency="JPY", amount=D(10**6))
    post("target", [target(uni, 12000), target(far, 3000)])
    end = Period.year(TODAY.year).last
    won(kam, deal(kam, uni), 900)
    lost_deal(kam, deal(kam, uni))
    half = deal(kam, uni, owner_id=kam.user_id, expected_close=TODAY)
    services.move_opportunity(actor=kam, opportunity_id=half.id, stage="proposal")
    renewal(kam, uni, last=TODAY, forecast=D(2000), manager_pct=D(80))
    renewal(kam, uni, contract="C-9", last=end, forecast=None, target=None, manager_pct=None)
    signed(kam, director, renewal(kam, uni, contract="C-2", last=TODAY), 700)
    deal(other_kam, far, expected_close=TODAY)  # a lead: omitted
    deal(kam, uni, expected_close=end + timedelta(days=1))
    found = queries.rollup_for(director, year=TODAY.year, currency="EUR")
    whole = found.lines[0]
    assert (whole.target, found.unrated, found.unset) == (15000, yen.expected_close <= end, 1)
    assert (whole.new.closed, whole.new.weighted) == (900, 500)
    assert whole.new.categories[C.BEST_CASE] == 1000
    assert whole.new.categories[C.OMITTED] == 1000
    assert (whole.renewals.closed, whole.renewals.weighted) == (700, 1600)
    assert (whole.renewals.unsaid, whole.renewals.unmodelled) == (1, 2)
    assert whole.expected == 900 + 500 + 700 + 1600
    mine = queries.rollup_for(kam, year=TODAY.year, currency="EUR", deep=True)
    assert (mine.lines[0].target, mine.lines[0].new.categories.get(C.OMITTED)) == (12000, None)
    own = [one for one in mine.lines if one.key]
    assert [(one.name, one.target, bool(one.target_proof)) for one in own] == [
        ("Université Lyon", 12000, True)
    ]
    names = [one.name for one in found.lines if one.level == 2]
    assert kam.name in names
    by_place = queries.rollup_for(director, year=TODAY.year, currency="EUR", by="territory")
    assert [(one.level, one.target) for one in by_place.lines] == [(0, 15000), (1, 15000)]


def test_the_lines_below_add_up_to_the_whole(kam, other_kam, director, uni):
    far = shared_with(account(other_kam, "FAR", name="Lille", currency="EUR"), director)
    post("target", [target(uni, 12000), target(far, 3000)])
    for actor, one in ((kam, uni), (other_kam, far)):
        found = deal(actor, one, expected_close=TODAY, owner_id=actor.user_id)
        services.move_opportunity(actor=actor, opportunity_id=found.id, stage="agreed")
        renewal(actor, one, last=TODAY)
    lines = queries.rollup_for(director, year=TODAY.year, currency="EUR", deep=True).lines
    for level in (1, 2, 3):
        below = [one for one in lines if one.level == level]
        assert sum(one.target or 0 for one in below) == lines[0].target == 15000
        assert sum(one.expected for one in below) == lines[0].expected


def test_another_currency_takes_the_rate_of_today(kam, uni):
    rates = f"date,from,to,rate,source\n{TODAY},EUR,CNY,8,test\n".encode()
    import_rates(actor=SYSTEM, content=rates, name="rates.csv", source="test")
    found = deal(kam, uni, currency="CNY", amount=D(8000), expected_close=TODAY)
    services.move_opportunity(actor=kam, opportunity_id=found.id, stage="proposal")
    assert queries.rollup_for(kam, year=TODAY.year, currency="EUR").lines[0].new.weighted == 500
    assert queries.rollup_for(kam, year=TODAY.year, currency="CNY").lines[0].new.weighted == 4000


def test_lots_that_were_won_are_closed_and_lost_ones_are_gone(kam, uni):
    found = tender(kam, uni, expected_close=TODAY)
    parts = [lot(kam, found, name) for name in ("1", "2", "3")]
    for one, state, more in (
        (parts[0], LotState.WON, {"awarded": D(450)}), (parts[1], LotState.LOST, {}),
    ):  # fmt: skip
        entry = LotEntry(number=one.number, amount=one.amount, state=state, **more)
        services.edit_lot(actor=kam, lot_id=one.id, expected_version=1, entry=entry)
    services.move_opportunity(actor=kam, opportunity_id=found.id, stage="proposal")
    new = queries.rollup_for(kam, year=TODAY.year, currency="EUR").lines[0].new
    assert (new.closed, new.weighted, new.open) == (450, 250, 1)


def test_manager_and_model_are_compared_over_the_same(kam, director, uni):
    twenty_lost(uni)
    twenty_ended(uni, won_of_twenty=2)
    found = deal(kam, uni, expected_close=TODAY)
    services.move_opportunity(actor=kam, opportunity_id=found.id, stage="proposal")
    renewal(kam, uni, last=TODAY, forecast=D(1000), manager_pct=D(90))
    whole = queries.rollup_for(director, year=TODAY.year, currency="EUR").lines[0]
    assert (whole.new.by_manager, whole.new.by_model) == (500, 120)
    assert (whole.renewals.by_manager, whole.renewals.by_model) == (900, 20)


def test_sums_of_pieces():
    one = Piece(1, None, True, C.COMMIT, D(100), D(90), D(50), True)
    found = sums([
        one, dataclasses.replace(one, manager_pct=None), dataclasses.replace(one, model_pct=None),
        dataclasses.replace(one, category=C.OMITTED),
        dataclasses.replace(one, category=C.CLOSED, open=False),
        dataclasses.replace(one, category=C.OMITTED, open=False),
    ])  # fmt: skip
    assert (found.weighted, found.by_manager, found.by_model) == (180, 90, 50)
    assert (found.open, found.unsaid, found.unmodelled) == (4, 1, 1)
    assert (found.closed, found.categories[C.OMITTED], found.expected) == (100, 100, 280)
    assert set(OF_RENEWAL) == set(RenewalState)


def test_a_renewal_lost_to_a_competitor_is_asked_for_again(kam, uni):
    gone = TODAY - timedelta(days=200)
    for contract, reason in (("A", Reason.PRICE), ("B", Reason.COMPETITOR)):
        found = renewal(kam, uni, contract=contract, last=gone)
        closing = Closing(state=RenewalState.LOST, on=gone, reason=reason, note="they left")
        services.close_renewal(actor=kam, renewal_id=found.id, closing=closing)
    assert [one.on for one in told(kam, K.COMPETITOR)] == [add_months(gone, 12)]


def test_what_a_competitor_lost_is_a_signal(kam, other_kam, finance, uni):
    won(kam, deal(kam, uni, title="Imaging", competitors=("Rival", "Other")), 900)
    won(kam, deal(kam, uni, title="Alone"), 900)
    lost_deal(kam, deal(kam, uni, competitors=("Rival",)))
    loss = RivalLoss(uni.id, " Third ", "ebooks", TODAY - timedelta(days=3), "letter of the dean")
    services.tell_rival_loss(actor=kam, loss=loss)
    old = dataclasses.replace(loss, on=TODAY - timedelta(days=400))
    services.tell_rival_loss(actor=kam, loss=old)
    found = told(kam, K.RIVAL_LOST)
    assert [(one.told["rival"], one.told["what"], one.proposes) for one in found] == [
        ("Rival, Other", "Imaging", "cross"), ("Third", "ebooks", "new")
    ]  # fmt: skip
    assert told(other_kam, K.RIVAL_LOST) == []
    made = services.take_signal(actor=kam, key=found[1].key)
    assert "letter of the dean" in made.wanted


def test_a_loss_is_told_by_who_plans_the_account_with_its_source(kam, other_kam, finance, uni):
    loss = RivalLoss(uni.id, "Third", "ebooks", TODAY, "letter")
    faults = (
        (kam, {"source": " "}, Invalid), (kam, {"on": TODAY + timedelta(days=1)}, Invalid),
        (other_kam, {}, NotFound),
    )  # fmt: skip
    for actor, changes, error in faults:
        with pytest.raises(error):
            services.tell_rival_loss(actor=actor, loss=dataclasses.replace(loss, **changes))
    assert not models.RivalLossRow.objects.exists()
    assert not AuditEntry.objects.filter(action="rival.lost").exists()
    services.tell_rival_loss(actor=kam, loss=loss)
    assert AuditEntry.objects.filter(action="rival.lost").count() == 1


def test_the_night_writes_down_what_is_new_and_tells_the_owner(
    settings, mailoutbox, kam, other_kam, uni
):
    settings.KEYSTEAD_MAIL = True
    user = models.OpportunityRow._meta.get_field("owner").related_model.objects
    user.filter(pk=kam.user_id).update(email="kam@example.org", language="en")
    user.filter(pk=other_kam.user_id).update(email="other@example.org")
    first = renewal(kam, uni, last=TODAY + timedelta(days=200))
    day, later = TODAY, TODAY + timedelta(days=20)
    assert services.watch_signals(today=day) == {"seen": 1, "new": 1, "gone": 0, "told": 1}
    assert services.watch_signals(today=day) == {"seen": 1, "new": 0, "gone": 0, "told": 0}
    renewal(kam, uni, contract="C-2", last=TODAY + timedelta(days=210))
    assert services.watch_signals(today=later) == {"seen": 2, "new": 1, "gone": 0, "told": 1}
    assert queries.last_looked() == later
    since = queries.first_seen_of(one.key for one in queries.signals_for(kam))
    assert sorted(since.values()) == [day, later]
    fresh = queries.fresh_signals(kam, today=later)
    assert [(one.account_id, one.first_seen) for one in fresh] == [(uni.id, later)]
    assert queries.fresh_signals(other_kam, today=later) == ()
    mail.send_waiting()
    assert [(one.to, one.subject) for one in mailoutbox] == [
        (["kam@example.org"], "1 new signal at your accounts")
    ] * 2
    told_of = [("C-1 ends" in one.body, "C-2 ends" in one.body) for one in mailoutbox]
    assert told_of == [(True, False), (False, True)]
    services.dismiss_signal(actor=kam, key=fresh[0].key, reason="no")
    assert queries.fresh_signals(kam, today=later) == ()
    key = f"contract_end:{first.id}:{first.last}"
    models.RenewalRow.objects.filter(pk=first.id).update(closed=True)
    assert services.watch_signals(today=later)["gone"] == 2
    assert queries.first_seen_of([key]) == {}
