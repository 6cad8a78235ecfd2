"""Storage of the connector: sources, runs, months, institutions that wait, title lists."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from keystead.connectors.counter.types.harvest import MonthState, RunState
from keystead.kit.models import Editable
from keystead.kit.models.base import Tracked

SEALED = ("requestor_sealed", "key_sealed")


class UsageSource(Editable):
    """A server that tells of usage, and what opens it: sealed, and never in a snapshot."""

    name = models.CharField(max_length=120, unique=True)
    server = models.CharField(max_length=300)
    release = models.CharField(max_length=4)
    customer_id = models.CharField(max_length=120)
    platform = models.CharField(max_length=120, blank=True)
    account = models.ForeignKey(
        "accounts.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reports: models.JSONField[Any, Any] = models.JSONField(default=list)
    first_month = models.DateField()
    members = models.BooleanField(default=False)
    pause_seconds = models.PositiveSmallIntegerField(default=1)
    active = models.BooleanField(default=True)
    requestor_sealed = models.TextField(blank=True)
    key_sealed = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def snapshot(self) -> dict[str, Any]:
        values = super().snapshot()
        for name in SEALED:
            values[name.removesuffix("_sealed")] = "***" if values.pop(name) else ""
        return values


class SourceNews(models.Model):
    """What a source said last: what it offers, who its members are, and what is wrong."""

    source = models.OneToOneField(
        UsageSource, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    asked_at = models.DateTimeField(null=True)
    offers: models.JSONField[Any, Any] = models.JSONField(default=list)
    members: models.JSONField[Any, Any] = models.JSONField(default=list)
    trouble: models.JSONField[Any, Any] = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"news of source {self.source_id}"


class ServerTurn(models.Model):
    """When a server may be called next, whoever calls; ``refusals`` in a row make it longer."""

    host = models.CharField(max_length=260, primary_key=True)
    next_at = models.DateTimeField(default=timezone.now)
    refusals = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.host


class Institution(Tracked):
    """An institution that reports name; ``account``: which account a person said it is."""

    key = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=300, blank=True)
    identifiers: models.JSONField[Any, Any] = models.JSONField(default=list)
    account = models.ForeignKey(
        "accounts.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name or self.key[:8]


class ReportRun(models.Model):
    """One report asked for (``source``), or one file that came in (no source): kept for good."""

    source = models.ForeignKey(UsageSource, null=True, on_delete=models.PROTECT, related_name="+")
    customer_id = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=255, blank=True)
    report_id = models.CharField(max_length=10, blank=True)
    release = models.CharField(max_length=4, blank=True)
    begin = models.DateField(null=True)
    end = models.DateField(null=True)
    state = models.CharField(
        max_length=12, choices=[(s, s) for s in RunState], default=RunState.QUEUED
    )
    why = models.CharField(max_length=400, blank=True)
    findings: models.JSONField[Any, Any] = models.JSONField(default=list)
    exceptions: models.JSONField[Any, Any] = models.JSONField(default=list)
    rows = models.PositiveBigIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    batch = models.ForeignKey("ledger.Batch", null=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(
        "accounts.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    institution = models.ForeignKey(
        Institution, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "next_at"], name="counter_run_due"),
            models.Index(fields=["source", "report_id"], name="counter_run_of_source"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.begin} {self.state}"


class SourceMonth(models.Model):
    """What is known of one month of a report at a source, for one customer number."""

    source = models.ForeignKey(UsageSource, on_delete=models.CASCADE, related_name="+")
    customer_id = models.CharField(max_length=120)
    report_id = models.CharField(max_length=10)
    month = models.DateField()
    state = models.CharField(max_length=12, choices=[(s, s) for s in MonthState])
    codes: models.JSONField[Any, Any] = models.JSONField(default=list)
    run = models.ForeignKey(ReportRun, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["customer_id", "report_id", "month"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "customer_id", "report_id", "month"], name="counter_month_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.month:%Y-%m} {self.state}"


class EntitlementList(Tracked):
    """A KBART title list of an account; a newer one of the same package takes its place."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    package = models.CharField(max_length=120)
    provider = models.CharField(max_length=120, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64)
    as_of = models.DateField()
    starts = models.DateField()  # first day of the contract: what is older is backfile
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["package", "-as_of", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "package"],
                condition=models.Q(replaced_by=None),
                name="counter_list_in_force_once",
            )
        ]

    def __str__(self) -> str:
        return self.package


class EntitlementTitle(models.Model):
    """One title of a list; without a product it waits until somebody says which it is."""

    of = models.ForeignKey(EntitlementList, on_delete=models.CASCADE, related_name="+")
    line = models.PositiveIntegerField()
    said: models.JSONField[Any, Any] = models.JSONField(default=dict)
    title = models.CharField(max_length=400)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    product = models.ForeignKey(
        "catalog.Product", null=True, on_delete=models.PROTECT, related_name="+"
    )
    matched_by = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["of_id", "line"]
        indexes = [models.Index(fields=["of", "product"], name="counter_title_match")]

    def __str__(self) -> str:
        return self.title
