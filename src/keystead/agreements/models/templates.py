"""Storage of a company's own contract templates: the row; the file lies under its hash."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from keystead.kit.models import Tracked


class ContractTemplate(Tracked):
    """A Word template that contracts may be written with; withdrawn, never deleted."""

    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(withdrawn_at=None),
                name="contract_template_once",
            )
        ]

    def __str__(self) -> str:
        return self.name
