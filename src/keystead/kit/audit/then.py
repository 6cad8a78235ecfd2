"""Records as they were: the trail, read backwards from what stands now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from keystead.kit.models import AuditEntry, TrailHead

State = Mapping[str, Any]


def trail_seq() -> int:
    """Return the number of the last row of the trail: a moment to which records can be led back."""
    return TrailHead.objects.filter(pk=1).values_list("last_seq", flat=True).first() or 0


def changes_of(kind: str, key: object, *, after: int = 0) -> Iterator[tuple[State, State]]:
    """Yield what each row of a record changed, old and new, the latest first.

    It ends before a row that was erased: nobody can say what stood there. ``after``: rows up to
    this one are left out.
    """
    rows = AuditEntry.objects.filter(subject_type=kind, subject_id=str(key), id__gt=after)
    for old, new, salt in rows.order_by("-id").values_list("old", "new", "salt").iterator():
        if not salt:
            return
        yield old, new


def gone_since(kind: str, seq: int, *, account_id: int) -> dict[str, dict[str, Any]]:
    """Return the records of an account that were removed after row ``seq``, as they stood then
    last; with those of now they lead back to what there was (``states_then``)."""
    rows = AuditEntry.objects.filter(
        subject_type=kind, account_id=account_id, id__gt=seq, new={}
    )  # a row that was erased has lost its salt, too
    return {
        key: dict(old)
        for key, old, salt in rows.values_list("subject_id", "old", "salt")
        if old and salt
    }


def states_then(kind: str, current: Mapping[str, State], seq: int) -> dict[str, dict[str, Any]]:
    """Return the states of records (by their key in the trail) right after row ``seq``.

    ``current``: the states now, as the room's services tell them to the trail. A record that came
    later, or of which a later row was erased, is left out: nobody can say what it was. A ``seq``
    beyond the trail gives nothing.
    """
    if seq > trail_seq() or not current:
        return {}
    found = {key: dict(state) for key, state in current.items()}
    rows = AuditEntry.objects.filter(
        subject_type=kind, subject_id__in=list(current), id__gt=seq
    ).order_by("-id")
    for row in rows.values("subject_id", "old", "new", "salt"):
        state = found.get(row["subject_id"])
        if state is None:
            continue
        came = not row["old"] and set(state) <= set(row["new"])
        if came or not row["salt"]:
            del found[row["subject_id"]]
            continue
        state.update({name: value for name, value in row["old"].items() if name in state})
    return found
