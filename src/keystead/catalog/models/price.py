"""Prices of a product that hold for everybody: list, recommended for resale, legal maximum."""

from __future__ import annotations

from django.db import models

from keystead.catalog.models.product import Product
from keystead.kit.models import Editable


class Price(Editable):
    """The price of one unit over a span; a new price is a new row, an old one gets a last day.

    ``tax_pct``: the sales tax that is inside the amount. A recommended price is only ever
    calculated with; nothing is paid for keeping one (rule R-01).
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12)
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    tax_pct = models.DecimalField(max_digits=6, decimal_places=3, default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["product_id", "purpose", "valid_from"]
        indexes = [models.Index(fields=["product", "purpose"], name="price_lookup")]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="price_above_zero"),
            models.CheckConstraint(
                condition=models.Q(tax_pct__gte=0, tax_pct__lt=100), name="price_tax_share"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_from__lt=models.F("valid_to")),
                name="price_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.purpose} {self.amount} {self.currency}"
