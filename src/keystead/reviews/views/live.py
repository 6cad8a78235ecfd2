"""The meeting itself: a frozen review full screen, safe for the customer's eyes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from keystead.accounts.queries import may_write
from keystead.kernel.errors import Conflict, NotFound
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.tags.figures import text_of
from keystead.kit.ui.tags.numbers import moment
from keystead.metrics.queries.standing import standing
from keystead.reviews import queries, services
from keystead.reviews.queries.deck.build import figures_of
from keystead.reviews.queries.frozen import open_to
from keystead.reviews.queries.words import title_of
from keystead.reviews.types.cycle import ReviewState
from keystead.reviews.views.drawn import drawn, everywhere


@require_GET
@policy("reviews.view")
def live(request: HttpRequest, review_id: int) -> HttpResponse:
    """Show a frozen review full screen; ``inside=1`` for those who may see what is ours."""
    actor = actor_of(request)
    found = queries.review_for(actor, review_id)
    if found.state is ReviewState.PREPARING:
        raise Conflict(_("Freeze the review first: the meeting shows frozen figures."),
                       code="unfrozen")  # fmt: skip
    may_inside = "cost" in open_to(actor, found.account_id)
    inside = may_inside and request.GET.get("inside") == "1"
    deck = services.build_deck(actor, found, get_language() or "en", inside=inside)
    here = reverse("reviews:figure", args=[found.id])

    def outside(proof: str) -> str:
        return f"{here}?{urlencode({'proof': proof})}" if proof else ""

    opens = everywhere if inside else outside
    writes = actor.can("reviews.edit") and may_write(actor, found.account_id, name="plan")
    context: dict[str, Any] = {
        "review": found, "title": title_of(found), "inside": inside, "may_inside": may_inside,
        "slides": [drawn(one, opens) for one in deck.slides],
        "noting": writes and found.state is not ReviewState.FOLLOWED_UP,
    }  # fmt: skip
    return render(request, "reviews/live.html", context)


@require_GET
@policy("reviews.view")
def figure(request: HttpRequest, review_id: int) -> HttpResponse:
    """Show what the customer may see behind a figure: the number, how it is worked out, when.

    Only figures that the customer's deck shows; anything else is missing.
    """
    actor = actor_of(request)
    found = queries.review_for(actor, review_id)
    proof = request.GET.get("proof", "")
    if found.state is ReviewState.PREPARING:
        raise NotFound(_("There is no such figure."), code="figure_not_found")
    deck = services.build_deck(actor, found, get_language() or "en")
    figures = (one for slide in deck.slides for one in figures_of(slide))
    shown = next((one for one in figures if one.proof and one.proof == proof), None)
    if shown is None:
        raise NotFound(_("There is no such figure."), code="figure_not_found")
    told = standing(actor=actor, proof_id=proof, now=False)
    pairs = [
        (_("Figure"), told.label),
        (_("Value"), text_of(told.then.value, _unit(told.unit, told.then.measure),
                             told.then.measure if told.unit == "money" else "", full=True)),
        (_("Of"), told.detail),
        (_("As of"), moment(told.moment) if told.moment else ""),
    ]  # fmt: skip
    context = {"review": found, "figure": shown, "pairs": [pair for pair in pairs if pair[1]]}
    return render(request, "reviews/figure.html", context)


def _unit(unit: str, measure: str) -> str:
    return measure if unit == "quantity" else unit
