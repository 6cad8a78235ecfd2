"""Letters to people: stored with the change they tell of, sent by a worker, in their language.

Nothing is stored where no mail server is named. A room registers the words of a kind::

    @mail.letter("approval.asked")
    def asked(user: User, data: dict[str, Any]) -> tuple[str, str] | None:
        ...  # subject and body (and files), or None when it is no longer worth saying
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import override

from keystead.kit import jobs
from keystead.kit.models import Letter, User

log = logging.getLogger("keystead.mail")
Attachment = tuple[str, bytes, str]  # name, content, media type
Said = tuple[str, str] | tuple[str, str, tuple[Attachment, ...]]
Words = Callable[[User, dict[str, Any]], Said | None]
_letters: dict[str, Words] = {}
MOST_TRIES = 5
KEPT = timedelta(days=30)
JOB = "kit.mail"


def letter(kind: str) -> Callable[[Words], Words]:
    """Register the function that writes a kind of letter; it runs in the reader's language."""

    def add(words: Words) -> Words:
        _letters[kind] = words
        return words

    return add


def post(*, user_ids: Iterable[int], kind: str, key: str, data: dict[str, Any]) -> int:
    """Store letters in the running transaction and return how many are new.

    The same ``key`` reaches the same person once, whoever asks again.
    """
    if kind not in _letters:
        raise ValueError(f"no letter is called {kind}")
    if not settings.KEYSTEAD_MAIL:
        return 0
    wanted = set(user_ids)
    users = User.objects.filter(pk__in=wanted, is_active=True).exclude(email="")
    known = set(Letter.objects.filter(key=key, user__in=wanted).values_list("user_id", flat=True))
    fresh = [pk for pk in users.values_list("pk", flat=True) if pk not in known]
    rows = [Letter(user_id=pk, kind=kind, key=key, data=data) for pk in fresh]
    Letter.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        transaction.on_commit(lambda: jobs.enqueue(JOB, {}, key=JOB))
    return len(rows)


def link(path: str) -> str:
    """Return the full address of a page where the company told us its own; else nothing."""
    origins = [one for one in settings.CSRF_TRUSTED_ORIGINS if "*" not in one]
    return origins[0].rstrip("/") + path if origins else ""


def send_waiting() -> dict[str, int]:
    """Send what waits; what the server refuses is tried again later, five times."""
    counts = {"sent": 0, "dropped": 0, "failed": 0}
    waiting = Letter.objects.filter(done_at=None, tries__lt=MOST_TRIES)
    for row in waiting.select_related("user").order_by("pk"):
        mine = Letter.objects.filter(pk=row.pk, done_at=None, tries=row.tries)
        if mine.update(tries=F("tries") + 1):  # else another worker has it
            counts[_send(row)] += 1
    Letter.objects.filter(queued_at__lt=timezone.now() - KEPT).delete()
    return counts


def _send(row: Letter) -> str:
    words = None
    if row.user.is_active and row.user.email and settings.KEYSTEAD_MAIL:
        with override(row.user.language):
            words = _letters[row.kind](row.user, row.data) if row.kind in _letters else None
    if words is not None:
        subject, body, *files = words
        try:
            letter_out = EmailMessage(" ".join(subject.split()), body, None, [row.user.email])
            for name, content, kind in files[0] if files else ():
                letter_out.attach(name, content, kind)
            letter_out.send()
        except OSError:  # no server, or it refuses: SMTPException is one
            log.warning("letter %s (%s) could not be sent", row.pk, row.kind, exc_info=True)
            return "failed"
    Letter.objects.filter(pk=row.pk).update(done_at=timezone.now())
    return "sent" if words is not None else "dropped"
