"""How much one person may send in on a day, so that nobody fills the disk for all."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import TooMuch
from keystead.kit.access import Actor
from keystead.kit.models import UploadDay


@transaction.atomic
def spend_upload(*, actor: Actor, size_bytes: int) -> None:
    """Count a file against the actor's day (UTC), or raise TooMuch and count nothing.

    The limits are KEYSTEAD_UPLOADS_PER_DAY and KEYSTEAD_UPLOAD_BYTES_PER_DAY; 0 is none. The
    system itself has no limit.
    """
    if actor.user_id is None:
        return
    day = timezone.now().date()
    UploadDay.objects.get_or_create(user_id=actor.user_id, day=day)
    row = UploadDay.objects.select_for_update().get(user_id=actor.user_id, day=day)
    files, total = row.files + 1, row.size_bytes + size_bytes
    most, most_bytes = settings.KEYSTEAD_UPLOADS_PER_DAY, settings.KEYSTEAD_UPLOAD_BYTES_PER_DAY
    if (most and files > most) or (most_bytes and total > most_bytes):
        raise TooMuch(
            _("You have sent in as much as one person may in a day."),
            code="upload_quota",
            hint=_("Go on tomorrow, or ask your administrator for more."),
            files=row.files,
            size_bytes=row.size_bytes,
        )
    row.files, row.size_bytes = files, total
    row.save(update_fields=["files", "size_bytes"])
