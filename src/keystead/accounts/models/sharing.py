"""What opens an account to somebody beside its team: shares, hand-overs, territories."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from keystead.accounts.models.account import Account
from keystead.accounts.types import ShareRights
from keystead.kit.models import Editable, Tracked

_SPAN = models.Q(valid_to=None) | models.Q(valid_from__lt=models.F("valid_to"))


class AccountShare(Tracked):
    """An account opened to a person over half-open dates, with a reason; ``created_by`` gave it."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rights = models.CharField(max_length=8, default=ShareRights.READ)
    reason = models.CharField(max_length=400)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        ordering = ["-valid_from", "-id"]
        indexes = [models.Index(fields=["user", "valid_from", "valid_to"], name="share_of_user")]
        constraints = [
            models.CheckConstraint(condition=_SPAN, name="share_span"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="share_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} to {self.user_id} ({self.rights})"


class AccountHandover(Tracked):
    """The account goes from one owner to the next at a moment; the team rows carry it out.

    ``undo`` is what taking it back in time restores: the new place, and the ends of the old ones.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    from_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(db_index=True)
    reason = models.CharField(max_length=400)
    undo = models.JSONField(default=dict)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.account_id} from {self.from_user_id} to {self.to_user_id} at {self.at}"


class Territory(Editable):
    """A territory over half-open dates; accounts belong to it by their ``territory`` text.

    A change that holds from a day on ends the row and begins another of the same code, so that
    the tree of any day can be read.
    """

    code = models.CharField(max_length=60)
    name = models.CharField(max_length=120, blank=True)
    parent_code = models.CharField(max_length=60, blank=True)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="territory_once_a_day"),
            models.CheckConstraint(condition=_SPAN, name="territory_span"),
        ]

    def __str__(self) -> str:
        return self.name or self.code
