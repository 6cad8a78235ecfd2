"""Storage of settlements: a head that moves through its states, and lines that never change."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from keystead.agreements.models.agreements import Agreement
from keystead.agreements.types import SettlementState
from keystead.kit.models import Editable


class Settlement(Editable):
    """What is paid or asked back up to a day. ``calculation`` says which of its lines count."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    starts = models.DateField()
    ends = models.DateField()  # the first day that is out
    currency = models.CharField(max_length=3)
    state = models.CharField(
        max_length=20, choices=[(s, s) for s in SettlementState], default=SettlementState.OPEN
    )
    calculation = models.PositiveSmallIntegerField(default=0)
    total = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    calculated_at = models.DateTimeField(null=True)
    versions: models.JSONField[Any, Any] = models.JSONField(default=list)  # in force by then
    run_hash = models.CharField(max_length=64, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    commit = models.PositiveBigIntegerField(null=True)
    payee = models.CharField(max_length=160, blank=True)
    partner = models.CharField(max_length=160, blank=True)
    partner_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    credit_note = models.CharField(max_length=40, blank=True)
    issued_on = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    reference = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    posted = models.BooleanField(default=False)  # its lines count as settled
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    authors: models.JSONField[Any, Any] = models.JSONField(default=list)

    class Meta:
        ordering = ["agreement_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts__lt=models.F("ends")), name="settlement_dates"
            ),
            models.UniqueConstraint(
                fields=["credit_note"],
                condition=~models.Q(credit_note=""),
                name="credit_note_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} settlement {self.pk}"


class SettlementRow(models.Model):
    """One condition and period in one calculation of a settlement. Triggers refuse changes."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="+")
    calculation = models.PositiveSmallIntegerField()
    condition = models.CharField(max_length=80, blank=True)
    starts = models.DateField()
    ends = models.DateField()
    entitlement = models.DecimalField(max_digits=20, decimal_places=4)
    settled_before = models.DecimalField(max_digits=20, decimal_places=4)
    due = models.DecimalField(max_digits=20, decimal_places=4)
    carried = models.DecimalField(max_digits=20, decimal_places=4)
    kept = models.DecimalField(max_digits=20, decimal_places=4)
    reason = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["settlement", "calculation"], name="settlement_rows")]

    def __str__(self) -> str:
        return f"{self.settlement_id} {self.condition}"
