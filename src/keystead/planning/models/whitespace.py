"""What somebody said about a cell of the whitespace grid."""

from __future__ import annotations

from django.db import models

from keystead.kit.models import Editable
from keystead.planning.models.fields import account, money, one_of, user
from keystead.planning.types.whitespace import CellState


class CellRow(Editable):
    """A site and a brand, or a product of it: what could be sold there, or who sells it."""

    account = account()
    brand = models.CharField(max_length=120, blank=True)
    product = models.ForeignKey(
        "catalog.Product", null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = one_of(CellState)
    potential = money()
    currency = models.CharField(max_length=3, blank=True)
    competitor = models.CharField(max_length=120, blank=True)
    owner = user(null=True)
    note = models.CharField(max_length=400, blank=True)
    stated_on = models.DateField()
    stale_days = models.PositiveSmallIntegerField(default=180)

    class Meta:
        ordering = ["account_id", "brand", "product_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "product"],
                condition=models.Q(product__isnull=False),
                name="whitespace_product_once",
            ),
            models.UniqueConstraint(
                fields=["account", "brand"],
                condition=models.Q(product__isnull=True),
                name="whitespace_brand_once",
            ),
            models.CheckConstraint(
                condition=models.Q(product__isnull=False, brand="")
                | (models.Q(product__isnull=True) & ~models.Q(brand="")),
                name="whitespace_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.brand or self.product_id} {self.state}"
