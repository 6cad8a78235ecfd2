"""Product groups: what they hold by month, who may write them, Excel, pages, API."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from keystead.catalog import models, queries, services
from keystead.catalog.queries import group_spans
from keystead.catalog.tests.factories import product
from keystead.catalog.types import GroupSpan
from keystead.kernel.errors import Invalid, NotAllowed
from keystead.kernel.periods import add_months, month_start
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry
from keystead.kit.office import Column, Sheet, workbook
from keystead.kit.testing.pack import RoomPack

pytestmark = pytest.mark.django_db
JAN, APR = date(2026, 1, 1), date(2026, 4, 1)


def group(code="NEW", actor=SYSTEM, **more):
    return services.create_group(actor=actor, code=code, name=more.pop("name", "New ones"), **more)


def aged(one):
    """Make a group one that was there before today."""
    models.ProductGroup.objects.filter(pk=one.id).update(
        created_at=timezone.now() - timedelta(days=40)
    )


class TestGroups(RoomPack):
    model = models.ProductGroup
    writer_roles, reader_roles, scoped = ("sales_ops",), ("kam",), False

    def create(self, actor):
        return group(actor=actor).id

    def change(self, actor, pk, version):
        services.edit_group(actor=actor, group_id=pk, version=version, name="Other")


class TestMembers(RoomPack):
    model = models.ProductGroupMember
    writer_roles, reader_roles, scoped = ("sales_ops",), ("kam",), False

    def prepare(self):
        self.group, self.product = group(), product()

    def create(self, actor):
        return services.add_member(
            actor=actor, group_id=self.group.id, product_id=self.product.id
        ).id

    def change(self, actor, pk, version):
        services.edit_member(actor=actor, member_id=pk, version=version, valid_to=APR)


def test_a_group_stands_for_products_by_month_and_brands_for_all_they_have():
    one = product(sku="A", brand="Acu")
    two, three = product(sku="B", brand="Acu"), product(sku="C", category="Oral")
    made = group()
    services.add_member(actor=SYSTEM, group_id=made.id, product_id=one.id, valid_to=APR)
    services.add_member(actor=SYSTEM, group_id=made.id, brand="acu", valid_from=APR)
    services.add_member(actor=SYSTEM, group_id=made.id, category="Oral", valid_from=APR)
    assert set(group_spans()["NEW"]) == {
        GroupSpan(frozenset({one.id}), None, APR),
        GroupSpan(frozenset({one.id, two.id, three.id}), APR, None),
    }
    later = product(sku="D", brand="Acu")
    assert any(later.id in span.products for span in group_spans()["NEW"])
    inside = queries.products_in_group(SYSTEM, "NEW", date(2026, 2, 1))
    assert [item.sku for item in inside] == ["A"]


def test_a_merged_product_counts_as_the_one_it_lives_on_in():
    one, two = product(sku="A"), product(sku="B")
    services.add_member(actor=SYSTEM, group_id=group().id, product_id=one.id)
    services.merge_products(actor=SYSTEM, source_id=one.id, target_id=two.id)
    assert group_spans()["NEW"] == (GroupSpan(frozenset({two.id})),)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "member_thing"),
        ({"brand": "Acu", "category": "Oral"}, "member_thing"),
        ({"brand": "Unheard"}, "brand_unknown"),
        ({"brand": "Acu", "valid_from": date(2026, 1, 15)}, "member_month"),
        ({"brand": "Acu", "valid_to": date(2026, 1, 31)}, "member_month"),
        ({"brand": "Acu", "valid_from": APR, "valid_to": JAN}, "span"),
        ({"category": "Oral", "valid_from": JAN}, "member_twice"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_stored(values, code):
    product(brand="Acu", category="Oral")
    made = group()
    services.add_member(actor=SYSTEM, group_id=made.id, category="Oral")
    rows = list(models.ProductGroupMember.objects.values())
    with pytest.raises(Invalid) as caught:
        services.add_member(actor=SYSTEM, group_id=made.id, **values)
    assert caught.value.code == code
    assert list(models.ProductGroupMember.objects.values()) == rows


@pytest.mark.parametrize("code", ["new", "a b", "a,b", "", "x" * 41])
def test_a_code_is_one_word_and_unlike_the_others(code):
    group("NEW")
    with pytest.raises(Invalid) as caught:
        group(code)
    assert caught.value.code in ("group_twice", "group_code")
    assert models.ProductGroup.objects.count() == 1


def test_months_that_are_over_change_only_with_a_reason():
    product(brand="Acu")
    made = group()
    aged(made)
    this = month_start(timezone.localdate())
    with pytest.raises(Invalid) as caught:
        services.add_member(actor=SYSTEM, group_id=made.id, brand="Acu")
    assert (caught.value.code, caught.value.data["field"]) == ("member_past", "why")
    row = services.add_member(actor=SYSTEM, group_id=made.id, brand="Acu", valid_from=this)
    following = add_months(this, 2)
    row = services.edit_member(
        actor=SYSTEM, member_id=row.id, version=row.version, valid_from=this, valid_to=following
    )
    with pytest.raises(Invalid):
        services.edit_member(actor=SYSTEM, member_id=row.id, version=None, valid_to=following)
    services.edit_member(
        actor=SYSTEM, member_id=row.id, version=None, valid_to=following, why="missed in spring"
    )
    assert AuditEntry.objects.latest("id").why == "missed in spring"


def test_groups_go_out_to_excel_and_come_back(sales_ops, kam):
    product(sku="A", brand="Acu")
    made = group()
    services.add_member(actor=SYSTEM, group_id=made.id, brand="Acu", valid_to=APR)
    group("EMPTY", name="None")
    entries = AuditEntry.objects.count()
    book = queries.products_workbook(sales_ops)
    report = services.import_products(actor=sales_ops, content=book, name="p.xlsx")
    assert (list(report.problems), report.changed, report.created) == ([], 0, 0)
    assert AuditEntry.objects.count() == entries
    heads = ("Product group code", "Product group name", "SKU", "Brand", "First day", "Last day")
    rows = [
        ["new", "Newer", None, "Acu", None, date(2026, 6, 30)],
        ["TWO", "Two", "A", None, JAN, None],
    ]
    sheet = Sheet("Product groups", [Column(head) for head in heads], rows)
    report = services.import_products(actor=sales_ops, content=workbook([sheet]), name="p.xlsx")
    assert not report.problems, report.problems
    found = {one.code: one for one in queries.groups(sales_ops)}
    assert found["NEW"].name == "Newer"
    assert found["NEW"].members[0].span.valid_to == date(2026, 7, 1)
    assert [one.sku for one in found["TWO"].members] == ["A"]
    rows = [["TWO", None, "NOWHERE", None, JAN, None]]
    sheet = Sheet("Product groups", [Column(head) for head in heads], rows)
    report = services.import_products(actor=sales_ops, content=workbook([sheet]), name="p.xlsx")
    assert ["no product with this SKU" in one.message for one in report.problems] == [True]
    with pytest.raises(NotAllowed):
        services.add_member(actor=kam, group_id=made.id, brand="Acu")


def test_pages_create_fill_change_and_take_out(sales_ops, client_of):
    client = client_of(sales_ops)
    one = product(sku="A", name="Metformin", brand="Acu")
    assert "There is no product group yet" in client.get(reverse("catalog:groups")).content.decode()
    said = client.post(reverse("catalog:create_group"), {"code": "NEW", "name": "New ones"})
    (made,) = queries.groups(sales_ops)
    assert said.headers["Location"] == reverse("catalog:group", args=[made.id])
    add = reverse("catalog:add_member", args=[made.id])
    assert client.post(add, {"product": "A", "brand": "Acu"}).status_code == 422
    wrong = client.post(add, {"product": "A", "valid_from": "2026-01-15"})
    assert "comes and goes with a month" in wrong.content.decode()
    assert client.post(add, {"product": "A", "last_day": "2099-12-31"}).status_code == 302
    (row,) = queries.group_for(sales_ops, made.id).members
    assert (row.product_id, row.span.valid_to) == (one.id, date(2100, 1, 1))
    page = client.get(reverse("catalog:group", args=[made.id])).content.decode()
    assert "Metformin" in page
    assert "1 product today" in page
    change = reverse("catalog:edit_member", args=[made.id, row.id])
    assert client.post(change, {"version": 1, "last_day": "2098-12-31"}).status_code == 302
    edit = reverse("catalog:edit_group", args=[made.id])
    assert client.post(edit, {"version": 1, "name": "Newest"}).status_code == 302
    assert "Newest" in client.get(reverse("catalog:groups")).content.decode()
    gone = reverse("catalog:remove_member", args=[made.id, row.id])
    assert client.post(gone, {"version": 2}).status_code == 302
    assert queries.group_for(sales_ops, made.id).members == ()


def test_readers_see_groups_and_change_nothing(kam, admin, client_of):
    made = group()
    client = client_of(kam)
    assert client.get(reverse("catalog:group", args=[made.id])).status_code == 200
    for name, values in (
        ("create_group", []),
        ("edit_group", [made.id]),
        ("add_member", [made.id]),
    ):
        assert client.get(reverse(f"catalog:{name}", args=values)).status_code == 403
    assert client_of(admin).get(reverse("catalog:groups")).status_code == 403
    assert client.get(reverse("catalog:group", args=[made.id + 99])).status_code == 404


def test_the_api_writes_and_reads_groups(sales_ops, client_of):
    client, one = client_of(sales_ops), product(sku="A", brand="Acu")

    def send(method, path, **body):
        ask = getattr(client, method)
        return ask(f"/api/{path}", json.dumps(body), content_type="application/json")

    made = send("post", "product-groups", code="NEW", name="New ones").json()
    path = f"product-groups/{made['id']}"
    row = send("post", f"{path}/members", product_id=one.id).json()
    assert (row["sku"], row["valid_from"]) == ("A", None)
    done = send("put", f"product-group-members/{row['id']}", version=1, valid_to="2099-01-01")
    assert done.json()["valid_to"] == "2099-01-01"
    assert send("post", f"{path}/members", brand="Nobody").status_code == 422
    assert send("put", path, version=1, name="Newest").json()["name"] == "Newest"
    (held,) = client.get("/api/product-groups").json()
    assert (held["code"], len(held["members"])) == ("NEW", 1)
