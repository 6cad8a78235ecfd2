"""Compaction, cache, cleaning and verify: nothing of them may move a figure."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import SYSTEM
from keystead.kit.files import duck
from keystead.kit.models import AuditEntry
from keystead.ledger import models, queries, services
from keystead.ledger.models.folder import home, raw_path
from keystead.ledger.services.cache import drop_old_caches
from keystead.ledger.tests.factories import FEB, JAN, MAR, new_batch, post, seen, sell_in
from keystead.ledger.types import Counts, Mode

pytestmark = pytest.mark.django_db


def some_history() -> list[int]:
    """Return batches after posts, a restatement, a release and an undo."""
    first = post((1, JAN, 1, "1"), (2, FEB, 1, "2"), waiting=1)
    second = post((1, JAN, 1, "3"))
    third = post((3, MAR, 1, "4"), mode=Mode.APPEND)
    release(first)
    services.undo_batch(actor=SYSTEM, batch_id=third)
    fourth = post((4, FEB, -1, "-5"), source="b")
    return [first, second, third, fourth]


def release(batch_id: int) -> None:
    services.release_rows(
        actor=SYSTEM,
        batch_id=batch_id,
        tables=[sell_in((9, FEB, 1, "7"))],
        counts=Counts(rows_in=3, posted=3),
    )


def states() -> list[list[tuple[int, str]]]:
    return [seen(commit) for commit in range(queries.current_commit() + 1)]


def paths(area: str = "segments") -> set[str]:
    return {path for path, _changed in home().walk(area)}


def age(path: str, days: float) -> None:
    moment = time.time() - days * 86400
    os.utime(home().locate(path), (moment, moment))


def test_compaction_changes_no_state_past_or_present():
    batches = some_history()
    before = states()
    live = len(queries.slice_set("sell_in").reads)
    assert live == 4

    assert services.compact(actor=SYSTEM, dataset="sell_in", limit=10) == 0
    gone = services.compact(actor=SYSTEM, dataset="sell_in", limit=1)

    assert gone == 3
    after = states()
    assert after[: len(before)] == before
    assert after[len(before) :] == [before[-1]] * (len(after) - len(before))
    assert len(queries.slice_set("sell_in").reads) < live
    assert services.verify(actor=SYSTEM).ok
    assert AuditEntry.objects.filter(action="ledger.compact").exists()

    services.undo_batch(actor=SYSTEM, batch_id=batches[1])
    assert seen() == sorted([(1, "1"), (2, "2"), (9, "7"), (4, "-5")])
    assert states()[: len(before)] == before


def test_rows_released_later_never_share_a_file_with_their_batch():
    first = post((1, FEB, 1, "1"), waiting=1)
    services.release_rows(
        actor=SYSTEM,
        batch_id=first,
        tables=[sell_in((9, FEB, 1, "7"))],
        counts=Counts(rows_in=2, posted=2),
    )
    post((5, JAN, 1, "5"))
    services.compact(actor=SYSTEM, dataset="sell_in", limit=0)
    assert (seen(1), seen(2)) == ([(1, "1")], [(1, "1"), (9, "7")])
    assert seen() == [(1, "1"), (5, "5"), (9, "7")]


def test_compaction_that_would_change_a_sum_stops():
    post((1, JAN, 1, "1"))
    post((1, FEB, 1, "2"))
    models.Part.objects.filter(month=JAN).update(
        sums={"CNY": {"quantity": "1.0000", "value": "99.0000"}}
    )
    with pytest.raises(Conflict, match="would change"):
        services.compact(actor=SYSTEM, dataset="sell_in", limit=0)
    assert seen() == [(1, "1"), (1, "2")]
    assert len(paths()) == 2


def test_old_files_go_a_day_after_compaction():
    post((1, JAN, 1, "1"))
    post((1, FEB, 1, "2"))
    old = paths()
    services.compact(actor=SYSTEM, dataset="sell_in", limit=1)
    assert services.clean(actor=SYSTEM)["superseded"] == 0
    assert old < paths()
    later = timezone.now() + timedelta(days=2)
    assert services.clean(actor=SYSTEM, now=later)["superseded"] == 2
    assert not old & paths()
    assert seen() == [(1, "1"), (1, "2")]
    assert seen(1) == [(1, "1")]
    assert services.verify(actor=SYSTEM).ok


def test_orphans_go_only_when_a_day_old():
    post((1, JAN, 1, "1"))
    kept = paths()
    for name in ("segments/sell_in/lost.parquet", "segments/sell_in/.writing-x", "raw/ab/abcd"):
        home().write(name, lambda path: path.write_text("x"))
    assert services.clean(actor=SYSTEM)["orphans"] == 0
    for name in ("segments/sell_in/lost.parquet", "segments/sell_in/.writing-x", "raw/ab/abcd"):
        age(name, 1.5)
    assert services.clean(actor=SYSTEM)["orphans"] == 3
    assert paths() == kept
    assert services.verify(actor=SYSTEM).ok


def test_staged_tables_of_closed_imports_go():
    open_one, closed = new_batch(), new_batch(state="cancelled")
    for pk in (open_one.pk, closed.pk):
        home().write(f"staging/{pk}/t0.parquet", lambda path: path.write_text("x"))
        age(f"staging/{pk}/t0.parquet", 2)
    services.clean(actor=SYSTEM)
    assert paths("staging") == {f"staging/{open_one.pk}/t0.parquet"}


def test_retention_forgets_what_stopped_counting_long_ago(settings):
    first = post((1, JAN, 1, "1"), (2, FEB, 1, "2"))
    second = post((1, JAN, 1, "3"))
    late = timezone.now() + timedelta(days=400)
    assert services.clean(actor=SYSTEM, now=late)["retired"] == 0
    settings.KEYSTEAD_RETENTION_DAYS = 365
    assert services.clean(actor=SYSTEM, now=late)["retired"] == 1
    assert seen() == [(1, "3"), (2, "2")]
    with pytest.raises(Invalid, match="retention"):
        seen(1)
    with pytest.raises(Conflict, match="retention"):
        services.undo_batch(actor=SYSTEM, batch_id=second)
    assert seen() == [(1, "3"), (2, "2")]
    services.undo_batch(actor=SYSTEM, batch_id=first)
    assert seen() == [(1, "3")]
    assert services.verify(actor=SYSTEM).ok


def test_the_cache_holds_the_same_rows_sorted_and_their_month_sums():
    some_history()
    assert queries.cache_for("sell_in") is None
    assert services.build_cache("sell_in").startswith("cache/sell_in-6-")
    cache = queries.cache_for("sell_in")
    assert cache is not None
    with duck.open_cache(cache.path) as session:
        facts = session.rows("select account_id, value from facts")
        sums = session.rows(
            "select account_id, month, currency, unit, is_return, quantity, value, rows "
            "from month_sums"
        )
        whole = session.rows("select sum(value), sum(quantity), sum(rows) from month_sums")
        assert (
            session.rows("select sum(value), sum(quantity), sum(rows) from account_sums") == whole
        )
        assert "product_id" not in session.arrow("select * from account_sums").schema.names
    assert [row[0] for row in facts] == sorted(row[0] for row in facts)
    shown = [(account, f"{value.normalize():f}") for account, value in sorted(facts)]
    assert shown == seen()
    assert sums[0] == (1, JAN, "CNY", "pack", False, Decimal(1), Decimal(3), 1)
    assert (4, FEB, "CNY", "pack", True, Decimal(-1), Decimal(-5), 1) in sums
    assert sum(row[6] for row in sums) == sum(value for _account, value in facts)


def test_a_cache_answers_only_for_its_own_state():
    post((1, JAN, 1, "1"))
    services.build_cache("sell_in")
    cache = queries.cache_for("sell_in")
    services.post_facts(
        actor=SYSTEM,
        dataset="target",
        source="plan",
        lineage="1",
        table=sell_in((1, JAN, 1, "1"))
        .select(["account_id", "date", "value", "currency"])
        .append_column("metric", [["sell_in"]]),
    )
    assert queries.cache_for("sell_in") == cache  # another dataset moved on
    post((1, FEB, 1, "1"))
    assert queries.cache_for("sell_in") is None
    assert queries.cache_for("sell_in", commit=1) == cache
    services.compact(actor=SYSTEM, dataset="sell_in", limit=0)
    services.build_cache("sell_in")
    assert queries.cache_for("sell_in").commit == 3
    # a compaction moves no row, so the cache stays good
    assert queries.current_commit() == 4


@pytest.mark.parametrize("dataset", ["listing", "stock", "shelf_price"])
def test_every_dataset_can_be_cached_when_all_was_undone(dataset):
    from keystead.ledger.services.cache import statements
    from keystead.ledger.types import dataset_def

    path = home().hidden("cache")
    duck.build_cache(path, [(sql, ()) for sql in statements(dataset_def(dataset), ())])
    with duck.open_cache(path) as session:
        assert session.rows("select count(*) from facts") == [(0,)]
        assert (
            session.arrow("select * from facts").schema.names == dataset_def(dataset).schema.names
        )


def test_old_caches_go_after_an_hour():
    post((1, JAN, 1, "1"))
    old = services.build_cache("sell_in")
    post((1, FEB, 1, "1"))
    new = services.build_cache("sell_in")
    assert paths("cache") == {old, new}
    assert (
        drop_old_caches("sell_in", queries.versions().content("sell_in"), now=time.time() + 7200)
        == 1
    )
    assert paths("cache") == {new}


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def test_verify_is_green_and_names_what_it_saw():
    some_history()
    report = services.verify(actor=SYSTEM)
    assert report.ok
    assert (report.commits, report.batches, report.segments) == (6, 4, 5)
    assert report.rows == len(seen())
    assert report.sums["sell_in.value.CNY"] == sum(Decimal(value) for _account, value in seen())


def test_verify_finds_damage_of_every_kind():
    sha256, _size = services.keep_raw(b"a;b\n1;2\n")
    raw = models.RawFile.objects.create(sha256=sha256, bytes=8)
    pk = post((1, JAN, 1, "1"), (1, FEB, 1, "2"), raw=raw)
    segment = models.Segment.objects.get()
    file = home().locate(segment.path)
    good = file.read_bytes()

    def found() -> list[str]:
        return sorted({finding.check for finding in services.verify(actor=SYSTEM).findings})

    assert found() == []
    damage(file)
    assert found() == ["hash"]
    file.unlink()
    assert found() == ["file"]
    file.write_bytes(good)
    damage(home().locate(raw_path(sha256)))
    assert found() == ["raw file"]
    home().locate(raw_path(sha256)).write_bytes(b"a;b\n1;2\n")
    assert found() == []
    models.Part.objects.filter(month=JAN).update(rows=2)
    assert found() == ["posted rows", "sums"]
    models.Part.objects.filter(month=JAN).update(rows=1)
    models.Slice.objects.filter(part__month=JAN).update(until_commit=9)
    assert found() == ["visible"]
    models.Slice.objects.update(until_commit=None)
    models.Head.objects.update(commit=5)
    assert found() == ["commits"]
    models.Head.objects.update(commit=1)
    models.Batch.objects.filter(pk=pk).update(rows_in=3, rows_skipped=1)
    assert found() == []


def test_a_raw_file_is_kept_once_and_repaired_when_sent_again():
    first = services.keep_raw(b"hello")
    assert services.keep_raw(b"hello") == first
    assert paths("raw") == {raw_path(first[0])}
    home().locate(raw_path(first[0])).write_bytes(b"hell")
    services.keep_raw(b"hello")
    assert home().locate(raw_path(first[0])).read_bytes() == b"hello"


def test_a_path_never_leaves_the_home_folder():
    with pytest.raises(ValueError, match="outside"):
        home().locate("../elsewhere")
