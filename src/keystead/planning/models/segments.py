"""Segments of accounts: cuts by version, runs with their inputs. All of it is written once."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from keystead.planning.models.fields import account, user


class CutsVersion(models.Model):
    """The cuts of the segments, as somebody set them; the newest holds."""

    number = models.PositiveIntegerField(unique=True)
    cuts = models.JSONField()
    at = models.DateTimeField(default=timezone.now)
    by = user(null=True)
    why = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.number}"


class SegmentRun(models.Model):
    """One run: of which quarter, with which cuts, on which data."""

    quarter = models.CharField(max_length=7)
    cuts = models.JSONField()
    cuts_number = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    commit = models.BigIntegerField()
    left_out = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    by = user(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.quarter} {self.id}"


class SegmentOf(models.Model):
    """The segment of an account in a run, with what it was worked out of."""

    run = models.ForeignKey(SegmentRun, on_delete=models.PROTECT, related_name="+")
    account = account()
    value = models.CharField(max_length=1)
    variability = models.CharField(max_length=1)
    potential = models.CharField(max_length=8)
    relation = models.CharField(max_length=8)
    inputs = models.JSONField()

    class Meta:
        ordering = ["run_id", "account_id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "account"], name="segment_once_a_run")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.value}{self.variability}"
