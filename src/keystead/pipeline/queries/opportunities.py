"""Opportunities through the accounts' door: a foreign one answers like a missing one."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from keystead.accounts.queries import restrict
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.pipeline import models
from keystead.pipeline.calc.chance import disagree
from keystead.pipeline.calc.days import deadlines
from keystead.pipeline.calc.gates import done
from keystead.pipeline.calc.odds import deal_traits, odds
from keystead.pipeline.calc.stages import qualified
from keystead.pipeline.queries.deals_stored import (
    all_deal_outcomes,
    all_stages,
    as_lot,
    as_opportunities,
    as_outcome,
    change_rows,
    evidence_rows,
)
from keystead.pipeline.queries.door import narrowed, readable
from keystead.pipeline.types.opportunities import (
    Deadline,
    DealOutcome,
    Lot,
    Opportunity,
    Stage,
    StageChange,
)
from keystead.pipeline.types.renewals import Chance, Evidence

NO_OPPORTUNITY = gettext_noop("There is no such opportunity, or it is not one of yours.")


@dataclasses.dataclass(frozen=True)
class TenderAlert:
    """A tender with a day that comes near."""

    opportunity: Opportunity
    deadline: Deadline


@dataclasses.dataclass(frozen=True)
class DealApart:
    """An opportunity on which manager and model disagree."""

    opportunity: Opportunity
    model: Chance


def visible_deals(actor: Actor) -> QuerySet[models.OpportunityRow]:
    """Return the stored opportunities on whose accounts the actor may read terms."""
    return readable(models.OpportunityRow.objects.select_related("account", "owner"), actor)


def opportunities_for(
    actor: Actor,
    *,
    account_id: int | None = None,
    kind: str = "",
    stage: str = "",
    owner_id: int | None = None,
    search: str = "",
    still_open: bool | None = None,
) -> tuple[Opportunity, ...]:
    """Return opportunities the actor may read, by the day they are expected to close.

    ``owner_id`` 0: those without an owner.
    """
    actor.require("pipeline.view")
    rows = narrowed(
        visible_deals(actor), actor, account_id=account_id, owner_id=owner_id,
        still_open=still_open,
    )  # fmt: skip
    if kind:
        rows = rows.filter(kind=kind)
    if stage:
        rows = rows.filter(stage=stage)
    if words := search.strip():
        rows = rows.filter(
            Q(title__icontains=words) | Q(wanted__icontains=words)
            | Q(reference__icontains=words) | Q(account__name__icontains=words)
        )  # fmt: skip
    return as_opportunities(rows.order_by("expected_close", "id"))


def opportunity_for(actor: Actor, opportunity_id: int) -> Opportunity:
    """Return an opportunity; NotFound when missing or foreign."""
    actor.require("pipeline.view")
    row = visible_deals(actor).filter(pk=opportunity_id).first()
    if row is None:
        raise NotFound(_(NO_OPPORTUNITY), code="opportunity_not_found")
    return as_opportunities([row])[0]


def lot_for(actor: Actor, lot_id: int) -> Lot:
    """Return a lot; NotFound when missing or foreign."""
    actor.require("pipeline.view")
    row = models.LotRow.objects.filter(pk=lot_id, opportunity__in=visible_deals(actor)).first()
    if row is None:
        raise NotFound(_("There is no such lot, or it is not one of yours."), code="lot_not_found")
    return as_lot(row)


def stages(*, retired: bool = False) -> tuple[Stage, ...]:
    """Return the stages in their order; they are the same for everybody."""
    return tuple(one for one in all_stages() if one.active or retired)


def stage_of(code: str) -> Stage:
    """Return a stage, also a retired one; NotFound when there is none."""
    for one in all_stages():
        if one.code == code:
            return one
    raise NotFound(_("There is no such stage."), code="stage_not_found")


def qualification_of(opportunity: Opportunity) -> tuple[Evidence, ...]:
    """Return what was shown for an opportunity that came through the door."""
    return evidence_rows(opportunity.id)


def steps_of(opportunity: Opportunity) -> tuple[StageChange, ...]:
    """Return the steps of an opportunity that came through the door."""
    return change_rows(opportunity.id)


def deal_outcomes(actor: Actor) -> tuple[tuple[int, DealOutcome], ...]:
    """Return the outcomes the actor may read with their ids, by the day they were closed."""
    actor.require("pipeline.view")
    rows = models.OpportunityOutcome.objects.select_related("by")
    return tuple((row.pk, as_outcome(row)) for row in restrict(rows, actor, name="terms"))


def shown_counts(found: Iterable[Opportunity]) -> dict[int, int]:
    """Return how many items of the qualification hold, by opportunity."""
    return {key: len(items) for key, items in _shown(one.id for one in found).items()}


def odds_of(found: Iterable[Opportunity]) -> dict[int, Chance]:
    """Return what the record says about each opportunity, by its id; the record is read once."""
    listed = list(found)
    closed = all_deal_outcomes() if listed else ()
    shown = _shown(one.id for one in listed)
    return {one.id: _odds(one, closed, shown.get(one.id, frozenset())) for one in listed}


def deals_apart(actor: Actor) -> tuple[DealApart, ...]:
    """Return the open opportunities on which manager and model are far apart, widest first."""
    found = opportunities_for(actor, still_open=True)
    model = odds_of(found)
    apart = [DealApart(one, model[one.id]) for one in found if disagree(one.pct, model[one.id].pct)]
    return tuple(
        sorted(
            apart,
            key=lambda one: (
                -abs(one.opportunity.pct - (one.model.pct or Decimal(0))), one.opportunity.id
            ),
        )
    )  # fmt: skip


def tender_alerts(actor: Actor, *, today: date | None = None) -> tuple[TenderAlert, ...]:
    """Return the days of tenders that warn today, the nearest first."""
    found = opportunities_for(actor, kind="tender", still_open=True)
    on = today or timezone.localdate()
    told = [TenderAlert(one, day) for one in found for day in deadlines(one, on)]
    return tuple(sorted(told, key=lambda one: (one.deadline.on, one.opportunity.id)))


def own_tender_alerts(actor: Actor, *, today: date) -> tuple[TenderAlert, ...]:
    """Return the warnings of tenders that the actor owns, or that nobody does."""
    return tuple(
        one
        for one in tender_alerts(actor, today=today)
        if one.opportunity.owner_id in (None, actor.user_id)
    )


def own_next_steps(actor: Actor, *, today: date) -> tuple[Opportunity, ...]:
    """Return the actor's open opportunities whose next step is due, the oldest first."""
    found = opportunities_for(actor, owner_id=actor.user_id or 0, still_open=True)
    due = [one for one in found if one.next_on is not None and one.next_on <= today]
    return tuple(sorted(due, key=lambda one: (one.next_on or today, one.id)))


def _shown(ids: Iterable[int]) -> dict[int, frozenset[str]]:
    rows = models.OpportunityEvidence.objects.filter(opportunity_id__in=list(ids)).order_by("id")
    held: dict[int, dict[str, bool]] = defaultdict(dict)
    for opportunity_id, item, state in rows.values_list("opportunity_id", "item", "done"):
        held[opportunity_id][item] = state
    return {
        key: frozenset(item for item, yes in items.items() if yes) for key, items in held.items()
    }


def _odds(found: Opportunity, closed: Iterable[DealOutcome], shown: frozenset[str]) -> Chance:
    mine = deal_traits(
        kind=found.kind, contested=bool(found.competitors), qualified=qualified(shown)
    )
    return odds(found.stage.code, mine, closed)


def odds_now(found: Opportunity) -> Chance:
    """Return what the record says about one opportunity that came through the door."""
    return _odds(found, all_deal_outcomes(), done(evidence_rows(found.id)))
