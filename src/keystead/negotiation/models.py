"""Storage: cases, what was sent, conceded and objected.

Issues, sides and drafts of a case are JSON documents written as one value, under its version.
Triggers refuse every change of what was sent or conceded.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from keystead.kit.models import Editable
from keystead.negotiation.types.room import CaseState, Who


class NegotiationRow(Editable):
    """A case. All but name, parties, currency, state and the names of issues is ours alone."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    mandate = models.CharField(max_length=2000, blank=True)
    parties = models.JSONField(default=list)
    currency = models.CharField(max_length=3)
    state = models.CharField(
        max_length=10, choices=[(one, one) for one in CaseState], default=CaseState.PLANNED
    )
    issues = models.JSONField(default=list)
    ours = models.JSONField(default=dict)
    theirs = models.JSONField(default=dict)
    drafts = models.JSONField(default=list)

    class Meta:
        db_table = "negotiation_case"
        ordering = ["-changed_at", "-id"]
        indexes = [models.Index(fields=["account"], name="negotiation_of_account")]

    def __str__(self) -> str:
        return self.name


class Written(models.Model):
    """Who wrote a row, and when. Nobody writes it again."""

    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True


class SentOfferRow(Written):
    """An offer as it was sent or received. Frozen."""

    case = models.ForeignKey(NegotiationRow, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    side = models.CharField(max_length=4, choices=[(one, one) for one in Who])
    name = models.CharField(max_length=120)
    package = models.JSONField()
    worth = models.JSONField(null=True)
    sent_on = models.DateField()
    valid_until = models.DateField(null=True)
    content_hash = models.CharField(max_length=64)
    request = models.PositiveBigIntegerField(null=True)

    class Meta:
        db_table = "negotiation_offer"
        ordering = ["case_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="negotiation_offer_once")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.number}"


class ConcessionRow(Written):
    """One step of one side, with its price as it was then. Frozen."""

    case = models.ForeignKey(NegotiationRow, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    side = models.CharField(max_length=4, choices=[(one, one) for one in Who])
    issue = models.CharField(max_length=120)
    before = models.CharField(max_length=120)
    after = models.CharField(max_length=120)
    our_money = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    their_money = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    answers = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    got = models.CharField(max_length=400, blank=True)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "negotiation_concession"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.issue}"


class ObjectionRow(Editable):
    """What they say against it, and our answer with its proof."""

    case = models.ForeignKey(NegotiationRow, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=400)
    answer = models.CharField(max_length=2000, blank=True)
    proof = models.CharField(max_length=400, blank=True)
    document = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "negotiation_objection"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:40]
