"""Storage: a template, terms that agreements are begun from."""

from __future__ import annotations

from django.db import models

from keystead.agreements.types import AgreementKind


class TermsTemplate(models.Model):
    """Terms under a name: kept and taken out, never edited.

    With figures they are a customer's own and stay in its group (R-08).
    """

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=12, choices=[(k, k) for k in AgreementKind])
    terms = models.JSONField(default=dict)
    year = models.PositiveSmallIntegerField()
    account = models.ForeignKey(
        "accounts.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
