"""Links of an account: groups it belongs to, and the people who look after it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from keystead.accounts.models.account import Account
from keystead.kit.models import Editable


class AccountMembership(Editable):
    """``member`` belongs to ``group`` in a role over half-open dates."""

    member = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    weight = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    source = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["role", "-valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(member=models.F("group")), name="membership_not_of_itself"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_from__lt=models.F("valid_to")),
                name="membership_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.role} {self.group_id}"


class AccountTeamMember(Editable):
    """A user who looks after the account; a current row opens the account to them.

    A hand-over at a moment sets ``starts_at`` and ``ends_at`` within the first or last day.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=8)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-valid_from", "id"]
        indexes = [models.Index(fields=["user", "valid_from", "valid_to"], name="team_of_user")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_from__lt=models.F("valid_to")),
                name="team_span",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} of {self.account_id}"
