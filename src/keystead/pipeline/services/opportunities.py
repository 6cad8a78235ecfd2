"""Enter opportunities, move them through the stages, show what qualifies them, close them."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.catalog.queries import product_for
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kernel.money import currency_code
from keystead.kit.access import Actor
from keystead.pipeline import models
from keystead.pipeline.calc.gates import done
from keystead.pipeline.calc.stages import FIRST, QUALIFICATION, qualified
from keystead.pipeline.queries.deals_stored import as_opportunities, change_rows, evidence_rows
from keystead.pipeline.queries.opportunities import (
    NO_OPPORTUNITY,
    odds_now,
    stage_of,
    visible_deals,
)
from keystead.pipeline.rules.opportunities import check_ending, check_entry
from keystead.pipeline.services.loading import (
    account_to_plan,
    checked_amount,
    checked_owner,
    checked_percent,
    checked_year,
    keep,
)
from keystead.pipeline.types.opportunities import (
    DealClosing,
    Ending,
    Opportunity,
    OpportunityEntry,
    OpportunityKind,
    Stage,
)

MOST_COMPETITORS = 10


def create_opportunity(*, actor: Actor, entry: OpportunityEntry, signal: str = "") -> Opportunity:
    """Store an opportunity with its first step; needs ``pipeline.edit`` on the account."""
    account = account_to_plan(actor, entry.account_id)
    with transaction.atomic():
        stage = _usable(entry.stage or FIRST)
        row = models.OpportunityRow(account_id=account.id, stage=stage.code, signal=signal)
        _fill(actor, row, entry, stage)
        keep(actor, row, "create", None)
        _step(actor, row, "", "")
    return deal_value(row.pk)


def edit_opportunity(
    *, actor: Actor, opportunity_id: int, expected_version: int | None, entry: OpportunityEntry
) -> Opportunity:
    """Change an open opportunity; its account and its stage stay. One audit row."""
    with transaction.atomic():
        row = open_deal(actor, opportunity_id)
        old = row.snapshot()
        _fill(actor, row, dataclasses.replace(entry, account_id=row.account_id),
              stage_of(row.stage))  # fmt: skip
        _keep_kind(row, old)
        keep(actor, row, "edit", old, expected=expected_version)
    return deal_value(opportunity_id)


def move_opportunity(
    *,
    actor: Actor,
    opportunity_id: int,
    stage: str,
    why: str = "",
    expected_version: int | None = None,
) -> Opportunity:
    """Bring an open opportunity to another stage, forward or back; the step is kept for ever.

    A probability and a category of one's own were said of the stage that is left: they go.
    """
    with transaction.atomic():
        row = open_deal(actor, opportunity_id)
        wanted = _usable(stage)
        if row.stage == wanted.code:
            raise Conflict(_("It stands in this stage already."), code="stage")
        old, before = row.snapshot(), row.stage
        row.stage, row.own_pct, row.pct_reason, row.own_category = wanted.code, None, "", ""
        keep(actor, row, "move", old, expected=expected_version, why=why.strip()[:400])
        _step(actor, row, before, why)
    return deal_value(opportunity_id)


def show_qualification(
    *, actor: Actor, opportunity_id: int, item: str, text: str, is_done: bool = True
) -> Opportunity:
    """Keep what shows that an item of the qualification holds, or why it no longer does."""
    if item not in QUALIFICATION:
        raise Invalid(_("There is no such item."), code="item")
    if not text.strip():
        said = _("Say what shows it: a document, a meeting, a person.")
        raise Invalid(said, code="text", fields={"text": said})
    with transaction.atomic():
        row = open_deal(actor, opportunity_id)
        models.OpportunityEvidence(
            opportunity=row, item=item, text=text.strip()[:400], done=is_done,
            at=timezone.now(), by_id=actor.user_id,
        ).save(force_insert=True)  # fmt: skip
        told = {"item": item, "evidence": text.strip()[:400], "done": is_done}
        keep(actor, row, "show", row.snapshot(), more=told)
    return deal_value(opportunity_id)


def close_opportunity(
    *,
    actor: Actor,
    opportunity_id: int,
    closing: DealClosing,
    expected_version: int | None = None,
) -> Opportunity:
    """Close an opportunity for good, with what manager and model had said: it never changes."""
    with transaction.atomic():
        row = open_deal(actor, opportunity_id)
        found = deal_value(row.pk)
        check_ending(found, closing, today=timezone.localdate())
        checked_amount(closing.final, "final")
        checked_year(closing.on, "on")
        checked_year(closing.winner_until, "winner_until")
        old = row.snapshot()
        outcome = _outcome(actor, found, closing)
        row.closed = True
        told = {"ending": closing.ending.value, "final": str(closing.final),
                "reason": closing.reason.value}  # fmt: skip
        keep(actor, row, "close", old, expected=expected_version, why=closing.note[:400],
                  more=told)  # fmt: skip
        outcome.save(force_insert=True)
    return deal_value(opportunity_id)


def deal_value(opportunity_id: int) -> Opportunity:
    """Return a stored opportunity as a value."""
    rows = models.OpportunityRow.objects.select_related("account", "owner")
    return as_opportunities(rows.filter(pk=opportunity_id))[0]


def open_deal(actor: Actor, opportunity_id: int) -> models.OpportunityRow:
    """Return the locked open opportunity if the actor may write the pipeline of its account."""
    actor.require("pipeline.edit")
    rows = visible_deals(actor).select_for_update(of=("self",))
    row = rows.filter(pk=opportunity_id).first()
    if row is None:
        raise NotFound(_(NO_OPPORTUNITY), code="opportunity_not_found")
    account_to_plan(actor, row.account_id)
    if row.closed:
        raise Conflict(_("This opportunity is closed: what it says stays."), code="closed")
    return row


def _usable(code: str) -> Stage:
    found = stage_of(code)
    if not found.active:
        raise Conflict(_("This stage is no longer in use."), code="stage")
    return found


def _step(actor: Actor, row: models.OpportunityRow, before: str, why: str) -> None:
    found = deal_value(row.pk)
    models.StageChangeRow(
        opportunity=row, before=before, after=row.stage, pct=found.pct,
        category=found.category.value, amount=found.amount, currency=row.currency,
        expected_close=row.expected_close, why=why.strip()[:400], at=timezone.now(),
        by_id=actor.user_id,
    ).save(force_insert=True)  # fmt: skip


def _outcome(actor: Actor, found: Opportunity, closing: DealClosing) -> models.OpportunityOutcome:
    reached = [one.after for one in change_rows(found.id)]
    lost = closing.ending is Ending.LOST
    return models.OpportunityOutcome(
        opportunity_id=found.id, account_id=found.account_id, ending=closing.ending.value,
        closed_on=closing.on, currency=found.currency, amount=found.amount, final=closing.final,
        pct=found.pct, model_pct=odds_now(found).pct, reason=closing.reason.value,
        note=closing.note.strip()[:400], winner=closing.winner.strip()[:120] if lost else "",
        winner_until=closing.winner_until if lost else None,
        document=closing.document.strip()[:200], kind=found.kind.value,
        reached=list(dict.fromkeys(reached)), contested=bool(found.competitors),
        qualified=qualified(done(evidence_rows(found.id))), at=timezone.now(),
        by_id=actor.user_id,
    )  # fmt: skip


def _keep_kind(row: models.OpportunityRow, old: dict[str, Any]) -> None:
    was = old["kind"] == OpportunityKind.TENDER and row.kind != OpportunityKind.TENDER
    if was and models.LotRow.objects.filter(opportunity=row).exists():
        text = _("It has lots: it stays a tender.")
        raise Invalid(text, code="kind", fields={"kind": text})


def _fill(actor: Actor, row: models.OpportunityRow, entry: OpportunityEntry, stage: Stage) -> None:
    own_pct = checked_percent(entry.own_pct, "own_pct")
    check_entry(entry, stage_pct=stage.pct)
    row.title, row.kind = entry.title.strip()[:160], entry.kind.value
    row.products = _products(actor, entry.product_ids)
    row.wanted, row.note = entry.wanted.strip()[:400], entry.note.strip()[:400]
    row.amount = checked_amount(entry.amount, "amount")
    row.currency = currency_code(entry.currency)
    checked_year(entry.expected_close, "expected_close")
    row.expected_close = entry.expected_close
    same = own_pct is None or own_pct == stage.pct
    row.own_pct = None if same else own_pct
    row.pct_reason = "" if same else entry.pct_reason.strip()[:400]
    category = entry.own_category
    row.own_category = "" if category in (None, stage.category) else category.value
    row.competitors = _names(entry.competitors)
    row.owner_id = (
        row.owner_id if entry.owner_id == row.owner_id else checked_owner(actor, entry.owner_id)
    )
    row.next_step, row.next_on = entry.next_step.strip()[:200], entry.next_on
    row.reference = entry.reference.strip()[:60]
    for name in ("next_on", "questions_until", "submit_until", "submitted_on"):
        setattr(row, name, checked_year(getattr(entry, name), name))


def _products(actor: Actor, ids: tuple[int, ...]) -> list[int]:
    return [product_for(actor, one).id for one in dict.fromkeys(ids)]


def _names(given: tuple[str, ...]) -> list[str]:
    names = dict.fromkeys(one.strip()[:120] for one in given if one.strip())
    return list(names)[:MOST_COMPETITORS]
