"""Storage: a case of offers. Terms, moves and settings are JSON documents written as one value."""

from __future__ import annotations

from django.db import models

from keystead.kit.models import Editable
from keystead.profitability.types.offers import Origin


class OfferCaseRow(Editable):
    """Offers side by side for one account and term; its ``version`` covers all of them.

    ``today`` are the terms they start from and ``commit_no`` the ledger they are tried on: both
    stay, so that the same case gives the same numbers.
    """

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    starts = models.DateField()
    ends = models.DateField()  # the first day that is out
    currency = models.CharField(max_length=3)
    origin = models.CharField(max_length=12, choices=[(one, one) for one in Origin])
    agreement = models.ForeignKey(
        "agreements.Agreement", null=True, on_delete=models.PROTECT, related_name="+"
    )
    today = models.JSONField(default=dict)
    offers = models.JSONField(default=list)
    setting = models.JSONField(default=dict)
    commit_no = models.PositiveBigIntegerField()
    base_starts = models.DateField()
    base_ends = models.DateField()
    made_agreement = models.ForeignKey(
        "agreements.Agreement", null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_offer = models.CharField(max_length=20, blank=True)
    discarded = models.BooleanField(default=False)

    class Meta:
        db_table = "profitability_offer_case"
        ordering = ["-changed_at", "-id"]
        indexes = [models.Index(fields=["account", "discarded"], name="offer_case_of_account")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts__lt=models.F("ends")), name="offer_case_dates"
            )
        ]

    def __str__(self) -> str:
        return self.name
