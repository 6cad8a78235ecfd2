"""Product groups: a name for products that contracts, prices and reports speak of together."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from keystead.catalog.models.product import Product
from keystead.kit.models import Editable


class ProductGroup(Editable):
    """A group of products. Its code stands in signed terms, so that it never changes."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(Lower("code"), name="product_group_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ProductGroupMember(Editable):
    """A product, or all products of a brand or a category, in a group over whole months."""

    group = models.ForeignKey(ProductGroup, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    brand = models.CharField(max_length=80, blank=True)
    category = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["group_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(product__isnull=False, brand="", category="")
                    | (Q(product=None) & ~Q(brand="") & Q(category=""))
                    | (Q(product=None, brand="") & ~Q(category=""))
                ),
                name="group_member_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None)
                | Q(valid_to=None)
                | Q(valid_from__lt=models.F("valid_to")),
                name="group_member_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.product_id or self.brand or self.category}"
