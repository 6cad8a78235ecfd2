"""Records as they were: the trail, read backwards from what stands now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keystead.kit.models import AuditEntry, TrailHead

State = Mapping[str, Any]


def trail_seq() -> int:
    """Return the number of the last row of the trail: a moment to which records can be led back."""
    return TrailHead.objects.filter(pk=1).values_list("last_seq", flat=True).first() or 0


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
