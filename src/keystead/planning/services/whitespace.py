"""Say what stands in a cell of the whitespace grid."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import family_ids
from keystead.catalog.queries import product_for
from keystead.kernel.errors import Conflict
from keystead.kernel.money import currency_code
from keystead.kit.access import Actor
from keystead.planning import models
from keystead.planning.queries.said import as_said
from keystead.planning.rules.whitespace import wrong_cell
from keystead.planning.services.keeping import account_to_plan, checked_owner, keep, refuse
from keystead.planning.types.whitespace import CellEntry, CellState, Said


def set_cell(
    *, actor: Actor, entry: CellEntry, currency: str = "", expected_version: int | None = None
) -> Said:
    """Say what could be sold at a site, who has it, or that it is not for it. One audit row.

    ``currency`` of the potential (default: that of the account). ``expected_version`` 0 says
    that the editor saw nothing stored yet.
    """
    account = account_to_plan(actor, entry.account_id)
    refuse(wrong_cell(entry))
    product = None if entry.product_id is None else product_for(actor, entry.product_id)
    with transaction.atomic():
        rows = models.CellRow.objects.filter(account_id__in=family_ids(account.id))
        where = {"product_id": product.id} if product else {"brand": entry.brand.strip()[:120]}
        row = rows.filter(**where).first()
        if row is not None and expected_version == 0:
            raise Conflict(
                _("Somebody else answered this in the meantime. Nothing of yours was lost."),
                mine={}, theirs=row.snapshot(), expected_version=0, current_version=row.version,
            )  # fmt: skip
        old = row.snapshot() if row else None
        row = row or models.CellRow(account_id=account.id, **where)
        _fill(row, entry, currency or account.currency)
        keep(actor, row, "cell.set", account_id=account.id, old=old,
             expected=expected_version or None)  # fmt: skip
    return as_said(row)


def _fill(row: models.CellRow, entry: CellEntry, currency: str) -> None:
    if entry.potential is not None and not currency:
        refuse({"currency": _("Say the currency of the amount.")})
    row.state = entry.state.value
    row.potential = None if entry.state is CellState.UNSUITED else entry.potential
    row.currency = currency_code(currency) if row.potential is not None else ""
    taken = entry.state is CellState.COMPETITOR
    row.competitor = entry.competitor.strip()[:120] if taken else ""
    if entry.owner_id != row.owner_id:
        row.owner_id = checked_owner(entry.owner_id, row.account_id)
    row.note = entry.note.strip()[:400]
    row.stated_on = entry.stated_on or timezone.localdate()
    row.stale_days = entry.stale_days
