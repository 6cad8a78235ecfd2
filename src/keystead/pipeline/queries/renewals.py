"""Renewals through the accounts' door: a foreign one answers like a missing one."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from keystead.accounts.queries import restrict
from keystead.agreements.queries import agreements_of_account
from keystead.agreements.rules.life import RUNNING
from keystead.agreements.types import Agreement
from keystead.kernel.errors import KeysteadError, NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.pipeline import models
from keystead.pipeline.calc.chance import chance, disagree, traits
from keystead.pipeline.calc.gates import done, late_items
from keystead.pipeline.calc.notice import ALERTS, alert_due, notice_dates
from keystead.pipeline.calc.retention import rated, retention
from keystead.pipeline.queries.door import narrowed, readable
from keystead.pipeline.queries.stored import all_outcomes, as_outcome, as_renewals, evidence_rows
from keystead.pipeline.types.renewals import (
    Chance,
    Evidence,
    NoticeDates,
    Outcome,
    Renewal,
    RenewalState,
    Retention,
)
from keystead.reference.queries import rate

MISSING = gettext_noop("There is no such renewal, or it is not one of yours.")


@dataclasses.dataclass(frozen=True)
class Alert:
    """A renewal whose notice day comes near: the warning that holds, 0 once it is over."""

    renewal: Renewal
    dates: NoticeDates
    warning: int


@dataclasses.dataclass(frozen=True)
class Apart:
    """A renewal on which manager and model disagree."""

    renewal: Renewal
    model: Chance


def visible(actor: Actor) -> QuerySet[models.RenewalRow]:
    """Return the stored renewals on whose accounts the actor may read terms."""
    return readable(models.RenewalRow.objects.select_related("account", "owner"), actor)


def renewals_for(
    actor: Actor,
    *,
    account_id: int | None = None,
    state: str = "",
    owner_id: int | None = None,
    search: str = "",
    still_open: bool | None = None,
    within: int | None = None,
    today: date | None = None,
) -> tuple[Renewal, ...]:
    """Return renewals the actor may read, by the end of the term.

    ``within``: days in which the notice day comes (the end, where no notice was agreed); what
    is overdue and open is among them.
    """
    actor.require("pipeline.view")
    rows = narrowed(
        visible(actor), actor, account_id=account_id, owner_id=owner_id, still_open=still_open
    )
    if state:
        rows = rows.filter(state=state)
    if words := search.strip():
        rows = rows.filter(
            Q(contract__icontains=words) | Q(title__icontains=words)
            | Q(account__name__icontains=words)
        )  # fmt: skip
    if within is not None:
        until = (today or timezone.localdate()) + timedelta(days=within)
        near = Q(send_by__lte=until) | Q(send_by=None, last__lte=until)
        rows = rows.filter(near, closed=False)
    return as_renewals(rows.order_by("last", "id"))


def renewal_for(actor: Actor, renewal_id: int) -> Renewal:
    """Return a renewal; NotFound when missing or foreign."""
    actor.require("pipeline.view")
    row = visible(actor).filter(pk=renewal_id).first()
    if row is None:
        raise NotFound(_(MISSING), code="renewal_not_found")
    return as_renewals([row])[0]


def evidence_of(renewal: Renewal) -> tuple[Evidence, ...]:
    """Return what was shown for a renewal that came through the door."""
    return evidence_rows(renewal.id)


def closed_outcomes(actor: Actor) -> tuple[Outcome, ...]:
    """Return the outcomes the actor may read, by the day they were closed."""
    actor.require("pipeline.view")
    rows = models.RenewalOutcome.objects.select_related("by")
    return tuple(as_outcome(row) for row in restrict(rows, actor, name="terms"))


def chance_of(renewal: Renewal, *, today: date, shown: Iterable[Evidence] | None = None) -> Chance:
    """Return what the record says about a renewal that came through the door."""
    given = evidence_rows(renewal.id) if shown is None else shown
    return _chance(renewal, all_outcomes(), done(given), today)


def alerts_for(actor: Actor, *, today: date) -> tuple[Alert, ...]:
    """Return the open renewals with a warning today, the nearest notice day first."""
    return _alerts(renewals_for(actor, within=ALERTS[0], today=today), today)


def own_alerts(actor: Actor, *, today: date) -> tuple[Alert, ...]:
    """Return the warnings of renewals that the actor owns, or that nobody does.

    A decision taken (agreed), or a pause that still holds, is not asked for again.
    """
    settled = (RenewalState.AGREED, RenewalState.POSTPONED)
    found = renewals_for(actor, within=ALERTS[0], today=today)
    return _alerts(
        (
            one
            for one in found
            if one.owner_id in (None, actor.user_id) and one.state not in settled
        ),
        today,
    )


def _alerts(renewals: Iterable[Renewal], today: date) -> tuple[Alert, ...]:
    found = []
    for one in renewals:
        dates = notice_dates(one.last, one.notice)
        warning = alert_due(dates.send_by, today) if dates else None
        if dates is not None and warning is not None:
            found.append(Alert(one, dates, warning))
    return tuple(sorted(found, key=lambda one: (one.dates.send_by, one.renewal.id)))


def disagreements(actor: Actor, *, today: date) -> tuple[Apart, ...]:
    """Return the open renewals on which manager and model are far apart, the widest first."""
    outcomes = all_outcomes()
    told = [one for one in renewals_for(actor, still_open=True) if one.manager_pct is not None]
    ticked = _ticked(one.id for one in told)
    found = [Apart(one, _chance(one, outcomes, ticked[one.id], today)) for one in told]
    apart = [one for one in found if disagree(one.renewal.manager_pct, one.model.pct)]
    return tuple(sorted(apart, key=lambda one: (-_gap(one), one.renewal.id)))


def retention_for(actor: Actor, *, period: Period, currency: str) -> Retention:
    """Return gross and net retention of the terms that ended in a period, in one currency."""
    closed = [one for one in closed_outcomes(actor) if one.term_end in period]
    waiting = renewals_for(actor, still_open=True)
    keys = {(one.currency, one.term_end) for one in closed}
    rates: dict[tuple[str, date], Decimal] = {}
    for code, on in keys:
        try:
            rates[code, on] = Decimal(1) if code == currency else rate(code, currency, on).value
        except KeysteadError:
            continue  # counted as unrated
    return retention(rated(closed, rates), open_renewals=sum(one.last in period for one in waiting))


def successor_of(actor: Actor, renewal: Renewal) -> Agreement | None:
    """Return the agreement in force that renews the one that ends, if the actor may read it."""
    if renewal.agreement_id is None or not actor.can("agreements.view"):
        return None
    found = agreements_of_account(actor, renewal.account_id)
    return next(
        (one for one in found if one.renews == renewal.agreement_id and one.state in RUNNING),
        None,
    )


def late_by_renewal(renewals: Iterable[Renewal], today: date) -> dict[int, int]:
    """Return how many items of passed gates are not ticked, by renewal."""
    listed = list(renewals)
    ticked = _ticked(one.id for one in listed)
    return {one.id: len(late_items(one.last, ticked[one.id], today)) for one in listed}


def chances(renewals: Iterable[Renewal], today: date) -> dict[int, Chance]:
    """Return what the record says about each renewal, by its id; the record is read once."""
    listed = list(renewals)
    ticked, outcomes = _ticked(one.id for one in listed), all_outcomes() if listed else ()
    return {one.id: _chance(one, outcomes, ticked[one.id], today) for one in listed}


def _ticked(ids: Iterable[int]) -> dict[int, frozenset[str]]:
    rows = models.RenewalEvidence.objects.filter(renewal_id__in=list(ids)).order_by("id")
    held: dict[int, dict[str, bool]] = defaultdict(dict)
    for renewal_id, item, state in rows.values_list("renewal_id", "item", "done"):
        held[renewal_id][item] = state
    return defaultdict(
        frozenset,
        {key: frozenset(item for item, yes in items.items() if yes) for key, items in held.items()},
    )


def _chance(
    renewal: Renewal, outcomes: Iterable[Outcome], ticked: frozenset[str], today: date
) -> Chance:
    mine = traits(
        auto_renews=bool(renewal.notice.auto_renew_months),
        account_kind=renewal.account_kind,
        open_items=len(late_items(renewal.last, ticked, today)),
    )
    return chance(mine, outcomes)


def _gap(one: Apart) -> Decimal:
    return abs((one.renewal.manager_pct or Decimal(0)) - (one.model.pct or Decimal(0)))
