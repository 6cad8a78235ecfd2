"""Statements of the company's own, and who acknowledged which edition when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from keystead.governance.types.acknowledgements import Topic
from keystead.kit.models import Editable

TOPICS = [(topic.value, topic.value) for topic in Topic]


class StatementRow(Editable):
    """A company's own text and rule for a topic; it replaces the shipped one."""

    topic = models.CharField(max_length=24, choices=TOPICS, unique=True)
    edition = models.PositiveIntegerField(default=1)
    title = models.JSONField(default=dict)
    body = models.JSONField(default=dict)
    roles = models.JSONField(default=list, blank=True)
    due_days = models.PositiveIntegerField(default=14)
    validity_months = models.PositiveIntegerField(default=12)
    quiz = models.JSONField(default=list, blank=True)
    enforced = models.BooleanField(default=False)
    published_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["topic"]

    def __str__(self) -> str:
        return f"{self.topic} {self.edition}"


class Acknowledgement(models.Model):
    """Somebody read one edition and said so. Never changed; the newest counts."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=24, choices=TOPICS)
    edition = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    until = models.DateField()
    language = models.CharField(max_length=10)
    text_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["user", "topic"], name="acknowledged_by")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.topic} {self.edition}"
