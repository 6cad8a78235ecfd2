"""Storage of cycles and of the runs of the engine in them."""

from __future__ import annotations

from django.db import models

from keystead.forecasting.types.cycle import CycleState, DemandKind, RunState
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kit.models import Tracked


class CycleRow(Tracked):
    """A cycle. Its ``version`` covers its calendar, its state and which run counts."""

    kind = models.CharField(max_length=12, choices=[(k, k) for k in DemandKind])
    name = models.CharField(max_length=80, blank=True)
    rhythm = models.CharField(
        max_length=5, choices=[(one, one) for one in Rhythm], default=Rhythm.MONTH
    )
    month = models.DateField()  # the first day that is forecast, of a month or a week
    horizon = models.PositiveSmallIntegerField(default=18)
    frozen_months = models.PositiveSmallIntegerField(default=0)
    gap_pct = models.DecimalField(max_digits=7, decimal_places=2, default=10)
    accounts = models.JSONField(default=list, blank=True)
    parties = models.JSONField(default=list, blank=True)
    opens = models.DateField()
    submit_by = models.DateField()
    review_by = models.DateField()
    lock_by = models.DateField()
    state = models.CharField(
        max_length=12, choices=[(s, s) for s in CycleState], default=CycleState.OPEN
    )
    run = models.ForeignKey("RunRow", null=True, on_delete=models.PROTECT, related_name="+")
    lock_request = models.PositiveBigIntegerField(null=True)
    locked_at = models.DateTimeField(null=True)
    content_hash = models.CharField(max_length=64, blank=True)
    batch = models.ForeignKey("ledger.Batch", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-month", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "rhythm", "month", "name"],
                condition=~models.Q(state=CycleState.CANCELLED.value),
                name="forecast_cycle_once",
            ),
            models.CheckConstraint(
                condition=models.Q(opens__lte=models.F("submit_by"))
                & models.Q(submit_by__lte=models.F("review_by"))
                & models.Q(review_by__lte=models.F("lock_by")),
                name="forecast_cycle_calendar",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {Rhythm(self.rhythm).code(self.month)} {self.name}".strip()


class RunRow(Tracked):
    """A run of the engine: what it froze when it started, and how it went."""

    cycle = models.ForeignKey(CycleRow, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=8, choices=[(s, s) for s in RunState], default=RunState.WAITING
    )
    recipe = models.CharField(max_length=16)
    seed = models.PositiveIntegerField(default=0)
    country = models.CharField(max_length=2, blank=True)
    trial = models.BooleanField(default=False)  # beside the run that counts, never instead of it
    champions = models.JSONField(default=dict, blank=True)  # recipe by segment, as it started
    lists = models.JSONField(default=dict, blank=True)  # listings and successors, as it started
    cut_off = models.DateField()
    commit = models.PositiveBigIntegerField(null=True)
    job = models.PositiveBigIntegerField(null=True)
    input_hash = models.CharField(max_length=64, blank=True)
    output_hash = models.CharField(max_length=64, blank=True)
    series = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list, blank=True)
    backtest = models.JSONField(default=dict, blank=True)
    error = models.CharField(max_length=400, blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["cycle_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "number"], name="forecast_run_once")
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id} run {self.number}"
