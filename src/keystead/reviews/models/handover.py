"""Storage of hand-overs: from whom to whom, how far, what was ticked off."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from keystead.kit.models import Tracked
from keystead.reviews.types.handover import HandState


class HandoverRow(Tracked):
    """A hand-over of an account. ``moved`` is the row of the accounts room that moved the owner."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    from_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    on = models.DateField()
    state = models.CharField(
        max_length=10, choices=[(one, one) for one in HandState], default=HandState.PREPARED
    )
    note = models.TextField(blank=True)
    moved = models.PositiveBigIntegerField(null=True)
    handed_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    ticks = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=~models.Q(state=HandState.ACCEPTED.value),
                name="reviews_one_handover_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.state}"
