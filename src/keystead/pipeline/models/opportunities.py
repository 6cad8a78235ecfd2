"""Storage of opportunities. Steps, evidence and outcomes only grow: triggers refuse changes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from keystead.kit.models import Editable
from keystead.pipeline.models.renewals import Told, amount_field, percent_field
from keystead.pipeline.types.opportunities import (
    Ending,
    ForecastCategory,
    LotState,
    OpportunityKind,
)
from keystead.pipeline.types.renewals import Reason
from keystead.pipeline.types.seen import SignalAnswer, SignalKind


def _word(values: Any, **options: Any) -> Any:
    """Return a column for one of some words; the types say which."""
    return models.CharField(max_length=max(len(one) for one in values) + 4, **options)


class StageRow(Editable):
    """A stage as the house set it; the shipped ones are in ``calc.stages`` until changed."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=60, blank=True)
    position = models.PositiveSmallIntegerField()
    pct = models.DecimalField(max_digits=5, decimal_places=2)
    category = _word(ForecastCategory)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.code


class OpportunityRow(Editable):
    """Business that may come. Products are named by id: they are merged, never deleted."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    kind = _word(OpportunityKind)
    products = models.JSONField(default=list, blank=True)
    wanted = models.CharField(max_length=400, blank=True)
    stage = models.CharField(max_length=20)
    amount = amount_field(null=True)
    currency = models.CharField(max_length=3)
    expected_close = models.DateField()
    own_pct = percent_field()
    pct_reason = models.CharField(max_length=400, blank=True)
    own_category = _word(ForecastCategory, blank=True)
    competitors = models.JSONField(default=list, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    next_step = models.CharField(max_length=200, blank=True)
    next_on = models.DateField(null=True)
    note = models.CharField(max_length=400, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    questions_until = models.DateField(null=True)
    submit_until = models.DateField(null=True)
    submitted_on = models.DateField(null=True)
    signal = models.CharField(max_length=120, blank=True)
    closed = models.BooleanField(default=False)

    class Meta:
        ordering = ["expected_close", "id"]
        indexes = [
            models.Index(fields=["account", "expected_close"], name="opportunity_of_account"),
            models.Index(fields=["closed", "expected_close"], name="opportunity_open"),
        ]

    def __str__(self) -> str:
        return self.title


class LotRow(Editable):
    """A part of a tender that is awarded by itself."""

    opportunity = models.ForeignKey(OpportunityRow, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    title = models.CharField(max_length=160, blank=True)
    amount = amount_field(null=True)
    deadline = models.DateField(null=True)
    state = _word(LotState, default=LotState.OPEN)
    awarded = amount_field(null=True)
    winner = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "number"], name="lot_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.opportunity_id} {self.number}"


class StageChangeRow(Told):
    """A step of an opportunity with what was said of it then."""

    opportunity = models.ForeignKey(OpportunityRow, on_delete=models.PROTECT, related_name="+")
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20)
    pct = models.DecimalField(max_digits=5, decimal_places=2)
    category = _word(ForecastCategory)
    amount = amount_field(null=True)
    currency = models.CharField(max_length=3)
    expected_close = models.DateField()
    why = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.opportunity_id} {self.after}"


class OpportunityEvidence(Told):
    """What was shown for an item of the qualification, or that it was taken back."""

    opportunity = models.ForeignKey(OpportunityRow, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=20)
    text = models.CharField(max_length=400)
    done = models.BooleanField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.opportunity_id} {self.item}"


class OpportunityOutcome(Told):
    """How it ended, with what both manager and model had said, and the traits it had then."""

    opportunity = models.OneToOneField(OpportunityRow, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    ending = _word(Ending)
    closed_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount = amount_field(null=True)
    final = amount_field()
    pct = models.DecimalField(max_digits=5, decimal_places=2)
    model_pct = percent_field()
    reason = _word(Reason)
    note = models.CharField(max_length=400, blank=True)
    winner = models.CharField(max_length=120, blank=True)
    winner_until = models.DateField(null=True)
    document = models.CharField(max_length=200, blank=True)
    kind = _word(OpportunityKind)
    reached = models.JSONField(default=list)
    contested = models.BooleanField()
    qualified = models.BooleanField()

    class Meta:
        ordering = ["closed_on", "id"]
        indexes = [models.Index(fields=["closed_on"], name="opportunity_outcome_end")]

    def __str__(self) -> str:
        return f"{self.opportunity_id} {self.ending}"


class RivalLossRow(Told):
    """What a competitor lost at an account, as somebody heard it; a correction is one more row."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    rival = models.CharField(max_length=120)
    what = models.CharField(max_length=160)
    lost_on = models.DateField()
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["-lost_on", "-id"]

    def __str__(self) -> str:
        return f"{self.rival} {self.lost_on}"


class SeenSignalRow(models.Model):
    """A signal as the nightly work found it: made anew each night, but for the day it began."""

    key = models.CharField(max_length=120, unique=True)
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    first_seen = models.DateField()
    seen_on = models.DateField()

    class Meta:
        ordering = ["-first_seen", "key"]
        indexes = [models.Index(fields=["account", "first_seen"], name="signal_seen_first")]

    def __str__(self) -> str:
        return self.key


class SignalAnswerRow(Told):
    """What became of a signal. Its key is here once: it is never proposed again."""

    key = models.CharField(max_length=120, unique=True)
    kind = _word(SignalKind)
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    answer = _word(SignalAnswer)
    reason = models.CharField(max_length=400, blank=True)
    opportunity = models.ForeignKey(
        OpportunityRow, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.key
