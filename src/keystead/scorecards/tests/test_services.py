"""Sets, notes, snapshots, kept totals: who may, what is written, what never changes."""

import dataclasses
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from keystead.governance.queries.compliance import rules as compliance_rules
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit.models import AuditEntry, Job
from keystead.kit.testing.pack import RoomPack
from keystead.scorecards import models, queries, services
from keystead.scorecards.tests.factories import PERIOD, account, shared_with, world
from keystead.scorecards.types import KpiSet, LineDef, Missing, TargetSource, Word

pytestmark = pytest.mark.django_db
D = Decimal


def a_set(**values):
    lines = (
        LineDef("sell_in", D(60), target_source=TargetSource.DATASET),
        LineDef("trade_rate", D(40), target_source=TargetSource.LAST_YEAR),
    )
    return KpiSet(0, "", "Chains", "chains", ("pharmacy_chain",), lines, **values)


class TestSets(RoomPack):
    model = models.KpiSet
    scoped = False

    def create(self, actor):
        return services.save_kpi_set(actor=actor, kpi_set=a_set()).id

    def change(self, actor, pk, version):
        stored = next(one for one in queries.kpi_sets(self.writer) if one.id == pk)
        services.save_kpi_set(
            actor=actor, kpi_set=dataclasses.replace(stored, name="Other", version=version)
        )


class TestNotes(RoomPack):
    model = models.AccountLine

    def prepare(self):
        self.account = account(self.writer)
        self.metrics = iter(("stock_days", "sell_in", "off_take"))

    def create(self, actor):
        metric = next(self.metrics)
        self._note(actor, metric, 0, "first")
        return models.AccountLine.objects.latest("id").pk

    def change(self, actor, pk, version):
        metric = models.AccountLine.objects.get(pk=pk).line.metric
        self._note(actor, metric, version, "second")

    def _note(self, actor, metric, version, comment):
        services.note_line(
            actor=actor, account_id=self.account.id, metric=metric, expected_version=version,
            owner_id=self.writer.user_id, comment=comment,
        )  # fmt: skip


def test_the_default_sets_are_shipped_once():
    assert services.install_default_sets() == ()
    found = {row.code for row in models.KpiSet.objects.all()}
    assert {"trade", "information"} <= found


def test_the_default_sets_make_sense(kam):
    for kpis in queries.kpi_sets(kam):
        assert 8 <= len(kpis.lines) <= 12
        assert services.save_kpi_set(actor=kam, kpi_set=kpis).lines == kpis.lines


def test_lines_keep_their_identity_by_metric(kam):
    stored = services.save_kpi_set(actor=kam, kpi_set=a_set())
    first, second = stored.lines
    lines = (dataclasses.replace(second, weight=D(30)), dataclasses.replace(first, weight=D(70)))
    again = services.save_kpi_set(actor=kam, kpi_set=dataclasses.replace(stored, lines=lines))
    assert [line.id for line in again.lines] == [second.id, first.id]
    assert [line.weight for line in again.lines] == [D(30), D(70)]
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.new["order"]) == ("kpi_set.edit", ["trade_rate", "sell_in"])


def test_a_senseless_set_stores_nothing(kam):
    rows, entries = models.KpiSet.objects.count(), AuditEntry.objects.count()
    with pytest.raises(Invalid) as caught:
        services.save_kpi_set(actor=kam, kpi_set=a_set(good_from=D(10)))
    assert "good_from" in caught.value.data["fields"]
    assert (models.KpiSet.objects.count(), AuditEntry.objects.count()) == (rows, entries)


def test_a_kpi_on_resale_prices_is_stopped_and_noted_for_compliance(kam):
    rows = models.KpiSet.objects.count()
    bad = LineDef("price_index", D(100), target_source=TargetSource.LAST_YEAR)
    with pytest.raises(NotAllowed) as caught:
        services.save_kpi_set(actor=kam, kpi_set=dataclasses.replace(a_set(), lines=(bad,)))
    assert caught.value.data["rule"] == "R-01"
    assert "resale price" in caught.value.message
    assert models.KpiSet.objects.count() == rows
    assert AuditEntry.objects.latest("id").action == "compliance.hit"
    assert "R-01" in {rule.id for rule in compliance_rules()}
    assert "price_index" not in {metric.id for metric in queries.metric_choices()}


def test_a_missing_set_is_not_found(kam):
    with pytest.raises(NotFound):
        services.save_kpi_set(actor=kam, kpi_set=dataclasses.replace(a_set(), id=99_999))
    with pytest.raises(NotFound):
        queries.kpi_set(kam, 99_999)


def note(actor, one, metric="stock_days", version=0, **values):
    given = {"owner_id": None, "comment": "", **values}
    return services.note_line(
        actor=actor, account_id=one.id, metric=metric, expected_version=version, **given
    )


