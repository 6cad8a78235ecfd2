"""The own bias taken out of what was typed: looked at, then saved like any other edit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.forecasting.queries import cycle_for
from keystead.forecasting.queries.debias import OwnBias, own_biases
from keystead.forecasting.queries.node import labels
from keystead.forecasting.queries.periods import period_words
from keystead.forecasting.queries.words import LAYERS
from keystead.forecasting.services.debiasing import entries, suggestion, take_out_bias
from keystead.forecasting.services.editing import changes_of
from keystead.forecasting.types.cycle import Node
from keystead.forecasting.types.rhythm import Rhythm
from keystead.forecasting.views.answers import (
    SPLIT_SHOWN,
    conflict_of,
    read_json,
    saved,
    saved_words,
    sentence,
)
from keystead.kernel.errors import Conflict, KeysteadError
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui import formats


@require_POST
@policy("forecasting.edit")
def own_bias(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Take a person's own bias out of what they typed, or look at what that would do; JSON."""
    actor = actor_of(request)
    try:
        sent = read_json(request)
        person = sent.get("person")
        whose = person if isinstance(person, int) else None
        seen = sent.get("seen")
        if sent.get("preview"):
            found = suggestion(actor=actor, cycle_id=cycle_id, person_id=whose)
            rhythm = cycle_for(actor, cycle_id).rhythm
            context = {
                "previews": [_preview(actor, cycle_id, found, rhythm)],
                "by_week": rhythm is Rhythm.WEEK,
            }
            html = render_to_string("forecasting/split.html", context, request)
            return JsonResponse({"ok": True, "html": html})
        done = take_out_bias(
            actor=actor, cycle_id=cycle_id, person_id=whose,
            seen=seen if isinstance(seen, int) else None,
        )  # fmt: skip
    except Conflict as conflict:
        return conflict_of(request, actor, cycle_id, conflict)
    except KeysteadError as error:
        return JsonResponse({"ok": False, "message": sentence(error)})
    return JsonResponse(saved(cycle_for(actor, cycle_id), done, saved_words(done)))


def bias_words(actor: Actor, cycle_id: int) -> list[dict[str, Any]]:
    """Return the suggestions of a cycle as the grid shows them: whose, a label, why."""
    return [
        {"person": one.person.user_id, "layer": one.layer.value, "label": _label(one),
         "why": _why(one)}
        for one in own_biases(actor, cycle_id)
    ]  # fmt: skip


def _label(one: OwnBias) -> str:
    percent = ("+" if one.percent > 0 else "") + _one(one.percent)
    if one.own:
        return _("Take out my own bias (%(percent)s %%)") % {"percent": percent}
    return _("Take out the bias of %(name)s (%(percent)s %%)") % {
        "name": one.person.name, "percent": percent,
    }  # fmt: skip


def _why(one: OwnBias) -> str:
    count = len(one.cells)
    words = {
        "count": count, "now": _one(one.debias.wape_now),
        "then": _one(one.debias.wape_then),
    }  # fmt: skip
    return (
        ngettext(
            "%(count)s cell typed here. On cycles it was not made from, the error would have been"
            " %(then)s %% instead of %(now)s %%.",
            "%(count)s cells typed here. On cycles it was not made from, the error would have been"
            " %(then)s %% instead of %(now)s %%.",
            count,
        )
        % words
    )


def _one(value: Any) -> str:
    return formats.number(value, locale=get_language() or "en", digits=1)


def _preview(actor: Actor, cycle_id: int, found: OwnBias, rhythm: Rhythm) -> dict[str, Any]:
    label, changes = labels(), changes_of(actor, cycle_id, entries(found))
    shown = sorted(changes, key=lambda one: (one.key[1], -abs(one.becomes - one.now)))
    before, after = sum(one.now for one in changes), sum(one.becomes for one in changes)
    return {
        "label": f"{_label(found)}, {LAYERS[found.layer]}",
        "months": [
            period_words(rhythm, one) for one in sorted({one.key[1] for one in changes})
        ],
        "before": before, "after": after, "change": after - before, "mix": "cells",
        "warnings": [_why(found)],
        "splits": [
            {"label": label(Node(one.key[0].account_id, one.key[0].product_id)),
             "month": period_words(rhythm, one.key[1]), "before": one.now, "after": one.becomes,
             "change": one.becomes - one.now}
            for one in shown[:SPLIT_SHOWN]
        ],
        "more": max(len(shown) - SPLIT_SHOWN, 0),
    }  # fmt: skip
