"""Since when signals are seen, as the nightly work wrote it down: cheap to ask."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from keystead.accounts.queries import restrict, team_table
from keystead.accounts.types import TeamRole
from keystead.kit.access import Actor
from keystead.pipeline import models
from keystead.pipeline.types.seen import FreshSignal

FRESH_DAYS = 7


def first_seen_of(keys: Iterable[str]) -> dict[str, date]:
    """Return the day each signal was first seen; one that no night has seen yet is left out.

    For keys that came through ``signals_for``.
    """
    rows = models.SeenSignalRow.objects.filter(key__in=list(keys))
    return dict(rows.values_list("key", "first_seen"))


def last_looked() -> date | None:
    """Return the last day on which the nightly work found any signal; None before the first."""
    rows = models.SeenSignalRow.objects.order_by("-seen_on")
    return rows.values_list("seen_on", flat=True).first()


def fresh_signals(actor: Actor, *, today: date, days: int = FRESH_DAYS) -> tuple[FreshSignal, ...]:
    """Return the unanswered signals of the actor's own accounts first seen in the last days."""
    actor.require("pipeline.view")
    mine = owners_on(today).get(actor.user_id or 0, set())
    rows = models.SeenSignalRow.objects.select_related("account").filter(
        account_id__in=mine, first_seen__gt=today - timedelta(days=days), first_seen__lte=today
    )
    rows = rows.exclude(key__in=models.SignalAnswerRow.objects.values("key"))
    return tuple(
        FreshSignal(row.key, row.account_id, row.account.name, row.first_seen)
        for row in restrict(rows, actor, name="terms")
    )


def owners_on(today: date) -> dict[int, set[int]]:
    """Return by person the accounts they own on a day."""
    found: dict[int, set[int]] = {}
    for one in team_table().to_pylist():
        begun = one["valid_from"] is None or one["valid_from"] <= today
        ended = one["valid_to"] is not None and one["valid_to"] <= today
        if one["role"] == TeamRole.OWNER and begun and not ended:
            found.setdefault(one["user_id"], set()).add(one["account_id"])
    return found
