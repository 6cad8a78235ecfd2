"""Assumptions and remarks: what a forecast rests on, and what people say about it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import may_see, scope_for
from keystead.forecasting import models
from keystead.forecasting.queries.cycles import as_assumption, as_comment, within
from keystead.forecasting.services.loading import row_to_write, tell
from keystead.forecasting.types.cycle import (
    CATEGORIES,
    TOP,
    Assumption,
    AssumptionEntry,
    Comment,
    CycleState,
    Node,
    Verdict,
)
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit.access import Actor


def comment(
    *,
    actor: Actor,
    cycle_id: int,
    text: str,
    node: Node = TOP,
    period: date | None = None,
    about: str = "",
) -> Comment:
    """Leave a remark at a node and month, or explain a gap (``about``); stays for ever."""
    with transaction.atomic():
        row = row_to_write(actor, cycle_id, "forecasting.edit")
        _text(text)
        _open_node(actor, node)
        if about and row.state == CycleState.LOCKED.value:
            raise Conflict(_("This cycle is locked."), code="locked")
        made = models.CommentRow(
            cycle=row, account_id=node.account_id, product_id=node.product_id, brand=node.brand,
            period=period, about=about[:60], text=text.strip()[:2000], at=timezone.now(),
            by_id=actor.user_id,
        )  # fmt: skip
        made.save(force_insert=True)
        tell(
            actor, row, "comment", None, {"text": made.text, "about": about},
            account_id=node.account_id,
        )  # fmt: skip
    return as_comment(made)


def write_assumption(
    *,
    actor: Actor,
    cycle_id: int,
    entry: AssumptionEntry,
    assumption_id: int | None = None,
    expected_version: int | None = None,
) -> Assumption:
    """Write down what the forecast rests on, with its owner and the day it expires."""
    with transaction.atomic():
        row = row_to_write(actor, cycle_id, "forecasting.edit")
        _text(entry.text)
        if entry.category not in CATEGORIES:
            text = _("There is no such kind of assumption.")
            raise Invalid(text, code="category", fields={"category": text})
        if entry.expires < entry.starts:
            text = _("It expires after it starts.")
            raise Invalid(text, code="expires", fields={"expires": text})
        _open_node(actor, entry.node)
        held = _assumption(row, assumption_id) if assumption_id else models.AssumptionRow(cycle=row)
        old = held.snapshot() if assumption_id else None
        held.text, held.category, held.effect = entry.text[:400], entry.category, entry.effect
        held.account_id, held.product_id = entry.node.account_id, entry.node.product_id
        held.brand, held.starts, held.expires = entry.node.brand, entry.starts, entry.expires
        held.owner_id = entry.owner_id or held.owner_id or actor.user_id
        held.save_checked(actor, expected_version)
        tell(actor, row, "assume", old, held.snapshot(), account_id=entry.node.account_id)
    return as_assumption(held)


def judge_assumption(
    *,
    actor: Actor,
    assumption_id: int,
    verdict: Verdict,
    note: str = "",
    expected_version: int | None = None,
) -> Assumption:
    """Say what became of an assumption, also after the lock."""
    found = models.AssumptionRow.objects.filter(pk=assumption_id).first()
    if found is None:
        raise NotFound(_("There is no such assumption."), code="assumption_not_found")
    with transaction.atomic():
        row = row_to_write(actor, found.cycle_id, "forecasting.edit")
        held = _assumption(row, assumption_id)
        scope = scope_for(actor, name="forecast")
        if held.account_id and not scope.everything and held.account_id not in scope.account_ids:
            raise NotFound(_("There is no such assumption."), code="assumption_not_found")
        old = held.snapshot()
        held.verdict, held.verdict_note = verdict.value, note[:400]
        held.save_checked(actor, expected_version)
        tell(actor, row, "judge", old, held.snapshot(), why=note, account_id=held.account_id)
    return as_assumption(held)


def _assumption(row: models.CycleRow, assumption_id: int) -> models.AssumptionRow:
    found = models.AssumptionRow.objects.select_for_update(of=("self",)).filter(
        cycle=row, pk=assumption_id
    )
    held = found.select_related("owner").first()
    if held is None:
        raise NotFound(_("There is no such assumption."), code="assumption_not_found")
    return held


def _open_node(actor: Actor, node: Node) -> None:
    """Raise NotFound for an account that is missing, or neither one's own nor above those."""
    if node.account_id is None:
        return
    scope = scope_for(actor, name="forecast")
    there = within([node.account_id])
    seen = may_see(actor, node.account_id) if scope.everything else there & scope.account_ids
    if not seen:
        raise NotFound(
            _("There is no such account, or it is not one of yours."), code="account_not_found"
        )


def _text(text: str) -> None:
    if not text.strip():
        raise Invalid(_("Write something."), code="text", fields={"text": _("Write something.")})
