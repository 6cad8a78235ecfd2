"""KPI sets and their lines; a set is saved as a whole, so only it carries a version."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models

from keystead.kit.models import Editable
from keystead.scorecards.types import Direction, TargetPer, TargetSource, ZeroKind


def _points(default: int) -> models.DecimalField[Any, Any]:
    return models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(default))


def value_field(**options: Any) -> models.DecimalField[Any, Any]:
    """Return a column for a value of any metric: money to four places, ratios to twelve."""
    return models.DecimalField(max_digits=30, decimal_places=12, null=True, blank=True, **options)


class KpiSet(Editable):
    """The KPIs of one account segment; ``kinds`` are account kinds it also serves."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    segment = models.CharField(max_length=60, blank=True)
    kinds = models.JSONField(default=list, blank=True)
    good_from = _points(80)
    watch_from = _points(50)
    min_coverage_pct = _points(50)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class KpiLine(models.Model):
    """One KPI of a set. A metric is on a set once, which is how lines keep their identity."""

    kpi_set = models.ForeignKey(KpiSet, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    metric = models.CharField(max_length=60)
    label = models.CharField(max_length=80, blank=True)
    weight = models.DecimalField(max_digits=5, decimal_places=2)
    direction = models.CharField(max_length=8, choices=[(d, d) for d in Direction])
    target_source = models.CharField(max_length=10, choices=[(s, s) for s in TargetSource])
    target = value_field()
    target_high = value_field()
    target_per = models.CharField(
        max_length=8, choices=[(p, p) for p in TargetPer], default=TargetPer.AS_IS
    )
    uplift_pct = models.DecimalField(max_digits=7, decimal_places=2, default=Decimal(0))
    zero_kind = models.CharField(
        max_length=8, choices=[(z, z) for z in ZeroKind], default=ZeroKind.PERCENT
    )
    zero_at = models.DecimalField(max_digits=30, decimal_places=12, default=Decimal(50))

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kpi_set", "metric"], name="kpi_metric_once"),
            models.CheckConstraint(
                condition=models.Q(weight__gte=0, weight__lte=100), name="kpi_weight_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} ({self.weight:f})"
