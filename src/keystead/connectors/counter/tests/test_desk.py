"""A COUNTER report dropped on the import desk: read and loaded, nobody asked for columns."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from keystead.connectors.counter import models
from keystead.connectors.counter.calc.writing import as_text
from keystead.connectors.counter.services.intake import receive_report
from keystead.connectors.counter.services.sniffing import looks_like_kbart, looks_like_report
from keystead.connectors.counter.tests.reports import document, report, write
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM
from keystead.kit.jobs import run_inline
from keystead.kit.models import AuditEntry, Job
from keystead.ledger.queries import slice_set
from keystead.ledger.services import desk
from keystead.metrics.queries import evaluate

YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.KEYSTEAD_HOME = tmp_path / "home"
    (tmp_path / "home").mkdir()


def workbook(text: str) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet("TR")
        for at, line in enumerate(text.splitlines()):
            for column, cell in enumerate(line.split("\t")):
                sheet.write(at, column, int(cell) if cell.isdecimal() else cell)
    return made.getvalue()


def test_every_form_of_a_report_is_known_by_its_beginning(tmp_path: Path) -> None:
    text = as_text(report())
    files = {
        "a.json": json.dumps(document()).encode(),
        "b.tsv": text.encode("utf-8-sig"),
        "c.csv": as_text(report(), ",").encode(),
        "d.tsv": text.encode("utf-16"),
        "e.xlsx": workbook(text),
    }
    for name, content in files.items():
        path = tmp_path / name
        path.write_bytes(content)
        assert looks_like_report(path), name
    for content in (b"", b"{}", b'[{"a": 1}]', b"Code,Name\n1,2\n", b"PK\x03\x04broken",
                    b"Report_Name and other words\n"):  # fmt: skip
        path = tmp_path / "other"
        path.write_bytes(content)
        assert not looks_like_report(path), content
    (tmp_path / "k.txt").write_bytes(b"publication_title\tprint_identifier\ttitle_id\nA\t1\t2\n")
    assert looks_like_kbart(tmp_path / "k.txt")


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["json", "tsv", "xlsx"])
def test_a_dropped_report_is_loaded(lake: Any, sales_ops: Any, client_of: Any, ending: str) -> None:
    text = as_text(report())
    content = {"json": json.dumps(document()).encode(), "tsv": text.encode("utf-8-sig"),
               "xlsx": workbook(text)}[ending]  # fmt: skip
    client = client_of(sales_ops)
    answer = client.post("/imports/", {"file": SimpleUploadedFile(f"TR.{ending}", content)})
    row = models.ReportRun.objects.get()
    assert answer["Location"] == f"/usage/reports/{row.pk}/"
    run_inline(Job.objects.get(kind="counter.take").pk)
    row.refresh_from_db()
    assert (row.state, row.rows, row.account.code) == ("loaded", 15, "LAKE")
    found = evaluate(actor=SYSTEM, metrics=["controlled_requests"], by=(), period=YEAR)
    assert found.figure("controlled_requests").value == 18
    assert "loaded" in client.get(answer["Location"]).content.decode()
    client.post("/imports/", {"file": SimpleUploadedFile(f"TR.{ending}", content)})
    assert models.ReportRun.objects.count() == 1  # the same file has one effect
    assert AuditEntry.objects.filter(action="usage.receive").count() == 1


@pytest.mark.django_db
def test_any_other_file_stays_on_the_desk(lake: Any, sales_ops: Any, client_of: Any) -> None:
    file = SimpleUploadedFile("sales.csv", b"Code,Month,Units\nLAKE,2026-01,3\n")
    answer = client_of(sales_ops).post("/imports/", {"file": file})
    assert answer["Location"].startswith("/imports/")
    assert not models.ReportRun.objects.exists()


@pytest.mark.django_db
def test_a_report_that_breaks_a_rule_says_so_and_loads_nothing(
    lake: Any, sales_ops: Any, client_of: Any, tmp_path: Path
) -> None:
    def broken(made: dict[str, Any]) -> None:
        part = made["Report_Items"][0]["Attribute_Performance"][0]["Performance"]
        part["Unique_Item_Requests"]["2026-01"] = 99

    receive_report(actor=sales_ops, path=write(tmp_path / "tr.json", broken), name="tr.json")
    run_inline(Job.objects.get(kind="counter.take").pk)
    row = models.ReportRun.objects.get()
    assert row.state == "refused"
    page = client_of(sales_ops).get(f"/usage/reports/{row.pk}/").content.decode()
    assert row.findings[0]["message"][:20] in page
    assert slice_set("usage").rows == 0


@pytest.mark.django_db
def test_an_import_from_the_command_line_loads_it_at_once(lake: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "tr.json")
    handed = desk.handed_on(actor=SYSTEM, path=path, name="tr.json", now=True)
    assert handed is not None
    assert handed.good
    assert "15 rows loaded" in handed.message
    assert desk.handed_on(actor=SYSTEM, path=path, name="tr.json", dataset="sell_in") is None
    again = desk.handed_on(actor=SYSTEM, path=path, name="tr.json", now=True)
    assert again is not None
    assert models.ReportRun.objects.count() == 1


@pytest.mark.django_db
def test_a_foreign_report_is_a_missing_one(
    lake: Any, kam: Any, other_kam: Any, client_of: Any, tmp_path: Path
) -> None:
    receive_report(actor=kam, path=write(tmp_path / "tr.json"), name="tr.json")
    row = models.ReportRun.objects.get()
    assert client_of(kam).get(f"/usage/reports/{row.pk}/").status_code == 200
    assert client_of(other_kam).get(f"/usage/reports/{row.pk}/").status_code == 404
    run_inline(Job.objects.get(kind="counter.take").pk)
    row.refresh_from_db()
    assert row.state == "unmatched"  # the account is not theirs: nothing of it is told or loaded
