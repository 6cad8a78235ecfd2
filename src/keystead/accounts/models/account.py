"""Accounts, the codes other people use for them, and what was merged."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from keystead.accounts.types import AccountStatus
from keystead.kit.models import Editable


class Account(Editable):
    """A customer, or a part or group of customers.

    ``merged_into`` is the account it was merged into, ``canonical`` the end of that chain (kept
    so that one join is enough). ``search_key`` is the folded code, name and identifiers.
    """

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    country = models.CharField(max_length=2, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    segment = models.CharField(max_length=60, blank=True)
    territory = models.CharField(max_length=60, blank=True)
    channel = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=12, default=AccountStatus.ACTIVE)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    canonical = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    search_key = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(Lower("code"), name="account_code_once"),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("id")),
                name="account_not_into_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True, canonical__isnull=True)
                | models.Q(merged_into__isnull=False, canonical__isnull=False),
                name="account_canonical_with_merge",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def canonical_key(self) -> int:
        return self.canonical_id or self.pk

    def snapshot(self) -> dict[str, object]:
        values = super().snapshot()
        del values["search_key"]
        return values


class AccountIdentifier(Editable):
    """A code of the account in somebody's scheme; ``value_key`` is what spellings share."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=20)
    value = models.CharField(max_length=200)
    value_key = models.CharField(max_length=200, editable=False)
    source = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["scheme", "value", "id"]
        indexes = [models.Index(fields=["scheme", "value_key"], name="identifier_lookup")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_from__lt=models.F("valid_to")),
                name="identifier_span",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.value}"


class AccountMerge(models.Model):
    """One merge, kept after it was undone: the chain of ids can always be explained."""

    source = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    merged_by_name = models.CharField(max_length=160)
    why = models.TextField(blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=models.Q(undone_at=None),
                name="merge_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} into {self.target_id}"
