"""Storage of the documents of an agreement: the row; the file lies under its hash."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from keystead.agreements.models.agreements import Agreement, AgreementVersion
from keystead.agreements.types import DocumentKind
from keystead.kit.models import Tracked

AREA = "documents"


class AgreementDocument(Tracked):
    """A file that was attached. It never changes and is never deleted, only withdrawn."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    agreement_version = models.ForeignKey(
        AgreementVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    condition = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=20, choices=[(k, k) for k in DocumentKind])
    name = models.CharField(max_length=200)
    note = models.CharField(max_length=400, blank=True)
    starts = models.DateField(null=True)
    ends = models.DateField(null=True)  # the first day that is out
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["agreement", "condition"], name="document_of_condition")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts__isnull=True, ends__isnull=True)
                | models.Q(starts__lt=models.F("ends")),
                name="document_period",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.sha256[:12]}"
