"""Sheets out and back: headers and words in any language, problems with their cell."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from keystead.kernel.errors import Invalid, SourceProblem
from keystead.kit.models import AuditEntry, User
from keystead.kit.office import workbook
from keystead.kit.office.bulk import BulkSheet, Field, Table, run, to_sheet
from keystead.kit.office.reading import tables_of

FIELDS = (
    Field("code", "Code", required=True),
    Field("size", "Size", "number"),
    Field("count", "Count", "integer"),
    Field("start", "From", "date"),
    Field("end", "Last day", "last_day"),
    Field("level", _("Keys"), "choice", choices=(("hi", "High"), ("lo", "Low"))),
    Field("live", "Live", "boolean"),
)


def spec(taken=None, **more):
    rows = [] if taken is None else taken

    def apply(row):
        if row["code"] == "BAD":
            raise Invalid("No.", hint="Try again.", field="size")
        rows.append(row)
        User.objects.create(username=row["code"])
        return "created"

    return BulkSheet("things", "Things", FIELDS, apply)


def table(*rows, name="Things", first=1):
    return Table(name, [(first + place, row) for place, row in enumerate(rows)])


HEAD = ("Code", "Size", "Count", "From", "Last day", "Keys", "Live")


@pytest.mark.django_db
def test_every_kind_goes_out_and_comes_back():
    given = {"code": "=A", "size": Decimal("12.5"), "count": 3, "start": date(2026, 1, 1),
             "end": date(2026, 3, 1), "level": "hi", "live": True}  # fmt: skip
    data = workbook([to_sheet(spec(), [given, {"code": "B"}])])
    tables = tables_of(data, name="things.xlsx")
    assert tables[0].rows[1][1][4].startswith("2026-02-28")
    taken = []
    report = run([spec(taken)], tables, dry_run=False)
    empty = {"size": None, "count": None, "start": None, "end": None, "level": None, "live": False}
    assert taken == [given, {"code": "B", **empty}]
    assert (report.written, report.created, report.problems) == (True, 2, ())


@pytest.mark.django_db
def test_a_dry_run_and_a_problem_write_nothing():
    rows = [HEAD, ("A", "1"), ("B", "x"), ("BAD", "2"), ("", "3")]
    for tables, dry_run in (([table(*rows)], False), ([table(*rows[:2])], True)):
        report = run([spec()], tables, dry_run=dry_run)
        assert (report.written, report.created) == (False, 1)
        assert User.objects.count() == AuditEntry.objects.count() == 0
    report = run([spec()], [table(*rows)], dry_run=True)
    found = [(item.place, item.value, item.message, item.hint) for item in report.problems]
    assert found == [
        ("Things!B3", "x", "This is not a number: write 1234.5.", ""),
        ("Things!B4", "2", "No.", "Try again."),
        ("Things!A5", "", "This is needed.", ""),
    ]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("1,234,567.5", "number", Decimal("1234567.5")), ("1 234,5", "number", Decimal("1234.5")),
        ("１２", "integer", 12), ("-3", "integer", -3), ("2026/1/5", "date", date(2026, 1, 5)),
        ("20260105", "date", date(2026, 1, 5)), ("2026年1月5日", "date", date(2026, 1, 5)),
        ("2026-01-05 00:00:00", "date", date(2026, 1, 5)), ("是", "boolean", True), ("Non", "boolean", False),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_values_people_write(text, kind, value):
    taken = []
    one = BulkSheet("s", "S", (Field("v", "V", kind),), lambda row: taken.append(row) or "created")
    assert run([one], [table(("V",), (text,), name="S")], dry_run=False).problems == ()
    assert taken == [{"v": value}]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("1.2.3", "number"), ("NaN", "number"), ("1.5", "integer"), ("2026-02-30", "date"),
     ("05/01/2026", "date"), ("maybe", "boolean")],
)  # fmt: skip
@pytest.mark.django_db
def test_values_that_are_not_guessed_at(text, kind):
    one = BulkSheet("s", "S", (Field("v", "V", kind),), lambda row: "created")
    assert len(run([one], [table(("V",), (text,), name="S")], dry_run=False).problems) == 1


@pytest.mark.django_db
def test_headers_are_found_below_a_title_in_any_order_and_language():
    taken = []
    with translation.override("fr"):
        head = str(FIELDS[5].label)
    rows = [
        ("Our things", ""),
        ("", ""),
        (f" {head.upper()} *", "CODE:", "Remark"),
        ("high", "A", "x"),
    ]
    report = run([spec(taken)], [table(*rows, name="Feuille1", first=4)], dry_run=False)
    assert taken == [{"level": "hi", "code": "A"}]
    assert report.ignored == ("Feuille1!C: Remark",)


@pytest.mark.django_db
def test_a_missing_needed_column_is_a_problem_of_the_header():
    report = run([spec()], [table(("Size", "From"), ("1", "2026-01-01"))], dry_run=False)
    assert next((item.place, item.message) for item in report.problems) == (
        "Things!A1",
        "The column Code is missing.",
    )


@pytest.mark.django_db
def test_a_file_with_none_of_our_sheets_is_refused():
    with pytest.raises(SourceProblem) as caught:
        run(
            [spec()],
            [table(("x", "y"), ("1", "2"), name="Other"), Table("Empty", [])],
            dry_run=False,
        )
    assert "Things" in caught.value.hint


@pytest.mark.django_db
def test_a_csv_we_wrote_comes_back_without_its_guard():
    from keystead.kit.office import to_csv

    taken = []
    data = to_csv(to_sheet(spec(), [{"code": "=1+1", "size": Decimal("-2")}]))
    run([spec(taken)], tables_of(data, name="things.csv"), dry_run=False)
    assert (taken[0]["code"], taken[0]["size"]) == ("=1+1", -2)
