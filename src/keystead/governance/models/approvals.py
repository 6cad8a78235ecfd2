"""The policy matrix, requests, decisions and delegations."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from keystead.governance.types.approvals import RequestState, SubjectKind
from keystead.kit.models import Editable, Tracked

KINDS = [(kind.value, kind.value) for kind in SubjectKind]


def _bound() -> models.DecimalField[Any, Any]:
    return models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)


class ApprovalPolicy(Editable):
    """One line of the matrix: bands that must hold, and the steps they ask for."""

    kind = models.CharField(max_length=24, choices=KINDS)
    name = models.CharField(max_length=120)
    amount_from = _bound()
    amount_below = _bound()
    currency = models.CharField(max_length=3, blank=True)
    discount_from = _bound()
    discount_below = _bound()
    months_from = models.PositiveIntegerField(null=True, blank=True)
    months_below = models.PositiveIntegerField(null=True, blank=True)
    flags = models.JSONField(default=list, blank=True)
    steps = models.JSONField(default=list)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "id"]

    def __str__(self) -> str:
        return self.name


class ApprovalRequestRow(Tracked):
    """A request with everything the approver is shown, as it was then."""

    kind = models.CharField(max_length=24, choices=KINDS)
    subject_id = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    account_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    content_hash = models.CharField(max_length=64)
    state = models.CharField(
        max_length=12,
        choices=[(state.value, state.value) for state in RequestState],
        default=RequestState.OPEN.value,
    )
    steps = models.JSONField()
    current_step = models.PositiveSmallIntegerField(default=0)
    facts = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    evidence = models.JSONField(default=dict)
    policy_names = models.JSONField(default=list)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(default=timezone.now)
    step_since = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, db_index=True)
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id"],
                condition=models.Q(state=RequestState.OPEN.value),
                name="one_open_request_per_subject",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} {self.state}"


class ApprovalDecision(models.Model):
    """One answer. Never changed; the same person answers a step once."""

    request = models.ForeignKey(ApprovalRequestRow, on_delete=models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=24)
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved = models.BooleanField()
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "step", "user"], name="one_answer_per_step_and_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.step} {'yes' if self.approved else 'no'}"


class ApprovalDelegation(Tracked):
    """A deputy with an end date."""

    from_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    starts = models.DateField()
    ends = models.DateField()
    kinds = models.JSONField(default=list, blank=True)
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("starts")), name="delegation_has_an_end"
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_user_id} > {self.to_user_id} until {self.ends}"
