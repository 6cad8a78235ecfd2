"""Storage of the room: campaigns, expenses, what was shown for them, postings, budgets."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from keystead.campaigns.types import ExpenseState, PostingKind, RecipientKind
from keystead.kit.models import Editable


def _amount(**options: Any) -> Any:
    return models.DecimalField(max_digits=18, decimal_places=4, **options)


class TransferRuleRow(models.Model):
    """What holds for transfers of value in a country from a day on.

    Triggers refuse every change: a rule is put right by a further row, and the latest counts.
    """

    country = models.CharField(max_length=2)
    starts = models.DateField()
    discloses = models.BooleanField()
    hospitality = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, blank=True)
    note = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["country", "starts", "id"]

    def __str__(self) -> str:
        return f"{self.country} {self.starts}"


class Campaign(Editable):
    """A named row that expenses hang on: dates, account, category."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    category = models.CharField(max_length=80, blank=True)
    starts = models.DateField()
    last = models.DateField()
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["-starts", "name"]
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="campaign_name_once"),
            models.CheckConstraint(
                condition=models.Q(starts__lte=models.F("last")), name="campaign_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Expense(Editable):
    """Money for an account: planned, committed, spent. ``authors`` may not approve it (R-24)."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey(
        "agreements.Fund", null=True, on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(max_length=160)
    category = models.CharField(max_length=80)
    product = models.ForeignKey(
        "catalog.Product", null=True, on_delete=models.PROTECT, related_name="+"
    )
    product_code = models.CharField(max_length=60, blank=True)
    payee = models.CharField(max_length=160, blank=True)
    ledger_code = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=400, blank=True)
    currency = models.CharField(max_length=3)
    on = models.DateField()
    planned = _amount()
    committed = _amount(null=True)
    actual = _amount(null=True)
    state = models.CharField(
        max_length=12, choices=[(s, s) for s in ExpenseState], default=ExpenseState.PLANNED
    )
    waits = models.BooleanField(default=False)  # for an approval
    authors: models.JSONField[Any, Any] = models.JSONField(default=list)
    is_service = models.BooleanField(default=False)
    deliverable = models.CharField(max_length=400, blank=True)
    service_first = models.DateField(null=True)
    service_last = models.DateField(null=True)
    fair_value_note = models.CharField(max_length=400, blank=True)
    recipient = models.CharField(
        max_length=4, choices=[(r, r) for r in RecipientKind], default=RecipientKind.NONE
    )
    recipient_id = models.CharField(max_length=60, blank=True)
    recipient_country = models.CharField(max_length=2, blank=True)
    transfer_category = models.CharField(max_length=12, blank=True)
    consent = models.BooleanField(default=False)
    hospitality_per_person = _amount(null=True)
    posted_on = models.DateField(null=True)
    document = models.CharField(max_length=60, blank=True)
    paid_on = models.DateField(null=True)
    payment = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["on", "id"]
        indexes = [models.Index(fields=["account", "state"], name="expense_of_account")]
        constraints = [
            models.CheckConstraint(condition=models.Q(planned__gt=0), name="expense_planned")
        ]

    def __str__(self) -> str:
        return self.title


class ExpenseProof(models.Model):
    """What was shown for an expense: words, or a file kept under its hash."""

    expense = models.ForeignKey(Expense, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=400, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["expense_id", "id"]

    def __str__(self) -> str:
        return self.text or self.file_name


class ExpensePosting(models.Model):
    """An amount of an expense in the ledger. Triggers refuse every change: one only reverses."""

    expense = models.ForeignKey(Expense, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(k, k) for k in PostingKind])
    amount = _amount()
    currency = models.CharField(max_length=3)
    on = models.DateField()
    batch = models.ForeignKey("ledger.Batch", on_delete=models.PROTECT, related_name="+")
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["expense_id", "id"]

    def __str__(self) -> str:
        return f"{self.expense_id} {self.kind} {self.amount}"


class Budget(Editable):
    """What may be spent for an account in a category and year."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3)
    amount = _amount()

    class Meta:
        ordering = ["account_id", "-year", "category"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "year", "category", "currency"], name="budget_once"
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="budget_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.year}"
