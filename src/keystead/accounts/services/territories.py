"""The tree of territories, dated: who leads what, and what lies below what."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts import models
from keystead.accounts.queries.door import current
from keystead.accounts.queries.territories import as_territory
from keystead.accounts.rules.fields import tidy
from keystead.accounts.rules.territories import codes_above
from keystead.accounts.services.loading import missing
from keystead.accounts.services.team import user_for_team
from keystead.accounts.types import TerritoryRow
from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor


def add_territory(
    *,
    actor: Actor,
    code: str,
    name: str = "",
    parent_code: str = "",
    lead_id: int | None = None,
    valid_from: date | None = None,
) -> TerritoryRow:
    """Return the new territory from a day (default today); needs ``territories.edit``.

    ``code`` is the text that accounts carry as their territory. A director who leads it sees the
    accounts of it and of all territories below.
    """
    actor.require("territories.edit")
    start = valid_from or timezone.localdate()
    with transaction.atomic():
        row = models.Territory(code=tidy(code)[:60], valid_from=start)
        if not row.code:
            raise Invalid(_("Give the territory as the accounts carry it."), field="code")
        others = models.Territory.objects.select_for_update().filter(code=row.code)
        if any(other.valid_to is None or start < other.valid_to for other in others):
            text = _("There is already a territory with this code.")
            raise Invalid(text, code="territory_twice", field="code")
        _fill(row, name=name, parent_code=parent_code, lead_id=lead_id)
        row.save_checked(actor)
        audit.record(
            actor=actor,
            action="territory.add",
            subject=("territory", row.pk),
            new=row.snapshot(),
        )
    return as_territory(row)


def change_territory(
    *,
    actor: Actor,
    territory_id: int,
    name: str,
    parent_code: str,
    lead_id: int | None,
    version: int | None = None,
    valid_from: date | None = None,
) -> TerritoryRow:
    """Return the territory changed from a day on; needs ``territories.edit``.

    A day after its first ends the row and begins another, so that yesterday's tree stays; without
    a day the row is corrected as if it had always been so. One audit row.
    """
    actor.require("territories.edit")
    with transaction.atomic():
        row = models.Territory.objects.select_for_update(of=("self",)).filter(pk=territory_id)
        found = row.first()
        if found is None:
            raise missing(territory_id)
        old = found.snapshot()
        start = valid_from or found.valid_from
        if start < found.valid_from or (found.valid_to is not None and start >= found.valid_to):
            raise Invalid(_("The day lies outside the time of this entry."), field="valid_from")
        if start == found.valid_from:
            changed = found
            _fill(changed, name=name, parent_code=parent_code, lead_id=lead_id)
            changed.save_checked(actor, version)
        else:
            ends = found.valid_to
            found.valid_to = start
            found.save_checked(actor, version)
            changed = models.Territory(code=found.code, valid_from=start, valid_to=ends)
            _fill(changed, name=name, parent_code=parent_code, lead_id=lead_id)
            changed.save_checked(actor)
        audit.record(
            actor=actor,
            action="territory.change",
            subject=("territory", changed.pk),
            old=old,
            new=changed.snapshot(),
        )
    return as_territory(changed)


def end_territory(
    *, actor: Actor, territory_id: int, valid_to: date | None = None, version: int | None = None
) -> TerritoryRow:
    """Return the territory with its end: from that day (default today) it opens nothing."""
    actor.require("territories.edit")
    end = valid_to or timezone.localdate()
    with transaction.atomic():
        row = models.Territory.objects.filter(pk=territory_id).first()
        if row is None:
            raise missing(territory_id)
        if end <= row.valid_from:
            raise Invalid(_("The last day lies before the first."), code="span", field="last_day")
        old = row.snapshot()
        row.valid_to = end
        row.save_checked(actor, version)
        audit.record(
            actor=actor,
            action="territory.end",
            subject=("territory", row.pk),
            old=old,
            new=row.snapshot(),
        )
    return as_territory(row)


def _fill(row: models.Territory, *, name: str, parent_code: str, lead_id: int | None) -> None:
    row.name, row.parent_code = tidy(name)[:120], tidy(parent_code)[:60]
    row.lead_id = user_for_team(lead_id).pk if lead_id is not None else None
    if not row.parent_code:
        return
    known = dict(models.Territory.objects.filter(current()).values_list("code", "parent_code"))
    if row.parent_code not in known:
        raise Invalid(_("There is no such territory above it."), field="parent_code")
    if row.code in codes_above(known, row.parent_code):
        text = _("It would lie above itself.")
        raise Invalid(text, code="territory_circle", field="parent_code")
