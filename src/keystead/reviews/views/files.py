"""What leaves a review as a file: the deck, the minutes."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from keystead.kit.access import actor_of, policy
from keystead.kit.ui.sheets import download
from keystead.reviews import queries
from keystead.reviews.services.writing import deck_file, minutes_file

POWERPOINT = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_GET
@policy("export.data")
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
    end = "-inside" if inside else ""
    return download(content, f"{file_stem(found.account_code, str(found.period))}{end}.pptx",
                    POWERPOINT)  # fmt: skip


@require_GET
@policy("reviews.view")
def minutes(request: HttpRequest, review_id: int) -> HttpResponse:
    """Download the minutes of a review as Word."""
    actor = actor_of(request)
    found = queries.review_for(actor, review_id)
    content = minutes_file(actor, found, request.GET.get("lang", "en"))
    return download(content, f"{file_stem(found.account_code, str(found.period))}.docx", WORD)


def file_stem(code: str, period: str) -> str:
    """Return the name of a file of a review, without its ending."""
    return re.sub(r"[^\w-]+", "-", f"{code}-{period}").strip("-")
