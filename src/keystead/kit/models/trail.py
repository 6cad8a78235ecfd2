"""The audit trail: one row per business write, in the same transaction, chained by hash."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class TrailHead(models.Model):
    """The single row that writers lock, so that the chain has one order and no gap."""

    last_seq = models.BigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"trail at {self.last_seq}"


class AuditEntry(models.Model):
    """One write: who, when, what, old, new, why. ``id`` is the gap-free place in the chain.

    The chained hash covers ``content_digest``, not the content: erasing personal data empties
    the content and its salt, and the chain still verifies.
    """

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_name = models.CharField(max_length=160)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    account_id = models.BigIntegerField(null=True, db_index=True)
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)
    why = models.TextField(blank=True)
    source = models.CharField(max_length=40, blank=True)
    salt = models.CharField(max_length=32, blank=True)
    content_digest = models.CharField(max_length=64)
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action}"
