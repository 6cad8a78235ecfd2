"""What we know of an account: sizes on a day, and profile fields that age."""

from __future__ import annotations

from django.db import models

from keystead.accounts.models.account import Account
from keystead.accounts.types import Confidence
from keystead.kit.models import Editable


class AccountMeasure(Editable):
    """A size (beds, outlets, budget) on a day, by a source."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    value = models.DecimalField(max_digits=20, decimal_places=4)
    unit = models.CharField(max_length=20, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    as_of = models.DateField()
    source = models.CharField(max_length=120, blank=True)
    confidence = models.CharField(max_length=8, default=Confidence.MEDIUM)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["kind", "-as_of", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "as_of", "source"], name="measure_once"
            ),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="measure_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value} on {self.as_of}"


class ProfileField(Editable):
    """A question the profile asks; answers older than ``freshness_days`` show as stale (0: never).

    ``kinds`` limits it to some kinds of account (empty: all). The label of a field that Keystead
    brings along is translated; one that a company adds is shown as it was typed. ``group`` is a
    field group of ``kit.access.rules``: only who may see the group sees question and answer.
    """

    key = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    help = models.CharField(max_length=200, blank=True)
    kinds = models.JSONField(default=list, blank=True)
    freshness_days = models.PositiveIntegerField(default=180)
    position = models.PositiveIntegerField(default=100)
    active = models.BooleanField(default=True)
    group = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.label


class ProfileValue(Editable):
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    field = models.ForeignKey(ProfileField, on_delete=models.PROTECT, related_name="+")
    value = models.TextField(blank=True)
    reviewed_on = models.DateField()
    reviewed_by_name = models.CharField(max_length=160, blank=True)
    source = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["field__position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "field"], name="profile_value_once")
        ]

    def __str__(self) -> str:
        return f"{self.field_id}: {self.value[:40]}"
