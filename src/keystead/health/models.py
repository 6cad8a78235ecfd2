"""Storage of health. What was answered, read and scored only grows: triggers refuse changes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from keystead.health.types.scores import ENTERED, Band
from keystead.health.types.surveys import FollowUpOutcome, FollowUpState, Kind, Source, SurveyState
from keystead.kit.models import Editable, Tracked


def _one_of(kinds: Any, **options: Any) -> Any:
    return models.CharField(max_length=16, choices=[(one.value, one.value) for one in kinds],
                            **options)  # fmt: skip


def _account(**options: Any) -> Any:
    return models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, related_name="+", **options
    )


def _person(**options: Any) -> Any:
    return models.ForeignKey(
        "stakeholders.Person", on_delete=models.PROTECT, related_name="+", **options
    )


def _user(**options: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options
    )


def _points(**options: Any) -> Any:
    return models.DecimalField(max_digits=5, decimal_places=1, **options)


class Told(models.Model):
    """Who wrote a row, and when. Nobody writes it again."""

    at = models.DateTimeField()
    by = _user(null=True)

    class Meta:
        abstract = True


class SurveyRow(Editable):
    """What is asked of the people of one account until a last day."""

    account = _account()
    name = models.CharField(max_length=120)
    questions = models.JSONField(default=list)
    state = _one_of(SurveyState, default=SurveyState.DRAFT)
    ends_on = models.DateField()
    owner = _user(null=True)
    note = models.CharField(max_length=400, blank=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-ends_on", "-id"]
        indexes = [models.Index(fields=["account", "ends_on"], name="survey_of_account")]

    def __str__(self) -> str:
        return self.name


class InvitationRow(Tracked):
    """Somebody who is asked. The secret of the link is not kept, only its hash."""

    survey = models.ForeignKey(SurveyRow, on_delete=models.PROTECT, related_name="+")
    account = _account()
    person = _person()
    token_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - unique
    expires_at = models.DateTimeField(null=True)
    waiting = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "person"], name="asked_once_in_a_survey")
        ]
        indexes = [models.Index(fields=["waiting", "tries"], name="invitation_waiting")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.person_id}"


class ResponseRow(Told):
    """One person's answers on a day; ``person`` None where a file named nobody we know."""

    survey = models.ForeignKey(SurveyRow, on_delete=models.PROTECT, related_name="+")
    account = _account()
    invitation = models.OneToOneField(
        InvitationRow, null=True, on_delete=models.PROTECT, related_name="+"
    )
    person = _person(null=True)
    role = models.CharField(max_length=120, blank=True)
    on = models.DateField()
    source = _one_of(Source)
    file_hash = models.CharField(max_length=64, blank=True)
    row = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["on", "id"]
        indexes = [models.Index(fields=["account", "on"], name="response_of_account")]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "file_hash", "row"],
                condition=~models.Q(file_hash=""),
                name="row_of_a_file_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.on}"


class AnswerRow(models.Model):
    """One number, with the question and the scale as they were shown."""

    response = models.ForeignKey(ResponseRow, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)
    kind = _one_of(Kind)
    question = models.CharField(max_length=300)
    lowest = models.SmallIntegerField()
    highest = models.SmallIntegerField()
    value = models.SmallIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["response", "code"], name="one_answer_to_a_question"),
            models.CheckConstraint(
                condition=models.Q(value__gte=models.F("lowest"))
                & models.Q(value__lte=models.F("highest")),
                name="answer_on_its_scale",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.value}"


class RemarkRow(models.Model):
    """What somebody wrote; goes when their data are erased, so it is not frozen."""

    response = models.ForeignKey(ResponseRow, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)
    question = models.CharField(max_length=300)
    text = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.response_id} {self.code}"


class FollowUpRow(Editable):
    """What is done about an unhappy answer: by whom, until when, with which end."""

    response = models.OneToOneField(ResponseRow, on_delete=models.PROTECT, related_name="+")
    account = _account()
    owner = _user(null=True)
    due_on = models.DateField()
    state = _one_of(FollowUpState, default=FollowUpState.OPEN)
    outcome = _one_of(FollowUpOutcome, blank=True)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["state", "due_on"], name="follow_up_open")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.due_on}"


class ObservationRow(Told):
    """What people tell of a signal on a day, with its source."""

    account = _account()
    signal = _one_of(ENTERED)
    on = models.DateField()
    value = models.DecimalField(max_digits=10, decimal_places=2)
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["account", "signal", "on"], name="observation_newest")]

    def __str__(self) -> str:
        return f"{self.signal} {self.on}"


class RuleVersion(Told):
    """The rules of the score from a moment on; a change is another version."""

    number = models.PositiveIntegerField(unique=True)
    definition = models.JSONField()
    why = models.CharField(max_length=400)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"rules {self.number}"


class SnapshotRow(Told):
    """The score of an account for a month, with every part of it."""

    account = _account()
    month = models.DateField()
    rules_number = models.PositiveIntegerField()
    score = _points()
    ceiling = _points()
    known_pct = _points()
    band = _one_of(Band)
    parts = models.JSONField()

    class Meta:
        ordering = ["month", "account_id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "month"], name="snapshot_of_month_once")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.month}"
