"""Frozen scorecards. Triggers refuse every change; lines are complete or refused."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from keystead.scorecards.models.sets import KpiSet, value_field


class Snapshot(models.Model):
    """One card as it stood: a dated document with a hash over all that it says."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    kpi_set = models.ForeignKey(KpiSet, on_delete=models.PROTECT, related_name="+")
    account_name = models.CharField(max_length=200)
    set_name = models.CharField(max_length=120)
    set_version = models.PositiveIntegerField()
    good_from = models.DecimalField(max_digits=5, decimal_places=2)
    watch_from = models.DecimalField(max_digits=5, decimal_places=2)
    min_coverage_pct = models.DecimalField(max_digits=5, decimal_places=2)
    period_start = models.DateField()
    period_end = models.DateField()
    commit = models.BigIntegerField()
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    comment = models.TextField(max_length=2000, blank=True)
    total = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    coverage_pct = models.DecimalField(max_digits=4, decimal_places=1)
    word = models.CharField(max_length=8)
    line_count = models.PositiveSmallIntegerField()
    content_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-frozen_at", "-id"]
        indexes = [models.Index(fields=["account", "frozen_at"], name="snapshot_of_account")]

    def __str__(self) -> str:
        return f"{self.account_name} {self.period_start} {self.total}"


class SnapshotLine(models.Model):
    """One line as it stood, with the proof and the metric version of each figure."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    metric = models.CharField(max_length=60)
    metric_version = models.PositiveIntegerField()
    label = models.CharField(max_length=120)
    unit = models.CharField(max_length=12)
    weight = models.DecimalField(max_digits=5, decimal_places=2)
    share_pct = models.DecimalField(max_digits=4, decimal_places=1)
    direction = models.CharField(max_length=8)
    target_source = models.CharField(max_length=10)
    zero_kind = models.CharField(max_length=8)
    zero_at = models.DecimalField(max_digits=30, decimal_places=12)
    value = value_field()
    measure = models.CharField(max_length=20, blank=True)
    proof_id = models.TextField(blank=True)
    target = value_field()
    target_high = value_field()
    target_measure = models.CharField(max_length=20, blank=True)
    target_proof_id = models.TextField(blank=True)
    own_target = models.BooleanField(default=False)
    last_year = value_field()
    last_year_measure = models.CharField(max_length=20, blank=True)
    last_year_proof_id = models.TextField(blank=True)
    points = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    word = models.CharField(max_length=8)
    missing = models.CharField(max_length=12, blank=True)
    trend = models.JSONField(default=list)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    comment = models.TextField(max_length=600, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "position"], name="snapshot_line_position"),
            models.UniqueConstraint(fields=["snapshot", "metric"], name="snapshot_metric_once"),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.points}"
