"""Endpoints of the hand-over pack and of reports by mail."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from keystead.kit.access import actor_of, policy
from keystead.reviews.queries.handover import pack_of
from keystead.reviews.queries.handover_words import task_words, trap_words
from keystead.reviews.queries.subscriptions import minutes_saved, reports_of, sent_of

router = Router(tags=["hand-over and reports"])
Body = dict[str, Any]


@router.get("/accounts/{account_id}/hand-over")
@policy("accounts.view")
def handover(request: HttpRequest, account_id: int) -> Body:
    """The hand-over pack of an account: traps, sections in reading order, tasks with ticks."""
    found = pack_of(actor_of(request), account_id)
    moved = found.handover
    ticks = moved.ticks if moved else {}
    return {
        "account": {"id": found.account_id, "code": found.account_code, "name": found.account_name},
        "made_on": found.made_on.isoformat(),
        "first_day": found.first_day.isoformat(),
        "handover": None if moved is None else {
            "from": moved.from_name, "to": moved.to_name, "on": moved.on.isoformat(),
            "state": moved.state.value,
        },
        "traps": [
            {"code": one.code.value, "about": one.about.name, "why": trap_words(one)[1],
             "by": one.by.isoformat() if one.by else None, "at": one.about.url}
            for one in found.traps
        ],
        "sections": [
            {"key": part.key, "title": part.title, "closed": part.closed, "lines": [
                {"label": one.label, "value": one.value, "note": one.note, "at": one.url,
                 "proof_id": one.proof} for one in part.lines]}
            for part in found.sections
        ],
        "tasks": [
            {"key": one.key, "by_day": one.milestone.value, "due": one.due.isoformat(),
             "text": task_words(one), "done": one.key in ticks}
            for one in found.tasks
        ],
    }  # fmt: skip


@router.get("/reports")
@policy("scorecards.view")
def reports(request: HttpRequest) -> Body:
    """One's own reports by mail, what was sent, and the minutes they saved this year."""
    actor = actor_of(request)
    return {
        "minutes_saved": minutes_saved(actor),
        "items": [
            {"id": one.id, "kind": one.entry.kind.value, "account": one.account_code,
             "every": one.entry.every.value, "day": one.entry.day, "hour": one.entry.hour,
             "language": one.entry.language, "active": one.active, "stopped": one.stopped,
             "minutes": one.entry.minutes}
            for one in reports_of(actor)
        ],
        "sent": [
            {"report": one.report_id, "period": one.period, "at": one.at.isoformat(),
             "state": one.state.value, "minutes": one.minutes, "words": one.words}
            for one in sent_of(actor)
        ],
    }  # fmt: skip
