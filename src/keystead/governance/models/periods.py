"""Closed periods per ledger. A database trigger of each ledger reads this table."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from keystead.kit.models import Tracked


class PeriodLockRow(Tracked):
    """One closing of [start, end) of a ledger; reopening ends it, a new closing is a new row."""

    ledger = models.CharField(max_length=32)
    label = models.CharField(max_length=40)
    start = models.DateField()
    end = models.DateField()
    closed_at = models.DateTimeField()
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        db_table = "governance_periodlock"
        ordering = ["-start", "ledger"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="period_has_days"),
            models.UniqueConstraint(
                fields=["ledger", "start", "end"],
                condition=Q(reopened_at=None),
                name="period_closed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ledger} {self.label}"
