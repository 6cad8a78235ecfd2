"""Batches: one import, from the raw file to the rows that count."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from keystead.kit.models import Tracked
from keystead.ledger.types import BatchState, Mode


class RawFile(models.Model):
    """A file as it came, kept once by its hash under ``raw/ab/<sha256>``."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    bytes = models.PositiveBigIntegerField()
    received_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.sha256[:12]


class Batch(Tracked):
    """One import of one file, or one set of facts posted by a room.

    ``effect_key``: what has one effect only (the file's hash, or a room's lineage id); two
    posted batches of a dataset and source never share it. ``options`` rebuild the staged
    tables from the raw file; ``report`` is what the reader found; ``mapping`` and ``totals``
    belong to the import desk.
    """

    dataset = models.CharField(max_length=32, blank=True)
    source = models.CharField(max_length=120, blank=True)
    mode = models.CharField(max_length=8, blank=True, choices=[(mode, mode) for mode in Mode])
    state = models.CharField(
        max_length=12,
        default=BatchState.RECEIVING,
        choices=[(state, state) for state in BatchState],
    )
    raw = models.ForeignKey(RawFile, null=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255, blank=True)
    effect_key = models.CharField(max_length=160, blank=True)
    options = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    totals = models.JSONField(default=dict)
    problem = models.JSONField(default=dict)
    rows_in = models.PositiveBigIntegerField(default=0)
    rows_posted = models.PositiveBigIntegerField(default=0)
    rows_waiting = models.PositiveBigIntegerField(default=0)
    rows_rejected = models.PositiveBigIntegerField(default=0)
    rows_skipped = models.PositiveBigIntegerField(default=0)
    job_id = models.BigIntegerField(null=True)
    posted_at = models.DateTimeField(null=True)
    posted_commit = models.PositiveBigIntegerField(null=True, db_index=True)
    undone_at = models.DateTimeField(null=True)
    undone_commit = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "source", "effect_key"],
                condition=Q(state=BatchState.POSTED) & ~Q(effect_key=""),
                name="ledger_one_effect",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[BatchState.POSTED, BatchState.UNDONE])
                | Q(
                    rows_in=F("rows_posted")
                    + F("rows_waiting")
                    + F("rows_rejected")
                    + F("rows_skipped")
                ),
                name="ledger_no_row_vanishes",
            ),
        ]
        indexes = [
            models.Index(fields=["dataset", "source", "state"], name="ledger_batch_source"),
            models.Index(fields=["raw", "dataset"], name="ledger_batch_file"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.dataset} {self.file_name}"


class BatchAccount(models.Model):
    """An account whose rows a batch posted; decides who may see the batch."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="+")
    account_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_id", "batch"], name="ledger_batch_account")
        ]

    def __str__(self) -> str:
        return f"batch {self.batch_id} account {self.account_id}"


class BatchMonth(models.Model):
    """A month that a batch speaks for: in mode ``replace`` nothing older of it stays."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="+")
    month = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "month"], name="ledger_batch_month")
        ]

    def __str__(self) -> str:
        return f"batch {self.batch_id} {self.month:%Y-%m}"
