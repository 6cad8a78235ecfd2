"""Storage of renewals. Evidence and outcomes only grow: triggers refuse every change."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from keystead.kit.models import Editable
from keystead.pipeline.types.renewals import (
    Booking,
    NoticeUnit,
    OnClosedDay,
    Reason,
    RenewalState,
)


def amount_field(**options: Any) -> Any:
    return models.DecimalField(max_digits=18, decimal_places=4, **options)


def percent_field(**options: Any) -> Any:
    return models.DecimalField(max_digits=5, decimal_places=2, null=True, **options)


class Told(models.Model):
    """Who wrote a row, and when. Nobody writes it again."""

    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True


class RenewalRow(Editable):
    """The next term of a contract: of an agreement here, or of one kept elsewhere."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(
        "agreements.Agreement", null=True, on_delete=models.PROTECT, related_name="+"
    )
    agreement_version = models.PositiveSmallIntegerField(null=True)
    contract = models.CharField(max_length=40)
    title = models.CharField(max_length=160, blank=True)
    starts = models.DateField(null=True)
    last = models.DateField()
    currency = models.CharField(max_length=3)
    notice_amount = models.PositiveSmallIntegerField(null=True)
    notice_unit = models.CharField(
        max_length=14, choices=[(u, u) for u in NoticeUnit], default=NoticeUnit.DAYS
    )
    notice_country = models.CharField(max_length=2, blank=True)
    closed_day = models.CharField(
        max_length=6, choices=[(d, d) for d in OnClosedDay], default=OnClosedDay.STANDS
    )
    must_arrive = models.BooleanField(default=False)
    transit_days = models.PositiveSmallIntegerField(default=0)
    auto_renew_months = models.PositiveSmallIntegerField(null=True)
    deadline = models.DateField(null=True)
    send_by = models.DateField(null=True)
    state = models.CharField(
        max_length=18, choices=[(s, s) for s in RenewalState], default=RenewalState.NOT_STARTED
    )
    paused_until = models.DateField(null=True)
    target = amount_field(null=True)
    forecast = amount_field(null=True)
    manager_pct = percent_field()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=400, blank=True)
    closed = models.BooleanField(default=False)

    class Meta:
        ordering = ["last", "id"]
        indexes = [
            models.Index(fields=["account", "last"], name="renewal_of_account"),
            models.Index(fields=["closed", "last"], name="renewal_open"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement"],
                condition=models.Q(closed=False, agreement__isnull=False),
                name="renewal_open_once",
            ),
            models.UniqueConstraint(
                fields=["account", "contract", "last"], name="renewal_of_term_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.last}"


class RenewalEvidence(Told):
    """What was shown for an item of the checklist, or that it was taken back."""

    renewal = models.ForeignKey(RenewalRow, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=20)
    text = models.CharField(max_length=400)
    done = models.BooleanField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.renewal_id} {self.item}"


class RenewalOutcome(Told):
    """How it ended, with what both manager and model had said, and the traits it had then."""

    renewal = models.OneToOneField(RenewalRow, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=18, choices=[(s, s) for s in RenewalState])
    booking = models.CharField(max_length=8, choices=[(b, b) for b in Booking])
    closed_on = models.DateField()
    term_end = models.DateField()
    currency = models.CharField(max_length=3)
    target = amount_field()
    forecast = amount_field(null=True)
    final = amount_field()
    manager_pct = percent_field()
    model_pct = percent_field()
    reason = models.CharField(max_length=12, choices=[(r, r) for r in Reason])
    note = models.CharField(max_length=400, blank=True)
    document = models.CharField(max_length=200, blank=True)
    account_kind = models.CharField(max_length=20)
    auto_renews = models.BooleanField()
    open_items = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["closed_on", "id"]
        indexes = [models.Index(fields=["term_end"], name="renewal_outcome_end")]

    def __str__(self) -> str:
        return f"{self.renewal_id} {self.state}"
