"""From posted facts to a card, a kept total and a snapshot, with the real metrics and ledger."""

import dataclasses
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from keystead.kernel.periods import Period
from keystead.kit import jobs
from keystead.kit.access import SYSTEM
from keystead.kit.models import Job
from keystead.ledger import services as ledger
from keystead.ledger.types import dataset_def
from keystead.metrics.queries import evaluate
from keystead.scorecards import queries, services
from keystead.scorecards.tests.factories import account
from keystead.scorecards.types import Missing, Word

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal


def post(dataset, rows, lineage):
    schema = dataset_def(dataset).schema
    names = [name for name in schema.names if name not in ("batch_id", "sheet", "source_row")]
    full = [
        {
            **dict.fromkeys(names),
            **({"is_return": False} if "is_return" in names else {}),
            **({"currency": "CNY"} if "currency" in names else {}),
            **({"unit": "pack"} if "unit" in names else {}),
            **row,
            "month": row["date"].replace(day=1),
        }
        for row in rows
    ]
    columns = {
        name: pa.array([row[name] for row in full], schema.field(name).type) for name in names
    }
    return ledger.post_facts(
        actor=SYSTEM,
        dataset=dataset,
        source=f"erp {lineage}",
        table=pa.table(columns),
        lineage=lineage,
    )


def sales(one, lines):
    return [
        {"account_id": one.id, "date": date.fromisoformat(day), "quantity": D(1), "value": D(value)}
        for day, value in lines
    ]


@pytest.fixture
def jd(kam):
    one = account(kam)
    post(
        "sell_in", sales(one, [("2025-01-10", 900), ("2026-01-10", 600), ("2026-02-28", 370)]), "a"
    )
    targets = [
        {"account_id": one.id, "date": date(2026, month, 1), "metric": "sell_in", "value": D(500)}
        for month in (1, 2)
    ]
    post("target", targets, "t")
    return one


def lines_of(card):
    return {line.line.metric: line for line in card.lines}


def test_facts_become_a_card(kam, jd):
    card = queries.card(kam, jd.id)
    assert card.period == Period.parse("2026-01..2026-02")
    line = lines_of(card)["sell_in"]
    assert (line.actual.value, line.actual.measure) == (D(970), "CNY")
    assert (line.target.value, line.last_year.value) == (D(1000), D(900))
    assert line.score.points == D("92.5")
    assert line.trend[-2:] == ((date(2026, 1, 1), D(600)), (date(2026, 2, 1), D(370)))
    assert lines_of(card)["sell_in_growth"].score.points == D("98.6")  # 7.78 % of -8 to 8
    assert lines_of(card)["stock_days"].score.missing is Missing.NO_VALUE
    assert card.score.coverage_pct == D("35.0")
    assert (card.score.total, card.score.word) == (None, Word.MISSING)


def test_a_card_figure_is_the_metric_figure(kam, jd):
    card = queries.card(kam, jd.id)
    found = evaluate(
        actor=kam, metrics="sell_in", by=["account"], period=card.period,
        filters={"account": jd.id}, currency="CNY",
    ).figure("sell_in", account=jd.id)  # fmt: skip
    line = lines_of(card)["sell_in"]
    assert line.actual.value == found.value
    assert line.actual.proof_id.split("~")[0] == found.proof_id.split("~")[0] == "sell_in.1"


def run_waiting_jobs():
    for job in list(Job.objects.filter(kind="scorecards.refresh", state="waiting").order_by("pk")):
        jobs.run_inline(job.pk)


def test_a_post_and_an_undo_refresh_the_kept_totals(kam, jd, lenient):
    run_waiting_jobs()
    first = queries.scores_for(kam)[jd.id]
    assert (first.total, first.fresh) == (D("94.2"), True)  # (92.5 x 25 + 98.6 x 10) / 35
    batch = post("sell_in", sales(jd, [("2026-03-31", 30)]), "b")
    assert not queries.scores_for(kam)[jd.id].fresh
    run_waiting_jobs()
    second = queries.scores_for(kam)[jd.id]
    assert (str(second.period), second.fresh) == ("2026-Q1", True)
    assert second.total == D("100.0")  # 1,000 of 1,000; growth 11 %
    ledger.undo_batch(actor=SYSTEM, batch_id=batch.id)
    run_waiting_jobs()
    third = queries.scores_for(kam)[jd.id]
    assert (third.total, str(third.period)) == (first.total, "2026-01..2026-02")
    assert Job.objects.filter(kind="scorecards.refresh", state="waiting").count() == 0


@pytest.fixture
def lenient(kam):
    """The trade set with a total from a fifth of the weight on."""
    trade = next(one for one in queries.kpi_sets(kam) if one.code == "trade")
    services.save_kpi_set(actor=kam, kpi_set=dataclasses.replace(trade, min_coverage_pct=D(20)))


def test_a_kept_card_says_what_a_live_one_says(kam, jd, lenient, monkeypatch):
    live = queries.card(kam, jd.id)
    run_waiting_jobs()
    monkeypatch.setitem(queries.card.__kwdefaults__, "evaluate", None)  # nothing is asked again
    assert queries.card(kam, jd.id) == live


def test_a_snapshot_outlives_an_undo(kam, jd, lenient):
    batch = post("sell_in", sales(jd, [("2026-02-25", 30)]), "b")
    stored = services.freeze_card(actor=kam, account_id=jd.id, comment="Before the audit")
    assert lines_of(stored)["sell_in"].actual.value == D(1000)
    ledger.undo_batch(actor=SYSTEM, batch_id=batch.id)
    assert lines_of(queries.card(kam, jd.id))["sell_in"].actual.value == D(970)
    again = queries.snapshot(kam, stored.id)
    assert again == stored
    assert again.intact
