"""Storage of what was forecast. Triggers refuse every change of these rows."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from keystead.forecasting.models.cycles import CycleRow, RunRow
from keystead.forecasting.types.cycle import Layer


class ForecastVersion(models.Model):
    """One number of a layer: account, product, month.

    The run writes naive and statistical, the lock every human layer where it differs from the
    one below, and all of the agreed one. A cell of a human layer without a row equals the layer
    below it. ``horizon`` 1 is the first month after the cut-off.
    """

    cycle = models.ForeignKey(CycleRow, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(RunRow, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    period = models.DateField()
    horizon = models.PositiveSmallIntegerField()
    layer = models.CharField(max_length=16, choices=[(one, one) for one in Layer])
    qty = models.DecimalField(max_digits=20, decimal_places=4)
    value = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, blank=True)
    lo80 = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    hi80 = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    lo95 = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    hi95 = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    recipe = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["run", "layer", "account"], name="forecast_of_run")]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "layer", "account", "product", "period"], name="forecast_cell_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.product_id} {self.period:%Y-%m} {self.layer}"


class RunSeries(models.Model):
    """What a run knew about one series: its kind, its price, what errors are scaled by."""

    run = models.ForeignKey(RunRow, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    segment = models.CharField(max_length=16, blank=True)
    recipe = models.CharField(max_length=40, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    price = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    currency = models.CharField(max_length=3, blank=True)
    last_year = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    mase_scale = models.DecimalField(max_digits=28, decimal_places=8, null=True)
    rmsse_scale = models.DecimalField(max_digits=28, decimal_places=8, null=True)
    parts = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "account", "product"], name="forecast_series_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.account_id} {self.product_id}"
