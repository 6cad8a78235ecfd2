"""Fields that several rows of the room share."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


def account(**options: Any) -> Any:
    return models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, related_name="+", **options
    )


def user(**options: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options
    )


def one_of(kinds: Any, **options: Any) -> Any:
    return models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in kinds], **options
    )


def money(**options: Any) -> Any:
    return models.DecimalField(max_digits=18, decimal_places=2, null=True, **options)
