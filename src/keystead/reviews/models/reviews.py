"""Storage of reviews. Frozen versions only grow: triggers refuse every change."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from keystead.kit.models import Editable
from keystead.reviews.types.cycle import ItemKind, ItemState, ReviewKind, ReviewState, Side


def _word(values: Any, **options: Any) -> Any:
    """Return a column for one of some words; the types say which."""
    return models.CharField(max_length=16, choices=[(one, one) for one in values], **options)


def _person(**options: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", **options
    )


class ReviewRow(Editable):
    """One meeting with one account about one period. People are named by id: they may be erased."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    kind = _word(ReviewKind)
    starts = models.DateField()
    ends = models.DateField()
    state = _word(ReviewState, default=ReviewState.PREPARING)
    planned_on = models.DateField(null=True)
    place = models.CharField(max_length=160, blank=True)
    owner = _person()
    agenda = models.JSONField(default=list, blank=True)
    people = models.JSONField(default=list, blank=True)
    colleagues = models.JSONField(default=list, blank=True)
    edits = models.JSONField(default=dict, blank=True)
    notes = models.TextField(blank=True)
    held_on = models.DateField(null=True)
    next_on = models.DateField(null=True)
    rating_theirs = models.PositiveSmallIntegerField(null=True)
    rating_ours = models.PositiveSmallIntegerField(null=True)
    rating_words = models.CharField(max_length=400, blank=True)
    approved_by = _person()
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-starts", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "starts"], name="reviews_one_per_period"
            ),
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("starts")), name="reviews_span"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts}"


class FrozenRow(models.Model):
    """A frozen version: figures with their proofs, order and words, at one commit."""

    review = models.ForeignKey(ReviewRow, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=24, unique=True)
    commit = models.PositiveBigIntegerField()
    content = models.JSONField()
    edits = models.JSONField(default=dict)
    agenda = models.JSONField(default=list)
    content_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = _person()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="reviews_frozen_number")
        ]

    def __str__(self) -> str:
        return self.code


class ItemRow(Editable):
    """An action or decision of a review, with the words of the notes it was made of."""

    review = models.ForeignKey(ReviewRow, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    kind = _word(ItemKind)
    text = models.CharField(max_length=400)
    quote = models.TextField(blank=True)
    side = _word(Side, default=Side.OURS)
    owner = _person()
    owner_words = models.CharField(max_length=120, blank=True)
    due = models.DateField(null=True)
    state = _word(ItemState, default=ItemState.OPEN)
    outcome = models.CharField(max_length=400, blank=True)
    done_on = models.DateField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


class AgendaTemplateRow(Editable):
    """An agenda kept for the next time."""

    name = models.CharField(max_length=80)
    kind = _word(ReviewKind)
    items = models.JSONField(default=list)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="reviews_agenda_name")]

    def __str__(self) -> str:
        return self.name


class MasterRow(Editable):
    """A company's PowerPoint file, kept by its hash."""

    name = models.CharField(max_length=80, unique=True)
    file_name = models.CharField(max_length=160)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    layouts = models.JSONField(default=list)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
