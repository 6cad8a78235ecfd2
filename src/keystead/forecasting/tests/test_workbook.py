"""A workbook goes out, is filled in, comes home: merged by cell, wrong cells told by address."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.utils import translation

from keystead.forecasting import models
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.queries.workbook import forecast_book
from keystead.forecasting.queries.workbook_reading import read_book
from keystead.forecasting.services.merging import compare_book, merge_book
from keystead.forecasting.tests.cells import lock, shelves, stored
from keystead.forecasting.types.cycle import Cycle, Key, Layer, Reason
from keystead.forecasting.types.workbook import BookRead
from keystead.kernel.errors import Conflict, Invalid, NotFound, SourceProblem
from keystead.kernel.periods import add_months
from keystead.kit.access import Actor
from keystead.kit.models import AuditEntry

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def shop(kam: Actor, other_kam: Actor) -> dict[str, int]:
    return shelves(kam, other_kam)


@pytest.fixture
def cycle(shop: dict[str, int]) -> Cycle:
    jd, ali, far = shop["jd"], shop["ali"], shop["far"]
    return stored(
        {
            (jd, shop["p1"]): [100, 110, 120], (jd, shop["p2"]): [50, 50, 50],
            (jd, shop["q1"]): [7, 8, 9], (ali, shop["p1"]): [30, 30, 30],
            (far, shop["p1"]): [1, 1, 1],
        },
        frozen_months=1,
    )  # fmt: skip


def _filled(content: bytes, change: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _place(sheet: Any, key: Key) -> int:
    wanted = f"{key.account_id}:{key.product_id}"
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == wanted)


def _typed(content: bytes, cells: dict[tuple[Key, int], Any], **words: str) -> bytes:
    def change(book: Any) -> None:
        sheet = book.worksheets[0]
        for (key, step), value in cells.items():
            row = _place(sheet, key)
            sheet.cell(row, 7 + step).value = value
            for at, word in enumerate(("reason", "note")):
                if word in words:
                    sheet.cell(row, 7 + 3 + 2 + at).value = words[word]

    return _filled(content, change)


def _read(content: bytes) -> BookRead:
    return read_book(content, name="forecast.xlsx")


def _line(actor: Actor, cycle: Cycle, key: Key, layer: Layer = Layer.ACCOUNT_MANAGER) -> list[int]:
    table = cycle_table(actor, cycle.id)
    place = next(at for at, one in enumerate(table.series) if one.key == key)
    return [int(table.quantity(layer, place, step)) for step in range(len(table.periods))]


def test_what_goes_out(kam: Actor, cycle: Cycle, shop: dict[str, int]) -> None:
    content = forecast_book(kam, cycle.id)
    book = openpyxl.load_workbook(io.BytesIO(content))
    page, base, lists, info = book.worksheets
    assert [one.sheet_state for one in book.worksheets] == [
        "visible", "visible", "veryHidden", "veryHidden",
    ]  # fmt: skip
    assert page.protection.sheet
    assert base.protection.sheet
    assert page.column_dimensions["A"].hidden
    row = _place(page, Key(shop["jd"], shop["p1"]))
    told = [page.cell(row, at).value for at in (2, 3, 4, 6, 7, 8, 9)]
    assert told == ["JD Ltd", "Acu", "P1", "pack", 100, 110, 120]
    assert [page.cell(row, at).protection.locked for at in (7, 8, 9)] == [True, False, False]
    assert page.cell(row, 10).value == f"=SUM(G{row}:I{row})"
    assert page.cell(7, 8).value == f"=SUBTOTAL(9,H8:H{page.max_row})"
    foreign = f"{shop['far']}:{shop['p1']}"
    assert not any(page.cell(at, 1).value == foreign for at in range(1, page.max_row + 1))
    told = {info.cell(at, 1).value: info.cell(at, 2).value for at in range(1, info.max_row + 1)}
    assert told["cycle_id"] == str(cycle.id)
    assert lists.cell(1, 1).value == "Promotion"


def test_totals_hold_the_values_they_have(kam: Actor, cycle: Cycle) -> None:
    """A reader that does not calculate sees the right totals: what is stored is their result."""
    content = forecast_book(kam, cycle.id)
    page = openpyxl.load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
    rows = {page.cell(at, 2).value: at for at in range(7, page.max_row + 1)
            if page.cell(at, 1).value == "sum"}  # fmt: skip
    assert [page.cell(rows["Total"], at).value for at in (7, 8, 9, 10)] == [187, 198, 209, 594]
    assert [page.cell(rows["JD Ltd"], at).value for at in (7, 8, 9)] == [157, 168, 179]
    assert [page.cell(rows["JD Ltd / Acu"], at).value for at in (7, 8, 9)] == [150, 160, 170]
    assert [page.cell(rows["ALI Ltd"], at).value for at in (7, 8, 9)] == [30, 30, 30]


def test_untouched_it_changes_nothing(kam: Actor, cycle: Cycle) -> None:
    book = _read(forecast_book(kam, cycle.id))
    assert book.problems == ()
    found = compare_book(actor=kam, book=book)
    assert (found.merged.changes, found.conflicts, len(found.merged.untouched)) == ((), 0, 12)
    taken = merge_book(actor=kam, book=book, reason=Reason.OTHER)
    assert (taken.overrides, taken.cells) == ((), 0)
    assert not models.OverrideRow.objects.exists()


@pytest.mark.parametrize("language", ["en", "zh-hans", "fr"])
def test_it_comes_home_in_three_languages(
    kam: Actor, cycle: Cycle, shop: dict[str, int], language: str
) -> None:
    key = Key(shop["jd"], shop["p1"])
    with translation.override(language):
        content = forecast_book(kam, cycle.id)
        words = {"en": "Tender", "zh-hans": "招标", "fr": "Appel d'offres"}
        sent = _typed(
            content, {(key, 1): 130, (key, 2): 0.0}, reason=words[language], note="won it"
        )
    book = _read(sent)
    assert book.problems == ()
    taken = merge_book(actor=kam, book=book, reason=Reason.OTHER)
    assert (len(taken.overrides), taken.cells) == (1, 2)
    assert _line(kam, cycle, key) == [100, 130, 0]
    row = models.OverrideRow.objects.get()
    assert (row.reason, row.note, row.evidence) == ("tender", "won it", "forecast.xlsx")
    event = AuditEntry.objects.filter(action="forecast.override_many").get()
    assert event.new["sha256"] == book.sha256
    assert event.new["cells"] == 2
    assert event.new["exported_by"] == kam.username


def test_two_workbooks_both_merge(kam: Actor, cycle: Cycle, shop: dict[str, int]) -> None:
    one, two = Key(shop["jd"], shop["p1"]), Key(shop["ali"], shop["p1"])
    content = forecast_book(kam, cycle.id)
    first = _typed(content, {(one, 1): 130, (one, 2): 140})
    second = _typed(content, {(two, 1): 33, (one, 2): 150})
    merge_book(actor=kam, book=_read(first), reason=Reason.OTHER)
    book = _read(second)
    found = compare_book(actor=kam, book=book)
    period = add_months(cycle.head.month, 2)
    assert [(c.key, c.base, c.theirs, c.ours) for c in found.merged.conflicts] == [
        ((one, period), 120, 150, 140)
    ]
    with pytest.raises(Invalid) as caught:
        merge_book(actor=kam, book=book, reason=Reason.OTHER)
    assert caught.value.code == "conflicts_open"
    assert _line(kam, cycle, two) == [30, 30, 30]  # nothing was written
    merge_book(actor=kam, book=book, reason=Reason.OTHER, choices={(one, period): D(150)})
    assert _line(kam, cycle, one) == [100, 130, 150]
    assert _line(kam, cycle, two) == [30, 33, 30]
    again = merge_book(actor=kam, book=book, reason=Reason.OTHER)
    assert (again.cells, again.same) == (0, 2)  # sent twice by mistake


def test_taking_one_side_for_all(kam: Actor, cycle: Cycle, shop: dict[str, int]) -> None:
    key = Key(shop["jd"], shop["p1"])
    content = forecast_book(kam, cycle.id)
    for value in (130, 140):
        sent = _typed(content, {(key, 1): value, (key, 2): value})
        merge_book(actor=kam, book=_read(sent), reason=Reason.OTHER, take="ours")
    assert _line(kam, cycle, key) == [100, 130, 130]
    merge_book(actor=kam, book=_read(sent), reason=Reason.OTHER, take="theirs")
    assert _line(kam, cycle, key) == [100, 140, 140]


def test_wrong_cells_are_told_by_address_and_nothing_is_taken(
    kam: Actor, cycle: Cycle, shop: dict[str, int]
) -> None:
    p1, p2, q1 = (Key(shop["jd"], shop[name]) for name in ("p1", "p2", "q1"))
    content = forecast_book(kam, cycle.id)
    sent = _typed(
        content, {(p1, 1): "12o", (p1, 2): "=1+1", (p2, 1): None, (p2, 2): -4, (q1, 1): 9},
        reason="because",
    )  # fmt: skip
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    a, b, c = (_place(page, key) for key in (p1, p2, q1))
    book = _read(sent)
    told = [(one.place, one.there, one.text) for one in book.problems]
    assert told == [
        (f"H{a}", "12o", "This is no number."),
        (f"I{a}", "2" if told[1][1] == "2" else "", "There is a formula in this cell."),
        (f"L{a}", "because", "This is none of the reasons."),
        (f"H{b}", "", "This cell is empty."),
        (f"I{b}", "-4", "A forecast cannot be below zero."),
        (f"L{b}", "because", "This is none of the reasons."),
        (f"L{c}", "because", "This is none of the reasons."),
    ]
    with pytest.raises(Invalid) as caught:
        merge_book(actor=kam, book=book, reason=Reason.OTHER)
    assert caught.value.code == "book_problems"
    assert not models.OverrideRow.objects.exists()


def test_rows_added_removed_and_doubled(kam: Actor, cycle: Cycle, shop: dict[str, int]) -> None:
    content = forecast_book(kam, cycle.id)

    def change(book: Any) -> None:
        sheet = book.worksheets[0]
        sheet.delete_rows(_place(sheet, Key(shop["ali"], shop["p1"])))
        end = sheet.max_row
        for at, value in enumerate((None, "JD", "Acu", "NEW", "New thing", "pack", 1, 2, 3)):
            sheet.cell(end + 1, at + 1).value = value
            sheet.cell(end + 2, at + 1).value = sheet.cell(end, at + 1).value

    book = _read(_filled(content, change))
    texts = [one.text for one in book.problems]
    assert [text.split(";")[0] for text in texts] == [
        "This line was added by hand.",
        "This line stands here twice",
        "This line was sent out and is missing.",
    ]


def test_another_cycle_another_file_another_person(
    kam: Actor, other_kam: Actor, cycle: Cycle, shop: dict[str, int]
) -> None:
    content = forecast_book(kam, cycle.id)
    other = stored({(shop["jd"], shop["p1"]): [1, 1, 1]}, month=add_months(cycle.head.month, 1))
    book = _read(content)
    with pytest.raises(Conflict) as caught:
        merge_book(actor=kam, book=book, cycle_id=other.id, reason=Reason.OTHER)
    assert caught.value.code == "other_cycle"
    with pytest.raises(Conflict) as caught:  # lines that are not theirs
        compare_book(actor=other_kam, book=book)
    assert caught.value.code == "other_state"
    lock(other, {(shop["jd"], shop["p1"], 0): 1})
    with pytest.raises(Conflict) as caught:
        compare_book(actor=kam, book=_read(_typed_stamp(content, other)))
    assert caught.value.code in {"locked", "other_state"}


def test_a_file_that_is_none_of_ours() -> None:
    book = openpyxl.Workbook()
    book.active.append(["account", "units"])
    kept = io.BytesIO()
    book.save(kept)
    with pytest.raises(SourceProblem) as caught:
        _read(kept.getvalue())
    assert caught.value.code == "book_strange"
    with pytest.raises(SourceProblem) as caught:
        read_book(b"account,units\nJD,3\n", name="forecast.csv")
    assert caught.value.code == "book_format"


def _typed_stamp(content: bytes, other: Cycle) -> bytes:
    def change(book: Any) -> None:
        book.worksheets[3].cell(1, 2).value = str(other.id)

    return _filled(content, change)


def test_a_tampered_state_is_refused(kam: Actor, cycle: Cycle) -> None:
    def change(book: Any) -> None:
        book.worksheets[3].cell(5, 2).value = "0" * 64

    book = _read(_filled(forecast_book(kam, cycle.id), change))
    with pytest.raises(Conflict) as caught:
        compare_book(actor=kam, book=book)
    assert caught.value.code == "other_state"


def test_frozen_months_stay(kam: Actor, cycle: Cycle, shop: dict[str, int]) -> None:
    sent = _typed(forecast_book(kam, cycle.id), {(Key(shop["jd"], shop["p1"]), 0): 5})
    with pytest.raises(Conflict) as caught:
        merge_book(actor=kam, book=_read(sent), reason=Reason.OTHER)
    assert caught.value.code == "period_frozen"


def test_a_foreign_cycle_is_missing(other_kam: Actor, shop: dict[str, int]) -> None:
    one = stored({(shop["jd"], shop["p1"]): [1]}, accounts=[shop["jd"]])
    with pytest.raises(NotFound):
        forecast_book(other_kam, one.id)
