"""Own bias taken out: the suggestion of a record, written as overrides like any other."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from keystead.forecasting.queries.debias import OwnBias, own_biases
from keystead.forecasting.services.editing import Edited, edit
from keystead.forecasting.types.cycle import Key, Node, OverrideEntry, OverrideKind, Reason
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor


def suggestion(*, actor: Actor, cycle_id: int, person_id: int | None = None) -> OwnBias:
    """Return what the record of a person, the actor's own by default, suggests for a cycle.

    Raises NotFound where there is none: too few cycles, nothing typed, nothing worth it, or a
    record that is private.
    """
    wanted = actor.user_id if person_id is None else person_id
    for one in own_biases(actor, cycle_id):
        if one.person.user_id == wanted:
            return one
    raise NotFound(
        _("There is no own bias to take out here."), code="no_own_bias",
        hint=_("It needs changes in this cycle and six cycles whose record a correction helps."),
    )  # fmt: skip


def take_out_bias(
    *, actor: Actor, cycle_id: int, person_id: int | None = None, seen: int | None = None
) -> Edited:
    """Multiply what a person typed into a cycle by the factor of their record.

    Of another person only with a shared record, and where the actor writes their line. Written as
    overrides with a reason of its own (``own_bias``), by the actor, judged and taken back like any
    other. Raises as ``suggestion`` and ``edit``.
    """
    found = suggestion(actor=actor, cycle_id=cycle_id, person_id=person_id)
    return edit(actor=actor, cycle_id=cycle_id, entries=entries(found, seen))


def entries(found: OwnBias, seen: int | None = None) -> list[OverrideEntry]:
    """Return the suggestion as typed entries: one for each series."""
    by_key: dict[Key, list[date]] = {}
    for key, period in found.cells:
        by_key.setdefault(key, []).append(period)
    note = "" if found.own else _("for %(name)s") % {"name": found.person.name}
    return [
        OverrideEntry(
            node=Node(key.account_id, key.product_id), periods=tuple(sorted(periods)),
            kind=OverrideKind.PERCENT, amount=Decimal(found.percent), reason=Reason.OWN_BIAS,
            note=note, layer=found.layer, seen=seen,
        )
        for key, periods in sorted(by_key.items())
    ]  # fmt: skip
