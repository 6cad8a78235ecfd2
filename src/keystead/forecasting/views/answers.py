"""What the grid is answered: saved cells, both sides of a conflict, the split of an edit."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keystead.forecasting.queries import cycle_for
from keystead.forecasting.queries.grid import past_periods
from keystead.forecasting.queries.node import labels
from keystead.forecasting.queries.periods import period_words
from keystead.forecasting.services.editing import Edited
from keystead.forecasting.types.cycle import Cycle, Node
from keystead.forecasting.types.rhythm import Rhythm
from keystead.forecasting.views.rails import rail_words
from keystead.kernel.errors import Conflict, Invalid, KeysteadError
from keystead.kit.access import Actor

MOST_BYTES = 4 * 1024 * 1024
SPLIT_SHOWN = 40


def read_json(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > MOST_BYTES:
        raise Invalid(_("This is more than one edit takes."), code="too_large")
    try:
        found = json.loads(request.body)
    except ValueError as error:
        raise Invalid(_("This could not be read."), code="not_json") from error
    if not isinstance(found, dict):
        raise Invalid(_("This could not be read."), code="not_json")
    return found


def saved(cycle: Cycle, done: Edited, message: str) -> dict[str, Any]:
    place = {month: at for at, month in enumerate(grid_months(cycle))}
    return {
        "ok": True,
        "seen": done.seen,
        "overrides": list(done.overrides),
        "cells": [_cell(one, place) for one in done.cells],
        "theirs": [_cell(one, place) for one in done.theirs],
        "warnings": rail_words(done.warnings),
        "message": message,
    }


def _cell(one: tuple[Any, date, Decimal], place: dict[date, int]) -> list[float | int]:
    key, month, value = one
    return [key.account_id, key.product_id, place[month], _number(value)]


def grid_months(cycle: Cycle) -> list[date]:
    """Return the months of the grid, the past ones first."""
    return [*past_periods(cycle), *cycle.periods]


def saved_words(done: Edited) -> str:
    count, theirs = len(done.cells), len(done.theirs)
    said = ngettext("%(count)s cell saved.", "%(count)s cells saved.", count) % {"count": count}
    if not theirs:
        return said
    more = ngettext(
        "%(count)s cell that others changed meanwhile is shown as it stands now.",
        "%(count)s cells that others changed meanwhile are shown as they stand now.", theirs,
    ) % {"count": theirs}  # fmt: skip
    return f"{said} {more}"


def sentence(error: KeysteadError) -> str:
    return f"{_(error.message)} {_(error.hint)}".strip() if error.hint else _(error.message)


def _number(value: Decimal) -> float | int:
    return int(value) if value == value.to_integral_value() else float(value)


def preview_of(
    found: Any, entry: Any, label: Callable[[Node], str], rhythm: Rhythm
) -> dict[str, Any]:
    return {
        "label": label(entry.node), "before": found.before,
        "months": [period_words(rhythm, one) for one in entry.periods],
        "after": found.after, "change": found.after - found.before, "mix": found.mix,
        "warnings": [one.text for one in found.warnings],
        "splits": [
            {"label": label(Node(one.key.account_id, one.key.product_id)),
             "month": period_words(rhythm, one.period),
             "before": one.before, "after": one.after, "change": one.after - one.before}
            for one in found.splits[:SPLIT_SHOWN]
        ],
        "more": max(len(found.splits) - SPLIT_SHOWN, 0),
    }  # fmt: skip


def conflict_of(
    request: HttpRequest, actor: Actor, cycle_id: int, conflict: Conflict
) -> HttpResponse:
    cells = conflict.data.get("cells")
    if conflict.code != "cells_changed" or not cells:
        return JsonResponse({"ok": False, "message": sentence(conflict)})
    cycle = cycle_for(actor, cycle_id)
    place = {month.isoformat(): at for at, month in enumerate(grid_months(cycle))}
    label = labels()
    shown = [
        {"label": label(Node(one["account_id"], one["product_id"])),
         "month": period_words(cycle.rhythm, date.fromisoformat(one["period"])),
         "mine": Decimal(one["mine"]),
         "theirs": Decimal(one["theirs"]), "by": one["by"]}
        for one in cells
    ]  # fmt: skip
    context = {
        "by_week": cycle.rhythm is Rhythm.WEEK,
        "cells": shown,
        "more": conflict.data.get("count", 0) - len(shown),
    }
    return JsonResponse(
        {
            "ok": False,
            "conflict": True,
            "seen": conflict.data.get("stamp"),
            "html": render_to_string("forecasting/conflict.html", context, request),
            "cells": [
                [one["account_id"], one["product_id"], place[one["period"]],
                 _number(Decimal(one["theirs"]))]
                for one in cells if one["period"] in place
            ],
        }
    )  # fmt: skip
