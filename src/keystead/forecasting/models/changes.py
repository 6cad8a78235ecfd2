"""Storage of what people add: overrides, signatures, remarks, assumptions.

All but assumptions only ever grow: triggers refuse every change. An override is taken back by a
further row that names it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from keystead.forecasting.models.cycles import CycleRow
from keystead.forecasting.types.cycle import Layer, OverrideKind, Reason, Stance, Verdict
from keystead.kit.models import Editable


class Told(models.Model):
    """Who wrote a row, and when. Nobody writes it again."""

    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True


class At(models.Model):
    """A place in the two trees; nothing given is the top of both."""

    account = models.ForeignKey(
        "accounts.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    product = models.ForeignKey(
        "catalog.Product", null=True, on_delete=models.PROTECT, related_name="+"
    )
    brand = models.CharField(max_length=80, blank=True)

    class Meta:
        abstract = True


class OverrideRow(Told, At):
    """A change that somebody typed, as typed; its lines say what it does to each cell."""

    cycle = models.ForeignKey(CycleRow, on_delete=models.PROTECT, related_name="+")
    layer = models.CharField(max_length=16, choices=[(one, one) for one in Layer])
    periods: models.JSONField[Any, Any] = models.JSONField()
    kind = models.CharField(max_length=8, choices=[(k, k) for k in OverrideKind])
    amounts: models.JSONField[Any, Any] = models.JSONField()
    reason = models.CharField(max_length=16, choices=[(r, r) for r in Reason])
    note = models.CharField(max_length=400, blank=True)
    evidence = models.CharField(max_length=400, blank=True)
    expires = models.DateField(null=True)
    mix = models.CharField(max_length=40, blank=True)
    warnings: models.JSONField[Any, Any] = models.JSONField(default=list)
    change = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    before = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    carried_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["cycle", "layer"], name="forecast_override_of")]

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.layer} {self.kind}"


class OverrideLine(models.Model):
    """What an override does to one cell: ``amount`` as its kind says (units, or percent).

    A percentage of nothing stands as the difference that it made.
    """

    override = models.ForeignKey(OverrideRow, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    period = models.DateField()
    before = models.DecimalField(max_digits=20, decimal_places=4)
    after = models.DecimalField(max_digits=20, decimal_places=4)
    kind = models.CharField(max_length=8, choices=[(k, k) for k in OverrideKind])
    amount = models.DecimalField(max_digits=26, decimal_places=10)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["override", "account", "product", "period"], name="forecast_line_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.override_id} {self.period:%Y-%m}"


class SignOffRow(Told):
    """What a party said, for an account or for the whole; the newest counts."""

    cycle = models.ForeignKey(CycleRow, on_delete=models.PROTECT, related_name="+")
    party = models.CharField(max_length=16, choices=[(one, one) for one in Layer])
    stance = models.CharField(max_length=10, choices=[(s, s) for s in Stance])
    account = models.ForeignKey(
        "accounts.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    stamp = models.PositiveBigIntegerField(default=0)  # the newest override that was there
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["cycle", "party"], name="forecast_sign_of")]

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.party} {self.stance}"


class CommentRow(Told, At):
    """A remark at a node and month; ``about`` names a gap that it explains."""

    cycle = models.ForeignKey(CycleRow, on_delete=models.PROTECT, related_name="+")
    period = models.DateField(null=True)
    about = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=2000)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["cycle"], name="forecast_comment_of")]

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.text[:40]}"


class AssumptionRow(Editable, At):
    """Something a forecast rests on, with the day from which it no longer does, and a verdict."""

    cycle = models.ForeignKey(CycleRow, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=400)
    category = models.CharField(max_length=24)
    effect = models.CharField(max_length=200, blank=True)
    starts = models.DateField()
    expires = models.DateField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    verdict = models.CharField(
        max_length=8, choices=[(v, v) for v in Verdict], default=Verdict.PENDING
    )
    verdict_note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["expires", "id"]

    def __str__(self) -> str:
        return self.text[:60]
