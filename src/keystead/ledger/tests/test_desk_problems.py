"""The import desk where something is wrong: problems, sums, restated months, refused files."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.conf import settings

from keystead.kernel.errors import Conflict, Invalid, SourceProblem
from keystead.kit.access import SYSTEM
from keystead.ledger import models, queries
from keystead.ledger.services import desk, undo_batch
from keystead.ledger.tests.desk_factories import (
    INVOICES,
    again,
    bring,
    counts,
    facts,
    outcome,
    questions,
    world,
)
from keystead.ledger.types import BatchState

pytestmark = pytest.mark.django_db


def values() -> list[Decimal]:
    return [row[0] for row in facts()]


class TestProblems:
    def broken(self) -> int:
        world()
        text = INVOICES.replace("2026-02-10", "2026-02-30").replace("2026-02-03", "")
        return bring(text).id

    def test_wrong_rows_are_rejected_one_by_one_with_their_reason(self) -> None:
        batch_id = self.broken()
        assert counts(batch_id) == (2, 0, 2, 0)
        lines, total = queries.problem_lines(SYSTEM, batch_id)
        assert total == 2
        assert [(one.row, one.kind, one.column, one.text) for one in lines] == [
            (4, "missing", "Invoice date", ""),
            (5, "impossible_date", "Invoice date", "2026-02-30"),
        ]

    def test_a_cell_is_mended_in_place_and_the_file_stays(self) -> None:
        batch_id = self.broken()
        desk.resolve_problem(
            actor=SYSTEM, batch_id=batch_id, sheet=_sheet(batch_id), row=5,
            column="Invoice date", value="2026-02-28",
        )  # fmt: skip
        again(batch_id)
        assert counts(batch_id) == (3, 0, 1, 0)
        cells = queries.source_cells(SYSTEM, [(batch_id, _sheet(batch_id), 5)])[0].cells
        assert "2026-02-30" in [cell.value for cell in cells]

    def test_a_cell_that_is_not_there_is_refused(self) -> None:
        batch_id = self.broken()
        for row, column in ((99, "Invoice date"), (5, "Colour")):
            with pytest.raises(Invalid):
                desk.resolve_problem(
                    actor=SYSTEM, batch_id=batch_id, sheet=_sheet(batch_id), row=row,
                    column=column, value="1",
                )  # fmt: skip
        assert not models.CellFix.objects.exists()

    @pytest.mark.parametrize("ending", [".csv", ".xlsx"])
    def test_rejects_go_out_are_corrected_and_come_back(self, ending: str) -> None:
        batch_id = self.broken()
        desk.post_batch(actor=SYSTEM, batch_id=batch_id)
        content = queries.rejects_file(SYSTEM, batch_id, ending)
        corrected = _corrected(content, ending)
        desk.receive_rejects(
            actor=SYSTEM, batch_id=batch_id, content=corrected, name=f"rejects{ending}",
            start=False,
        )  # fmt: skip
        again(batch_id)
        assert counts(batch_id)[:3] == (2, 0, 0)
        released = desk.release_waiting(actor=SYSTEM, batch_id=batch_id)
        assert released.counts.posted == 4
        assert sum(values()) == Decimal(55)

    def test_another_file_is_not_taken_for_rejects(self) -> None:
        batch_id = self.broken()
        with pytest.raises(Invalid) as caught:
            desk.receive_rejects(
                actor=SYSTEM, batch_id=batch_id, content=INVOICES.encode(), name="a.csv",
                start=False,
            )  # fmt: skip
        assert caught.value.code == "not_rejects"

    def test_single_rows_are_rejected_and_taken_back(self) -> None:
        world()
        batch = bring()
        row = [(_sheet(batch.id), 2)]
        desk.reject_rows(actor=SYSTEM, batch_id=batch.id, rows=row)
        again(batch.id)
        assert counts(batch.id) == (3, 0, 1, 0)
        desk.reject_rows(actor=SYSTEM, batch_id=batch.id, rows=row, reject=False)
        again(batch.id)
        assert counts(batch.id) == (4, 0, 0, 0)

    def test_repeated_lines_are_shown_and_kept_until_someone_skips_them(self) -> None:
        world()
        lines = INVOICES.splitlines()
        batch = bring("\n".join([*lines, lines[1], lines[1]]) + "\n")
        assert outcome(batch.id)["repeats"]["rows"] == 2
        assert counts(batch.id) == (6, 0, 0, 0)
        desk.decide(actor=SYSTEM, batch_id=batch.id, repeats="skip")
        again(batch.id)
        assert counts(batch.id) == (4, 0, 0, 2)
        posted = desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        assert (posted.counts.posted, posted.counts.skipped) == (4, 2)

    def test_blank_and_total_rows_are_skipped_by_a_stated_rule(self) -> None:
        world()
        batch = bring(INVOICES + ",,,,,,,,\nTotal,,,,,,18,,\n")
        found = outcome(batch.id)
        assert counts(batch.id) == (4, 0, 0, 2)
        assert found["left_out"] == {"blank": 1, "total": 1}


class TestSums:
    def test_a_sum_that_differs_is_not_posted(self) -> None:
        world()
        batch = bring()
        desk.assert_total(actor=SYSTEM, batch_id=batch.id, measure="value", expected="56")
        again(batch.id)
        with pytest.raises(Invalid) as caught:
            desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        assert caught.value.code == "sums_differ"
        assert caught.value.data["verdicts"][0]["difference"] == "-1"
        assert facts() == []
        desk.post_batch(actor=SYSTEM, batch_id=batch.id, despite_sums=True)
        assert len(facts()) == 4

    def test_a_sum_that_holds_is_posted(self) -> None:
        world()
        batch = bring()
        desk.assert_total(
            actor=SYSTEM, batch_id=batch.id, measure="value", expected="55.00", currency="EUR"
        )
        again(batch.id)
        assert desk.post_batch(actor=SYSTEM, batch_id=batch.id).state == BatchState.POSTED

    def test_no_number_is_refused(self) -> None:
        world()
        batch = bring()
        with pytest.raises(Invalid):
            desk.assert_total(actor=SYSTEM, batch_id=batch.id, measure="value", expected="lots")

    def test_other_figures_than_shown_are_not_posted(self) -> None:
        world()
        batch = bring()
        with pytest.raises(Conflict) as caught:
            desk.post_batch(actor=SYSTEM, batch_id=batch.id, digest="0" * 64)
        assert caught.value.code == "figures_changed"
        assert facts() == []


class TestRestating:
    LATER = INVOICES.replace("2.50", "3.00")

    def test_a_month_that_is_there_is_replaced_and_it_is_said_before(self) -> None:
        world()
        desk.post_batch(actor=SYSTEM, batch_id=bring().id)
        later = bring(self.LATER)
        found = outcome(later.id)["restate"]
        assert found["mode"] == "replace"
        assert [(one["month"], one["rows"]) for one in found["months"]] == [
            ("2026-01-01", 2), ("2026-02-01", 2),
        ]  # fmt: skip
        desk.post_batch(actor=SYSTEM, batch_id=later.id)
        assert sum(values()) == Decimal("62")
        undo_batch(actor=SYSTEM, batch_id=later.id)
        assert sum(values()) == Decimal("55")

    def test_a_month_in_part_is_asked(self) -> None:
        world()
        desk.post_batch(actor=SYSTEM, batch_id=bring().id)
        text = "\n".join(INVOICES.splitlines()[:2]) + "\n"
        text = text.replace("2026-01-05", "2026-01-05").replace("F1", "F7")
        more = text + "F8,A-1,North Pharmacy,P-2,Zinc cream,2026-02-05,4,5.00,EUR\n"
        later = bring(more)
        assert questions(later.id) == ["mode"]
        desk.decide(actor=SYSTEM, batch_id=later.id, mode="append")
        assert again(later.id).state == BatchState.READY
        desk.post_batch(actor=SYSTEM, batch_id=later.id)
        assert len(facts()) == 6


class TestPersonalData:
    TEXT = INVOICES.replace("Description", "Patient name")

    def test_it_stops_before_anything_is_kept(self) -> None:
        world()
        batch = bring(self.TEXT)
        assert batch.state == BatchState.MAPPING
        assert batch.problem["code"] == "personal_data"
        assert questions(batch.id) == ["personal_data"]
        assert _kept_files() == []
        assert not models.RawFile.objects.exists()

    def test_it_goes_on_without_the_column_and_never_stores_it(self) -> None:
        world()
        batch = bring(self.TEXT)
        desk.receive_again(
            actor=SYSTEM, batch_id=batch.id, content=self.TEXT.encode(), drop=["Patient name"],
            start=False,
        )  # fmt: skip
        assert again(batch.id).state == BatchState.READY
        desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        assert sum(values()) == Decimal(55)
        kept = b"".join(path.read_bytes() for path in settings.KEYSTEAD_HOME.glob("raw/*/*"))
        assert b"Aspirin" not in kept
        assert b"North Pharmacy" in kept
        assert queries.desk_of(SYSTEM, batch.id).dropped == ["Patient name"]

    def test_the_same_file_is_known_again_by_its_own_hash(self) -> None:
        world()
        batch = bring(self.TEXT, drop=["Patient name"])
        desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        assert bring(self.TEXT, drop=["Patient name"]).id == batch.id

    def test_another_file_cannot_be_slipped_in(self) -> None:
        world()
        batch = bring(self.TEXT)
        with pytest.raises(Conflict):
            desk.receive_again(
                actor=SYSTEM, batch_id=batch.id, content=b"other", drop=["Patient name"],
                start=False,
            )  # fmt: skip

    def test_a_mistyped_column_keeps_nothing(self) -> None:
        world()
        batch = bring(self.TEXT, drop=["Patient nme"])
        assert batch.problem["code"] == "personal_data"
        assert _kept_files() == []

    def test_the_staged_rows_can_be_made_again_from_what_is_kept(self) -> None:
        world()
        batch = bring(self.TEXT, drop=["Patient name"])
        before = counts(batch.id)
        from keystead.ledger.services.desk import staging

        staging.forget(batch.id)
        again(batch.id)
        assert counts(batch.id) == before


class TestRefused:
    def test_a_file_that_cannot_be_read_fails_with_its_reason(self) -> None:
        with pytest.raises(SourceProblem):
            bring(b"\x89PNG\r\n\x1a\n0000000000", name="picture.xlsx")
        batch = models.Batch.objects.get()
        assert batch.state == BatchState.FAILED
        assert batch.problem["message"]
        assert _kept_files() == []

    def test_a_tried_file_leaves_nothing(self) -> None:
        world()
        batch = bring()
        desk.discard_batch(actor=SYSTEM, batch_id=batch.id)
        assert not models.Batch.objects.exists()
        assert _kept_files() == []

    def test_a_posted_import_cannot_be_discarded_or_changed(self) -> None:
        world()
        batch = bring()
        desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        with pytest.raises(Conflict):
            desk.discard_batch(actor=SYSTEM, batch_id=batch.id)
        with pytest.raises(Conflict):
            desk.decide(actor=SYSTEM, batch_id=batch.id, repeats="skip")

    def test_giving_up_leaves_the_raw_file_and_no_work(self) -> None:
        world()
        batch = bring()
        assert desk.cancel_batch(actor=SYSTEM, batch_id=batch.id).state == BatchState.CANCELLED
        with pytest.raises(Conflict):
            desk.post_batch(actor=SYSTEM, batch_id=batch.id)


class TestMemory:
    def test_the_columns_of_a_source_are_remembered(self) -> None:
        world()
        text = INVOICES.replace("Qty", "Menge")
        first = bring(text, fields={"quantity": {"column": "Menge"}})
        desk.post_batch(actor=SYSTEM, batch_id=first.id)
        later = bring(text.replace("2026-01", "2026-03").replace("2026-02", "2026-04"))
        assert later.state == BatchState.READY
        mapping = queries.desk_of(SYSTEM, later.id).mapping
        assert mapping["fields"]["quantity"] == {"column": "Menge"}
        assert mapping["how"]["quantity"][0] == "remembered"

    def test_a_file_with_the_same_columns_is_of_the_same_source(self) -> None:
        world()
        desk.post_batch(actor=SYSTEM, batch_id=bring(source="North ERP").id)
        later = bring(INVOICES.replace("2026-01", "2026-03"), source="", name="x.csv")
        assert later.source == "North ERP"


def _sheet(batch_id: int) -> str:
    return models.Batch.objects.get(pk=batch_id).report["sheets"][0]["name"]


def _kept_files() -> list[str]:
    home = settings.KEYSTEAD_HOME
    return [
        str(path.relative_to(home))
        for area in ("raw", "staging", "segments")
        for path in (home / area).rglob("*")
        if path.is_file()
    ]


def _corrected(content: bytes, ending: str) -> bytes:
    if ending == ".csv":
        text = content.decode("utf-8-sig").replace("2026-02-30", "2026-02-28")
        lines = text.splitlines()
        lines = [line.replace("Aspirin 500,,6", "Aspirin 500,2026-02-03,6") for line in lines]
        return "\n".join(lines).encode()
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book.active
    column = [cell.value for cell in page[1]].index("Invoice date") + 1
    for row in range(2, page.max_row + 1):
        cell = page.cell(row, column)
        cell.value = "2026-02-28" if cell.value else "2026-02-03"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
