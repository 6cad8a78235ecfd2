"""Products, the codes others use for them, their parts, and what was merged."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from keystead.catalog.types import ProductStatus
from keystead.kit.models import Editable


class Product(Editable):
    """Something we sell: a pack, or a collection, database or tool.

    ``canonical`` is the end of the ``merged_into`` chain. ``successor`` is another product that
    takes this one's place from a day on; both keep their own figures.
    """

    sku = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    brand = models.CharField(max_length=80, blank=True)
    category = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=12)
    pack_size = models.DecimalField(max_digits=12, decimal_places=4, default=1)
    unit = models.CharField(max_length=20, blank=True)
    gtin = models.CharField(max_length=14, blank=True)
    atc = models.CharField(max_length=7, blank=True)
    spec = models.CharField(max_length=120, blank=True)
    supply = models.CharField(max_length=4, blank=True)
    status = models.CharField(max_length=12, default=ProductStatus.ACTIVE)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    canonical = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    successor_from = models.DateField(null=True, blank=True)
    successor_share_pct = models.DecimalField(max_digits=5, decimal_places=2, default=100)
    search_key = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(Lower("sku"), name="product_sku_once"),
            models.CheckConstraint(
                condition=models.Q(successor_share_pct__gt=0, successor_share_pct__lte=100),
                name="product_successor_share",
            ),
            models.CheckConstraint(
                condition=models.Q(pack_size__gt=0), name="product_pack_above_zero"
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("id")),
                name="product_not_into_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True, canonical__isnull=True)
                | models.Q(merged_into__isnull=False, canonical__isnull=False),
                name="product_canonical_with_merge",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    @property
    def canonical_key(self) -> int:
        return self.canonical_id or self.pk

    def snapshot(self) -> dict[str, object]:
        values = super().snapshot()
        del values["search_key"]
        return values


class ProductCode(Editable):
    """A code of the product in somebody's scheme; ``value_key`` is what spellings share."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=20)
    value = models.CharField(max_length=200)
    value_key = models.CharField(max_length=200, editable=False)
    source = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["scheme", "value", "id"]
        indexes = [models.Index(fields=["scheme", "value_key"], name="product_code_lookup")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_from__lt=models.F("valid_to")),
                name="product_code_span",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.value}"


class ProductPart(Editable):
    """``part`` is inside ``whole``, ``quantity`` times."""

    whole = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    part = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=12, decimal_places=4, default=1)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["whole_id", "part_id", "valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(whole=models.F("part")), name="part_not_of_itself"
            ),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="part_above_zero"),
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_from__lt=models.F("valid_to")),
                name="part_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} in {self.whole_id}"


class ProductMerge(models.Model):
    """One merge, kept after it was undone."""

    source = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    merged_by_name = models.CharField(max_length=160)
    why = models.TextField(blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=models.Q(undone_at=None),
                name="product_merge_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} into {self.target_id}"
