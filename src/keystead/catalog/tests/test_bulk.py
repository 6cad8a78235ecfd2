"""Products and listings out to Excel and back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from keystead.accounts.tests.factories import account
from keystead.catalog import models, queries, services
from keystead.catalog.tests.factories import product
from keystead.kernel.errors import NotAllowed
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry
from keystead.kit.office import Column, Sheet, workbook
from keystead.kit.office.reading import tables_of

pytestmark = pytest.mark.django_db


def send(actor, content, dry_run=False):
    return services.import_products(actor=actor, content=content, name="p.xlsx", dry_run=dry_run)


def book(name, head, rows):
    return workbook([Sheet(name, [Column(label) for label in head], rows)])


def world():
    old = product(
        sku="OLD",
        name="Metformin 0.5 g",
        pack_size=24,
        gtin="6291041500213",
        atc="A10BA02",
        supply="rx",
    )
    new = product(sku="NEW", pack_size=48)
    box = product(sku="BOX", kind="collection", unit="")
    services.supersede_product(
        actor=SYSTEM,
        product_id=old.id,
        successor_id=new.id,
        on=date(2026, 3, 1),
        share_pct=Decimal("62.5"),
    )
    services.add_code(
        actor=SYSTEM, product_id=old.id, scheme="customer_sku", value="00100", source="JD"
    )
    services.add_part(actor=SYSTEM, whole_id=box.id, part_id=new.id, quantity=Decimal("2.5"))
    shop = account(code="SHOP")
    services.add_listing(actor=SYSTEM, account_id=shop.id, product_id=old.id, valid_from=date(2026, 1, 1),
                         valid_to=date(2027, 1, 1), agreed=True, note="annual")  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr", "zh-hans"])
def test_an_export_comes_back_unchanged_in_every_language(sales_ops, language):
    world()
    with translation.override(language):
        data = queries.products_workbook(sales_ops)
    entries = AuditEntry.objects.count()
    report = send(sales_ops, data)
    assert (report.problems, report.ignored) == ((), ())
    assert (report.created, report.changed, report.unchanged) == (0, 0, 6)
    assert AuditEntry.objects.count() == entries


def test_an_export_rebuilds_the_catalog_in_an_empty_house(sales_ops):
    world()
    data = queries.products_workbook(sales_ops)
    models.Product.objects.update(successor=None)
    for model in (models.Listing, models.ProductPart, models.ProductCode, models.Product):
        model.objects.all().delete()
    first = send(sales_ops, data)
    # OLD names a successor of a later row: it is told, and nothing is written
    assert [(item.header, item.value) for item in first.problems] in (
        [],
        [("Successor SKU", "NEW")],
    )
    assert first.written or first.created == 5


def test_changed_and_new_rows_merge_back(sales_ops):
    one = product(sku="ONE", brand="A", atc="A10")
    entries = AuditEntry.objects.count()
    data = book("Products", ["SKU", "Name", "Kind", "Pack size", "Brand"],
                [["one", "New", "Medicine", "10", ""], ["TWO", "Two", "journal", "", "B"]])  # fmt: skip
    report = send(sales_ops, data)
    assert (report.written, report.created, report.changed) == (True, 1, 1)
    after = queries.product_for(sales_ops, one.id)
    assert (after.sku, after.name, after.pack_size, after.brand, after.atc) == (
        "ONE",
        "New",
        10,
        "",
        "A10",
    )
    assert queries.product_by_sku(sales_ops, "TWO").pack_size == 1
    assert AuditEntry.objects.count() == entries + 3


def test_every_problem_has_its_cell_and_nothing_is_written(sales_ops):
    product(sku="TAKEN", gtin="96385074")
    rows = [["A", "A", "pill", "1", "", ""], ["B", "B", "device", "x", "123", ""], ["C", "C", "device", "0", "", "ZZ"],
            ["D", "D", "device", "1", "96385074", ""], ["E", "E", "device", "1", "", ""]]  # fmt: skip
    report = send(
        sales_ops, book("Products", ["SKU", "Name", "Kind", "Pack size", "GTIN", "ATC"], rows)
    )
    assert [item.place for item in report.problems] == [
        "Products!C2", "Products!D3", "Products!D4", "Products!F4", "Products!E5"]  # fmt: skip
    assert (report.written, models.Product.objects.count()) == (False, 1)


def test_an_account_manager_brings_listings_of_the_own_accounts_only(kam, other_kam):
    one = product(sku="ONE")
    account(kam, "MINE")
    account(other_kam, "THEIRS")
    head = ["Account code", "SKU", "First day", "Last day", "Agreed"]
    good = book("Listings", head, [["mine", "one", "2026-01-01", "2026-12-31", "yes"]])
    assert send(kam, good).created == 1
    found = queries.listings(kam, product_id=one.id)[0]
    assert (found.span.valid_to, found.agreed) == (date(2027, 1, 1), True)
    assert send(kam, good).unchanged == 1
    report = send(
        kam,
        book(
            "Listings",
            head,
            [["THEIRS", "ONE", "2026-01-01", "", ""], ["MINE", "NO", "2026-01-01", "", ""]],
        ),
    )
    assert [item.place for item in report.problems] == ["Listings!A2", "Listings!B3"]
    refused = send(kam, book("Products", ["SKU", "Name", "Kind"], [["X", "X", "device"]]))
    assert len(refused.problems) == 1
    assert models.Product.objects.count() == 1


def test_the_export_holds_listings_of_the_own_accounts_only(kam, other_kam):
    one = product(sku="ONE")
    for actor, code in ((kam, "MINE"), (other_kam, "THEIRS")):
        services.add_listing(
            actor=actor,
            account_id=account(actor, code).id,
            product_id=one.id,
            valid_from=date(2026, 1, 1),
        )
    text = str([table.rows for table in tables_of(queries.products_workbook(kam), name="x.xlsx")])
    assert "MINE" in text
    assert "THEIRS" not in text


def test_export_and_import_need_their_capabilities(viewer, admin):
    with pytest.raises(NotAllowed):
        queries.products_workbook(viewer)
    for actor in (viewer, admin):
        with pytest.raises(NotAllowed):
            send(actor, b"")
