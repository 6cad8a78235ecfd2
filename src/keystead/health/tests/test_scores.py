"""Signals, snapshots, rules and the back-test on stored data."""

import dataclasses
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from django.db import DatabaseError, transaction

from keystead.accounts import services as accounts
from keystead.accounts.tests.factories import account
from keystead.health import models, queries, services
from keystead.health.queries.readings import readings_of
from keystead.health.rules.scoring import SHIPPED
from keystead.health.tests.factories import TODAY, reader, stored, survey
from keystead.health.types.scores import Band, Rule, Signal, Why
from keystead.kernel.errors import Invalid, NotAllowed, NotFound
from keystead.kernel.periods import add_months, month_start
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry
from keystead.ledger.services import post_facts
from keystead.ledger.types import Mode, dataset_def
from keystead.metrics.queries import open_proof
from keystead.pipeline.tests.factories import closed_at, twenty_lost
from keystead.stakeholders import services as stakeholders
from keystead.stakeholders.tests.factories import entry as person_entry
from keystead.stakeholders.tests.factories import met, role
from keystead.stakeholders.types import RoleKind

pytestmark = pytest.mark.django_db
D, S = Decimal, Signal
LAST_MONTH = add_months(month_start(TODAY), -1)
MONTH_END = month_start(TODAY) - timedelta(days=1)


@pytest.fixture
def uni(kam):
    return account(kam, "UNI", name="Université Lyon", kind="university")


def sold(rows):
    """Post invoice lines: account, day, value in euro."""
    schema = dataset_def("sell_in").schema
    names = [name for name in schema.names if name not in {"batch_id", "sheet", "source_row"}]
    lines = [
        {"account_id": account_id, "date": day, "month": day.replace(day=1), "quantity": D(1),
         "unit": "pack", "value": D(value), "currency": "EUR", "is_return": False,
         "doc_no": f"D{number}"}
        for number, (account_id, day, value) in enumerate(rows)
    ]  # fmt: skip
    table = pa.Table.from_pylist(
        [{name: line.get(name) for name in names} for line in lines],
        schema=pa.schema([schema.field(name) for name in names]),
    )
    post_facts(
        actor=SYSTEM, dataset="sell_in", source="erp", table=table, lineage="test",
        mode=Mode.REPLACE,
    )  # fmt: skip


def seen(one, on=TODAY):
    return readings_of(SHIPPED, on=on, account_ids=[one.id])[one.id]


def test_of_an_account_nobody_wrote_about_nothing_is_known(kam, uni):
    assert seen(uni) == {}
    found = queries.score_now(kam, uni.id)
    assert (found.band, found.score, found.ceiling) == (Band.UNKNOWN, 0, 100)
    assert all(one.missing for one in found.parts)


def test_satisfaction_takes_three_answers(kam, uni):
    found = survey(kam, uni)
    stored(found, 10, 9)
    few = seen(uni)[S.SATISFACTION]
    assert (few.value, few.why, few.n) == (None, Why.TOO_FEW, 2)
    stored(found, 0)
    told = seen(uni)[S.SATISFACTION]
    assert (told.value, told.why, told.n) == (D("33.3"), Why.NONE, 3)
    assert S.SATISFACTION not in seen(uni, on=TODAY - timedelta(days=1))


def test_people_give_coverage_and_sponsors(kam, uni):
    champion = reader(kam, uni)
    assert seen(uni)[S.COVERAGE].value == 0
    assert seen(uni)[S.SPONSOR].why is Why.NOBODY
    role(kam, champion, RoleKind.CHAMPION)
    met(kam, champion, days=3)
    there = seen(uni)
    assert there[S.COVERAGE].value > 0
    assert (there[S.SPONSOR].value, there[S.SPONSOR].n) == (0, 1)
    stakeholders.edit_person(
        actor=kam, person_id=champion.id, expected_version=None,
        entry=person_entry(uni, email=champion.email, left_on=TODAY - timedelta(days=9)),
    )  # fmt: skip
    assert seen(uni)[S.SPONSOR].value == 1
    assert seen(uni, on=TODAY - timedelta(days=30))[S.SPONSOR].value == 0


