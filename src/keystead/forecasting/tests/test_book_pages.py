"""A workbook sent back by the page and by the command line: every wrong cell by its address."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from keystead.forecasting import models, services
from keystead.forecasting.commands import forecast
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.queries.workbook import forecast_book
from keystead.forecasting.tests.cells import shelves, stored
from keystead.forecasting.tests.house import typed
from keystead.forecasting.tests.test_workbook import _filled, _place, _typed
from keystead.forecasting.types.cycle import Cycle, Key, Layer, Node
from keystead.kernel.errors import Conflict, Invalid
from keystead.kernel.periods import add_months
from keystead.kit.access import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(kam: Actor, other_kam: Actor, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    monkeypatch.setenv("KEYSTEAD_USER", "lin")
    return shelves(kam, other_kam)


@pytest.fixture
def cycle(shop: dict[str, int]) -> Cycle:
    return stored({
        (shop["jd"], shop["p1"]): [100, 110, 120], (shop["jd"], shop["q1"]): [7, 8, 9],
    })  # fmt: skip


def sent(client: Client, cycle: Cycle, content: bytes, **more: str) -> tuple[int, str]:
    """Send a file to the page; return the status and what the page says, without its tags."""
    file = SimpleUploadedFile("mine.xlsx", content)
    answer = client.post(f"/forecasts/{cycle.id}/workbook/", {"file": file, **more})
    return answer.status_code, " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def merged(content: bytes, folder: Path, *words: str) -> Result:
    path = folder / "mine.xlsx"
    path.write_bytes(content)
    return CliRunner().invoke(forecast, ["merge", str(path), *words])


def line(actor: Actor, cycle: Cycle, key: Key) -> list[int]:
    table = cycle_table(actor, cycle.id)
    at = next(at for at, one in enumerate(table.series) if one.key == key)
    return [int(table.quantity(Layer.ACCOUNT_MANAGER, at, step)) for step in range(3)]


def wrong(content: bytes, key: Key) -> tuple[bytes, dict[str, str]]:
    """Spoil a workbook in every way; return it and what must be said of each cell."""
    said: dict[str, str] = {}

    def change(book: Any) -> None:
        page = book.worksheets[0]
        row = _place(page, key)
        for column, value, text in (
            ("G", "12 boxes", "This is no number."), ("H", "=40+2", "There is a formula"),
            ("I", 1e12, "This number is too large to be real."),
            ("L", "because", "This is none of the reasons."),
        ):  # fmt: skip
            page[f"{column}{row}"].value = value
            said[f"{column}{row}"] = text
        page["H7"].value = 5000  # over the live total
        said["H7"] = "A total was typed over"
        end = page.max_row
        for at, value in enumerate((None, "JD", "Acu", "NEW", "New thing", "pack", 1, 2, 3)):
            page.cell(end + 1, at + 1).value = value
        said[f"A{end + 1}"] = "This line was added by hand."

    return _filled(content, change), said


def test_every_wrong_cell_is_told_and_nothing_is_written(
    kam: Actor,
    shop: dict[str, int],
    cycle: Cycle,
    client_of: Callable[[Actor], Client],
    tmp_path: Path,
) -> None:
    content, said = wrong(forecast_book(kam, cycle.id), Key(shop["jd"], shop["p1"]))
    status, page = sent(client_of(kam), cycle, content)
    assert status == 422
    assert f"{len(said)} cells need mending" in page
    console = merged(content, tmp_path)
    assert isinstance(console.exception, Invalid)
    for place, text in said.items():
        assert re.search(rf"{place} .{{0,60}}{re.escape(text)}", page), (place, text)
        assert re.search(rf"{place} .*{re.escape(text)}", console.output), (place, text)
    told = merged(content, tmp_path, "--json").exception
    assert isinstance(told, Invalid)
    assert {one["place"] for one in told.data["problems"]} == set(said)
    assert not models.OverrideRow.objects.exists()


def test_columns_put_in_or_taken_out_are_told(
    kam: Actor, shop: dict[str, int], cycle: Cycle, client_of: Callable[[Actor], Client]
) -> None:
    content = forecast_book(kam, cycle.id)

    def put_in(book: Any) -> None:
        page = book.worksheets[0]
        page.insert_cols(8)
        for row in range(8, page.max_row + 1):
            page.cell(row, 8).value = 1

    status, page = sent(client_of(kam), cycle, _filled(content, put_in))
    assert status == 422
    assert "H6 This column was added by hand." in page
    taken = _filled(content, lambda book: book.worksheets[0].delete_cols(8))
    status, page = sent(client_of(kam), cycle, taken)
    assert status == 422
    assert "other months than the cycle. Look at 2026-02" in page
    assert not models.OverrideRow.objects.exists()


def test_a_workbook_of_another_cycle_is_sent_to_its_own(
    kam: Actor,
    shop: dict[str, int],
    cycle: Cycle,
    client_of: Callable[[Actor], Client],
    tmp_path: Path,
) -> None:
    later = add_months(cycle.head.month, 1)
    other = stored({(shop["jd"], shop["p1"]): [1, 1, 1]}, month=later)
    content = forecast_book(kam, cycle.id)
    status, page = sent(client_of(kam), other, content)
    assert (status, "This is the workbook of another cycle." in page) == (422, True)
    refused = merged(content, tmp_path, "--month", "2026-02")
    assert isinstance(refused.exception, Conflict)
    assert not models.OverrideRow.objects.exists()


def test_a_cell_of_a_thousand_times_is_asked_about_first(
    kam: Actor,
    shop: dict[str, int],
    cycle: Cycle,
    client_of: Callable[[Actor], Client],
    tmp_path: Path,
) -> None:
    key = Key(shop["jd"], shop["p1"])
    content = _typed(forecast_book(kam, cycle.id), {(key, 1): 110 * 10**9, (key, 2): 130})
    client = client_of(kam)
    status, page = sent(client, cycle, content)
    assert (status, "1 cell holds a thousand times what stands here" in page) == (200, True)
    status, page = sent(client, cycle, content, step="merge", reason="tender")
    assert (status, "Some cells hold a thousand times" in page) == (422, True)
    stopped = merged(content, tmp_path)
    assert isinstance(stopped.exception, Invalid)
    assert "far       JD           P1           2026-02" in stopped.output
    assert not models.OverrideRow.objects.exists()
    assert json.loads(merged(content, tmp_path, "--far", "--json").output)["written"] == 2
    assert line(kam, cycle, key) == [100, 110 * 10**9, 130]


def test_the_page_shows_both_values_and_writes_what_is_chosen(
    kam: Actor, shop: dict[str, int], cycle: Cycle, client_of: Callable[[Actor], Client]
) -> None:
    one, two = Key(shop["jd"], shop["p1"]), Key(shop["jd"], shop["q1"])
    content = _typed(forecast_book(kam, cycle.id), {(one, 1): 150, (two, 2): 12})
    services.override(
        actor=kam, cycle_id=cycle.id,
        entry=typed(Node(one.account_id, one.product_id), 140, periods=(cycle.periods[1],)),
    )  # fmt: skip
    client = client_of(kam)
    status, page = sent(client, cycle, content)
    assert status == 200
    assert "1 cell was changed on both sides" in page
    assert "Feb 2026 110 140 150" in page
    status, page = sent(client, cycle, content, step="merge", reason="tender")
    assert status == 422
    assert "Choose a value for each cell that both sides changed." in page
    chosen = {"step": "merge", "reason": "tender", "c0": "theirs", "was0": "140.0000"}
    assert sent(client, cycle, content, **chosen)[0] == 302
    assert (line(kam, cycle, one), line(kam, cycle, two)) == ([100, 150, 120], [7, 8, 12])
    assert openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].protection.sheet
