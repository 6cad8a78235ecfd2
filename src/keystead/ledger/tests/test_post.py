"""Posting: all or nothing, exact sums, restatement, release, undo, as-of reads."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry, Job, OutboxEvent
from keystead.ledger import models, queries, services
from keystead.ledger.models.folder import home
from keystead.ledger.tests.factories import FEB, JAN, new_batch, post, rows_of, seen, sell_in
from keystead.ledger.types import BatchState, Counts, Mode

pytestmark = pytest.mark.django_db


def files() -> set[str]:
    return {path for path, _ in home().walk("segments")}


def test_a_post_is_visible_with_its_sums_event_and_trail():
    pk = post((3, JAN, 2, "10.5"), (1, JAN, -1, "-4"), (1, FEB, 5, "9.1234"), waiting=2)

    assert seen() == [(1, "-4"), (1, "9.1234"), (3, "10.5")]
    batch = queries.batch(SYSTEM, pk)
    assert (batch.state, batch.posted_commit, batch.counts.waiting) == (BatchState.POSTED, 1, 2)
    assert batch.months == (JAN, FEB)
    parts = models.Part.objects.order_by("month")
    assert [(part.rows, part.sums) for part in parts] == [
        (2, {"CNY": {"quantity": "1.0000", "value": "6.5000"}}),
        (1, {"CNY": {"quantity": "5.0000", "value": "9.1234"}}),
    ]
    event = OutboxEvent.objects.get(name="ledger.batch_posted")
    assert event.payload == {
        "batch_id": pk,
        "dataset": "sell_in",
        "source": "erp",
        "commit": 1,
        "months": ["2026-01-01", "2026-02-01"],
        "account_ids": [1, 3],
    }
    entry = AuditEntry.objects.get(action="ledger.post")
    assert entry.subject_id == str(pk)
    assert entry.new["posted"] == 3


def test_a_segment_is_sorted_and_whole():
    post((3, JAN, 1, "1"), (1, FEB, 1, "2"), (1, JAN, 1, "3"))
    (read,) = queries.slice_set("sell_in").reads
    assert read.pairs is None
    stored = pq.read_table(read.path)
    assert stored.column("account_id").to_pylist() == [1, 1, 3]
    assert stored.column("month").to_pylist() == [JAN, FEB, JAN]
    assert stored.schema.field("value").type == pa.decimal128(18, 4)
    assert pq.ParquetFile(read.path).metadata.row_group(0).column(0).compression == "ZSTD"


def test_a_restated_month_replaces_only_its_month_and_source():
    post((1, JAN, 1, "1"), (1, FEB, 1, "2"))
    post((1, JAN, 1, "5"), source="other")
    post((1, JAN, 1, "100"), (1, JAN, 1, "200"))

    assert seen() == [(1, "2"), (1, "5"), (1, "100"), (1, "200")]
    assert seen(1) == [(1, "1"), (1, "2")]
    assert seen(2) == [(1, "1"), (1, "2"), (1, "5")]
    assert models.Commit.objects.get(pk=3).kind == "replace"
    restating = models.Slice.objects.filter(from_commit=3)
    assert {one.restates.part.month for one in restating} == {JAN}


def test_a_restatement_may_clear_a_month_in_which_it_has_no_row():
    post((1, JAN, 1, "1"), (1, FEB, 1, "2"))
    post((1, JAN, 1, "9"), months=[FEB])
    assert seen() == [(1, "9")]


def test_append_adds_and_undo_takes_back_in_any_order():
    first = post((1, JAN, 1, "1"))
    second = post((1, JAN, 1, "2"), mode=Mode.APPEND)
    third = post((1, JAN, 1, "3"))
    assert seen() == [(1, "3")]
    services.undo_batch(actor=SYSTEM, batch_id=second)
    assert seen() == [(1, "3")]
    services.undo_batch(actor=SYSTEM, batch_id=third)
    assert seen() == [(1, "1")]
    services.undo_batch(actor=SYSTEM, batch_id=first)
    assert seen() == []
    assert [seen(commit) for commit in range(4)] == [
        [],
        [(1, "1")],
        [(1, "1"), (1, "2")],
        [(1, "3")],
    ]
    with pytest.raises(Conflict, match="posted import"):
        services.undo_batch(actor=SYSTEM, batch_id=first)


def test_undo_records_who_why_and_tells_upper_rooms():
    first = post((4, JAN, 1, "1"))
    second = post((1, JAN, 1, "2"))
    services.undo_batch(actor=SYSTEM, batch_id=second, why="wrong file")
    entry = AuditEntry.objects.get(action="ledger.undo")
    assert (entry.why, entry.new["reopened"]) == ("wrong file", 1)
    event = OutboxEvent.objects.get(name="ledger.batch_undone")
    assert event.payload["account_ids"] == [1, 4]
    assert queries.batch(SYSTEM, second).undone_commit == 3
    assert queries.batch(SYSTEM, first).state == BatchState.POSTED


def test_waiting_rows_are_released_in_a_commit_of_their_own():
    pk = post((1, JAN, 1, "1"), waiting=2)
    services.release_rows(
        actor=SYSTEM,
        batch_id=pk,
        tables=[sell_in((2, JAN, 1, "7"))],
        counts=Counts(rows_in=3, posted=2, waiting=1),
    )
    assert seen() == [(1, "1"), (2, "7")]
    assert seen(1) == [(1, "1")]
    with pytest.raises(Invalid):
        services.release_rows(
            actor=SYSTEM,
            batch_id=pk,
            tables=[sell_in((2, JAN, 1, "8"))],
            counts=Counts(rows_in=3, posted=2, waiting=1),
        )
    assert seen() == [(1, "1"), (2, "7")]
    services.undo_batch(actor=SYSTEM, batch_id=pk)
    assert seen() == []


def test_rows_released_into_a_restated_month_do_not_count():
    first = post((1, JAN, 1, "1"), waiting=1)
    second = post((1, JAN, 1, "5"))
    services.release_rows(
        actor=SYSTEM,
        batch_id=first,
        tables=[sell_in((2, JAN, 1, "7"))],
        counts=Counts(rows_in=2, posted=2),
    )
    assert seen() == [(1, "5")]
    services.undo_batch(actor=SYSTEM, batch_id=second)
    assert seen() == [(1, "1"), (2, "7")]


def test_the_same_file_has_one_effect():
    pk = post((1, JAN, 1, "1"), effect_key="abc")
    with pytest.raises(Conflict) as caught:
        post((1, JAN, 1, "1"), effect_key="abc")
    assert caught.value.data["batch_id"] == pk
    assert seen() == [(1, "1")]
    assert len(files()) == 1
    services.undo_batch(actor=SYSTEM, batch_id=pk)
    post((1, JAN, 1, "1"), effect_key="abc")
    assert seen() == [(1, "1")]


def test_the_database_itself_refuses_a_second_effect_and_lost_rows():
    first = new_batch(effect_key="abc", state=BatchState.POSTED)
    with pytest.raises(IntegrityError), transaction.atomic():
        new_batch(effect_key="abc", state=BatchState.POSTED)
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Batch.objects.filter(pk=first.pk).update(rows_in=5)


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        (Counts(rows_in=5, posted=1), "unbalanced"),
        (Counts(rows_in=2, posted=2), "unbalanced"),
        (Counts(rows_in=0, posted=1, waiting=-1), "unbalanced"),
    ],
)
def test_counts_that_do_not_add_up_change_nothing(counts, code):
    row = new_batch()
    with pytest.raises(Invalid) as caught:
        services.post_rows(
            actor=SYSTEM, batch_id=row.pk, tables=[sell_in((1, JAN, 1, "1"))], counts=counts
        )
    assert caught.value.code == code
    assert (queries.current_commit(), files(), seen()) == (0, set(), [])
    assert not OutboxEvent.objects.exists()


def test_floats_nulls_and_missing_columns_are_refused():
    row = new_batch()
    good = sell_in((1, JAN, 1, "1"))
    money = good.column_names.index("value")
    bad = [
        good.set_column(money, "value", pa.array([1.5])),
        good.set_column(money, "value", pa.array([None], pa.decimal128(18, 4))),
        good.set_column(money, "value", pa.array([Decimal("1.00001")])),
        good.drop_columns(["value"]),
    ]
    for table in bad:
        with pytest.raises(Invalid) as caught:
            services.post_rows(
                actor=SYSTEM, batch_id=row.pk, tables=[table], counts=Counts(rows_in=1, posted=1)
            )
        assert (caught.value.code, caught.value.data["column"]) == ("bad_facts", "value")
    assert files() == set()


def test_rights(kam, other_kam, viewer, own):
    own(kam, 1)
    own(other_kam, 2)
    with pytest.raises(NotAllowed):
        post((1, JAN, 1, "1"), actor=viewer)
    with pytest.raises(NotAllowed) as caught:
        post((1, JAN, 1, "1"), (2, JAN, 1, "1"), actor=kam)
    assert caught.value.code == "foreign_accounts"
    assert (seen(), files()) == ([], set())

    pk = post((1, JAN, 1, "1"), actor=kam)
    for act in (
        lambda: queries.batch(other_kam, pk),
        lambda: services.undo_batch(actor=other_kam, batch_id=pk),
    ):
        with pytest.raises(NotFound):
            act()
    assert queries.batches(other_kam) == ()
    assert [one.id for one in queries.batches(kam, states=[BatchState.POSTED])] == [pk]


def test_a_restatement_may_not_hide_a_colleagues_rows(kam, other_kam, own):
    own(kam, 1)
    own(other_kam, 2)
    post((2, JAN, 1, "1"), actor=other_kam)
    with pytest.raises(NotAllowed):
        post((1, JAN, 1, "5"), actor=kam)
    assert seen() == [(2, "1")]
    post((1, JAN, 1, "5"), actor=kam, mode=Mode.APPEND)
    assert seen() == [(1, "5"), (2, "1")]


def test_totals_of_a_shared_batch_are_shown_only_to_who_sees_all_of_it(kam, sales_ops, own):
    own(kam, 1)
    pk = post((1, JAN, 1, "1"), (2, JAN, 1, "2"), actor=sales_ops, totals={"value": "3"})
    assert queries.batch(sales_ops, pk).totals == {"value": "3"}
    assert queries.batch(kam, pk).totals == {}
    with pytest.raises(NotAllowed):
        services.undo_batch(actor=kam, batch_id=pk)
    assert queries.batches(kam, account_id=1)[0].id == pk
    assert queries.batches(kam, account_id=2) == ()


def test_facts_of_a_room_post_once_per_lineage():
    table = pa.table(
        {
            "account_id": [1],
            "date": [JAN],
            "metric": ["sell_in"],
            "value": pa.array([Decimal("12.0000")]),
            "currency": ["CNY"],
        }
    )
    first = services.post_facts(
        actor=SYSTEM, dataset="target", source="plan 2026", table=table, lineage="plan:1:v1"
    )
    again = services.post_facts(
        actor=SYSTEM, dataset="target", source="plan 2026", table=table, lineage="plan:1:v1"
    )
    assert again.id == first.id
    found = queries.slice_set("target")
    assert rows_of(found.reads, "sheet, source_row, value") == [("plan 2026", 1, Decimal(12))]
    newer = services.post_facts(
        actor=SYSTEM, dataset="target", source="plan 2026", table=table, lineage="plan:1:v2"
    )
    assert newer.id != first.id
    assert queries.slice_set("target").rows == 1


def test_changes_between_commits_are_split_by_cause():
    first = post((1, JAN, 1, "1"), (1, FEB, 1, "2"), waiting=1)
    second = post((1, JAN, 1, "9"))
    services.release_rows(
        actor=SYSTEM,
        batch_id=first,
        tables=[sell_in((2, FEB, 1, "7"))],
        counts=Counts(rows_in=3, posted=3),
    )
    other = post((1, FEB, 1, "4"), source="b")
    got = [
        (one.batch_id, one.month, one.sign, one.cause)
        for one in queries.slices_between("sell_in", 1, 4)
    ]
    assert got == [
        (first, JAN, -1, "restated"),
        (second, JAN, 1, "restated"),
        (first, FEB, 1, "released"),
        (other, FEB, 1, "new"),
    ]
    services.undo_batch(actor=SYSTEM, batch_id=second)
    back = queries.slices_between("sell_in", 4, 5)
    assert [(one.batch_id, one.sign, one.cause) for one in back] == [
        (second, -1, "undone"),
        (first, 1, "undone"),
    ]
    assert [one.cause for one in queries.slices_between("sell_in", 1, 5)] == ["released", "new"]
    turned = queries.slices_between("sell_in", 5, 4)
    assert sorted((one.batch_id, one.sign) for one in turned) == [(first, -1), (second, 1)]


def test_commit_at_a_moment_follows_the_numbers_even_when_the_clock_goes_back(monkeypatch):
    post((1, JAN, 1, "1"))
    at = models.Commit.objects.get(pk=1).at
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() - timedelta(hours=3))
    post((1, FEB, 1, "1"))
    assert models.Commit.objects.get(pk=2).at == at
    assert queries.commit_at(at - timedelta(seconds=1)) == 0
    assert queries.commit_at(at) == 2
    with pytest.raises(Invalid):
        queries.slice_set("sell_in", commit=3)
    with pytest.raises(NotFound):
        queries.slice_set("sellin")


def test_what_a_source_shows_of_a_month():
    pk = post((1, date(2026, 1, 3), 1, "1"), (1, date(2026, 1, 20), 1, "1"))
    (month,) = queries.live_months("sell_in", "erp", [JAN, FEB])
    assert (month.rows, month.first_date, month.last_date, month.batch_ids) == (
        2,
        date(2026, 1, 3),
        date(2026, 1, 20),
        (pk,),
    )


def test_reading_twice_asks_the_catalog_once(django_assert_num_queries):
    post((1, JAN, 1, "1"))
    queries.slice_set("sell_in")
    with django_assert_num_queries(1):
        queries.slice_set("sell_in")
    known = queries.versions()
    with django_assert_num_queries(0):
        queries.slice_set("sell_in", known=known)
        queries.cache_for("sell_in", known=known)


def test_a_post_asks_for_a_fresh_cache(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        post((1, JAN, 1, "1"))
    job = Job.objects.get(kind="ledger.refresh")
    assert job.payload == {"dataset": "sell_in"}


def test_a_stale_undo_is_a_conflict_and_changes_nothing():
    pk = post((1, JAN, 1, "1"))
    version = queries.batch(SYSTEM, pk).version
    with pytest.raises(Conflict) as caught:
        services.undo_batch(actor=SYSTEM, batch_id=pk, version=version - 1)
    assert caught.value.data["current_version"] == version
    assert (seen(), queries.current_commit()) == ([(1, "1")], 1)
    services.undo_batch(actor=SYSTEM, batch_id=pk, version=version)
    assert seen() == []


def test_refused_facts_leave_nothing_open_behind(sales_ops):
    table = pa.table({"account_id": [1], "date": [JAN], "metric": ["sell_in"], "value": [1.5]})
    with pytest.raises(Invalid):
        services.post_facts(
            actor=sales_ops, dataset="target", source="plan", table=table, lineage="x"
        )
    assert not models.Batch.objects.exists()
    with pytest.raises(Invalid):
        services.post_facts(
            actor=sales_ops, dataset="target", source="plan", table=table, lineage=""
        )


def test_a_list_of_imports_takes_the_same_few_queries_whatever_its_length(
    django_assert_num_queries, kam, own
):
    own(kam, 1)
    post((1, JAN, 1, "1"))
    with django_assert_num_queries(3):
        assert len(queries.batches(kam)) == 1
    for place in range(5):
        post((1, JAN, 1, "1"), source=str(place))
    with django_assert_num_queries(3):
        assert len(queries.batches(kam)) == 6
