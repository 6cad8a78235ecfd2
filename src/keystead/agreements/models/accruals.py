"""Storage of what accrues: entries that only ever grow, and what an evaluation has to be told.

Triggers refuse every change of these rows: a mistake is put right by a further row.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from keystead.agreements.models.agreements import Agreement
from keystead.agreements.types import AccrualBasis, AccrualKind, VolumeState


class Told(models.Model):
    """Who wrote a row, and when. Nobody writes it again."""

    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True


class AccrualRow(Told):
    """One entry of the accrual ledger; the balance of a condition is the sum of its amounts.

    ``month`` is the month it is booked in. ``about`` is an earlier month that was closed by then.
    ``lineage`` names the facts that were posted with it.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    condition = models.CharField(max_length=80, blank=True)  # empty: limits over the whole
    month = models.DateField()
    about = models.DateField(null=True)
    kind = models.CharField(max_length=12, choices=[(k, k) for k in AccrualKind])
    basis = models.CharField(max_length=16, choices=[(b, b) for b in AccrualBasis])
    amount = models.DecimalField(max_digits=20, decimal_places=4)
    currency = models.CharField(max_length=3)
    as_of = models.DateField()
    run_hash = models.CharField(max_length=64, blank=True)
    commit = models.PositiveBigIntegerField(null=True)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=40, blank=True)  # settlement:12, claim:7
    reason = models.CharField(max_length=400, blank=True)
    lineage = models.CharField(max_length=80)
    batch = models.ForeignKey("ledger.Batch", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["agreement", "condition"], name="accrual_of_condition"),
            models.Index(fields=["subject"], name="accrual_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.condition} {self.month:%Y-%m} {self.kind}"


class PartnerVolumeRow(Told):
    """A volume of the customer for a product (or condition) and month; the latest row counts."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    condition = models.CharField(max_length=80, blank=True)
    product = models.ForeignKey(
        "catalog.Product", null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        max_length=12, choices=[(s, s) for s in VolumeState], default=VolumeState.AGREED
    )
    document = models.ForeignKey(
        "agreements.AgreementDocument", null=True, on_delete=models.PROTECT, related_name="+"
    )
    month = models.DateField()
    value = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    quantity = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    agreed_by = models.CharField(max_length=160)
    agreed_on = models.DateField()
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["agreement", "month"], name="partner_volume_of")]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.condition} {self.month:%Y-%m}"


class ReadingRow(Told):
    """How a gate stood, for the whole agreement or for one period; the latest row counts."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    starts = models.DateField(null=True)
    ends = models.DateField(null=True)  # the first day that is out
    met = models.BooleanField(null=True)
    number = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    evidence = models.CharField(max_length=400)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["agreement", "name"], name="reading_of_gate")]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.name}"
