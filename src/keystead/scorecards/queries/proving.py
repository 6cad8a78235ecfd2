"""Answers for the scores of frozen scorecards in documents: the frozen row then, the card now."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext

from keystead.kernel.errors import KeysteadError
from keystead.kernel.standing import Standing, Worth
from keystead.kit.access import Actor
from keystead.kit.provers import named, parts_of
from keystead.scorecards.queries.cards import card
from keystead.scorecards.queries.snapshots import snapshot
from keystead.scorecards.types import Card, Snapshot

SCORE = "score"
TOTAL = "total"


def score_proof(snapshot_id: int, line: str = TOTAL) -> str:
    """Return the proof id of a score of a frozen card: its total, or the points of a metric."""
    return named(SCORE, snapshot_id, line)


def prove_scores(actor: Actor, ids: Sequence[str]) -> dict[str, Standing]:
    """Return what ids of scores stand for, of those the actor may read.

    A card that was touched (its hash no longer fits), and a score that rests on a metric the actor
    may not read, give nothing.
    """
    frozen: dict[int, Snapshot | None] = {}
    live: dict[int, Card | None] = {}
    found: dict[str, Standing] = {}
    for one in ids:
        try:
            number, line = parts_of(one, 2)
            key = int(number)
        except (KeysteadError, ValueError):
            continue
        if key not in frozen:
            frozen[key] = _frozen(actor, key)
            live[key] = _live(actor, frozen[key])
        told = _standing(one, frozen[key], live[key], line)
        if told is not None:
            found[one] = told
    return found


def _frozen(actor: Actor, key: int) -> Snapshot | None:
    try:
        found = snapshot(actor, key)
    except KeysteadError:
        return None
    return found if found.intact else None


def _live(actor: Actor, frozen: Snapshot | None) -> Card | None:
    if frozen is None:
        return None
    try:
        return card(actor, frozen.account_id, frozen.period)
    except KeysteadError:  # no KPI set counts for the account any more
        return None


def _standing(
    proof_id: str, frozen: Snapshot | None, live: Card | None, line: str
) -> Standing | None:
    if frozen is None:
        return None
    label, then = _points(frozen, line)
    if then is None:
        return None
    now = _points(live, line)[1] if live is not None else None
    because: tuple[str, ...] = ()
    if live is None:
        because = ("gone",)
    elif now != then:
        changed = live.kpi_set.version != frozen.set_version or live.kpi_set.name != frozen.set_name
        because = ("definition",) if changed else ("new",)
    return Standing(
        proof_id=proof_id,
        label=label,
        detail=f"{frozen.set_name} · {frozen.account_name} · {frozen.period}",
        then=Worth(then),
        now=Worth(now, "", "" if now is not None else "no_data"),
        unit="count",
        account_ids=frozenset({frozen.account_id}),
        because=because,
        commit=frozen.commit,
        moment=frozen.frozen_at,
        at=reverse("scorecards:snapshot", args=[frozen.id]),
        at_label=frozen.set_name,
    )


def _points(found: Card | Snapshot, line: str) -> tuple[str, Decimal | None]:
    if line == TOTAL:
        return gettext("Total score"), found.score.total
    for one in found.lines:
        if one.line.metric == line:
            return gettext("Points: %(line)s") % {"line": gettext(one.label)}, one.score.points
    return "", None