@pytest.mark.parametrize(
    ("metric", "values", "error"),
    [
        ("returns_x", {}, NotFound),
        ("sell_in", {"target": D(5)}, Invalid),
        ("stock_days", {"target": D(5)}, Invalid),
        ("stock_days", {"target": D(5), "target_high": D(4)}, Invalid),
        ("stock_days", {"target": D("NaN"), "target_high": D(4)}, Invalid),
        ("stock_days", {"owner_id": 99_999}, Invalid),
    ],
)
def test_senseless_notes_are_refused(kam, metric, values, error):
    one = account(kam)
    with pytest.raises(error):
        note(kam, one, metric, **values)
    assert not models.AccountLine.objects.exists()


def test_two_first_notes_are_a_conflict(kam):
    one = account(kam)
    assert note(kam, one, comment="a") == 1
    with pytest.raises(Conflict):
        note(kam, one, comment="b")
    with pytest.raises(Conflict):
        note(kam, one, "sell_in", 3, comment="b")
    assert models.AccountLine.objects.get().comment == "a"


@pytest.fixture
def frozen(kam):
    one = account(kam)
    note(kam, one, comment="Too much in the south", owner_id=kam.user_id)
    return services.freeze_card(
        actor=kam, account_id=one.id, period=PERIOD, comment="First half", evaluate=world()
    )


def test_a_snapshot_says_what_the_card_said(kam, frozen):
    assert (frozen.score.total, frozen.score.word, frozen.commit) == (D("82.1"), Word.GOOD, 7)
    assert (frozen.set_name, frozen.set_version, frozen.comment) == (
        "Trade accounts",
        1,
        "First half",
    )
    assert (frozen.frozen_by, frozen.period, frozen.intact) == ("Lin Wei", PERIOD, True)
    lines = {line.line.metric: line for line in frozen.lines}
    sell_in = lines["sell_in"]
    assert (sell_in.actual.value, sell_in.target.value, sell_in.last_year.value) == (
        D(970_000), D(1_000_000), D(900_000),
    )  # fmt: skip
    assert sell_in.actual.proof_id.startswith("sell_in.1~c7~2026-H1")
    assert sell_in.target.proof_id.startswith("target.1~c7")
    assert (sell_in.metric_version, sell_in.actual.measure) == (1, "CNY")
    assert lines["stock_days"].comment == "Too much in the south"
    assert lines["stock_days"].owner == "Lin Wei"
    assert lines["off_take"].line.uplift_pct == D(6)
    assert len(sell_in.trend) == 13
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.account_id) == ("scorecard.freeze", frozen.account_id)


def test_a_snapshot_stays_when_everything_behind_it_changes(kam, frozen):
    before = queries.snapshot(kam, frozen.id)
    trade = next(one for one in queries.kpi_sets(kam) if one.code == "trade")
    lines = (*(line for line in trade.lines if line.metric not in ("stock_days", "sell_in")),
             dataclasses.replace(trade.lines[0], weight=D(40)))  # fmt: skip
    services.save_kpi_set(
        actor=kam, kpi_set=dataclasses.replace(trade, lines=lines, name="New", good_from=D(95))
    )
    assert queries.snapshot(kam, frozen.id) == before


CHANGES = [
    "UPDATE scorecards_snapshot SET total = 100",
    "UPDATE scorecards_snapshot SET comment = 'x'",
    "DELETE FROM scorecards_snapshot",
    "UPDATE scorecards_snapshotline SET value = 1",
    "DELETE FROM scorecards_snapshotline",
    "INSERT INTO scorecards_snapshotline (snapshot_id, position, metric, metric_version, label, "
    "unit, weight, share_pct, direction, target_source, zero_kind, zero_at, measure, proof_id, "
    "target_measure, target_proof_id, own_target, last_year_measure, last_year_proof_id, word, "
    "missing, trend, comment) SELECT snapshot_id, 90, 'x', 1, '', '', 0, 0, '', '', '', 0, '', '', "
    "'', '', own_target, '', '', '', '', '[]', '' FROM scorecards_snapshotline WHERE position = 0",
]


@pytest.mark.parametrize("sql", CHANGES)
def test_the_database_refuses_every_change(kam, frozen, sql):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert queries.snapshot(kam, frozen.id) == frozen


