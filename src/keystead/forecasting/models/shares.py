"""Storage of who lets others see their own record."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from keystead.kit.models import Tracked


class RecordShare(Tracked):
    """Somebody's record of overrides, open to those who read the forecast while ``shared``."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    shared = models.BooleanField(default=False)

    class Meta:
        ordering = ["owner_id"]

    def __str__(self) -> str:
        return f"{self.owner_id} {'shared' if self.shared else 'private'}"
