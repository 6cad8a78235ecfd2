"""Storage: funds of a customer and their entries, which only ever grow."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from keystead.agreements.models.agreements import Agreement
from keystead.agreements.types.funds import FundEntryKind, FundKind
from keystead.kit.models import Editable


def _amount(**options: Any) -> Any:
    return models.DecimalField(max_digits=18, decimal_places=4, **options)


class Fund(Editable):
    """Money set aside for a customer's marketing: a fixed sum, or a percentage of sell-in."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(Agreement, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=[(k, k) for k in FundKind])
    currency = models.CharField(max_length=3)
    budget = _amount(null=True)
    rate_pct = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    starts = models.DateField()
    expires = models.DateField()  # the last day on which it may be promised
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["account_id", "-starts", "name"]
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="fund_name_once"),
            models.CheckConstraint(
                condition=models.Q(starts__lte=models.F("expires")), name="fund_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FundEntry(models.Model):
    """One movement of a fund. Triggers refuse every change; a mistake is taken back by another."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=[(k, k) for k in FundEntryKind])
    amount = _amount()
    on = models.DateField()
    subject = models.CharField(max_length=60, blank=True)  # expense:12
    proof = models.CharField(max_length=400, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["fund_id", "id"]
        indexes = [models.Index(fields=["fund", "subject"], name="fund_entry_of")]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.kind} {self.amount}"
