"""What leaves a review as a file: the deck, the minutes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from keystead.kit.access import actor_of, policy
from keystead.kit.http.asking import may_ask
from keystead.kit.ui.sheets import download
from keystead.reviews import queries
from keystead.reviews.services.writing import (
    POWERPOINT,
    WORD,
    deck_file,
    file_name,
    minutes_file,
)


@policy("export.data")
@may_ask
def deck(request: HttpRequest, review_id: int) -> HttpResponse:
    """Download the deck of a frozen review: the customer's, or with what is ours alone."""
    actor, asked = actor_of(request), request.GET
    found = queries.review_for(actor, review_id)
    master, number = asked.get("template", ""), asked.get("version", "")
    inside = asked.get("inside") == "1"
    content = deck_file(
        actor, found, asked.get("lang", "en"), inside=inside,
        master_id=int(master) if master.isdecimal() else None,
        number=int(number) if number.isdecimal() else None,
        link=request.build_absolute_uri("/"),
    )  # fmt: skip
    return download(content, file_name(found, "pptx", inside=inside), POWERPOINT)


@policy("reviews.view")
@may_ask
def minutes(request: HttpRequest, review_id: int) -> HttpResponse:
    """Download the minutes of a review as Word: the customer's, or an internal copy."""
    actor = actor_of(request)
    found = queries.review_for(actor, review_id)
    inside = request.GET.get("inside") == "1" or not actor.can("export.data")
    content = minutes_file(actor, found, request.GET.get("lang", "en"), inside=inside)
    return download(content, file_name(found, "docx", inside=inside), WORD)
