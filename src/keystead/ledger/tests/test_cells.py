"""From a fact back to the cells of the file it came from."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from keystead.kernel.errors import Invalid
from keystead.kit.access import SYSTEM, Actor
from keystead.kit.files.reader import read_source
from keystead.kit.files.types import ReadOptions
from keystead.ledger import models, queries, services
from keystead.ledger.models.folder import home
from keystead.ledger.tests.factories import JAN, new_batch, sell_in
from keystead.ledger.types import Counts, SourceCell

pytestmark = pytest.mark.django_db
TEXT = "客户;Montant\nA1;10,50\nB2;20,00\nC3;bad\n"


def imported(tmp_path: Path, actor: Actor = SYSTEM) -> int:
    """Import a small file by hand: rows 2 and 3 count for accounts 1 and 2, row 4 is rejected."""
    file = tmp_path / "jan.csv"
    file.write_bytes(TEXT.encode("gb18030"))
    sha256, size = services.keep_raw(file)
    raw = models.RawFile.objects.create(sha256=sha256, bytes=size)
    row = new_batch(actor, raw=raw, file_name="jan.csv")
    settled = {"encoding": "gb18030", "delimiter": ";"}
    report = read_source(
        file,
        name="jan.csv",
        out_dir=home().locate(queries.staging_path(row.pk)),
        options=ReadOptions(**settled),
    )
    row.report, row.options = report.as_dict(), {"read": settled}
    row.save_checked(actor)
    sheet = report.sheets[0].name
    lines = sell_in((1, JAN, 1, "10.5"), (2, JAN, 1, "20"))
    services.post_rows(
        actor=SYSTEM,
        batch_id=row.pk,
        tables=[lines.set_column(lines.column_names.index("sheet"), "sheet", [[sheet] * 2])],
        counts=Counts(rows_in=3, posted=2, rejected=1),
    )
    return row.pk


def sheet_of(pk: int) -> str:
    return models.Batch.objects.get(pk=pk).report["sheets"][0]["name"]


def test_the_cells_are_the_ones_of_the_file(tmp_path):
    pk = imported(tmp_path)
    sheet = sheet_of(pk)
    found = queries.source_cells(SYSTEM, [(pk, sheet, 3), (pk, sheet, 2), (pk, sheet, 99)])
    assert [(row.file_name, row.sheet, row.row) for row in found] == [
        ("jan.csv", sheet, 3),
        ("jan.csv", sheet, 2),
    ]
    assert found[1].cells == (SourceCell("A", "客户", "A1"), SourceCell("B", "Montant", "10,50"))
    assert Decimal(found[1].cells[1].value.replace(",", ".")) == Decimal("10.5")


def test_staged_tables_are_made_again_from_the_raw_file(tmp_path):
    pk = imported(tmp_path)
    before = queries.source_cells(SYSTEM, [(pk, sheet_of(pk), 2)])
    shutil.rmtree(home().locate("staging"))
    assert queries.source_cells(SYSTEM, [(pk, sheet_of(pk), 2)]) == before
    assert [path for path, _ in home().walk("staging") if "/." in path] == []


def test_cells_of_foreign_accounts_are_never_shown(tmp_path, kam, other_kam, viewer, own):
    own(kam, 1)
    own(other_kam, 3)
    pk = imported(tmp_path, actor=kam)
    refs = [(pk, sheet_of(pk), row) for row in (1, 2, 3, 4)]

    def rows(actor: Actor) -> list[int]:
        return [found.row for found in queries.source_cells(actor, refs)]

    assert rows(SYSTEM) == [1, 2, 3, 4]
    # kam imported the file: own rows, and those that count for nobody; not account 2's
    assert rows(kam) == [1, 2, 4]
    assert rows(other_kam) == rows(viewer) == []
    own(other_kam, 2)
    assert rows(other_kam) == [3]


def test_facts_of_a_room_have_no_cells():
    table = sell_in((1, JAN, 1, "1")).drop_columns(["sheet", "source_row"])
    one = services.post_facts(
        actor=SYSTEM, dataset="sell_in", source="room", table=table, lineage="x"
    )
    assert queries.source_cells(SYSTEM, [(one.id, "room", 1)]) == ()


def test_too_many_rows_at_once_are_refused():
    with pytest.raises(Invalid):
        queries.source_cells(SYSTEM, [(1, "s", row) for row in range(5_001)])
