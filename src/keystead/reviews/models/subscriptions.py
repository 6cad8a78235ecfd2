"""Storage of reports that come by mail, and of what was sent."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from keystead.kit.models import Tracked
from keystead.reviews.types.subscriptions import Every, ReportKind, SentState


class SubscriptionRow(Tracked):
    """A report that somebody gets: which, how often, in which language. ``minutes``: what it
    saves them each time, as they say."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(one, one) for one in ReportKind])
    account = models.ForeignKey(
        "accounts.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    every = models.CharField(max_length=8, choices=[(one, one) for one in Every])
    day = models.PositiveSmallIntegerField(default=1)
    hour = models.PositiveSmallIntegerField(default=7)
    language = models.CharField(max_length=10, default="en")
    filters = models.JSONField(default=dict, blank=True)
    minutes = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)
    stopped = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hour__lte=23) & models.Q(day__gte=1) & models.Q(day__lte=31),
                name="reviews_report_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.every}"


class SentRow(models.Model):
    """One report of one period, made once."""

    subscription = models.ForeignKey(SubscriptionRow, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=10)
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=[(one, one) for one in SentState])
    minutes = models.PositiveSmallIntegerField(default=0)
    words = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "period"], name="reviews_report_once_a_period"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.period} {self.state}"
