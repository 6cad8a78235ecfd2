"""Reads of the territories."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q
from django.utils import timezone

from keystead.accounts import models
from keystead.accounts.queries.door import restrict
from keystead.accounts.types import Span, TerritoryRow
from keystead.kit.access import Actor


def territories(actor: Actor, *, on: date | None = None) -> tuple[TerritoryRow, ...]:
    """Return the territories of a day (default today) by code; needs ``shares.view``."""
    actor.require("shares.view")
    day = on or timezone.localdate()
    rows = models.Territory.objects.filter(valid_from__lte=day)
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=day)).select_related("lead")
    return tuple(as_territory(row) for row in rows.order_by("code"))


def territory(actor: Actor, territory_id: int) -> TerritoryRow | None:
    """Return one entry, of today or of another time; needs ``shares.view``."""
    actor.require("shares.view")
    row = models.Territory.objects.select_related("lead").filter(pk=territory_id).first()
    return as_territory(row) if row else None


def accounts_by_territory(actor: Actor) -> dict[str, int]:
    """Return how many visible accounts carry each territory text; merged ones do not count."""
    rows = models.Account.objects.filter(merged_into=None).exclude(territory="")
    rows = restrict(rows, actor)
    return dict(rows.values_list("territory").annotate(count=Count("pk")).order_by())


def as_territory(row: models.Territory) -> TerritoryRow:
    """Return the value for a stored row."""
    return TerritoryRow(
        id=row.pk,
        code=row.code,
        name=row.name,
        parent_code=row.parent_code,
        lead_id=row.lead_id,
        lead=str(row.lead) if row.lead else "",
        span=Span(row.valid_from, row.valid_to),
        version=row.version,
    )
