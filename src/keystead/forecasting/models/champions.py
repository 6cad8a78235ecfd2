"""Storage of the decisions about recipes. Triggers refuse every change of these rows."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from keystead.forecasting.types.cycle import DemandKind


class ChampionRow(models.Model):
    """One decision: which recipe a segment keeps or takes, by whom, on which pooled evidence."""

    kind = models.CharField(max_length=12, choices=[(k, k) for k in DemandKind])
    segment = models.CharField(max_length=16)
    champion = models.CharField(max_length=40)
    challenger = models.CharField(max_length=40)
    changed = models.BooleanField()
    reason = models.CharField(max_length=24)
    numbers = models.JSONField()  # pooled WAPE and bias of both, the gain, the cycles one by one
    evidence_hash = models.CharField(max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "segment", "champion", "challenger", "evidence_hash"],
                name="forecast_champion_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.segment}: {self.challenger if self.changed else self.champion}"
