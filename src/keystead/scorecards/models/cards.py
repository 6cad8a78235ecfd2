"""What one account says to a line, and the scores that are kept for lists."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from keystead.kit.models import Editable
from keystead.scorecards.models.sets import KpiLine, KpiSet, value_field


class AccountLine(Editable):
    """Owner, comment and own target of one account on one line."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(KpiLine, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    comment = models.TextField(max_length=600, blank=True)
    target = value_field()
    target_high = value_field()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "line"], name="one_note_per_line")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.line_id}"


class CachedScore(models.Model):
    """A total and its figures, shown without computing; rebuilt at will, never a source."""

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    kpi_set = models.ForeignKey(KpiSet, on_delete=models.CASCADE, related_name="+")
    set_version = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, blank=True)
    period_start = models.DateField()
    period_end = models.DateField()
    total = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    coverage_pct = models.DecimalField(max_digits=4, decimal_places=1)
    word = models.CharField(max_length=8)
    figures = models.JSONField(default=dict)
    commit = models.BigIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "period_start", "period_end"], name="one_score_per_period"
            )
        ]
        indexes = [models.Index(fields=["commit"], name="score_commit")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.total}"
