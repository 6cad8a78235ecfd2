"""Another program calculates the workbook: LibreOffice gives our totals, and its file comes home."""

from __future__ import annotations

import io
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.queries.workbook import forecast_book
from keystead.forecasting.queries.workbook_reading import read_book
from keystead.forecasting.services.merging import merge_book
from keystead.forecasting.tests.cells import shelves, stored
from keystead.forecasting.types.cycle import Layer, Reason
from keystead.kit.access import Actor

pytestmark = pytest.mark.django_db
SOFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
# Files that claim to come from Excel are not recalculated unless this is set.
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
 oor:op="fuse"><value>0</value></prop></item></oor:items>"""
HEAD, FIRST = 7, 7  # the first row of lines and the first column of months


def recalculated(content: bytes, folder: Path) -> bytes:
    """Return the workbook as LibreOffice saves it after it calculated everything anew."""
    profile, source = folder / "profile", folder / "in.xlsx"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    source.write_bytes(content)
    subprocess.run(
        [str(SOFFICE), f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), str(source)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return (folder / "out" / "in.xlsx").read_bytes()


def rows_of(sheet: Any) -> dict[str, int]:
    """Return the row of each sum by its name and of each line by its hidden id."""
    return {
        str(sheet.cell(at, 2 if sheet.cell(at, 1).value == "sum" else 1).value): at
        for at in range(HEAD, sheet.max_row + 1)
        if sheet.cell(at, 1).value
    }


@needs_office
def test_the_totals_follow_what_is_typed_and_the_file_comes_home(
    kam: Actor, other_kam: Actor, tmp_path: Path
) -> None:
    shop = shelves(kam, other_kam)
    jd, ali = shop["jd"], shop["ali"]
    cycle = stored({
        (jd, shop["p1"]): [100, 110.5, 120], (jd, shop["p2"]): [50, 50, 50],
        (jd, shop["q1"]): [7, 8, 9], (ali, shop["p1"]): [30, 30, 30],
    })  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(forecast_book(kam, cycle.id)))
    sheet = book.worksheets[0]
    rows = rows_of(sheet)
    sheet.cell(rows[f"{jd}:{shop['p1']}"], FIRST).value = 140.25
    sheet.cell(rows[f"{ali}:{shop['p1']}"], FIRST + 1).value = 0
    kept = io.BytesIO()
    book.save(kept)

    content = recalculated(kept.getvalue(), tmp_path)
    page = openpyxl.load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
    found = {
        name: [Decimal(repr(page.cell(rows[name], FIRST + at).value)) for at in range(4)]
        for name in ("Total", "JD Ltd", "JD Ltd / Acu", "JD Ltd / Bio", "ALI Ltd")
    }
    assert found == {
        "Total": [Decimal(one) for one in ("227.25", "168.5", "209", "604.75")],
        "JD Ltd": [Decimal(one) for one in ("197.25", "168.5", "179", "544.75")],
        "JD Ltd / Acu": [Decimal(one) for one in ("190.25", "160.5", "170", "520.75")],
        "JD Ltd / Bio": [7, 8, 9, 24],
        "ALI Ltd": [30, 0, 30, 60],
    }

    # What the other program saved is still our workbook: it merges, and the totals are ours.
    read = read_book(content, name="forecast.xlsx")
    assert read.problems == ()
    merge_book(actor=kam, book=read, reason=Reason.TENDER)
    sums = cycle_table(kam, cycle.id).layers[Layer.ACCOUNT_MANAGER].sum(axis=0)
    assert [float(one) for one in found["Total"][:3]] == sums.tolist()
