"""Scores: the kept ones of each month, the one of today, the rules, the back-test."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, accounts_for, may_write, of_family
from keystead.accounts.types import Account
from keystead.health import models
from keystead.health.calc.score import score
from keystead.health.calc.validation import back_test
from keystead.health.queries.door import MISSING, visible
from keystead.health.queries.readings import readings_of
from keystead.health.rules.scoring import SHIPPED, from_plain, plain_rule, rule_of
from keystead.health.types.scores import (
    BackTest,
    Band,
    Pair,
    Part,
    Reading,
    RuleSet,
    Score,
    Signal,
    Snapshot,
    Standing,
    Why,
)
from keystead.health.types.surveys import FollowUpState
from keystead.kernel.errors import NotFound
from keystead.kernel.periods import add_months, month_start
from keystead.kit.access import SYSTEM, Actor
from keystead.pipeline.queries import closed_outcomes

HORIZONS: Final = (12, 6)
MOST_LATE_DAYS: Final = 31  # a snapshot taken later knew what came after
TREND: Final = 13  # months in a list


def rules_in_force(*, before: int | None = None) -> RuleSet:
    """Return the newest version of the rules; the shipped one until somebody wrote another."""
    rows = models.RuleVersion.objects.all()
    if before is not None:
        rows = rows.filter(number__lt=before)
    row = rows.select_related("by").order_by("-number").first()
    return SHIPPED if row is None else as_rules(row)


def rule_versions() -> tuple[RuleSet, ...]:
    """Return every version of the rules, the newest first. They tell of no account."""
    rows = models.RuleVersion.objects.select_related("by").order_by("-number")
    return (*(as_rules(row) for row in rows), SHIPPED)


def rules_used() -> dict[int, int]:
    """Return how many months were scored by each version."""
    pairs = models.SnapshotRow.objects.order_by().values_list("rules_number", "month").distinct()
    return dict(Counter(number for number, _month in pairs))


def standings_for(actor: Actor, *, account_id: int | None = None) -> tuple[Standing, ...]:
    """Return the accounts whose health the actor may read, the worst first, unknown ones last.

    Those of which nothing is known are not among them.
    """
    actor.require("health.view")
    accounts = {one.id: one for one in accounts_for(actor)}
    if account_id is not None:
        asked = readable(actor, account_id)
        accounts = {asked.id: asked}
    rows = visible(models.SnapshotRow.objects.all(), actor).filter(account_id__in=accounts)
    newest = rows.aggregate(last=Max("month"))["last"]
    since = add_months(newest, 1 - TREND) if newest else date.min
    kept: dict[int, list[models.SnapshotRow]] = defaultdict(list)
    for row in rows.filter(month__gte=since).order_by("month"):
        kept[row.account_id].append(row)
    waiting = _open_follow_ups(actor)
    found = [
        Standing(
            one.id, one.code, one.name,
            as_snapshot(kept[one.id][-1]) if kept[one.id] else None,
            tuple((row.month, row.score) for row in kept[one.id]), waiting.get(one.id, 0),
        )
        for one in accounts.values()
        if kept[one.id] or waiting.get(one.id) or account_id is not None
    ]  # fmt: skip
    return tuple(sorted(found, key=_worst))


def readable(actor: Actor, account_id: int) -> Account:
    """Return the account if the actor may read its health; NotFound otherwise.

    Somebody with two roles may see more accounts than those whose terms they read.
    """
    actor.require("health.view")
    account = account_for(actor, account_id)
    if not may_write(actor, account.id, name="terms", right="r"):
        raise NotFound(_(MISSING), code="account_not_found")
    return account


def score_now(actor: Actor, account_id: int) -> Score:
    """Return the score of an account as it stands today; NotFound when foreign."""
    account = readable(actor, account_id)
    rules, today = rules_in_force(), timezone.localdate()
    found = readings_of(rules, on=today, account_ids=[account.id])
    return score(rules, found.get(account.id, {}))


def snapshots_for(actor: Actor, account_id: int) -> tuple[Snapshot, ...]:
    """Return the kept scores of an account, the oldest first; NotFound when foreign."""
    account = readable(actor, account_id)
    rows = visible(models.SnapshotRow.objects.filter(of_family(account.id)), actor)
    return tuple(as_snapshot(row) for row in rows.order_by("month", "id"))


def back_tests() -> tuple[BackTest, ...]:
    """Return the back-test at each horizon: of the whole house, naming no account.

    Each closed renewal with the newest snapshot of a month that ended at least so many months
    before its end (before its closing, where that was earlier); not older than three months more.
    """
    outcomes = closed_outcomes(SYSTEM)
    kept: dict[int, list[models.SnapshotRow]] = defaultdict(list)
    ids = {one.account_id for one in outcomes}
    rows = models.SnapshotRow.objects.filter(account_id__in=ids).order_by("month")
    for row in rows.defer("parts"):
        kept[row.account_id].append(row)
    found = []
    for months in HORIZONS:
        pairs, late = [], 0
        for one in outcomes:
            day = add_months(min(one.term_end, one.closed_on), -months)
            then = _before(kept[one.account_id], day)
            if then is None:
                continue
            if _late_days(then) > MOST_LATE_DAYS:
                late += 1
                continue
            pairs.append(Pair(then.score, one.won))
        found.append(back_test(months, pairs, closed=len(outcomes), late=late))
    return tuple(found)


def as_rules(row: models.RuleVersion) -> RuleSet:
    """Return a stored version of the rules."""
    by_name = str(row.by or "")
    return from_plain(row.number, row.definition, why=row.why, by_name=by_name, at=row.at)


def as_snapshot(row: models.SnapshotRow) -> Snapshot:
    """Return a kept score with its parts."""
    parts = tuple(part_of(one) for one in row.parts)
    kept = Score(row.rules_number, parts, row.score, row.ceiling, row.known_pct, Band(row.band))
    return Snapshot(row.account_id, row.month, row.at, kept, _late_days(row))


def plain_part(one: Part) -> dict[str, Any]:
    """Return a part of a score as JSON-able data: whole, so that it needs no other row."""
    seen = one.reading
    return {
        "rule": plain_rule(one.rule),
        "value": None if seen.value is None else str(seen.value), "why": seen.why.value,
        "source": seen.source, "n": seen.n, "proof": seen.proof, "text": seen.text,
        "on": seen.on.isoformat() if seen.on else None,
        "points": None if one.points is None else str(one.points), "adds": str(one.adds),
    }  # fmt: skip


def part_of(data: Mapping[str, Any]) -> Part:
    """Return the part behind what ``plain_part`` wrote."""
    rule = rule_of(data["rule"])
    value, points = data["value"], data["points"]
    seen = Reading(
        Signal(rule.signal), None if value is None else Decimal(value), Why(data["why"]),
        data["source"], data["n"], data["proof"], data["text"],
        date.fromisoformat(data["on"]) if data["on"] else None,
    )  # fmt: skip
    return Part(rule, seen, None if points is None else Decimal(points), Decimal(data["adds"]))


def _open_follow_ups(actor: Actor) -> dict[int, int]:
    rows = visible(models.FollowUpRow.objects.filter(state=FollowUpState.OPEN.value), actor)
    pairs = rows.order_by().values_list("account_id", "account__canonical_id")
    return dict(Counter(canonical or account for account, canonical in pairs))


def _before(rows: Iterable[models.SnapshotRow], day: date) -> models.SnapshotRow | None:
    """Return the newest snapshot of a month that was over on a day, of the three months before."""
    over = add_months(month_start(day + timedelta(days=1)), -1)
    fitting = [row for row in rows if add_months(over, -2) <= row.month <= over]
    return fitting[-1] if fitting else None


def _late_days(row: models.SnapshotRow) -> int:
    end = add_months(row.month, 1)
    return max((timezone.localdate(row.at) - end).days, 0)


def _worst(one: Standing) -> tuple[bool, Decimal, str]:
    known = one.newest is not None and one.newest.score.band is not Band.UNKNOWN
    value = one.newest.score.score if one.newest is not None else Decimal(0)
    return (not known, value, one.name.casefold())
