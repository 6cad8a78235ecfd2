"""Storage: claims of customers, what they are set against, what was shown for them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from keystead.agreements.models.agreements import Agreement
from keystead.agreements.types import ClaimKind, ClaimReason, ClaimState
from keystead.kit.models import Editable


def _amount(**options: Any) -> Any:
    return models.DecimalField(max_digits=18, decimal_places=4, **options)


class Claim(Editable):
    """Money a customer asked for or took; ``authors`` may not approve it (R-24)."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    external_number = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=[(k, k) for k in ClaimKind])
    reason = models.CharField(max_length=24, choices=[(r, r) for r in ClaimReason])
    customer_code = models.CharField(max_length=40, blank=True)
    amount = _amount()
    currency = models.CharField(max_length=3)
    on = models.DateField()
    agreement_number = models.CharField(max_length=40, blank=True)
    condition = models.CharField(max_length=80, blank=True)
    invoice = models.CharField(max_length=60, blank=True)
    product = models.ForeignKey(
        "catalog.Product", null=True, on_delete=models.PROTECT, related_name="+"
    )
    product_code = models.CharField(max_length=60, blank=True)
    wholesaler = models.ForeignKey(
        "accounts.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    wholesaler_code = models.CharField(max_length=60, blank=True)
    first = models.DateField(null=True)
    last = models.DateField(null=True)
    quantity = _amount(null=True)
    unit_price = _amount(null=True)
    due_on = models.DateField(null=True)
    note = models.CharField(max_length=400, blank=True)
    state = models.CharField(
        max_length=12, choices=[(s, s) for s in ClaimState], default=ClaimState.RECEIVED
    )
    proposed = _amount(null=True)
    granted = _amount(null=True)
    giving_up = _amount(null=True)  # waits for approval as a write-off
    written_off = _amount(null=True)
    write_off_agreement = models.ForeignKey(
        Agreement, null=True, on_delete=models.PROTECT, related_name="+"
    )
    write_off_condition = models.CharField(max_length=80, blank=True)
    write_off_reason = models.CharField(max_length=400, blank=True)
    decision_reason = models.CharField(max_length=400, blank=True)
    credit_note = models.CharField(max_length=60, blank=True)
    settled_on = models.DateField(null=True)
    authors: models.JSONField[Any, Any] = models.JSONField(default=list)

    class Meta:
        ordering = ["-on", "-id"]
        indexes = [
            models.Index(fields=["account", "state"], name="claim_of_account"),
            models.Index(fields=["state", "on"], name="claim_open"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="claim_amount"),
            models.CheckConstraint(
                condition=models.Q(granted=None)
                | models.Q(granted__gte=0, granted__lte=models.F("amount")),
                name="claim_granted",
            ),
        ]

    def __str__(self) -> str:
        return self.external_number


class ClaimMatch(models.Model):
    """A part of a claim set against the accrual of one condition; undone by deleting it."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    condition = models.CharField(max_length=80)
    amount = _amount()

    class Meta:
        ordering = ["claim_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "agreement", "condition"], name="claim_match_once"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="claim_match_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.condition} {self.amount}"


class ClaimEvidence(models.Model):
    """What was shown for a claim: words, or a file kept under its hash."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=400, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["claim_id", "id"]

    def __str__(self) -> str:
        return self.text or self.file_name
