"""The base of everything people edit: a version number, who and when."""

from __future__ import annotations

from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from keystead.kernel.errors import Conflict


class Tracked(models.Model):
    """Abstract row with a version, who and when; a stale save is a Conflict with both values.

    Take it for records that only move through guarded steps (a request, a batch); what people
    edit in forms is ``Editable``.
    """

    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        abstract = True

    def snapshot(self) -> dict[str, Any]:
        """Return the editable values as JSON-able data, for the trail and for conflicts."""
        hidden = {"created_at", "changed_at", "created_by", "changed_by", "version"}
        return {
            field.name: _plain(field.value_from_object(self))
            for field in self._meta.concrete_fields
            if field.name not in hidden and not field.primary_key
        }

    def save_checked(self, actor: Any, expected_version: int | None = None) -> None:
        """Insert, or update where the stored version is still ``expected_version``.

        ``actor`` needs a ``user_id``. Raises Conflict with ``mine``, ``theirs`` and the
        versions when another person saved in between; nothing is written then.
        """
        now = timezone.now()
        self.changed_at, self.changed_by_id = now, actor.user_id
        if self._state.adding:
            self.created_at, self.created_by_id = now, actor.user_id
            self.save(force_insert=True)
            return
        expected = self.version if expected_version is None else expected_version
        self.version = expected + 1
        values = {
            field.attname: getattr(self, field.attname)
            for field in self._meta.concrete_fields
            if not field.primary_key
        }
        manager = type(self)._default_manager
        if manager.filter(pk=self.pk, version=expected).update(**values):
            return
        current = manager.filter(pk=self.pk).first()
        self.version = expected
        raise Conflict(
            "Somebody else changed this in the meantime. Nothing of yours was lost: compare both.",
            hint="Keep theirs, or save yours over the new version.",
            mine=self.snapshot(),
            theirs=current.snapshot() if current else None,
            expected_version=expected,
            current_version=current.version if current else None,
        )


R = TypeVar("R", bound=Tracked)


def insert_all(actor: Any, rows: list[R]) -> list[R]:
    """Insert new rows of one model at once, each as ``save_checked`` would; return them."""
    if not rows:
        return rows
    now = timezone.now()
    for row in rows:
        row.created_at = row.changed_at = now
        row.created_by_id = row.changed_by_id = actor.user_id
    return type(rows[0])._default_manager.bulk_create(rows)


class Editable(Tracked):
    """Abstract row that people edit: its room inherits the test pack for it."""

    class Meta:
        abstract = True


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | bool | list | dict):
        return value
    return str(value)
