"""Removes what nothing needs any more: orphans, superseded segments, states past retention."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.testing import faults
from keystead.ledger.models import Batch, Commit, Head, Part, RawFile, Segment, Slice
from keystead.ledger.models.folder import home, raw_path
from keystead.ledger.services.commits import locked_head
from keystead.ledger.types import BatchState

ORPHAN_AGE = timedelta(days=1)
_OPEN = (
    BatchState.RECEIVING,
    BatchState.MAPPING,
    BatchState.MATCHING,
    BatchState.CHECKING,
    BatchState.READY,
)
POSTED_STAGING_AGE = timedelta(days=30)


def clean(*, actor: Actor, now: datetime | None = None) -> dict[str, int]:
    """Remove orphan files, superseded segments and, when set, states past retention.

    Called by the job of the ledger; idempotent. Returns how many of each went. Files that no
    row knows must be a day old: a running import writes its files before its transaction.
    """
    moment = now or timezone.now()
    return {
        "retired": retire(actor=actor, now=moment),
        "superseded": _superseded(moment - ORPHAN_AGE),
        "orphans": _orphans(moment - ORPHAN_AGE),
        "staged": _staged(moment),
    }


def retire(*, actor: Actor, now: datetime) -> int:
    """Forget parts that stopped counting longer ago than KEYSTEAD_RETENTION_DAYS (0 = never).

    As-of reads below the new floor are refused from then on. One trail row.
    """
    days = settings.KEYSTEAD_RETENTION_DAYS
    if days <= 0:
        return 0
    with transaction.atomic():
        head = locked_head()
        kept = Commit.objects.filter(at__lte=now - timedelta(days=days)).order_by("-pk")
        floor = kept.values_list("pk", flat=True).first() or 0
        if floor <= head.floor:
            return 0
        needed = Slice.objects.filter(part=OuterRef("pk")).exclude(until_commit__lte=floor)
        closed = Slice.objects.filter(part=OuterRef("pk"))
        old = Part.objects.filter(~Exists(needed), Exists(closed), segment__isnull=False)
        segments = set(old.values_list("segment_id", flat=True))
        gone = old.update(segment=None)
        Head.objects.filter(pk=1).update(floor=floor)
        emptied = Segment.objects.filter(pk__in=segments).exclude(
            pk__in=Part.objects.filter(segment_id__in=segments).values("segment_id")
        )
        emptied.update(superseded_at=now)
        audit.record(
            actor=actor,
            action="ledger.retire",
            subject=("ledger", "floor"),
            old={"floor": head.floor},
            new={"floor": floor, "parts": gone},
        )
    return gone


def _superseded(before: datetime) -> int:
    """Remove segments that have no part any more; the row goes first, then the file."""
    gone = 0
    used = Part.objects.filter(segment=OuterRef("pk"))
    for segment in Segment.objects.filter(~Exists(used), superseded_at__lt=before):
        segment.delete()
        faults.reach("clean.before_remove")
        home().remove(segment.path)
        gone += 1
    return gone


def _orphans(before: datetime) -> int:
    known = set(Segment.objects.values_list("path", flat=True))
    raw = {raw_path(sha) for sha in RawFile.objects.values_list("pk", flat=True)}
    gone = 0
    for area, kept in (("segments", known), ("raw", raw), ("cache", None)):
        for path, changed in list(home().walk(area)):
            unknown = kept is not None and path not in kept
            unfinished = path.rsplit("/", 1)[-1].startswith(".")
            if (unknown or unfinished) and changed < before.timestamp():
                home().remove(path)
                gone += 1
    return gone


def _staged(now: datetime) -> int:
    """Remove staged tables: of closed or unknown imports after a day, of posted ones after 30.

    Proof reads them again from the raw file when it must.
    """
    states = {str(pk): state for pk, state in Batch.objects.values_list("pk", "state")}
    gone = 0
    for path, changed in list(home().walk("staging")):
        state = states.get(path.split("/")[1], "")
        age = POSTED_STAGING_AGE if state == BatchState.POSTED else ORPHAN_AGE
        if state not in _OPEN and changed < (now - age).timestamp():
            home().remove(path)
            gone += 1
    return gone
