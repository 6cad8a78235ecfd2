"""Storage of exchange rates: rows are never edited, a restated rate closes the older row."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class ExchangeRate(models.Model):
    """How many ``quote`` one ``base`` bought on a day. Live while ``replaced_at`` is empty."""

    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    on = models.DateField()
    value = models.DecimalField(max_digits=30, decimal_places=12)
    source = models.CharField(max_length=120)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-on", "base", "quote", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["base", "quote", "on"],
                condition=models.Q(replaced_at=None),
                name="one_live_rate",
            ),
            models.CheckConstraint(condition=models.Q(value__gt=0), name="rate_above_zero"),
            models.CheckConstraint(
                condition=~models.Q(base=models.F("quote")), name="rate_of_two_currencies"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.base}/{self.quote} {self.value:f}"
