"""Which product is on which account's range, and when."""

from __future__ import annotations

from django.db import models

from keystead.catalog.models.product import Product
from keystead.kit.models import Editable


class Listing(Editable):
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    agreed = models.BooleanField(default=False)
    source = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["product_id", "valid_from"]
        indexes = [models.Index(fields=["account", "product"], name="listing_lookup")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_from__lt=models.F("valid_to")),
                name="listing_span",
            )
        ]

    def __str__(self) -> str:
        return f"{self.product_id} at {self.account_id} from {self.valid_from}"
