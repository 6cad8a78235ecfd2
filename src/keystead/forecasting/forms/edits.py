"""Typed cells as the grid sends them, checked before anything looks at numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from keystead.forecasting.queries.grid import PAST
from keystead.forecasting.types.cycle import (
    Cycle,
    Layer,
    Node,
    OverrideEntry,
    OverrideKind,
    Reason,
)
from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact

KINDS = {"absolute": OverrideKind.ABSOLUTE, "delta": OverrideKind.DELTA,
         "percent": OverrideKind.PERCENT}  # fmt: skip
MOST_EDITS = 20_000


def entries_of(sent: Mapping[str, Any], cycle: Cycle) -> list[OverrideEntry]:
    """Return the overrides that were sent: the months of one place and kind together.

    Raises Invalid for a missing reason, an unknown month or what is no number.
    """
    edits = sent.get("edits")
    if not isinstance(edits, list) or not edits or len(edits) > MOST_EDITS:
        raise Invalid(_("There is nothing here to edit."), code="nothing_to_edit")
    try:
        reason = Reason(str(sent.get("reason", "")))
        layer = Layer(str(sent.get("layer", "")))
    except ValueError as error:
        raise Invalid(_("Choose a reason first."), code="reason") from error
    periods = cycle.periods
    places: dict[tuple[Node, OverrideKind], dict[date, Decimal]] = {}
    for one in edits:
        if not isinstance(one, dict) or one.get("kind") not in KINDS:
            raise Invalid(_("This could not be read."), code="not_json")
        month = _month(one.get("month"), periods)
        places.setdefault((node_of(one), KINDS[one["kind"]]), {})[month] = _amount(one)
    seen = sent.get("seen")
    return [
        OverrideEntry(
            node=node, periods=tuple(sorted(amounts)), kind=kind,
            amounts=tuple(amounts[month] for month in sorted(amounts)), reason=reason,
            note=str(sent.get("note", ""))[:400], evidence=str(sent.get("evidence", ""))[:400],
            expires=expiry_of(str(sent.get("expires", ""))), layer=layer,
            seen=seen if isinstance(seen, int) else None,
        )
        for (node, kind), amounts in places.items()
    ]  # fmt: skip


def node_of(sent: Mapping[str, Any]) -> Node:
    """Return the place that an address or an edit names; raises Invalid for what is none."""
    ids = []
    for name in ("account", "product"):
        given = str(sent.get(name) or "")
        if given and not (given.isdecimal() and len(given) < 18):
            raise Invalid(_("There is no such place in the forecast."), code="node")
        ids.append(int(given) if given else None)
    return Node(ids[0], ids[1], str(sent.get("brand") or "")[:80] if ids[1] is None else "")


def expiry_of(text: str) -> date | None:
    """Return the day an override ends; None where none is given."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(_("This is no day."), code="expires") from error


def _month(at: Any, periods: Sequence[date]) -> date:
    if not isinstance(at, int) or not 0 <= at - PAST < len(periods):
        raise Invalid(_("This month is not forecast here."), code="period_outside")
    return periods[at - PAST]


def _amount(one: Mapping[str, Any]) -> Decimal:
    try:
        return exact(Decimal(str(one.get("amount", ""))[:40]))
    except InvalidOperation as error:
        raise Invalid(_("This is no number."), code="not_a_number") from error
