"""People who sign in, and the tokens their programs use."""

from __future__ import annotations

import hashlib
import secrets
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone


class User(AbstractUser):
    """A person who signs in. ``roles`` are ids of ``kit.access.rules.ROLES``."""

    roles = models.JSONField(default=list, blank=True)
    manager = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    language = models.CharField(max_length=10, default="en")
    theme = models.CharField(max_length=10, default="auto")
    # A password that somebody else chose opens until then, and only to set one's own.
    password_ends = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class ApiToken(models.Model):
    """A personal token: only its hash is stored; it can do what its owner can, or less."""

    PREFIX: ClassVar[str] = "ks_"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    capabilities = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.label} ({self.hint}…)"

    @classmethod
    def hash_of(cls, secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def new_secret(cls) -> str:
        return cls.PREFIX + secrets.token_urlsafe(32)


class BreakGlass(models.Model):
    """An administrator reads business data for an hour, with a reason that compliance is told."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400)
    opened_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="break_glass_reason"),
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(closed_at=None), name="break_glass_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} from {self.opened_at} until {self.closed_at or self.ends_at}"
