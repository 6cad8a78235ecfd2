"""What each signal says of accounts on a day: read for the house, shown through the door.

The figures are the same whoever looks. Opinions about people are read by none of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from keystead.accounts.queries import account_dimension, accounts_for, families_below
from keystead.accounts.types import AccountStatus
from keystead.agreements.queries.claims import claims_for
from keystead.health import models
from keystead.health.calc.satisfaction import nps
from keystead.health.queries.surveys import newest_values
from keystead.health.types.scores import Reading, Rule, RuleSet, Signal, Why
from keystead.health.types.surveys import FollowUpState
from keystead.kernel.exact import round_half_up
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import SYSTEM
from keystead.ledger.queries import last_day
from keystead.metrics.queries import evaluate
from keystead.stakeholders.queries import contacts_for, place_of
from keystead.stakeholders.types import CoverageState, RoleKind

S = Signal
HUNDRED: Final = Decimal(100)
# What tells how much an account uses, the best first, and where it is kept.
USAGE: Final = (("unique_requests", "usage"), ("off_take", "off_take"), ("sell_in", "sell_in"))
MOST_LATE: Final = 4  # months by which the data may lag behind
OLD: Final = 30  # days after which something open is an issue
RECENT: Final = 365
SPONSORS: Final = frozenset({RoleKind.CHAMPION, RoleKind.ECONOMIC_BUYER})
COVERED: Final = {CoverageState.COVERED: 100, CoverageState.SINGLE: 50}
Found = dict[int, Reading]


def readings_of(
    rules: RuleSet,
    *,
    on: date,
    account_ids: Iterable[int] | None = None,
    but: Collection[int] = (),
) -> dict[int, dict[Signal, Reading]]:
    """Return what the signals of the rules say of active accounts, of all or of some.

    ``but``: accounts to leave out. No rights are checked here.
    """
    ids = [
        one.id
        for one in accounts_for(SYSTEM)
        if one.status is not AccountStatus.CLOSED and one.id not in but
    ]
    if account_ids is not None:
        wanted = set(account_ids)
        ids = [one for one in ids if one in wanted]
    by_signal = {one.signal: one for one in rules.rules}
    found: dict[int, dict[Signal, Reading]] = {one: {} for one in ids}
    parts: list[Found] = [
        _usage(ids, on) if S.USAGE_TREND in by_signal else {},
        _satisfaction(ids, on, by_signal.get(S.SATISFACTION)),
        *_people(ids, on, by_signal),
        _payment(ids, on, by_signal.get(S.PAYMENT)),
        _issues(ids, on, by_signal.get(S.ISSUES)),
    ]
    for part in parts:
        for account_id, reading in part.items():
            found[account_id][reading.signal] = reading
    return found


def _usage(ids: Sequence[int], on: date) -> Found:
    """Twelve months on the twelve before, of the account and all below it."""
    below = families_below(ids)
    found: Found = {}
    for metric, dataset in USAGE:
        until = last_day([dataset])
        if until is None:
            continue
        # Usage is told by the month, on its first day: the last one told of is whole.
        over = (
            add_months(month_start(until), 1)
            if dataset == "usage"
            else (month_start(until + timedelta(days=1)))
        )
        end = min(over, month_start(on + timedelta(days=1)))
        now, before = Period(add_months(end, -12), end), Period(add_months(end, -24),
                                                                add_months(end, -12))  # fmt: skip
        base = _sums(metric, Period(before.start, add_months(before.start, 6)))
        late = end < add_months(month_start(on), -MOST_LATE)
        last, ago = _sums(metric, now), _sums(metric, before)
        for one in ids:
            if one in found and found[one].value is not None:
                continue
            seen = _trend(metric, below[one], last, ago, base)
            if seen is None:
                continue
            if late:
                seen = Reading(S.USAGE_TREND, None, Why.STALE, metric, on=now.last)
            elif seen.value is not None:
                seen = Reading(
                    S.USAGE_TREND, seen.value, Why.NONE, metric, on=now.last,
                    proof=_proof(metric, now, below[one]),
                )  # fmt: skip
            found.setdefault(one, seen)
            if seen.value is not None:
                found[one] = seen
    return found


def _trend(
    metric: str,
    family: frozenset[int],
    last: Mapping[int, Decimal],
    ago: Mapping[int, Decimal],
    base: Mapping[int, Decimal],
) -> Reading | None:
    """Return the change; None where the metric knows nothing of the family at all."""
    if not family & (last.keys() | ago.keys()):
        return None
    if not family & base.keys():  # data begin within the year to compare with
        return Reading(S.USAGE_TREND, None, Why.NO_BASE, metric)
    now = sum((last.get(one, Decimal(0)) for one in family), Decimal(0))
    before = sum((ago.get(one, Decimal(0)) for one in family), Decimal(0))
    if before <= 0:
        return Reading(S.USAGE_TREND, None, Why.NO_BASE, metric)
    return Reading(
        S.USAGE_TREND, round_half_up(HUNDRED * (now - before) / before, 1), source=metric
    )


def _sums(metric: str, period: Period) -> dict[int, Decimal]:
    table = evaluate(actor=SYSTEM, metrics=[metric], by=["account"], period=period).table
    pairs = zip(table["account"].to_pylist(), table[metric].to_pylist(), strict=True)
    return {key: Decimal(value) for key, value in pairs if key is not None and value is not None
            and value != 0}  # fmt: skip


def _proof(metric: str, period: Period, family: frozenset[int]) -> str:
    seen = evaluate(
        actor=SYSTEM, metrics=[metric], period=period, filters={"account": sorted(family)}
    )
    return seen.figure(metric).proof_id


def _satisfaction(ids: Sequence[int], on: date, rule: Rule | None) -> Found:
    if rule is None:
        return {}
    rows = models.ResponseRow.objects.filter(account__canonical_id__in=ids) | (
        models.ResponseRow.objects.filter(account_id__in=ids)
    )
    values = newest_values(rows, on=on, days=rule.days, by_account=True)
    found: Found = {}
    for one in ids:
        given = values.get(one, [])
        if not given:
            continue
        seen = nps(given, fewest=max(rule.least, 1))
        why = Why.TOO_FEW if seen.few else Why.NONE
        found[one] = Reading(S.SATISFACTION, seen.score, why, "answers", seen.n, on=on)
    return found


def _people(ids: Sequence[int], on: date, rules: Mapping[Signal, Rule]) -> tuple[Found, Found]:
    coverage: Found = {}
    sponsors: Found = {}
    if not {S.COVERAGE, S.SPONSOR} & rules.keys():
        return coverage, sponsors
    with_people = {one.account_id for one in contacts_for(SYSTEM)} | {
        at.account_id for one in contacts_for(SYSTEM) for at in one.affiliations if at.account_id
    }
    days = rules[S.SPONSOR].days if S.SPONSOR in rules else RECENT
    for one in ids:
        if one not in with_people:
            continue
        place = place_of(SYSTEM, one, on=on)
        if S.COVERAGE in rules and place.people and place.coverage:
            points = [COVERED.get(role.state, 0) for role in place.coverage]
            value = round_half_up(Decimal(sum(points)) / len(points), 1)
            coverage[one] = Reading(S.COVERAGE, value, source="people", n=len(place.people), on=on)
        held = [who for who in place.people if any(r.role in SPONSORS for r in who.roles)]
        if S.SPONSOR not in rules:
            continue
        if not held:
            sponsors[one] = Reading(S.SPONSOR, None, Why.NOBODY, "people", on=on)
            continue
        left = [who.contact.left_on for who in held]
        gone = sum(day is not None and on - timedelta(days=days) < day <= on for day in left)
        sponsors[one] = Reading(S.SPONSOR, Decimal(gone), source="people", n=len(held), on=on)
    return coverage, sponsors


def _payment(ids: Sequence[int], on: date, rule: Rule | None) -> Found:
    return {} if rule is None else _told(ids, on, rule)


def _told(ids: Sequence[int], on: date, rule: Rule) -> Found:
    """The newest that somebody wrote down; too old says nothing."""
    rows = models.ObservationRow.objects.filter(signal=rule.signal.value, on__lte=on)
    rows = rows.filter(account_id__in=ids) | rows.filter(account__canonical_id__in=ids)
    found: Found = {}
    for row in rows.select_related("account").order_by("on", "id"):
        account_id = row.account.canonical_id or row.account_id
        fresh = row.on > on - timedelta(days=rule.days)
        found[account_id] = Reading(
            rule.signal, row.value if fresh else None, Why.NONE if fresh else Why.STALE, "told",
            text=row.source, on=row.on,
        )  # fmt: skip
    return found


def _issues(ids: Sequence[int], on: date, rule: Rule | None) -> Found:
    """Claims and follow-ups open for more than a month, with what somebody wrote down."""
    if rule is None:
        return {}
    open_since: Counter[int] = Counter()
    ever: set[int] = set()
    heads = _heads(ids)
    for claim in claims_for(SYSTEM, today=on):
        account_id = heads.get(claim.account_id)
        if account_id is None or claim.on > on:
            continue
        if claim.is_open or claim.on > on - timedelta(days=RECENT):
            ever.add(account_id)
        open_since[account_id] += claim.is_open and claim.on < on - timedelta(days=OLD)
    rows = models.FollowUpRow.objects.filter(response__on__lte=on)
    for account, state, asked in rows.values_list("account_id", "state", "response__on"):
        account_id = heads.get(account)
        if account_id is None:
            continue
        still = state == FollowUpState.OPEN
        if still or asked > on - timedelta(days=RECENT):
            ever.add(account_id)
        open_since[account_id] += still and asked < on - timedelta(days=OLD)
    found = _told(ids, on, rule)
    for one in ever:
        told = found.get(one)
        extra = told.value if told is not None and told.value is not None else Decimal(0)
        text = told.text if told is not None and told.value is not None else ""
        found[one] = Reading(S.ISSUES, open_since[one] + extra, source="claims", text=text, on=on)
    return found


def _heads(ids: Iterable[int]) -> dict[int, int]:
    """Return the account that each id lives on in, for those that are asked for."""
    wanted = set(ids)
    found: dict[int, int] = defaultdict(int, {one: one for one in wanted})
    table = account_dimension().select(["account_id", "canonical_id"])
    for row in table.to_pylist():
        if row["canonical_id"] in wanted:
            found[row["account_id"]] = row["canonical_id"]
    return dict(found)
