"""Many products at once: the same rows and the same trail as one at a time."""

from __future__ import annotations

import pytest

from keystead.catalog import models, queries, services
from keystead.catalog.tests.factories import product
from keystead.kernel.errors import Invalid, NotAllowed
from keystead.kit import audit
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry

pytestmark = pytest.mark.django_db
GTIN = "6901234567892"


def given(*skus: str, **more: str) -> list[services.ProductValues]:
    return [{"sku": sku, "name": f"Pack {sku}", "kind": "other", **more} for sku in skus]


def stored() -> tuple[int, int]:
    return models.Product.objects.count(), AuditEntry.objects.count()


def test_each_is_stored_and_told_as_one_at_a_time_would_be(sales_ops):
    alone = services.create_product(actor=sales_ops, source="import 7", **given("P-0")[0])
    made = services.create_products(actor=sales_ops, rows=given("P-1", "P-2"), source="import 7")
    assert [queries.product_for(sales_ops, pk).sku for pk in made] == ["P-1", "P-2"]
    rows = list(AuditEntry.objects.filter(action="product.create").order_by("id"))
    assert [row.subject_id for row in rows] == [str(pk) for pk in (alone.id, *made)]
    assert {(row.actor_id, row.source) for row in rows} == {(sales_ops.user_id, "import 7")}
    assert len({str({**row.new, "sku": "", "name": ""}) for row in rows}) == 1
    assert audit.verify() == (AuditEntry.objects.count(), None)
    assert models.Product.objects.get(pk=made[1]).search_key == "p-2\npack p-2"


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        (given("NEW", "old"), "sku"),
        (given("NEW", "new"), "sku"),
        (given("NEW", "was"), "sku"),
        (given("NEW", gtin=GTIN), "gtin"),
        (given("A", gtin="96385074") + given("B", gtin="0000096385074"), "gtin"),
        (given("NEW", ""), "sku"),
    ],
)
def test_one_wrong_row_and_nothing_is_written(rows, field):
    product(sku="OLD", gtin=GTIN)
    services.edit_product(actor=SYSTEM, product_id=product(sku="WAS").id, sku="IS")
    before = stored()
    with pytest.raises(Invalid) as caught:
        services.create_products(actor=SYSTEM, rows=rows)
    assert field in caught.value.data["fields"]
    assert stored() == before


def test_a_gtin_kept_as_a_code_is_taken_too():
    services.add_code(actor=SYSTEM, product_id=product().id, scheme="gtin", value=GTIN)
    with pytest.raises(Invalid):
        services.create_products(actor=SYSTEM, rows=given("NEW", gtin=GTIN))


def test_without_the_right_nothing_is_written(kam):
    before = stored()
    with pytest.raises(NotAllowed):
        services.create_products(actor=kam, rows=given("A"))
    assert stored() == before
