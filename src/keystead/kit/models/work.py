"""Rows behind the outbox and the jobs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class OutboxEvent(models.Model):
    """An event written with the change it tells of; ``done_at`` is set once handlers ran."""

    name = models.CharField(max_length=80)
    payload = models.JSONField()
    at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.id} {self.name}"


class Job(models.Model):
    """One piece of background work with progress, heartbeat, lease and attempts."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=80)
    key = models.CharField(max_length=160, blank=True, db_index=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(default=0)
    progress_note = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)
    error = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "lease_until"], name="job_pick")]

    def __str__(self) -> str:
        return f"{self.id} {self.kind} {self.state}"


class Command(models.Model):
    """A command a client named, with the answer it got, so that a retry has no second effect."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    path = models.CharField(max_length=300)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField(default=0)
    location = models.CharField(max_length=500, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    body = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_effect_per_command")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.path}"


class Remembered(models.Model):
    """What Django's database cache keeps for a while: tries, codes already used."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "kit_remembered"

    def __str__(self) -> str:
        return self.cache_key


class UploadDay(models.Model):
    """How much a person sent in on a day (UTC), so that nobody fills the disk alone."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    files = models.PositiveIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="one_upload_row_per_day")
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.files} files, {self.size_bytes} bytes"


class Schedule(models.Model):
    """When work that comes round was last started; locked while the next turn is decided."""

    kind = models.CharField(max_length=60, unique=True)
    slot = models.BigIntegerField(null=True)
    started_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.slot}"


class Letter(models.Model):
    """A mail to a person, stored with the change it tells of; its words are made when it is sent.

    One ``key`` goes to one person once. It holds no name and no address.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    data = models.JSONField(default=dict)
    queued_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_letter_per_person_and_key")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
