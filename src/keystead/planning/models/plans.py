"""Plans of accounts, with what hangs on them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from keystead.kit.models import Editable
from keystead.planning.models.fields import account, money, one_of, user
from keystead.planning.types.plans import (
    ActionState,
    ClaimKind,
    InitiativeState,
    InputState,
    PlanState,
    Standing,
)


class PlanRow(Editable):
    """The plan of an account for a year. ``authors``: who wrote since the last approval."""

    account = account()
    year = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3)
    headline = models.CharField(max_length=300, blank=True)
    state = one_of(PlanState, default=PlanState.DRAFT)
    owner = user(null=True)
    number = models.PositiveSmallIntegerField(default=0)
    authors = models.JSONField(default=list)

    class Meta:
        ordering = ["account_id", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["account", "year"], name="plan_of_year_once"),
            models.CheckConstraint(
                condition=models.Q(year__gte=1990, year__lte=2100), name="plan_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.year}"


class StatedRow(Editable):
    """Abstract line of a plan: whose it is, of which day, for how long it holds."""

    plan = models.ForeignKey(PlanRow, on_delete=models.PROTECT, related_name="+")
    owner = user(null=True)
    stated_on = models.DateField()
    stale_days = models.PositiveSmallIntegerField()
    carried = models.BooleanField(default=False)

    class Meta:
        abstract = True


class ClaimRow(StatedRow):
    """A statement: a goal, a strength, a competitor, a risk, a budget ..."""

    kind = one_of(ClaimKind)
    text = models.CharField(max_length=400)
    detail = models.TextField(blank=True)
    evidence = models.CharField(max_length=400, blank=True)
    amount = money()
    likelihood_pct = models.DecimalField(max_digits=5, decimal_places=2, null=True)

    class Meta:
        ordering = ["plan_id", "kind", "id"]

    def __str__(self) -> str:
        return self.text


class ObjectiveRow(StatedRow):
    """What is to be reached: in words, or a metric with a target."""

    title = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    metric = models.CharField(max_length=60, blank=True)
    filters = models.JSONField(default=dict)
    baseline = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    target = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    standing = one_of(Standing, default=Standing.UNKNOWN)
    due_on = models.DateField(null=True)

    class Meta:
        ordering = ["plan_id", "id"]

    def __str__(self) -> str:
        return self.title


class InitiativeRow(StatedRow):
    """What is done to get there, with the test that would end it."""

    title = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    objective = models.ForeignKey(
        ObjectiveRow, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    starts = models.DateField(null=True)
    ends = models.DateField(null=True)
    cost = money()
    effect = money()
    effect_words = models.CharField(max_length=400, blank=True)
    exit_test = models.CharField(max_length=400, blank=True)
    exit_on = models.DateField(null=True)
    state = one_of(InitiativeState, default=InitiativeState.PLANNED)

    class Meta:
        ordering = ["plan_id", "starts", "id"]

    def __str__(self) -> str:
        return self.title


class ActionRow(Editable):
    """A step for an account; ``source`` and ``item`` name it for the room that handed it down."""

    account = account()
    plan = models.ForeignKey(PlanRow, null=True, on_delete=models.PROTECT, related_name="+")
    initiative = models.ForeignKey(
        InitiativeRow, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    title = models.CharField(max_length=300)
    detail = models.TextField(blank=True)
    owner = user(null=True)
    starts = models.DateField(null=True)
    due_on = models.DateField(null=True)
    state = one_of(ActionState, default=ActionState.OPEN)
    done_on = models.DateField(null=True)
    source = models.CharField(max_length=60, blank=True)
    item = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["account_id", models.F("due_on").asc(nulls_last=True), "id"]
        indexes = [models.Index(fields=["account", "state"], name="action_of_account")]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "source", "item"],
                condition=~models.Q(item=""),
                name="action_of_source_once",
            )
        ]

    def __str__(self) -> str:
        return self.title


class InputRow(Editable):
    """A question to a colleague of another function, and the answer."""

    plan = models.ForeignKey(PlanRow, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=400)
    function = models.CharField(max_length=80)
    asked = user()
    due_on = models.DateField()
    state = one_of(InputState, default=InputState.ASKED)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["plan_id", "due_on", "id"]

    def __str__(self) -> str:
        return self.question


class PlanVersion(models.Model):
    """What was approved; the database refuses every change."""

    plan = models.ForeignKey(PlanRow, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    approved_at = models.DateTimeField(default=timezone.now)
    approved_by = models.CharField(max_length=160)

    class Meta:
        ordering = ["plan_id", "-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once")]

    def __str__(self) -> str:
        return f"{self.plan_id} v{self.number}"
