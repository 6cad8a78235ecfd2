"""Rows checked once are posted as they were checked, unless anything changed in between."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from keystead.accounts.services import edit_account
from keystead.kernel.errors import Conflict
from keystead.kit import jobs
from keystead.kit.access import SYSTEM
from keystead.ledger import models, queries
from keystead.ledger.calc.order import in_order
from keystead.ledger.models.folder import home
from keystead.ledger.services import desk
from keystead.ledger.services.desk import kept, staging
from keystead.ledger.services.desk.work import work_on
from keystead.ledger.tests.desk_factories import INVOICES, bring, facts, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path: Path) -> None:
    settings.KEYSTEAD_HOME = tmp_path


def place(batch_id: int) -> Path:
    return staging.folder_of(batch_id) / staging.CHECKED / kept.FILE


def test_the_kept_rows_are_posted_and_then_gone():
    world()
    batch = bring()
    rows = kept.rows(SYSTEM, work_on(SYSTEM, batch.id))
    assert rows is not None
    assert rows["value"].to_pylist() == [25, 20, 15, -5]
    desk.post_batch(actor=SYSTEM, batch_id=batch.id)
    assert [row[0] for row in facts()] == [25, 20, 15, -5]
    assert not place(batch.id).exists()


@pytest.mark.parametrize(
    "damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"ARROW1")]
)
def test_without_them_the_outcome_is_the_same(damage):
    world()
    batch = bring()
    damage(place(batch.id))
    assert kept.rows(SYSTEM, work_on(SYSTEM, batch.id)) is None
    desk.post_batch(actor=SYSTEM, batch_id=batch.id)
    assert [row[0] for row in facts()] == [25, 20, 15, -5]


def test_another_person_does_not_post_what_the_first_could_see(sales_ops):
    world()
    batch = bring()
    assert kept.rows(sales_ops, work_on(SYSTEM, batch.id)) is None


def test_a_currency_changed_after_the_check_is_not_posted_unseen():
    ids = world()
    batch = bring(INVOICES.replace(",Currency", "").replace(",EUR", ""))
    edit_account(actor=SYSTEM, account_id=ids["A-1"], currency="USD")
    assert kept.rows(SYSTEM, work_on(SYSTEM, batch.id)) is None
    with pytest.raises(Conflict) as caught:
        desk.post_batch(actor=SYSTEM, batch_id=batch.id)
    assert caught.value.code == "figures_changed"
    assert facts() == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Le fichier n’a pas de feuille nope."),
        ("zh-hans", "文件没有工作表 nope。"),
        ("en", "The file has no sheet nope."),
    ],
)
def test_what_a_job_says_is_in_the_language_of_its_person(make_actor, language, said):
    person = make_actor("ops", "sales_ops", language=language)
    world()
    batch = desk.receive_file(
        actor=person,
        content=INVOICES.encode(),
        name="invoices.csv",
        dataset="sell_in",
        source="erp",
        decisions={"sheets": ["nope"]},
    )
    jobs.run_inline(models.Batch.objects.values_list("job_id", flat=True).get(pk=batch.id))
    assert queries.batch(person, batch.id).problem["message"] == said


def test_rows_lie_by_account_day_and_product_and_keep_their_order():
    world()
    lines = [line for line in INVOICES.splitlines() if line]
    batch = bring("\n".join([lines[0], lines[4], lines[3], lines[2], lines[1], lines[1]]))
    desk.post_batch(actor=SYSTEM, batch_id=batch.id)
    (segment,) = models.Segment.objects.all()
    with pa.memory_map(str(home().locate(segment.path))) as file:
        found = pa.parquet.read_table(
            file, columns=["account_id", "date", "product_id", "source_row"]
        )
    rows = [tuple(row.values()) for row in found.to_pylist()]
    assert rows == sorted(rows)
    assert len(rows) == 5
    assert queries.batch(SYSTEM, batch.id).counts.posted == 5


def test_numbers_too_far_apart_for_one_are_ordered_all_the_same():
    table = pa.table(
        {
            "account_id": pa.array([2**62, 1, 1, 1], pa.int64()),
            "date": pa.array([date(2026, 1, 1)] * 3 + [date(2020, 1, 1)]),
            "product_id": pa.array([1, 2**61, None, 7], pa.int64()),
            "at": [0, 1, 2, 3],
        }
    )
    assert in_order(table)["at"].to_pylist() == [3, 2, 1, 0]
    close = table.set_column(0, "account_id", pa.array([9, 8, 8, 8], pa.int64()))
    close = close.set_column(2, "product_id", pa.array([1, 2, None, 7], pa.int64()))
    assert in_order(close)["at"].to_pylist() == [3, 2, 1, 0]