def test_the_orm_is_refused_too(frozen):
    row = models.Snapshot.objects.get()
    row.total = D(100)
    for act in (row.save, row.delete, models.SnapshotLine.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_snapshot_that_was_touched_says_so(kam, frozen):
    from keystead.kit.frozen import statements

    table = "scorecards_snapshotline"
    with connection.cursor() as cursor:
        for sql in statements(connection.vendor, table, on=False):
            cursor.execute(sql)
        cursor.execute(
            "UPDATE scorecards_snapshotline SET value = value + 1 WHERE metric = 'sell_in'"
        )
        for sql in statements(connection.vendor, table, on=True):
            cursor.execute(sql)
    assert queries.snapshot(kam, frozen.id).intact is False


def test_foreign_snapshots_are_missing(other_kam, frozen):
    assert queries.snapshots(other_kam) == ()
    with pytest.raises(NotFound):
        queries.snapshot(other_kam, frozen.id)
    with pytest.raises(NotFound):
        queries.snapshots(other_kam, account_id=frozen.account_id)


def test_the_list_of_snapshots(kam, finance, frozen):
    (row,) = queries.snapshots(kam, account_id=frozen.account_id)
    assert (row.total, row.period, row.account_name) == (D("82.1"), PERIOD, "Account JD")
    assert [one.id for one in queries.snapshots(finance)] == [frozen.id]


def test_who_may_not_freeze_freezes_nothing(kam, viewer, other_kam):
    one = shared_with(account(kam), viewer)
    for actor, error in ((viewer, NotAllowed), (other_kam, NotFound)):
        with pytest.raises(error):
            services.freeze_card(actor=actor, account_id=one.id, period=PERIOD, evaluate=world())
    assert not models.Snapshot.objects.exists()


def test_costs_stay_closed_in_snapshots_too(kam, make_actor):
    one = account(kam)
    trade = next(each for each in queries.kpi_sets(kam) if each.code == "trade")
    lines = (dataclasses.replace(trade.lines[0], weight=D(15)), *trade.lines[1:],
             LineDef("gross_margin_rate", D(10), target_source=TargetSource.LAST_YEAR))  # fmt: skip
    services.save_kpi_set(actor=kam, kpi_set=dataclasses.replace(trade, lines=lines))
    rich = world(gross_margin_rate_2026=31, gross_margin_rate_2025=30)
    stored = services.freeze_card(actor=kam, account_id=one.id, period=PERIOD, evaluate=rich)
    reader = make_actor("mira", "marketing")
    seen = queries.snapshot(reader, stored.id)
    assert seen.score.total is None
    assert seen.lines[-1].actual.value is None
    assert seen.lines[-1].score.missing is Missing.HIDDEN
    assert seen.lines[0].actual.value == D(970_000)
    assert queries.snapshots(reader)[0].total is None


@pytest.mark.usefixtures("half_year")
def test_refresh_computes_what_is_missing_or_behind(kam, finance):
    one, two = account(kam, "A"), account(kam, "B")
    account(kam, "C", segment="", kind="group")
    asked = world()
    assert services.refresh_scores(evaluate=asked) == 3
    questions = len(asked.asked)
    assert services.refresh_scores(evaluate=asked) == 0
    assert len(asked.asked) == questions
    totals = queries.scores_for(finance)
    assert {totals[one.id].total, totals[two.id].total} == {D("82.1")}
    assert totals[one.id].fresh
    assert AuditEntry.objects.filter(action__startswith="scorecard").count() == 0


def test_refresh_asks_once_per_set_and_currency(kam):
    for code, currency in (("A", "CNY"), ("B", "CNY"), ("C", "EUR")):
        account(kam, code, currency=currency)
    asked = world()
    services.refresh_scores(evaluate=asked)
    wanted = asked.asked
    assert [question["currency"] for question in wanted] == ["CNY"] * 3 + ["EUR"] * 3
    assert [question["filters"] is None for question in wanted] == [True] * 3 + [False] * 3


@pytest.mark.usefixtures("half_year")
def test_totals_follow_the_set_and_the_own_target(kam):
    one = account(kam)
    services.refresh_scores(evaluate=world())
    trade = next(each for each in queries.kpi_sets(kam) if each.code == "trade")
    services.save_kpi_set(actor=kam, kpi_set=dataclasses.replace(trade, good_from=D(90)))
    assert not queries.scores_for(kam)[one.id].fresh
    assert Job.objects.filter(kind="scorecards.refresh").count() == 1
    assert services.refresh_scores(evaluate=world()) == 1
    assert queries.scores_for(kam)[one.id].word is Word.WATCH
    note(kam, one, target=D(40), target_high=D(60))
    # Stock days now 100 instead of 50 points: (7798.5 + 750) / 95
    assert queries.scores_for(kam)[one.id].total == D("90.0")
    assert services.refresh_scores(evaluate=world()) == 0


@pytest.mark.usefixtures("half_year")
def test_totals_are_scoped(kam, other_kam, viewer):
    one = shared_with(account(kam), viewer)
    services.refresh_scores(evaluate=world())
    assert list(queries.scores_for(kam)) == [one.id]
    assert list(queries.scores_for(viewer)) == [one.id]
    assert queries.scores_for(other_kam) == {}
    assert queries.scores_for(kam, account_ids=[]) == {}


@pytest.mark.usefixtures("half_year")
def test_the_list_of_totals_takes_few_queries(kam, django_assert_max_num_queries):
    for code in "ABCDE":
        account(kam, code)
    services.refresh_scores(evaluate=world())
    with django_assert_max_num_queries(5):  # one says which accounts are seen
        assert len(queries.scores_for(kam)) == 5
