"""Pages of products and listings: rights, forms, conflicts; few queries."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from keystead.accounts.tests.factories import account, shared_with
from keystead.catalog import queries, services
from keystead.catalog.tests.factories import product
from keystead.catalog.urls import urlpatterns
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry

pytestmark = pytest.mark.django_db
MISSING = 999_999
POST_ONLY = {"remove_code", "remove_part", "remove_listing", "undo_merge", "import"}
OPEN = {"product"}


@pytest.fixture
def rich(kam):
    """A product and an account with one row of everything."""
    one, part = product(sku="ONE", name="Metformin", brand="Qing"), product(sku="PART")
    double, shop = product(sku="DOUBLE"), account(kam, "SHOP")
    return {
        "product_id": one.id,
        "account_id": shop.id,
        "code_id": services.add_code(
            actor=SYSTEM, product_id=one.id, scheme="other", value="C7"
        ).id,
        "part_id": services.add_part(actor=SYSTEM, whole_id=one.id, part_id=part.id).id,
        "merge_id": services.merge_products(actor=SYSTEM, source_id=double.id, target_id=one.id).id,
        "listing_id": services.add_listing(
            actor=SYSTEM,
            account_id=shop.id,
            product_id=one.id,
            valid_from=date(2026, 1, 1),
            agreed=True,
        ).id,
    }


def _address(name: str, values: dict) -> str:
    pattern = next(item for item in urlpatterns if item.name == name)
    return reverse(
        f"catalog:{name}", kwargs={key: values[key] for key in pattern.pattern.converters}
    )


def _plain(answer, url: str) -> str:
    text = answer.content.decode().replace(url, "")
    return re.sub(r'(name="csrf-token" content|name="csrfmiddlewaretoken" value)="[^"]+"', "", text)


ON_ACCOUNTS = sorted(p.name for p in urlpatterns if "account_id" in p.pattern.converters)
ON_PRODUCTS = sorted(p.name for p in urlpatterns if "product_id" in p.pattern.converters)


@pytest.mark.parametrize("name", ON_ACCOUNTS)
def test_listing_pages_are_open_to_the_team_and_missing_to_others(
    name, rich, kam, other_kam, client_of
):
    method = "post" if name in POST_ONLY else "get"
    entries = AuditEntry.objects.count()
    url, missing = _address(name, rich), _address(name, {**rich, "account_id": MISSING})
    answers = [getattr(client_of(other_kam), method)(address) for address in (url, missing)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert _plain(answers[0], url) == _plain(answers[1], missing)
    assert getattr(Client(), method)(url).status_code == 302
    assert AuditEntry.objects.count() == entries
    assert getattr(client_of(kam), method)(url).status_code == (302 if name in POST_ONLY else 200)


def test_a_listing_of_another_account_is_missing_below_this_one(rich, kam, client_of):
    other = account(kam, "OTHER")
    wrong = {**rich, "account_id": other.id}
    assert client_of(kam).get(_address("edit_listing", wrong)).status_code == 404
    assert client_of(kam).post(_address("remove_listing", wrong)).status_code == 404
    assert len(queries.listings(kam)) == 1


@pytest.mark.parametrize("name", ON_PRODUCTS)
def test_product_pages_are_open_to_those_who_keep_the_catalog(
    name, rich, kam, sales_ops, client_of
):
    method = "post" if name in POST_ONLY else "get"
    entries = AuditEntry.objects.count()
    expected = 200 if name in OPEN else 403
    assert getattr(client_of(kam), method)(_address(name, rich)).status_code == expected
    missing = _address(name, {**rich, "product_id": MISSING})
    assert getattr(client_of(sales_ops), method)(missing).status_code == 404
    assert AuditEntry.objects.count() == entries
    answer = getattr(client_of(sales_ops), method)(_address(name, rich))
    assert answer.status_code == (302 if name in POST_ONLY else 200)


def test_an_administrator_sees_none_of_it(rich, admin, client_of):
    for name in ("products", "product", "listings_panel", "search"):
        assert client_of(admin).get(_address(name, rich)).status_code == 403


def test_the_list_filters_sorts_pages_and_stays_cheap(
    kam, client_of, django_assert_max_num_queries
):
    for number in range(120):
        product(sku=f"P{number:03d}", brand="Odd" if number % 2 else "Even")
    client, url = client_of(kam), reverse("catalog:products")
    client.get(url)
    with django_assert_max_num_queries(7):
        page = client.get(url, {"brand": "Odd", "sort": "-sku"}).content.decode()
    assert "60 products" in page
    assert page.index("P119") < page.index("P117")
    assert "P118" not in page
    assert "P119" in client.get(url, {"page": "2", "sort": "sku"}).content.decode()
    rows = client.get(
        url, {"q": "P05"}, headers={"HX-Request": "true", "HX-Target": "products"}
    ).content.decode()
    assert "<html" not in rows
    assert rows.count("/products/") >= 10
    for strange in ({"sort": "id;drop"}, {"page": "x"}, {"page": "999"}, {"kind": "no"}):
        assert client.get(url, strange).status_code == 200


def test_a_product_page_shows_the_own_ranges_only(
    rich, kam, other_kam, client_of, django_assert_max_num_queries
):
    theirs = account(other_kam, "THEIRS")
    services.add_listing(
        actor=SYSTEM,
        account_id=theirs.id,
        product_id=rich["product_id"],
        valid_from=date(2026, 1, 1),
    )
    client = client_of(kam)
    with django_assert_max_num_queries(15):
        page = client.get(_address("product", rich)).content.decode()
    for word in ("Metformin", "C7", "Account SHOP", "Product PART", "Product DOUBLE"):
        assert word in page
    assert "THEIRS" not in page
    assert "Add a code" not in page


def test_a_merged_product_leads_to_where_it_lives_on(rich, kam, client_of):
    double = queries.merges_for(SYSTEM, rich["product_id"])[0].source_id
    answer = client_of(kam).get(reverse("catalog:product", args=[double]))
    assert (answer.status_code, answer["Location"]) == (302, f"/products/{rich['product_id']}/")


def test_create_edit_and_conflict(sales_ops, client_of):
    client = client_of(sales_ops)
    values = {
        "name": "New",
        "sku": "NEW",
        "kind": "medicine",
        "pack_size": "24",
        "unit": "tablet",
        "status": "active",
    }
    answer = client.post(reverse("catalog:create"), values)
    made = queries.product_by_sku(SYSTEM, "NEW")
    assert answer["Location"] == f"/products/{made.id}/"
    url = reverse("catalog:edit", args=[made.id])
    assert 'value="24"' in client.get(url).content.decode()
    wrong = client.post(url, {**values, "gtin": "123", "atc": "ZZ", "version": 1})
    assert wrong.status_code == 422
    assert "This is not a GTIN" in wrong.content.decode()
    services.edit_product(actor=SYSTEM, product_id=made.id, brand="Theirs")
    clash = client.post(url, {**values, "brand": "Mine", "version": 1})
    assert clash.status_code == 409
    assert "Theirs" in clash.content.decode()
    assert client.post(url, {**values, "brand": "Mine", "version": 2}).status_code == 302
    assert queries.product_for(SYSTEM, made.id).brand == "Mine"


def test_each_form_writes(rich, sales_ops, client_of):
    client, pk = client_of(sales_ops), rich["product_id"]
    next_one = product(sku="NEXT", name="Metformin XR")
    sends = [
        ("add_code", {"scheme": "issn", "value": "0140 6736", "last_day": "2026-12-31"}),
        ("edit_code", {"value": "C8", "version": 1}),
        ("add_part", {"part": "metformin xr", "quantity": "2"}),
        ("edit_part", {"quantity": "1.5", "last_day": "2026-06-30", "version": 1}),
        ("successor", {"successor": "NEXT", "on": "2026-09-01", "successor_share_pct": "60", "version": queries.product_for(SYSTEM, pk).version}),
    ]  # fmt: skip
    for name, values in sends:
        answer = client.post(_address(name, rich), values)
        assert answer.status_code == 302, (name, answer.content.decode()[-3000:])
    assert sorted(item.value for item in queries.codes_for(SYSTEM, pk)) == ["0140-6736", "C8"]
    assert {(item.part_sku, item.quantity) for item in queries.parts_of(SYSTEM, pk)} == {
        ("NEXT", 2),
        ("PART", 1.5),
    }
    following = queries.product_for(SYSTEM, pk)
    assert (following.successor, following.successor_share_pct) == (next_one.id, 60)
    assert "takes its place from" in client.get(_address("product", rich)).content.decode()
    unclear = client.post(_address("add_part", rich), {"part": "zzzz", "quantity": "1"})
    assert "Choose one product by its SKU." in unclear.content.decode()


def test_merge_page(sales_ops, client_of):
    one, same, big = product(sku="A"), product(sku="B"), product(sku="C", pack_size=9)
    client, url = client_of(sales_ops), reverse("catalog:merge", args=[one.id])
    assert "Their packs differ" in client.post(url, {"target": "C", "version": 1}).content.decode()
    assert client.post(url, {"target": "B", "version": 1})["Location"] == f"/products/{same.id}/"
    merge = queries.merges_for(SYSTEM, same.id)[0]
    client.post(reverse("catalog:undo_merge", args=[same.id, merge.id]))
    assert queries.product_by_sku(SYSTEM, "A").id == one.id
    assert big


def test_the_listing_panel_and_its_forms(
    rich, kam, viewer, client_of, django_assert_max_num_queries
):
    client = client_of(kam)
    with django_assert_max_num_queries(5):
        page = client.get(
            _address("listings_panel", rich), headers={"HX-Request": "true"}
        ).content.decode()
    assert "1 product is listed, 1 by agreement" in page
    other = product(sku="OTHER", name="Aspirin")
    values = {"product": "aspirin", "valid_from": "2026-01-01", "last_day": "2026-01-31"}
    assert client.post(_address("add_listing", rich), values).status_code == 302
    found = queries.listings(kam, product_id=other.id)[0]
    assert found.span.valid_to == date(2026, 2, 1)
    edit = {
        "valid_from": "2026-01-01",
        "last_day": "2026-03-31",
        "agreed": "on",
        "note": "n",
        "version": found.version,
    }
    assert (
        client.post(
            reverse("catalog:edit_listing", args=[rich["account_id"], found.id]), edit
        ).status_code
        == 302
    )
    assert queries.listings(kam, product_id=other.id)[0].agreed
    shared_with(account(kam, "X"), viewer)
    assert client_of(viewer).post(_address("add_listing", rich), values).status_code == 403


def test_search_answers_options_and_json(kam, client_of):
    product(sku="Q1", name="二甲双胍")
    client, url = client_of(kam), reverse("catalog:search")
    assert client.get(url, {"q": "双胍"}).json()["items"][0]["sku"] == "Q1"
    assert (
        '<option value="Q1">'
        in client.get(url, {"product": "q1", "as": "options"}).content.decode()
    )


def test_sheets_go_out_and_come_back_by_page(sales_ops, viewer, client_of):
    product(sku="ONE")
    client = client_of(sales_ops)
    assert client.get(reverse("catalog:sheets")).status_code == 200
    assert client.get(reverse("catalog:export")).content[:2] == b"PK"
    assert client.get(reverse("catalog:template")).content[:2] == b"PK"
    text = client.get(reverse("catalog:export"), {"format": "csv"}).content.decode("utf-8-sig")

    def send(content, do):
        file = SimpleUploadedFile("products.csv", content)
        return client.post(reverse("catalog:import"), {"file": file, "do": do})

    good = text.replace("Product ONE", "Renamed").encode()
    assert "0 new, 1 changed" in send(good, "check").content.decode()
    assert send(good, "write").status_code == 302
    assert queries.product_by_sku(SYSTEM, "ONE").name == "Renamed"
    bad = send(b"SKU,Name,Kind\nA,A,pill\n", "write")
    assert (bad.status_code, "!C2" in bad.content.decode()) == (422, True)
    assert send(b"x,y\n1,2\n", "check").status_code == 422
    assert client_of(viewer).get(reverse("catalog:export")).status_code == 403
    assert client_of(viewer).post(reverse("catalog:import")).status_code == 403
