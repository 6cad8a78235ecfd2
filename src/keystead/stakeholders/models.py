"""Storage of the room: people, where they work, what they decide, who spoke with them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from keystead.kit.models import Editable
from keystead.stakeholders.types import (
    Basis,
    Certainty,
    ChannelKind,
    Initiator,
    OrganisationKind,
    RoleKind,
    TieKind,
    TouchKind,
)


def _one_of(kinds: Any, **options: Any) -> Any:
    return models.CharField(max_length=16, choices=[(one.value, one.value) for one in kinds],
                            **options)  # fmt: skip


def _account(**options: Any) -> Any:
    return models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, related_name="+", **options
    )


def _user(**options: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options
    )


class Person(Editable):
    """Somebody at or around an account. Erased: the row stays, the names are gone."""

    account = _account()
    name = models.CharField(max_length=160)
    title = models.CharField(max_length=80, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, blank=True)
    channel = _one_of(ChannelKind, default=ChannelKind.MAIL)
    basis = _one_of(Basis)
    basis_note = models.CharField(max_length=200, blank=True)
    left_on = models.DateField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    erased_on = models.DateField(null=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True)
                | ~models.Q(merged_into=models.F("id")),
                name="person_not_merged_into_self",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Affiliation(Editable):
    """Where a person works, with its days: an account, or an organisation outside the tree."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    account = _account(null=True)
    organisation = models.CharField(max_length=160, blank=True)
    organisation_kind = _one_of(OrganisationKind, default=OrganisationKind.OTHER)
    job_title = models.CharField(max_length=120)
    starts = models.DateField(null=True)
    last = models.DateField(null=True)

    class Meta:
        ordering = ["person_id", "-starts", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(account__isnull=False, organisation="")
                | (models.Q(account__isnull=True) & ~models.Q(organisation="")),
                name="affiliation_to_one",
            ),
            models.CheckConstraint(
                condition=models.Q(starts__isnull=True)
                | models.Q(last__isnull=True)
                | models.Q(starts__lte=models.F("last")),
                name="affiliation_days",
            ),
        ]

    def __str__(self) -> str:
        return self.job_title


class RoleHeld(Editable):
    """The part a person plays in the decisions of an account, with what shows it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    account = _account()
    role = _one_of(RoleKind)
    evidence = models.CharField(max_length=400)
    certainty = _one_of(Certainty, default=Certainty.MEDIUM)
    has_veto = models.BooleanField(default=False)
    reviewed_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        ordering = ["account_id", "role", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "account", "role"],
                condition=models.Q(ended_on__isnull=True),
                name="role_held_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role}"


class Assessment(Editable):
    """Our opinion of a person at an account; of the field group of private notes."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    account = _account()
    power = models.SmallIntegerField()
    interest = models.SmallIntegerField()
    stance = models.SmallIntegerField()
    note = models.CharField(max_length=400, blank=True)
    reviewed_on = models.DateField()

    class Meta:
        ordering = ["account_id", "person_id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "account"], name="assessment_once"),
            models.CheckConstraint(
                condition=models.Q(
                    power__gte=0, power__lte=5, interest__gte=0, interest__lte=5,
                    stance__gte=-2, stance__lte=2,
                ),
                name="assessment_scale",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.power}/{self.interest}/{self.stance:+d}"


class Tie(Editable):
    """What leads from one person to another, as seen from an account."""

    account = _account()
    source = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = _one_of(TieKind)
    weight = models.SmallIntegerField(default=2)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["account_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "source", "target", "kind"], name="tie_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")), name="tie_between_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}"


class Interaction(Editable):
    """A meeting, call or mail, and what follows on it."""

    account = _account()
    kind = _one_of(TouchKind)
    on = models.DateField()
    subject = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    initiator = _one_of(Initiator, default=Initiator.US)
    next_step = models.CharField(max_length=200, blank=True)
    next_on = models.DateField(null=True)
    next_done = models.BooleanField(default=False)
    message_id = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["account", "on"], name="interaction_of_account")]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "message_id"],
                condition=~models.Q(message_id=""),
                name="message_once",
            )
        ]

    def __str__(self) -> str:
        return self.subject


class Participant(models.Model):
    """Somebody who took part: of theirs or of ours."""

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    user = _user(null=True)

    class Meta:
        ordering = ["interaction_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, user__isnull=True)
                | models.Q(person__isnull=True, user__isnull=False),
                name="participant_is_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.interaction_id}"


class Cadence(Editable):
    """How often somebody is met, by whom: a line of the engagement plan."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    account = _account()
    every_days = models.PositiveSmallIntegerField()
    owner = _user()
    channel = _one_of(ChannelKind, default=ChannelKind.MEETING)
    topics = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["account_id", "person_id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "account"], name="cadence_once"),
            models.CheckConstraint(
                condition=models.Q(every_days__gte=1, every_days__lte=730), name="cadence_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.every_days}"
