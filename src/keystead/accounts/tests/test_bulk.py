"""Accounts out to Excel and back: whole, merged by code, all or nothing, each problem with its cell."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from keystead.accounts import models, queries, services
from keystead.accounts.tests.factories import account
from keystead.kernel.errors import NotAllowed
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry
from keystead.kit.office import Column, Sheet, workbook
from keystead.kit.office.reading import tables_of

pytestmark = pytest.mark.django_db
HEAD = ["Account code", "Name", "Kind", "Country", "Segment"]


def book(name="Accounts", head=HEAD, rows=()):
    return workbook([Sheet(name, [Column(label) for label in head], rows)])


def send(actor, content, dry_run=False):
    return services.import_accounts(actor=actor, content=content, name="a.xlsx", dry_run=dry_run)


def world(actor):
    group = account(actor, "GRP", kind="group", country="CN", currency="CNY", segment="A")
    shop = account(actor, "SHOP", name="=Shop 药店", country="CN", currency="CNY")
    services.add_membership(
        actor=actor, member_id=shop.id, group_id=group.id, valid_to=date(2030, 1, 1)
    )
    services.add_identifier(actor=actor, account_id=shop.id, scheme="customer_code", value="00123",
                            source="erp", valid_from=date(2025, 1, 1))  # fmt: skip
    services.set_measure(actor=actor, account_id=shop.id, kind="budget", value=1_250_000,
                         as_of=date(2026, 1, 1), confidence="high")  # fmt: skip
    services.set_profile(actor=actor, account_id=shop.id, key="risks", value="Price\nwar",
                         reviewed_on=date(2026, 1, 1))  # fmt: skip
    return group, shop


@pytest.mark.parametrize("language", ["en", "fr", "zh-hans"])
def test_an_export_comes_back_unchanged_in_every_language(kam, language):
    world(kam)
    with translation.override(language):
        data = queries.accounts_workbook(kam)
    entries = AuditEntry.objects.count()
    report = send(kam, data)
    assert report.problems == ()
    assert (report.created, report.changed, report.unchanged, report.ignored) == (0, 0, 8, ())
    assert AuditEntry.objects.count() == entries


def test_an_export_rebuilds_the_accounts_in_an_empty_house(sales_ops):
    world(sales_ops)
    data = queries.accounts_workbook(sales_ops)
    for model in (models.AccountMembership, models.AccountIdentifier, models.AccountMeasure,
                  models.ProfileValue, models.AccountTeamMember, models.Account):  # fmt: skip
        model.objects.all().delete()
    report = send(sales_ops, data)
    assert (report.written, report.created, report.problems) == (True, 6, ())
    assert queries.accounts_workbook(sales_ops)[:2] == b"PK"
    shop = queries.account_by_code(sales_ops, "SHOP")
    assert shop.name == "=Shop 药店"
    assert queries.identifiers_for(sales_ops, shop)[0].value == "00123"
    assert queries.ancestors(sales_ops, shop, date(2026, 1, 1))[0].code == "GRP"
    assert queries.groups_of(sales_ops, shop)[0].span.valid_to == date(2030, 1, 1)
    assert AuditEntry.objects.latest("id").new["created"] == 6


def test_a_changed_sheet_merges_back_with_one_audit_row_each_and_one_for_the_file(kam):
    one = account(kam, "ONE", segment="A", territory="East")
    entries = AuditEntry.objects.count()
    report = send(
        kam,
        book(
            rows=[["one", "New name", "Pharmacy chain", "CN", ""], ["TWO", "Two", "shop", "", ""]]
        ),
    )
    assert (report.created, report.changed) == (1, 1)
    after = queries.account_for(kam, one.id)
    assert (after.code, after.name, after.kind, after.segment, after.territory) == (
        "ONE",
        "New name",
        "pharmacy_chain",
        "",
        "East",
    )
    assert [item.code for item in queries.accounts_for(kam)] == ["ONE", "TWO"]
    assert AuditEntry.objects.count() == entries + 3


def test_every_problem_has_its_cell_and_nothing_is_written(kam, other_kam):
    account(other_kam, "THEIRS")
    entries = AuditEntry.objects.count()
    rows = [["A1", "Fine", "shop", "CN", ""], ["A2", "", "shop", "", ""], ["A3", "X", "shopp", "", ""],
            ["A4", "X", "shop", "china", ""], ["THEIRS", "X", "shop", "", ""]]  # fmt: skip
    report = send(kam, book(rows=rows))
    assert [(item.place, item.value) for item in report.problems] == [
        ("Accounts!B3", ""), ("Accounts!C4", "shopp"), ("Accounts!D5", "china"), ("Accounts!A6", "THEIRS"),
    ]  # fmt: skip
    assert (report.written, report.created) == (False, 1)
    assert queries.accounts_for(kam) == ()
    assert AuditEntry.objects.count() == entries


def test_a_dry_run_tells_the_same_and_writes_nothing(kam):
    data = book(rows=[["A", "A", "shop", "", ""]])
    assert send(kam, data, dry_run=True).created == 1
    assert models.Account.objects.count() == 0
    assert send(kam, data).created == 1


def test_a_change_made_after_the_export_is_a_problem(kam):
    one = account(kam, "ONE")
    data = queries.accounts_workbook(kam)
    services.edit_account(actor=kam, account_id=one.id, name="Newer")
    report = send(kam, data)
    assert [(item.header, item.message) for item in report.problems] == [
        ("Version", "This account was changed after the export.")
    ]


def test_rows_of_other_sheets_may_name_accounts_of_the_same_file(kam):
    data = workbook([
        Sheet("Memberships", [Column("Account code"), Column("Role"), Column("Group code")], [["B", "part of", "A"], ["B", "x", "A"]]),
        Sheet("Accounts", [Column(label) for label in HEAD], [["A", "A", "group", "", ""], ["B", "B", "shop", "", ""]]),
    ])  # fmt: skip
    report = send(kam, data)
    assert [item.place for item in report.problems] == ["Memberships!B3"]
    assert report.created == 3


def test_a_foreign_account_in_a_sheet_is_a_missing_one(kam, other_kam):
    account(other_kam, "THEIRS")
    data = book("Measures", ["Account code", "Measure", "Size", "As of"],
                [["THEIRS", "Beds", "5", "2026-01-01"], ["NONE", "Beds", "5", "2026-01-01"]])  # fmt: skip
    problems = send(kam, data).problems
    assert len(problems) == 2
    assert problems[0].message == problems[1].message
    assert models.AccountMeasure.objects.count() == 0


def test_the_export_holds_the_own_accounts_only(kam, other_kam):
    world(kam)
    theirs = account(other_kam, "THEIRS", name="Foreign")
    services.add_identifier(
        actor=other_kam, account_id=theirs.id, scheme="other", value="FOREIGNID"
    )
    services.add_membership(
        actor=SYSTEM, member_id=queries.account_by_code(kam, "GRP").id, group_id=theirs.id
    )
    text = str([table.rows for table in tables_of(queries.accounts_workbook(kam), name="x.xlsx")])
    assert "SHOP" in text
    assert "FOREIGN" not in text.upper()
    assert "THEIRS" not in text
    assert b"THEIRS" not in queries.accounts_csv(kam)


def test_export_and_import_need_their_capabilities(viewer, finance):
    with pytest.raises(NotAllowed):
        queries.accounts_workbook(viewer)
    with pytest.raises(NotAllowed):
        send(finance, book(rows=[["A", "A", "shop", "", ""]]))
    assert models.Account.objects.count() == 0


def test_the_template_has_headers_and_no_rows(kam):
    tables = {
        table.name: table for table in tables_of(queries.accounts_template(kam), name="t.xlsx")
    }
    assert list(tables) == [
        "Accounts",
        "Identifiers",
        "Memberships",
        "Measures",
        "Profile",
        "Team",
        "How it works",
    ]
    assert tables["Accounts"].rows[0][1][:3] == ("Account code", "Name", "Kind")
    assert len([row for row in tables["Accounts"].rows if any(row[1])]) == 1
