"""The trail as a page and as a file: rights by the matrix, filters, a fact sheet, no formulas."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from keystead.doors.web.tests.house import account
from keystead.kit import audit, jobs, upkeep
from keystead.kit.access import SYSTEM, Actor, actor_for
from keystead.kit.audit import chain
from keystead.kit.audit.triggers import statements
from keystead.kit.models import AuditEntry, Job, User

pytestmark = pytest.mark.django_db
PAGE = "/governance/trail/"
EVIL = '=HYPERLINK("http://evil.example")'


@pytest.fixture(autouse=True)
def home(tmp_path: Any, settings: Any) -> None:
    settings.KEYSTEAD_HOME = tmp_path


@pytest.fixture
def house(make_user: Callable[..., User], sales_ops: Actor) -> dict[str, Any]:
    """Two teams with an account each, one act of each key account manager, one of money."""
    boss = make_user("boss", "director")
    lin = actor_for(make_user("lin", "kam", manager=boss, first_name="Lin", last_name="Wei"))
    claire = actor_for(make_user("claire", "kam"))
    own, foreign = account(sales_ops, "QH-1", lin), account(sales_ops, "ZZ-9", claire)
    for who, pk, why in ((lin, own, EVIL), (claire, foreign, "claires secret")):
        with transaction.atomic():
            audit.record(
                actor=who, action="account.edit", subject=("account", pk),
                old={"name": "before"}, new={"name": f"after {pk}"}, why=why, account_id=pk,
            )  # fmt: skip
    with transaction.atomic():
        audit.record(actor=claire, action="ledger.post", subject=("batch", 9), why="money act")
    return {"boss": actor_for(boss), "lin": lin, "claire": claire, "own": own, "foreign": foreign}


def seen(client: Client, query: str = "") -> str:
    answer = client.get(PAGE + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_each_role_reads_what_the_matrix_gives(
    house: dict[str, Any], client_of: Any, make_actor: Any
) -> None:
    lin = seen(client_of(house["lin"]))
    assert "HYPERLINK" in lin
    assert "claires secret" not in lin
    assert "money act" not in lin
    boss = seen(client_of(house["boss"]))
    assert "HYPERLINK" in boss
    assert "Lin Wei" in boss
    assert "claires secret" not in boss
    finance = seen(client_of(make_actor("fei", "finance")))
    assert "money act" in finance
    assert "claires secret" not in finance
    auditor = seen(client_of(make_actor("sofia", "compliance")))
    assert "HYPERLINK" in auditor
    assert "claires secret" in auditor
    assert "money act" in auditor


@pytest.mark.parametrize("role", ["sales_ops", "marketing", "admin"])
def test_who_may_not_read_is_refused(role: str, client_of: Any, make_actor: Any) -> None:
    assert client_of(make_actor("x", role)).get(PAGE).status_code == 403


@pytest.mark.parametrize("role", ["viewer", "kam", "director", "finance", "admin"])
def test_only_compliance_takes_it_out(role: str, client_of: Any, make_actor: Any) -> None:
    before = AuditEntry.objects.count()
    assert client_of(make_actor("x", role)).get(PAGE + "export/xlsx/").status_code == 403
    assert AuditEntry.objects.count() == before


def test_filters_narrow_and_a_foreign_account_is_a_missing_one(
    house: dict[str, Any], client_of: Any, make_actor: Any
) -> None:
    client = client_of(make_actor("sofia", "compliance"))
    assert "claires secret" not in seen(client, f"?who={house['lin'].user_id}")
    assert "HYPERLINK" not in seen(client, "?what=ledger.")
    assert "money act" in seen(client, "?what=ledger.")
    assert "claires secret" not in seen(client, "?account=QH-1")
    assert "money act" in seen(client, "?object=batch+9")
    today = timezone.now().date().isoformat()
    assert "money act" in seen(client, f"?first={today}&last={today}")
    assert "money act" not in seen(client, "?last=2020-01-01")
    boss = client_of(house["boss"])
    assert "claires secret" not in seen(boss, f"?object=account+{house['foreign']}")
    foreign, missing = seen(boss, "?account=ZZ-9"), seen(boss, "?account=NOPE")
    assert "No line fits" in foreign
    assert "No line fits" in missing
    assert "No line fits" in seen(client, "?first=yesterday")


def test_the_excel_file_has_its_fact_sheet_and_no_formula(
    house: dict[str, Any], client_of: Any, make_actor: Any
) -> None:
    audit.anchor()
    client = client_of(make_actor("sofia", "compliance"))
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(PAGE + "export/xlsx/?what=account.edit").content)
    )
    rows = list(book.worksheets[0].iter_rows())
    entries = list(AuditEntry.objects.filter(action="account.edit").order_by("pk"))
    assert [row[0].value for row in rows[1:]] == [one.pk for one in entries]
    assert [row[13].value for row in rows[1:]] == [one.hash for one in entries]
    assert EVIL in [row[11].value for row in rows]
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n", "d"}
    facts = {row[0].value: row[1].value for row in book.worksheets[1].iter_rows()}
    assert facts["Rows in this file"] == len(entries)
    assert facts["First row"] == f"{entries[0].pk}, {entries[0].hash}"
    assert facts["Last row"] == f"{entries[-1].pk}, {entries[-1].hash}"
    assert facts["Does the trail verify"].startswith("Yes")
    assert facts["Filter"] == '{"what": "account.edit"}'
    told = AuditEntry.objects.get(action="trail.export")
    assert (told.new["rows"], told.subject_id) == (len(entries), "xlsx")


def test_the_csv_guards_formulas_and_says_when_the_trail_is_broken(
    house: dict[str, Any], client_of: Any, make_actor: Any
) -> None:
    bad = AuditEntry.objects.filter(action="account.edit").order_by("pk")[0].pk
    with connection.cursor() as cursor:
        for sql in statements(connection.vendor, on=False):
            cursor.execute(sql)
        cursor.execute("UPDATE kit_auditentry SET source = 'x' WHERE id = %s", [bad])
    content = client_of(make_actor("sofia", "compliance")).get(PAGE + "export/csv/").content
    archive = zipfile.ZipFile(io.BytesIO(content))
    rows = list(csv.reader(io.StringIO(archive.read("trail.csv").decode("utf-8-sig"))))
    assert "'" + EVIL in [row[11] for row in rows]
    facts = dict(csv.reader(io.StringIO(archive.read("fact-sheet.csv").decode("utf-8-sig"))))
    assert facts["Does the trail verify"].startswith(f"No: first bad row {bad}")


def test_a_name_forged_beside_its_number_does_not_show(
    house: dict[str, Any], client_of: Any, make_actor: Any
) -> None:
    with connection.cursor() as cursor:
        for sql in statements(connection.vendor, on=False):
            cursor.execute(sql)
        cursor.execute("UPDATE kit_auditentry SET actor_name = 'Forged Name'")
    page = seen(client_of(make_actor("sofia", "compliance")), "?what=account.edit")
    assert "Forged Name" not in page
    assert "Lin Wei" in page


def test_a_long_trail_is_proved_by_a_job_and_the_page_proves_what_came_since(
    house: dict[str, Any], client_of: Any, make_actor: Any, monkeypatch: Any
) -> None:
    looked: list[int] = []
    rows_of = chain._rows

    def counted(after: int = 0) -> Any:
        for row in rows_of(after):
            looked.append(row.id)
            yield row

    monkeypatch.setattr(chain, "_rows", counted)
    monkeypatch.setattr(upkeep, "AT_ONCE", 5)
    client = client_of(make_actor("sofia", "compliance"))
    early = client.get(PAGE + "export/csv/")
    assert (early.status_code, looked) == (409, [])
    assert not AuditEntry.objects.filter(action="trail.export").exists()
    [job] = Job.objects.filter(kind=upkeep.PROVE)
    jobs.run_inline(job.pk)
    proved = AuditEntry.objects.count()
    assert looked == list(range(1, proved + 1))
    audit.record(actor=SYSTEM, action="account.edit", subject=("account", 1))
    looked.clear()
    content = client.get(PAGE + "export/csv/").content
    assert looked == [proved + 1]
    archive = zipfile.ZipFile(io.BytesIO(content))
    facts = dict(csv.reader(io.StringIO(archive.read("fact-sheet.csv").decode("utf-8-sig"))))
    assert facts["Does the trail verify"].startswith("Yes")
    assert facts["Rows in the whole trail"] == str(proved + 1)
    assert "what came since" in facts["Proved"]


@pytest.mark.parametrize("place", ["old", "new"])
def test_a_break_before_or_after_the_job_is_named(
    house: dict[str, Any], client_of: Any, make_actor: Any, monkeypatch: Any, place: str
) -> None:
    monkeypatch.setattr(upkeep, "AT_ONCE", 5)
    bad = AuditEntry.objects.order_by("pk")[1].pk
    if place == "new":
        jobs.run_inline(jobs.enqueue(upkeep.PROVE, {}))
        audit.record(actor=SYSTEM, action="account.edit", subject=("account", 1))
        bad = AuditEntry.objects.latest("pk").pk
    with connection.cursor() as cursor:
        for sql in statements(connection.vendor, on=False):
            cursor.execute(sql)
        cursor.execute("UPDATE kit_auditentry SET source = 'x' WHERE id = %s", [bad])
    if place == "old":
        jobs.run_inline(jobs.enqueue(upkeep.PROVE, {}))
    content = client_of(make_actor("sofia", "compliance")).get(PAGE + "export/csv/").content
    archive = zipfile.ZipFile(io.BytesIO(content))
    facts = dict(csv.reader(io.StringIO(archive.read("fact-sheet.csv").decode("utf-8-sig"))))
    assert facts["Does the trail verify"].startswith(f"No: first bad row {bad}")