def test_what_people_write_down_holds_for_its_days(kam, uni):
    def write(signal, days, value):
        services.observe(
            actor=kam, account_id=uni.id, signal=signal, on=TODAY - timedelta(days=days),
            value=D(value), source="ERP, ageing list",
        )  # fmt: skip

    write(S.PAYMENT, 200, 30)
    old = seen(uni)[S.PAYMENT]
    assert (old.value, old.why) == (None, Why.STALE)
    write(S.PAYMENT, 10, 9)
    write(S.ISSUES, 10, 2)
    told = seen(uni)
    assert (told[S.PAYMENT].value, told[S.PAYMENT].text) == (9, "ERP, ageing list")
    assert told[S.ISSUES].value == 2


def test_a_follow_up_that_stays_open_is_an_issue(kam, uni):
    stored(survey(kam, uni), 1, on=TODAY - timedelta(days=10))
    assert seen(uni)[S.ISSUES].value == 0
    stored(survey(kam, uni), 1, on=TODAY - timedelta(days=40))
    assert seen(uni)[S.ISSUES].value == 1


def test_usage_is_twelve_months_on_the_twelve_before_with_its_proof(kam, uni, tmp_path, settings):
    settings.KEYSTEAD_HOME = tmp_path
    young = account(kam, "YOUNG")
    site = account(kam, "SITE")
    accounts.add_membership(actor=SYSTEM, member_id=site.id, group_id=uni.id, role="parent")
    start = add_months(month_start(TODAY), -24)
    rows = [(uni.id, start, 60), (site.id, add_months(start, 5), 40), (site.id, LAST_MONTH, 80),
            (young.id, add_months(start, 8), 50), (young.id, LAST_MONTH, 90)]  # fmt: skip
    sold([*rows, (young.id, MONTH_END, 0)])
    found = readings_of(SHIPPED, on=TODAY, account_ids=[uni.id, site.id, young.id])
    whole, part, late = (found[one.id][S.USAGE_TREND] for one in (uni, site, young))
    assert (whole.value, whole.source, whole.on) == (D("-20.0"), "sell_in", MONTH_END)
    assert part.value == D("100.0")
    assert (late.value, late.why) == (None, Why.NO_BASE)
    assert queries.score_now(kam, uni.id).parts[0].points == 0
    assert open_proof(actor=kam, proof_id=whole.proof).figure.value == 80
    old = seen(uni, on=add_months(TODAY, 8))[S.USAGE_TREND]
    assert (old.value, old.why) == (None, Why.STALE)


