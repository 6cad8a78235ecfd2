"""Storage: an agreement, its versions, and the terms that were signed and never change.

Terms are one JSON document per version, written and read by ``calc.written``: a version is
compared, hashed, approved and frozen as one value. Once signed, the document moves into a table
whose rows the database refuses to change; the version row keeps none of it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from keystead.agreements.types import AgreementKind, AgreementState
from keystead.kit.models import Editable


class Agreement(Editable):
    """A contract with a customer. Its ``version`` covers its versions too: one thing to edit."""

    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=160, blank=True)
    kind = models.CharField(max_length=12, choices=[(k, k) for k in AgreementKind])
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    maker_entity = models.CharField(max_length=160, blank=True)
    customer_entity = models.CharField(max_length=160, blank=True)
    starts = models.DateField()
    ends = models.DateField()  # the first day that is out
    currency = models.CharField(max_length=3)
    law = models.CharField(max_length=80, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    notice_days = models.PositiveSmallIntegerField(null=True, blank=True)
    state = models.CharField(
        max_length=12, choices=[(s, s) for s in AgreementState], default=AgreementState.DRAFT
    )
    renews = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True)

    class Meta:
        ordering = ["-starts", "number"]
        indexes = [models.Index(fields=["account", "starts"], name="agreement_of_account")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts__lt=models.F("ends")), name="agreement_dates"
            )
        ]

    def __str__(self) -> str:
        return self.number


class AgreementVersion(models.Model):
    """The terms from a day on. ``terms`` is the draft; empty once they are signed."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    starts = models.DateField()
    ends = models.DateField(null=True)  # of an amendment that moves the end; the first day out
    reason = models.CharField(max_length=400, blank=True)
    state = models.CharField(
        max_length=12, choices=[(s, s) for s in AgreementState], default=AgreementState.DRAFT
    )
    terms = models.JSONField(default=dict)
    authors: models.JSONField[Any, Any] = models.JSONField(default=list)

    class Meta:
        ordering = ["agreement_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="agreement_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} v{self.number}"


class SignedTerms(models.Model):
    """What was signed. Triggers refuse every change; hashes say what was approved and kept."""

    version = models.OneToOneField(AgreementVersion, on_delete=models.PROTECT, related_name="+")
    starts = models.DateField()
    ends = models.DateField()
    currency = models.CharField(max_length=3)
    terms = models.JSONField()
    approved_hash = models.CharField(max_length=64)
    content_hash = models.CharField(max_length=64)
    signed_on = models.DateField()
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["version_id"]

    def __str__(self) -> str:
        return f"{self.version_id} {self.content_hash[:12]}"
