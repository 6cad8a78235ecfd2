"""The lots of a tender: entered, changed, decided."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.pipeline import models
from keystead.pipeline.queries.deals_stored import as_lot
from keystead.pipeline.queries.opportunities import lot_for
from keystead.pipeline.rules.opportunities import check_lot
from keystead.pipeline.services.loading import checked_amount, checked_year
from keystead.pipeline.services.opportunities import open_deal
from keystead.pipeline.types.opportunities import Lot, LotEntry, OpportunityKind


def add_lot(*, actor: Actor, opportunity_id: int, entry: LotEntry) -> Lot:
    """Add a lot to an open tender; needs ``pipeline.edit`` on its account. One audit row."""
    with transaction.atomic():
        parent = open_deal(actor, opportunity_id)
        row = models.LotRow(opportunity=parent)
        _fill(row, parent, entry)
        _keep(actor, row, parent, "add", None)
    return as_lot(row)


def edit_lot(*, actor: Actor, lot_id: int, expected_version: int | None, entry: LotEntry) -> Lot:
    """Change a lot of an open tender, or say what became of it. One audit row."""
    with transaction.atomic():
        parent = open_deal(actor, lot_for(actor, lot_id).opportunity_id)
        row = models.LotRow.objects.select_for_update().get(pk=lot_id)
        old = row.snapshot()
        _fill(row, parent, entry)
        _keep(actor, row, parent, "edit", old, expected_version)
    return as_lot(row)


def _fill(row: models.LotRow, parent: models.OpportunityRow, entry: LotEntry) -> None:
    check_lot(entry, kind=OpportunityKind(parent.kind))
    number = entry.number.strip()[:20]
    same = models.LotRow.objects.filter(opportunity=parent, number=number).exclude(pk=row.pk)
    if same.exists():
        text = _("This lot is here already.")
        raise Invalid(text, code="lot", fields={"number": text})
    row.number, row.title = number, entry.title.strip()[:160]
    row.amount = checked_amount(entry.amount, "amount")
    row.awarded = checked_amount(entry.awarded, "awarded")
    row.deadline = checked_year(entry.deadline, "deadline")
    row.state, row.winner = entry.state.value, entry.winner.strip()[:120]


def _keep(
    actor: Actor,
    row: models.LotRow,
    parent: models.OpportunityRow,
    verb: str,
    old: dict[str, Any] | None,
    expected: int | None = None,
) -> None:
    row.save_checked(actor, expected)
    audit.record(
        actor=actor,
        action=f"lot.{verb}",
        subject=("lot", row.pk),
        old=old,
        new=row.snapshot(),
        account_id=parent.account_id,
    )