def test_a_month_is_kept_once_and_never_changes(kam, uni):
    found = survey(kam, uni)
    stored(found, 10, 10, 10, on=MONTH_END)
    entries = AuditEntry.objects.count()
    assert services.take_snapshots()["made"] == 1
    assert AuditEntry.objects.count() == entries + 1
    stored(found, 0, 0, 0, on=MONTH_END)
    assert services.take_snapshots()["made"] == 0
    assert AuditEntry.objects.count() == entries + 1
    (kept,) = queries.snapshots_for(kam, uni.id)
    assert (kept.month, kept.score.score, kept.score.known_pct) == (LAST_MONTH, 20, 20)
    part = next(one for one in kept.score.parts if one.rule.signal is S.SATISFACTION)
    assert (part.points, part.reading.n, part.reading.source) == (100, 3, "answers")
    for attempt in (
        lambda: models.SnapshotRow.objects.update(score=1),
        lambda: models.SnapshotRow.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_accounts_of_which_nothing_is_known_get_no_score(kam, uni):
    assert services.take_snapshots()["made"] == 0
    assert not models.SnapshotRow.objects.exists()
    with pytest.raises(Invalid):
        services.take_snapshots(month=TODAY)


def test_scores_are_for_those_who_read_terms(kam, make_actor, uni):
    stored(survey(kam, uni), 10, 10, 10, on=MONTH_END)
    services.take_snapshots()
    other = make_actor("other", "kam")
    assert queries.standings_for(other) == ()
    with pytest.raises(NotFound):
        queries.snapshots_for(other, uni.id)
    with pytest.raises(NotFound):
        queries.score_now(other, uni.id)
    with pytest.raises(NotAllowed):
        queries.standings_for(make_actor("ads", "marketing"))
    (mine,) = queries.standings_for(kam)
    assert (mine.code, mine.newest.score.score) == ("UNI", 20)


def test_a_version_of_the_rules_is_never_changed(kam, make_actor, uni):
    stored(survey(kam, uni), 10, 10, 10, on=MONTH_END)
    services.take_snapshots()
    mine = dataclasses.replace(
        SHIPPED, rules=(Rule(S.SATISFACTION, D(100), D(0), D(50), least=3),), why="only one counts"
    )
    with pytest.raises(NotAllowed):
        services.write_rules(actor=kam, rules=mine)
    boss = make_actor("boss", "director")
    entries = AuditEntry.objects.count()
    assert services.write_rules(actor=boss, rules=mine).number == 2
    assert AuditEntry.objects.count() == entries + 1
    assert services.write_rules(actor=boss, rules=mine).number == 3
    with pytest.raises(DatabaseError), transaction.atomic():
        models.RuleVersion.objects.update(why="other")
    assert [one.number for one in queries.rule_versions()] == [3, 2, 1]
    assert queries.score_now(kam, uni.id).score == 100
    (kept,) = queries.snapshots_for(kam, uni.id)
    assert (kept.score.rules_number, kept.score.score) == (1, 20)
    assert queries.rules_used() == {1: 1}


def snapshot(one, month, value, *, late=3):
    end = add_months(month, 1)
    taken = datetime(end.year, end.month, end.day, 12, tzinfo=UTC) + timedelta(days=late)
    return models.SnapshotRow(
        account_id=one.id, month=month, rules_number=1, score=D(value), ceiling=D(100),
        known_pct=D(80), band="watch", parts=[], at=taken,
    )  # fmt: skip


def test_the_back_test_says_that_it_is_not_validated(kam, uni):
    twenty_lost(uni)
    models.SnapshotRow.objects.bulk_create([snapshot(uni, add_months(LAST_MONTH, -6), 30)])
    year, half = queries.back_tests()
    assert (year.months, half.months) == (12, 6)
    assert (half.closed, half.scored, half.losses, half.validated) == (20, 20, 20, False)
    assert (year.scored, year.auc, half.auc, half.bins) == (0, None, None, ())


def test_the_back_test_takes_the_score_of_then_and_no_late_one(kam, uni):
    """Forty kept with high scores and ten lost with low ones; later and late scores say else."""
    then = add_months(month_start(TODAY), -7)
    bad, late = account(kam, "BAD"), account(kam, "LATE")
    models.SnapshotRow.objects.bulk_create(
        snapshot(one, add_months(then, months), value, late=40 if one is late else 3)
        for one, first, later in ((uni, 80, 20), (bad, 20, 80), (late, 20, 80))
        for months, value in ((0, first), (3, later))
    )
    closed_at([(uni, True)] * 40 + [(bad, False)] * 11 + [(late, False)])
    year, half = queries.back_tests()
    assert (half.closed, half.scored, half.losses, half.late) == (52, 51, 11, 1)
    assert (half.auc, half.low, half.high) == (D("1.000"), D("1.000"), D("1.000"))
    assert [(one.n, one.renewed) for one in half.bins] == [
        (0, 0),
        (11, 0),
        (0, 0),
        (0, 0),
        (40, 40),
    ]
    assert (year.scored, year.validated) == (0, False)
