"""Overrides taken back, each by a further row that names it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import scope_for
from keystead.forecasting import models
from keystead.forecasting.queries.cycles import as_cycle, as_override
from keystead.forecasting.rules.cycles import layer_to_write, require_editable
from keystead.forecasting.services.loading import require_accounts, row_to_write, tell
from keystead.forecasting.services.submitting import require_not_submitted
from keystead.forecasting.types.cycle import Layer, Override, OverrideKind
from keystead.kernel.errors import Conflict, NotAllowed, NotFound
from keystead.kit.access import Actor

AT_ONCE = 500  # ids in one condition


def withdraw(*, actor: Actor, override_id: int, why: str = "") -> Override:
    """Take back an override of one's own (directors: of those below), by a row that names it."""
    return withdraw_all(actor=actor, override_ids=[override_id], why=why)[0]


def withdraw_all(
    *, actor: Actor, override_ids: Sequence[int], why: str = ""
) -> tuple[Override, ...]:
    """Take back several overrides of one cycle, the last first, all or none; one audit row.

    Raises NotFound where one is missing or foreign, NotAllowed where another wrote it, Conflict
    where it was taken back already or its layer takes nothing any more.
    """
    found = _found(override_ids)
    with transaction.atomic():
        row = row_to_write(actor, found[0].cycle_id, "forecasting.edit")
        by_layer = _accounts(actor, found)
        for layer, accounts in by_layer.items():
            layer_to_write(actor.roles, layer, system=actor.system)
            require_editable(as_cycle(row), layer)
            require_not_submitted(row, layer, accounts)
            require_accounts(actor, layer, accounts)
        if not (actor.system or {one.by_id for one in found} <= {actor.user_id, *actor.reports}):
            raise NotAllowed(
                _("Only its author takes an override back."), code="not_author",
                hint=_("Write your own over it."),
            )  # fmt: skip
        if any(_rows(override_ids, "supersedes_id__in")):
            raise Conflict(_("This override was taken back already."), code="withdrawn")
        made = models.OverrideRow.objects.bulk_create(
            [_back(actor, row, one, why) for one in found], batch_size=AT_ONCE
        )
        _told(actor, row, found, made, why)
    return tuple(as_override(one) for one in made)


def _found(override_ids: Sequence[int]) -> list[models.OverrideRow]:
    """The overrides of one cycle, the newest first; NotFound where one is missing."""
    wanted = set(override_ids)
    found = sorted(_rows(wanted, "pk__in"), key=lambda one: -one.pk)
    good = [one for one in found if one.kind != OverrideKind.WITHDRAW]
    if not good or len(good) != len(wanted) or len({one.cycle_id for one in good}) > 1:
        raise NotFound(_("There is no such override."), code="override_not_found")
    return good


def _rows(ids: Sequence[int] | set[int], where: str) -> list[models.OverrideRow]:
    several = sorted(ids)
    parts = (several[at : at + AT_ONCE] for at in range(0, len(several), AT_ONCE))
    return [
        one
        for part in parts
        for one in models.OverrideRow.objects.filter(**{where: part}).select_related("by")
    ]


def _accounts(actor: Actor, found: Sequence[models.OverrideRow]) -> dict[Layer, set[int]]:
    """The accounts below the overrides of each layer; NotFound where one shows none of them."""
    scope = scope_for(actor, name="forecast")
    of = {one.pk: one for one in found}
    touched: dict[int, set[int]] = {pk: set() for pk in of}
    several = sorted(of)
    for at in range(0, len(several), AT_ONCE):
        lines = models.OverrideLine.objects.filter(override_id__in=several[at : at + AT_ONCE])
        pairs = lines.order_by().values_list("override_id", "account_id").distinct()
        for pk, account in pairs:
            touched[pk].add(account)
    by_layer: dict[Layer, set[int]] = {}
    for pk, accounts in touched.items():
        if not scope.everything and not accounts & scope.account_ids:
            raise NotFound(_("There is no such override."), code="override_not_found")
        by_layer.setdefault(Layer(of[pk].layer), set()).update(accounts)
    return by_layer


def _back(
    actor: Actor, row: models.CycleRow, one: models.OverrideRow, why: str
) -> models.OverrideRow:
    return models.OverrideRow(
        cycle=row, layer=one.layer, account_id=one.account_id, product_id=one.product_id,
        brand=one.brand, periods=one.periods, kind=OverrideKind.WITHDRAW.value, amounts=[],
        reason=one.reason, note=why[:400], supersedes=one, change=-one.change,
        at=timezone.now(), by_id=actor.user_id,
    )  # fmt: skip


def _told(
    actor: Actor,
    row: models.CycleRow,
    found: Sequence[models.OverrideRow],
    made: Sequence[models.OverrideRow],
    why: str,
) -> None:
    if len(found) == 1:
        one = found[0]
        tell(
            actor, row, "withdraw", {"override": one.pk, "change": str(one.change)},
            {"override": made[0].pk}, why=why, account_id=one.account_id,
        )  # fmt: skip
        return
    old: dict[str, Any] = {"overrides": sorted(one.pk for one in found),
                           "change": str(sum(one.change for one in found))}  # fmt: skip
    tell(actor, row, "withdraw_many", old, {"overrides": sorted(one.pk for one in made)}, why=why)
