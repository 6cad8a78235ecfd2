"""Signals worked out from what the house knows: usage, the tree, sizes, losses, contract ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from keystead.accounts.queries import (
    accounts_for,
    measures_of_all,
    new_members,
    restrict,
    scope_for,
)
from keystead.accounts.types import Account, MeasureKind
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import Actor
from keystead.ledger.queries import last_day
from keystead.metrics.queries import evaluate
from keystead.metrics.types import Evaluation
from keystead.pipeline import models
from keystead.pipeline.calc.seen import (
    GROWTH_FROM,
    NEW_FOR_DAYS,
    USE_FROM,
    USE_GROWTH_FROM,
    competitor_ends,
    growth_pct,
    is_new,
    key_of,
    latest_two,
    many_turnaways,
    time_to_ask,
)
from keystead.pipeline.queries.renewals import renewals_for
from keystead.pipeline.queries.rivals import rivals_lost
from keystead.pipeline.types.opportunities import Ending, OpportunityKind
from keystead.pipeline.types.renewals import Reason
from keystead.pipeline.types.seen import AnsweredSignal, Signal, SignalAnswer, SignalKind

K, Kind = SignalKind, OpportunityKind
SIZES = (
    MeasureKind.BEDS, MeasureKind.STUDENTS, MeasureKind.RESEARCHERS, MeasureKind.PHYSICIANS,
    MeasureKind.PUBLICATIONS, MeasureKind.OUTLETS, MeasureKind.MEMBERS,
)  # fmt: skip
USAGE = ("turnaways", "turnaways_limit", "controlled_requests", "unique_requests")
Known = Mapping[int, Account]


def signals_for(actor: Actor, *, today: date | None = None) -> tuple[Signal, ...]:
    """Return the signals nobody has answered, the strongest of each kind first.

    Only of accounts whose terms the actor may read; those of usage need ``metrics.view`` too.
    """
    actor.require("pipeline.view")
    on = today or timezone.localdate()
    scope = scope_for(actor, name="terms")
    known = {one.id: one for one in accounts_for(actor) if one.id in scope}
    found = [
        *_usage(actor, known, on), *_sites(actor, known, on), *_sizes(actor, known),
        *_competitors(actor, known, on), *rivals_lost(actor, known, on), *_ends(actor, known, on),
    ]  # fmt: skip
    answered = set(
        models.SignalAnswerRow.objects.filter(key__in=[one.key for one in found]).values_list(
            "key", flat=True
        )
    )
    order = list(K)
    return tuple(
        sorted(
            (one for one in found if one.key not in answered),
            key=lambda one: (order.index(one.kind), -one.strength, one.account_name, one.key),
        )
    )


def answered_signals(actor: Actor, *, most: int = 50) -> tuple[AnsweredSignal, ...]:
    """Return the signals that were answered, the newest first."""
    actor.require("pipeline.view")
    rows = models.SignalAnswerRow.objects.select_related("account", "by").order_by("-id")
    return tuple(
        AnsweredSignal(
            row.key, K(row.kind), row.account_id, row.account.name, SignalAnswer(row.answer),
            row.reason, str(row.by or ""), timezone.localdate(row.at), row.opportunity_id,
        )
        for row in restrict(rows, actor, name="terms")[:most]
    )  # fmt: skip


def _usage(actor: Actor, known: Known, today: date) -> Iterator[Signal]:
    last = last_day(("usage",)) if actor.can("metrics.view") else None
    if last is None:
        return
    year = _twelve_months(min(last, today))
    now = evaluate(actor=actor, metrics=USAGE, by=("account",), period=year)
    before = evaluate(
        actor=actor, metrics=("unique_requests",), by=("account",), period=year.shift_years(-1)
    )
    for account_id in now.table.column("account").to_pylist():
        if account_id in known:
            yield from _refused(now, known[account_id], year)
            yield from _used_more(now, before, known[account_id], year)


def _twelve_months(last: date) -> Period:
    """Return the twelve whole months that end with the month of a day."""
    first = month_start(last)
    return Period(add_months(first, -11), add_months(first, 1))


def _refused(now: Evaluation, account: Account, year: Period) -> Iterator[Signal]:
    used = _value(now, "controlled_requests", account.id) or Decimal(0)
    for metric, which, proposes in (
        ("turnaways", "licence", Kind.CROSS),
        ("turnaways_limit", "seats", Kind.EXPANSION),
    ):
        refused = _value(now, metric, account.id)
        rate = many_turnaways(refused, used + refused) if refused else None
        if refused is None or rate is None:
            continue
        yield _signal(
            K.TURNAWAYS, account, proposes, on=year.last, strength=refused,
            key=key_of(K.TURNAWAYS, account.id, which, year.last.year),
            told={"which": which, "count": str(int(refused)), "rate": str(rate)},
            proof=now.figure(metric, account=account.id).proof_id,
        )  # fmt: skip


def _used_more(
    now: Evaluation, before: Evaluation, account: Account, year: Period
) -> Iterator[Signal]:
    used = _value(now, "unique_requests", account.id)
    grown = growth_pct(_value(before, "unique_requests", account.id), used)
    if used is None or grown is None or used < USE_FROM or grown < USE_GROWTH_FROM:
        return
    yield _signal(
        K.USE_GROWTH, account, Kind.EXPANSION, on=year.last, strength=grown,
        key=key_of(K.USE_GROWTH, account.id, year.last.year),
        told={"count": str(int(used)), "rate": str(grown)},
        proof=now.figure("unique_requests", account=account.id).proof_id,
    )  # fmt: skip


def _sites(actor: Actor, known: Known, today: date) -> Iterator[Signal]:
    since = today - timedelta(days=NEW_FOR_DAYS)
    for one in new_members(actor, since=since, until=today):
        began = one.span.valid_from
        if began is None or not is_new(began, today):
            continue
        if one.member_id not in known or one.group_id not in known:
            continue
        yield _signal(
            K.NEW_SITE, known[one.member_id], Kind.EXPANSION, on=began,
            strength=Decimal(began.toordinal()),
            key=key_of(K.NEW_SITE, one.group_id, one.member_id), told={"group": one.group_name},
        )  # fmt: skip


def _sizes(actor: Actor, known: Known) -> Iterator[Signal]:
    held: dict[tuple[int, MeasureKind], list[tuple[date, Decimal]]] = defaultdict(list)
    for one in measures_of_all(actor, SIZES):
        held[one.account_id, one.kind].append((one.as_of, one.value))
    for (account_id, kind), values in held.items():
        pair = latest_two(values)
        if pair is None or account_id not in known:
            continue
        before, now, day = pair
        grown = growth_pct(before, now)
        if grown is not None and grown >= GROWTH_FROM:
            yield _signal(
                K.GROWTH, known[account_id], Kind.EXPANSION, on=day, strength=grown,
                key=key_of(K.GROWTH, account_id, kind.value, day),
                told={"measure": kind.value, "before": f"{before:f}", "now": f"{now:f}",
                      "rate": str(grown)},
            )  # fmt: skip


def _competitors(actor: Actor, known: Known, today: date) -> Iterator[Signal]:
    """What we lost to a competitor whose own contract comes to its end."""
    lost = models.OpportunityOutcome.objects.filter(ending=Ending.LOST).exclude(winner="")
    given: list[tuple[str, int, str, date, date | None]] = [
        (f"o{row.pk}", row.account_id, row.winner, row.closed_on, row.winner_until)
        for row in restrict(lost, actor, name="terms")
    ]
    gone = models.RenewalOutcome.objects.filter(state="lost", reason=Reason.COMPETITOR)
    given += [
        (f"r{row.pk}", row.account_id, "", max(row.closed_on, row.term_end), None)
        for row in restrict(gone, actor, name="terms")
    ]
    for name, account_id, winner, lost_on, until in given:
        ends = competitor_ends(lost_on, until)
        if account_id in known and time_to_ask(ends, today):
            yield _signal(
                K.COMPETITOR, known[account_id], Kind.NEW, on=ends,
                strength=Decimal(-ends.toordinal()), key=key_of(K.COMPETITOR, name),
                told={"winner": winner},
            )  # fmt: skip


def _ends(actor: Actor, known: Known, today: date) -> Iterator[Signal]:
    """Our own contracts that end: the moment to offer what the customer does not have yet."""
    busy = set(
        models.OpportunityRow.objects.filter(closed=False).values_list("account_id", flat=True)
    )
    for one in renewals_for(actor, still_open=True):
        if one.account_id in known and one.account_id not in busy and time_to_ask(one.last, today):
            yield _signal(
                K.CONTRACT_END, known[one.account_id], Kind.CROSS, on=one.last,
                strength=Decimal(-one.last.toordinal()),
                key=key_of(K.CONTRACT_END, one.id, one.last), told={"contract": one.contract},
            )  # fmt: skip


def _signal(kind: SignalKind, account: Account, proposes: OpportunityKind, **given: Any) -> Signal:
    return Signal(
        kind=kind, account_id=account.id, account_name=account.name, proposes=proposes, **given
    )


def _value(found: Evaluation, metric: str, account_id: int) -> Decimal | None:
    value = found.figure(metric, account=account_id).value
    return None if value is None else Decimal(str(value))
