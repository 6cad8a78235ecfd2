"""Rules as a company keeps them, and their hits."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from keystead.governance.types.compliance import Level
from keystead.kit.models import Editable, Tracked

LEVELS = [(level.value, level.value) for level in Level]


class ComplianceRuleRow(Editable):
    """A rule of the company; ``rule_id`` of a shipped one overrides what was shipped."""

    rule_id = models.CharField(max_length=20, unique=True)
    context = models.CharField(max_length=24)
    level = models.CharField(max_length=8, choices=LEVELS)
    jurisdiction = models.CharField(max_length=8, default="*")
    trigger = models.JSONField()
    message = models.CharField(max_length=300)
    owner = models.CharField(max_length=24, default="compliance")
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["rule_id"]

    def __str__(self) -> str:
        return self.rule_id


class RuleHit(Tracked):
    """One hit on one object; a block or review waits until compliance decides."""

    class State(models.TextChoices):
        NOTED = "noted"
        OPEN = "open"
        ALLOWED = "allowed"
        REFUSED = "refused"

    rule_id = models.CharField(max_length=20)
    level = models.CharField(max_length=8, choices=LEVELS)
    message = models.CharField(max_length=400)
    evidence = models.JSONField(default=dict)
    facts_hash = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    account_id = models.BigIntegerField(null=True, db_index=True)
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule_id", "subject_type", "subject_id", "facts_hash"],
                name="one_hit_per_rule_and_facts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.subject_type} {self.subject_id} {self.state}"
