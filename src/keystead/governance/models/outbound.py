"""Documents that were let out or stopped. Rows are only inserted: triggers refuse any change."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from keystead.governance.types.outbound import ReleaseState


class ReleaseRow(models.Model):
    """One decision on one file: what was found in it, who let it out, and why."""

    account_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=[(one, one) for one in ReleaseState])
    findings: models.JSONField[Any, Any] = models.JSONField(default=list)
    reason = models.CharField(max_length=400, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["account_id", "sha256"], name="release_of_file"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"
