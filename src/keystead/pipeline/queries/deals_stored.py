"""Stored opportunities as values. No rights are checked here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from keystead.pipeline import models
from keystead.pipeline.calc.stages import merged
from keystead.pipeline.types.opportunities import (
    DealOutcome,
    Ending,
    ForecastCategory,
    Lot,
    LotState,
    Opportunity,
    OpportunityKind,
    Stage,
    StageChange,
)
from keystead.pipeline.types.renewals import Evidence, Reason


def all_stages() -> tuple[Stage, ...]:
    """Return every stage in its order, retired ones too."""
    return merged(as_stage(row) for row in models.StageRow.objects.all())


def as_stage(row: models.StageRow) -> Stage:
    """Return the value of a stored stage."""
    return Stage(
        code=row.code, position=row.position, pct=row.pct, name=row.name, active=row.active,
        category=ForecastCategory(row.category), version=row.version,
    )  # fmt: skip


def as_opportunities(rows: Iterable[models.OpportunityRow]) -> tuple[Opportunity, ...]:
    """Return stored opportunities as values; stages, lots and outcomes are read together."""
    listed = list(rows)
    if not listed:
        return ()
    stages = {one.code: one for one in all_stages()}
    lots: dict[int, list[Lot]] = defaultdict(list)
    tenders = [row.pk for row in listed if row.kind == OpportunityKind.TENDER]
    for lot in models.LotRow.objects.filter(opportunity_id__in=tenders) if tenders else ():
        lots[lot.opportunity_id].append(as_lot(lot))
    ended = [row.pk for row in listed if row.closed]
    outcomes = models.OpportunityOutcome.objects.filter(opportunity_id__in=ended)
    found = {row.opportunity_id: as_outcome(row) for row in outcomes.select_related("by")}
    return tuple(
        as_opportunity(row, stages, tuple(lots[row.pk]), found.get(row.pk)) for row in listed
    )


def as_opportunity(
    row: models.OpportunityRow,
    stages: dict[str, Stage],
    lots: tuple[Lot, ...],
    outcome: DealOutcome | None,
) -> Opportunity:
    """Return the value of a stored opportunity."""
    return Opportunity(
        id=row.pk, account_id=row.account_id, title=row.title, kind=OpportunityKind(row.kind),
        product_ids=tuple(row.products), wanted=row.wanted, stage=stages[row.stage],
        entered=row.amount, currency=row.currency, expected_close=row.expected_close,
        own_pct=row.own_pct, pct_reason=row.pct_reason,
        own_category=ForecastCategory(row.own_category) if row.own_category else None,
        competitors=tuple(row.competitors), owner_id=row.owner_id,
        owner_name=str(row.owner) if row.owner else "", next_step=row.next_step,
        next_on=row.next_on, note=row.note, reference=row.reference,
        questions_until=row.questions_until, submit_until=row.submit_until,
        submitted_on=row.submitted_on, signal=row.signal, version=row.version, lots=lots,
        outcome=outcome, account_name=row.account.name, territory=row.account.territory,
    )  # fmt: skip


def as_lot(row: models.LotRow) -> Lot:
    """Return the value of a stored lot."""
    return Lot(
        id=row.pk, opportunity_id=row.opportunity_id, number=row.number, title=row.title,
        amount=row.amount, deadline=row.deadline, state=LotState(row.state),
        awarded=row.awarded, winner=row.winner, version=row.version,
    )  # fmt: skip


def as_outcome(row: models.OpportunityOutcome) -> DealOutcome:
    """Return the value of a stored outcome."""
    return DealOutcome(
        ending=Ending(row.ending), closed_on=row.closed_on, currency=row.currency,
        amount=row.amount, final=row.final, pct=row.pct, model_pct=row.model_pct,
        reason=Reason(row.reason), note=row.note, winner=row.winner,
        winner_until=row.winner_until, document=row.document, kind=OpportunityKind(row.kind),
        reached=tuple(row.reached), contested=row.contested, qualified=row.qualified,
        by_name=str(row.by or ""), at=row.at, account_id=row.account_id,
    )  # fmt: skip


def evidence_rows(opportunity_id: int) -> tuple[Evidence, ...]:
    """Return what was shown for an opportunity, in the order it was written."""
    rows = models.OpportunityEvidence.objects.filter(opportunity_id=opportunity_id)
    return tuple(
        Evidence(row.item, row.text, row.done, str(row.by or ""), row.at)
        for row in rows.select_related("by").order_by("id")
    )


def change_rows(opportunity_id: int) -> tuple[StageChange, ...]:
    """Return the steps of an opportunity, in the order they were taken."""
    rows = models.StageChangeRow.objects.filter(opportunity_id=opportunity_id)
    return tuple(
        StageChange(
            row.before, row.after, row.pct, ForecastCategory(row.category), row.amount,
            row.currency, row.expected_close, row.why, str(row.by or ""), row.at,
        )
        for row in rows.select_related("by").order_by("id")
    )  # fmt: skip


def all_deal_outcomes() -> tuple[DealOutcome, ...]:
    """Return every closed opportunity of the house, for the model: it only ever counts them."""
    rows = models.OpportunityOutcome.objects.select_related("by").order_by("closed_on", "id")
    return tuple(as_outcome(row) for row in rows)
