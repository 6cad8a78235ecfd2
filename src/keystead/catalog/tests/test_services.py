"""Writes and reads of products and listings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from keystead.accounts.tests.factories import account, shared_with
from keystead.accounts.types import Span
from keystead.catalog import models, queries, services
from keystead.catalog.tests.factories import product
from keystead.catalog.types import PricePurpose
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry, OutboxEvent
from keystead.kit.testing.pack import RoomPack

pytestmark = pytest.mark.django_db
START, END = date(2026, 1, 1), date(2027, 1, 1)


class _InCatalog(RoomPack):
    writer_roles = ("sales_ops",)
    reader_roles = ("kam",)
    scoped = False


class TestProducts(_InCatalog):
    model = models.Product

    def create(self, actor):
        return product(actor).id

    def change(self, actor, pk, version):
        services.edit_product(actor=actor, product_id=pk, version=version, name="Other")


class TestCodes(_InCatalog):
    model = models.ProductCode

    def prepare(self):
        self.product = product()

    def create(self, actor):
        return services.add_code(
            actor=actor, product_id=self.product.id, scheme="customer_sku", value="1", source="JD"
        ).id

    def change(self, actor, pk, version):
        services.edit_code(actor=actor, code_id=pk, version=version, value="2", source="JD")


class TestParts(_InCatalog):
    model = models.ProductPart

    def prepare(self):
        self.whole, self.part = product(sku="SET"), product(sku="ONE")

    def create(self, actor):
        return services.add_part(actor=actor, whole_id=self.whole.id, part_id=self.part.id).id

    def change(self, actor, pk, version):
        services.edit_part(actor=actor, part_row_id=pk, version=version, quantity=2)


class TestPrices(_InCatalog):
    model = models.Price

    def prepare(self):
        self.product = product()

    def create(self, actor):
        return _price(actor, self.product.id).id

    def change(self, actor, pk, version):
        services.edit_price(actor=actor, price_id=pk, version=version, valid_to=END)


def _price(actor, product_id, *, since=START, until=None, **more):
    given = {"purpose": "list", "amount": Decimal("12.50"), "currency": "CNY"}
    return services.add_price(
        actor=actor, product_id=product_id, span=Span(since, until), **{**given, **more}
    )


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"amount": Decimal("1.00001")}, "amount"),
        ({"currency": "XXQ"}, "currency"),
        ({"tax_pct": Decimal(100)}, "tax_pct"),
        ({"purpose": "real"}, "purpose"),
        ({"until": START}, "valid_to"),
        ({"since": None}, "valid_from"),
    ],
)
def test_a_price_that_is_none_is_refused_and_nothing_is_kept(more, field) -> None:
    one = product()
    with pytest.raises(Invalid) as caught:
        _price(SYSTEM, one.id, **more)
    assert caught.value.data["field"] == field
    assert not models.Price.objects.exists()


def test_a_product_has_one_price_of_a_kind_on_a_day() -> None:
    one = product()
    first = _price(SYSTEM, one.id)
    _price(SYSTEM, one.id, purpose="recommended")
    _price(SYSTEM, one.id, currency="EUR")
    with pytest.raises(Invalid) as caught:
        _price(SYSTEM, one.id, since=date(2026, 6, 1))
    assert caught.value.code == "price_twice"
    services.edit_price(
        actor=SYSTEM, price_id=first.id, version=first.version, valid_to=date(2026, 6, 1)
    )
    _price(SYSTEM, one.id, amount=Decimal(13), since=date(2026, 6, 1))
    found = queries.prices_of(PricePurpose.LIST, "CNY")[one.id]
    assert [(price.amount, price.span.last_day) for price in found] == [
        (Decimal("12.5"), date(2026, 5, 31)), (Decimal(13), None),
    ]  # fmt: skip


def test_prices_come_and_go_by_the_workbook() -> None:
    one = product(sku="W1")
    _price(SYSTEM, one.id, tax_pct=Decimal(13))
    content = queries.products_workbook(SYSTEM)
    again = services.import_products(actor=SYSTEM, content=content, name="p.xlsx")
    assert (again.created, again.changed) == (0, 0)
    assert again.written
    assert models.Price.objects.get().amount == Decimal("12.5")


class TestListings(RoomPack):
    model = models.Listing

    def prepare(self):
        self.account, self.product = account(self.writer, "PACK"), product()

    def create(self, actor):
        return services.add_listing(
            actor=actor, account_id=self.account.id, product_id=self.product.id, valid_from=START
        ).id

    def change(self, actor, pk, version):
        services.edit_listing(
            actor=actor, listing_id=pk, version=version, valid_from=START, valid_to=END, agreed=True
        )


def test_a_sku_and_a_gtin_are_taken_once_however_they_are_written():
    product(sku="Q1", gtin="96385074")
    for given in ({"sku": "q1"}, {"sku": "Q2", "gtin": "00000096385074"}):
        with pytest.raises(Invalid) as caught:
            product(**given)
        assert caught.value.code == "product_taken"
    assert models.Product.objects.count() == 1


def test_a_changed_sku_stays_as_a_code_and_stays_taken():
    one = product(sku="OLD")
    services.edit_product(actor=SYSTEM, product_id=one.id, sku="NEW")
    assert [(item.scheme, item.value) for item in queries.codes_for(SYSTEM, one.id)] == [
        ("own_sku", "OLD")
    ]
    with pytest.raises(Invalid):
        product(sku="old")
    assert queries.product_by_sku(SYSTEM, "new").id == one.id


def test_nothing_is_written_when_nothing_changed():
    one = product(pack_size=24)
    entries = AuditEntry.objects.count()
    services.edit_product(actor=SYSTEM, product_id=one.id, version=1, pack_size="24.0", brand="")
    assert AuditEntry.objects.count() == entries


def test_a_code_belongs_to_one_product_by_source_and_day():
    one, two = product(sku="ONE"), product(sku="TWO", gtin="6291041500213")
    add = services.add_code
    add(
        actor=SYSTEM,
        product_id=one.id,
        scheme="platform_id",
        value="100",
        source="JD",
        valid_to=START,
    )
    for scheme, value, source in (
        ("platform_id", "100", "JD"),
        ("own_sku", "one", ""),
    ):
        with pytest.raises(Invalid):
            add(actor=SYSTEM, product_id=two.id, scheme=scheme, value=value, source=source)
    with pytest.raises(Invalid):
        add(actor=SYSTEM, product_id=one.id, scheme="gtin", value="06291041500213")
    add(
        actor=SYSTEM,
        product_id=two.id,
        scheme="platform_id",
        value="100",
        source="JD",
        valid_from=START,
    )
    add(actor=SYSTEM, product_id=two.id, scheme="platform_id", value="100", source="Tmall")
    assert models.ProductCode.objects.count() == 3


def test_parts_are_dated_and_never_make_a_loop():
    bundle, journal = product(sku="BUNDLE", kind="collection"), product(sku="J1", kind="journal")
    first = services.add_part(actor=SYSTEM, whole_id=bundle.id, part_id=journal.id, valid_from=START,
                              quantity=Decimal("1.5"))  # fmt: skip
    with pytest.raises(Invalid):
        services.add_part(actor=SYSTEM, whole_id=journal.id, part_id=bundle.id)
    with pytest.raises(Invalid):
        services.add_part(actor=SYSTEM, whole_id=bundle.id, part_id=journal.id, valid_from=END)
    ended = services.edit_part(actor=SYSTEM, part_row_id=first.id, version=1, valid_to=END)
    assert ended.span.last_day == date(2026, 12, 31)
    services.add_part(actor=SYSTEM, whole_id=bundle.id, part_id=journal.id, valid_from=END)
    assert [item.part_sku for item in queries.parts_of(SYSTEM, bundle.id)] == ["J1", "J1"]
    assert [item.whole_sku for item in queries.wholes_of(SYSTEM, journal.id)] == [
        "BUNDLE",
        "BUNDLE",
    ]


def test_a_successor_is_another_product_and_chains_do_not_turn_back():
    a, b, c = (product(sku=sku) for sku in "ABC")
    services.supersede_product(actor=SYSTEM, product_id=a.id, successor_id=b.id, on=START)
    services.supersede_product(actor=SYSTEM, product_id=b.id, successor_id=c.id, on=START)
    assert queries.product_for(SYSTEM, a.id).successor == b.id
    for successor, on in ((a.id, START), (c.id, None)):
        with pytest.raises(Invalid):
            services.supersede_product(actor=SYSTEM, product_id=c.id, successor_id=successor, on=on)
    shared = services.supersede_product(
        actor=SYSTEM, product_id=a.id, successor_id=b.id, on=START, share_pct=Decimal("60")
    )
    kept = services.supersede_product(
        actor=SYSTEM, product_id=a.id, successor_id=b.id, on=date(2031, 1, 1)
    )
    assert shared.successor_share_pct == kept.successor_share_pct == 60
    for wrong in ("0", "-5", "100.5", "NaN"):
        with pytest.raises(Invalid, match="share"):
            services.supersede_product(
                actor=SYSTEM, product_id=a.id, successor_id=b.id, on=START,
                share_pct=Decimal(wrong),
            )  # fmt: skip
    assert queries.product_for(SYSTEM, a.id).successor_share_pct == 60
    cleared = services.supersede_product(actor=SYSTEM, product_id=a.id, successor_id=None)
    assert cleared.successor_share_pct == 100
    assert (cleared.successor, cleared.successor_from) == (None, None)


def test_merging_keeps_both_skus_and_can_be_undone(sales_ops):
    old, new = product(sku="OLD", gtin="96385074"), product(sku="NEW")
    services.add_code(actor=sales_ops, product_id=old.id, scheme="other", value="7")
    done = services.merge_products(actor=sales_ops, source_id=old.id, target_id=new.id, why="twice")
    assert (
        queries.product_by_sku(SYSTEM, "OLD").id == queries.product_for(SYSTEM, old.id).id == new.id
    )
    assert [item.value for item in queries.codes_for(SYSTEM, new.id)] == ["7"]
    assert [item.sku for item in queries.products(SYSTEM)] == ["NEW"]
    rows = {row["product_id"]: row for row in queries.product_dimension().to_pylist()}
    assert (rows[old.id]["canonical_id"], rows[old.id]["sku"]) == (new.id, "NEW")
    keys = {
        (row["product_id"], row["scheme"], row["value"])
        for row in queries.product_keys().to_pylist()
    }
    assert {
        (old.id, "own_sku", "OLD"),
        (old.id, "gtin", "96385074"),
        (new.id, "name", "Product NEW"),
    } <= keys
    services.unmerge_products(actor=sales_ops, merge_id=done.id)
    assert queries.product_by_sku(SYSTEM, "OLD").id == old.id
    assert queries.codes_for(SYSTEM, new.id) == ()
    assert list(OutboxEvent.objects.values_list("name", flat=True)) == [
        "catalog.merged",
        "catalog.unmerged",
    ]
    with pytest.raises(Invalid):
        services.unmerge_products(actor=sales_ops, merge_id=done.id)


def test_what_may_not_be_merged(sales_ops):
    one, big, same = product(sku="ONE"), product(sku="BIG", pack_size=48), product(sku="SAME")
    box = product(sku="BOX")
    services.add_part(actor=SYSTEM, whole_id=box.id, part_id=one.id)
    for source, target, code in (
        (one, big, "merge_packs"),
        (one, one, "merge_same"),
        (box, one, "merge_parts"),
    ):
        with pytest.raises(Invalid) as caught:
            services.merge_products(actor=sales_ops, source_id=source.id, target_id=target.id)
        assert caught.value.code == code
    with pytest.raises(Conflict):
        services.merge_products(
            actor=sales_ops, source_id=one.id, target_id=same.id, target_version=5
        )
    assert models.ProductMerge.objects.count() == 0
    assert models.Product.objects.get(pk=same.id).version == 1


def test_listings_do_not_overlap_and_are_seen_by_scope(kam, other_kam):
    mine, theirs, one = account(kam, "MINE"), account(other_kam, "THEIRS"), product()
    add = services.add_listing
    first = add(actor=kam, account_id=mine.id, product_id=one.id, valid_from=START, agreed=True)
    add(actor=other_kam, account_id=theirs.id, product_id=one.id, valid_from=START)
    with pytest.raises(Invalid):
        add(actor=kam, account_id=mine.id, product_id=one.id, valid_from=END)
    with pytest.raises(Invalid):
        add(actor=kam, account_id=mine.id, product_id=one.id, valid_from=END, valid_to=START)
    with pytest.raises(NotFound):
        add(actor=kam, account_id=theirs.id, product_id=one.id, valid_from=END)
    assert [item.account_id for item in queries.listings(kam)] == [mine.id]
    assert len(queries.listings(SYSTEM)) == 2
    assert queries.listings(kam, on=date(2025, 1, 1)) == ()
    assert len(queries.listings(kam, account_id=mine.id, agreed=True, product_id=one.id)) == 1
    with pytest.raises(NotFound):
        queries.listings(kam, account_id=theirs.id)
    with pytest.raises(NotFound):
        services.remove_listing(actor=other_kam, listing_id=first.id)
    services.remove_listing(actor=kam, listing_id=first.id, version=first.version)
    assert queries.listings(kam) == ()
    assert queries.listing_table().num_rows == 1


def test_listings_of_a_merged_account_are_one_range(kam):
    old, new, one = account(kam, "OLD"), account(kam, "NEW"), product()
    services.add_listing(actor=kam, account_id=old.id, product_id=one.id, valid_from=START)
    from keystead.accounts.services import merge_accounts

    merge_accounts(actor=SYSTEM, source_id=old.id, target_id=new.id)
    assert [item.account_id for item in queries.listings(kam, account_id=old.id)] == [new.id]
    assert queries.listing_table().to_pylist()[0]["account_id"] == new.id
    with pytest.raises(Invalid):
        services.add_listing(actor=kam, account_id=new.id, product_id=one.id, valid_from=START)


def test_a_reader_may_look_but_not_list(kam, viewer):
    mine, one = shared_with(account(kam, "MINE"), viewer), product()
    with pytest.raises(NotAllowed):
        services.add_listing(actor=viewer, account_id=mine.id, product_id=one.id, valid_from=START)
    assert queries.listings(viewer, account_id=mine.id) == ()


def test_an_administrator_sees_no_product(admin):
    one = product()
    assert queries.products(admin) == ()
    with pytest.raises(NotFound):
        queries.product_for(admin, one.id)


@pytest.mark.parametrize(
    ("typed", "skus"),
    [("metf", ["Q1"]), ("6291041500213", ["Q1"]), ("A10BA", ["Q1"]), ("二甲双胍", ["Q1"]), ("metfromin", ["Q1"]),
     ("", []), ("zzzzzz", [])],
)  # fmt: skip
def test_search(kam, typed, skus):
    one = product(sku="Q1", name="Metformin 0.5 g", gtin="6291041500213", atc="A10BA02")
    services.add_code(actor=SYSTEM, product_id=one.id, scheme="alias", value="二甲双胍片")
    product(sku="Q2", name="Aspirin")
    assert [item.sku for item in queries.search_products(kam, typed)] == skus


def test_find_pages_filters_and_orders(kam, django_assert_num_queries):
    for number in range(4):
        product(sku=f"P{number}", atc="A10BA02" if number % 2 else "B01AC06")
    with django_assert_num_queries(2):
        page = queries.find_products(kam, filters={"atc": "A10"}, order="-sku", limit=1)
    assert ([item.sku for item in page.items], page.total) == (["P3"], 2)
    for wrong in ({"order": "id"}, {"limit": 501}, {"offset": -1}, {"filters": {"id": "1"}}):
        with pytest.raises(Invalid):
            queries.find_products(kam, **wrong)


def test_an_unknown_sku_offers_near_ones(kam):
    product(sku="QH-001")
    with pytest.raises(NotFound) as caught:
        queries.product_by_sku(kam, "QH-002")
    assert "QH-001" in caught.value.hint
    assert queries.product_dimension().num_rows == 1
