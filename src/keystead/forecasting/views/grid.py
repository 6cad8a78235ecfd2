"""The grid: its page, its numbers, what is typed into it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from keystead.forecasting import services
from keystead.forecasting.forms.edits import entries_of, node_of
from keystead.forecasting.queries import cycle_for
from keystead.forecasting.queries.grid import grid_rows, has_lines, own_layer
from keystead.forecasting.queries.node import labels, node_view
from keystead.forecasting.queries.words import LAYERS, STATES, TYPED_REASONS
from keystead.forecasting.services.editing import edit as save_edit
from keystead.forecasting.services.editing import look_at
from keystead.forecasting.services.editing import undo as take_back
from keystead.forecasting.types.cycle import STACK, CycleState
from keystead.forecasting.types.rhythm import Rhythm
from keystead.forecasting.views.answers import (
    conflict_of,
    preview_of,
    read_json,
    saved,
    saved_words,
    sentence,
)
from keystead.forecasting.views.debias import bias_words
from keystead.forecasting.views.drawing import node_context
from keystead.forecasting.views.rails import record_words
from keystead.kernel.errors import Conflict, KeysteadError
from keystead.kit.access import actor_of, policy


@require_GET
@policy("forecasting.view")
def grid(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Show the grid of a cycle for the line the reader writes, or the one they ask for."""
    actor = actor_of(request)
    cycle = cycle_for(actor, cycle_id)
    layer, writes = own_layer(actor, request.GET.get("layer", ""))
    context = {
        "cycle": cycle,
        "state": STATES[cycle.state],
        "layer": layer,
        "layer_name": LAYERS[layer],
        "layers": [(one.value, LAYERS[one], one is layer) for one in STACK],
        "writes": writes and cycle.editable and actor.can("forecasting.edit"),
        "reasons": [(one.value, word) for one, word in TYPED_REASONS.items()],
        "no_run": cycle.run_id is None,
        "no_lines": cycle.run_id is not None and not has_lines(actor, cycle),
        "words": script_words(cycle.rhythm),
        "by_week": cycle.rhythm is Rhythm.WEEK,
        "due": _due(cycle.state, cycle.head.calendar, timezone.localdate()),
    }
    return render(request, "forecasting/grid.html", context)


def script_words(rhythm: Rhythm = Rhythm.MONTH) -> list[tuple[str, str]]:
    """Return the sentences the script says."""
    by_week = rhythm is Rhythm.WEEK
    return [
        ("line", pgettext("forecast row", "Line")), ("open", _("Open")), ("close", _("Close")),
        ("nothing", _("No line is like this.")),
        ("no_number", _("this is no number:")),
        ("past", _("This week is over; its number comes from the ledger.") if by_week
         else _("This month is over; its number comes from the ledger.")),
        ("frozen", _("This week is frozen in this cycle.") if by_week
         else _("This month is frozen in this cycle.")),
        ("closed", _("This line takes no changes now.")),
        ("reason_first", _("Choose a reason first; your change waits for it.")),
        ("failed", _("This could not be saved. Nothing was changed; try again.")),
        ("nothing_undo", _("There is nothing to undo.")),
        ("not_saved", _("Nothing was saved.")),
        ("theirs_kept", _("Theirs was kept.")),
        ("paste_large", _("The copied block is larger than what is left of the grid.")),
    ]  # fmt: skip


def _due(state: CycleState, calendar: Any, today: date) -> tuple[str, date, bool] | None:
    """What is next in the calendar of the cycle: the step, its day, whether it has passed."""
    steps = {
        CycleState.OPEN: (_("Submit by"), calendar.submit_by),
        CycleState.SUBMITTED: (_("Review by"), calendar.review_by),
        CycleState.REVIEW: (_("Lock by"), calendar.lock_by),
    }
    if state not in steps:
        return None
    label, day = steps[state]
    return label, day, day < today


@require_GET
@policy("forecasting.view")
def rows(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Return the numbers of the grid; with ``record`` what one's own record says beside them."""
    actor = actor_of(request)
    if request.GET.get("record"):
        rhythm = cycle_for(actor, cycle_id).rhythm
        words = record_words(actor, rhythm)
        return JsonResponse({"words": words, "biases": bias_words(actor, cycle_id)})
    return JsonResponse(grid_rows(actor, cycle_id, wanted=request.GET.get("layer", "")))


@require_GET
@policy("forecasting.view")
def node(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Show one place of the grid: its chart, layers, reasons, remarks."""
    actor = actor_of(request)
    layer, writes = own_layer(actor, request.GET.get("layer", ""))
    view = node_view(actor, cycle_id, node_of(request.GET))
    context = {
        **node_context(view, layer), "cycle_id": cycle_id,
        "may_comment": actor.can("forecasting.edit"), "writes": writes,
    }  # fmt: skip
    return render(request, "forecasting/node.html", context)


@require_POST
@policy("forecasting.edit")
def edit(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Save typed cells, or look at what they would do; the answer is always JSON."""
    actor = actor_of(request)
    try:
        sent = read_json(request)
        cycle = cycle_for(actor, cycle_id)
        entries = entries_of(sent, cycle)
        if sent.get("preview"):
            found = look_at(actor=actor, cycle_id=cycle_id, entries=entries)
            label = labels()
            context = {"previews": [preview_of(one, entry, label, cycle.rhythm) for one, entry in
                                    zip(found, entries, strict=True)],
                       "by_week": cycle.rhythm is Rhythm.WEEK}  # fmt: skip
            html = render_to_string("forecasting/split.html", context, request)
            return JsonResponse({"ok": True, "html": html})
        done = save_edit(actor=actor, cycle_id=cycle_id, entries=entries)
    except Conflict as conflict:
        return conflict_of(request, actor, cycle_id, conflict)
    except KeysteadError as error:
        return JsonResponse({"ok": False, "message": sentence(error)})
    return JsonResponse(saved(cycle, done, saved_words(done)))


@require_POST
@policy("forecasting.edit")
def undo(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Take back the newest edit of this page."""
    actor = actor_of(request)
    try:
        sent = read_json(request)
        ids = [int(one) for one in sent.get("overrides", [])]
        seen = sent.get("seen")
        done = take_back(
            actor=actor, override_ids=ids, seen=seen if isinstance(seen, int) else None
        )
    except (ValueError, TypeError):
        return JsonResponse({"ok": False, "message": _("There is nothing to undo.")})
    except KeysteadError as error:
        return JsonResponse({"ok": False, "message": sentence(error)})
    answer = saved(cycle_for(actor, cycle_id), done, _("Taken back."))
    return JsonResponse({**answer, "overrides": []})


@require_POST
@policy("forecasting.edit")
def comment(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Add a remark at a place of the grid, and show the place again."""
    actor = actor_of(request)
    place = node_of(request.POST)
    services.comment(actor=actor, cycle_id=cycle_id, node=place, text=request.POST.get("text", ""))
    if not request.headers.get("HX-Request"):
        return redirect("forecasting:grid", cycle_id)
    layer, writes = own_layer(actor)
    context = {
        **node_context(node_view(actor, cycle_id, place), layer), "cycle_id": cycle_id,
        "may_comment": True, "writes": writes,
    }  # fmt: skip
    return render(request, "forecasting/node.html", context)
