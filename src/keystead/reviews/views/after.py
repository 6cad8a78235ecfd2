"""In the meeting and after: notes, actions and decisions, marks, the next date."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of
from keystead.reviews import queries, services
from keystead.reviews.forms.reviews import ItemForm, RateForm, initial_item
from keystead.reviews.queries.words import ITEM_STATES, title_of
from keystead.reviews.types.cycle import ItemState
from keystead.reviews.views.steps import around_page, both, owners_of, review_page


@require_POST
@policy("reviews.edit")
def notes(request: HttpRequest, review_id: int) -> HttpResponse:
    """Keep the notes of a meeting, from the page or from the live view."""
    actor, found = both(request, review_id)
    try:
        kept = services.keep_notes(
            actor=actor, review_id=found.id, notes=request.POST.get("notes", ""),
            expected_version=version_of(request),
        )  # fmt: skip
    except Conflict as conflict:
        theirs = (conflict.data.get("theirs") or {}).get("notes", "")
        context = {"review": found, "title": title_of(found), "theirs": theirs,
                   "mine": request.POST.get("notes", ""), "conflict": conflict}  # fmt: skip
        return render(request, "reviews/notes_conflict.html", context, status=409)
    if request.headers.get("HX-Request"):
        return render(request, "reviews/panels/notes.html", {"review": kept, "saved": True})
    messages.success(request, _("Saved."))
    return redirect(review_page(found))


@require_POST
@policy("reviews.edit")
def add_item(request: HttpRequest, review_id: int) -> HttpResponse:
    """Make an action or a decision, of highlighted words or without."""
    actor, found = both(request, review_id)
    form = ItemForm(request.POST, owners=owners_of(actor))
    if not form.is_valid():
        messages.error(request, _("Say what is to be done, by whom and by when."))
        return redirect(f"{review_page(found)}#after")
    try:
        services.add_item(actor=actor, review_id=found.id, entry=form.entry())
    except Invalid as error:
        messages.error(request, _(error.message))
    else:
        messages.success(request, _("Saved."))
    return redirect(f"{review_page(found)}#after")


@policy("reviews.edit")
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """Change an action or a decision, or say what became of it."""
    actor = actor_of(request)
    one = queries.item_for(actor, item_id)
    found = queries.review_for(actor, one.review_id)
    form = ItemForm(request.POST or None, initial=initial_item(one), owners=owners_of(actor))

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_item(
            actor=actor, item_id=one.id, expected_version=version or one.version,
            entry=form.entry(),
        )  # fmt: skip

    page = Page(
        one.text, back=review_page(found), back_label=title_of(found), version=one.version,
        template="reviews/item.html",
        more={"item": one, "states": [(key, word) for key, word in ITEM_STATES.items()
                                      if key != one.state.value]},
    )  # fmt: skip
    return edit_page(request, form, save, page)


@require_POST
@policy("reviews.edit")
def answer(request: HttpRequest, item_id: int) -> HttpResponse:
    """Say what became of an action."""
    actor = actor_of(request)
    one = queries.item_for(actor, item_id)
    state = request.POST.get("state", "")
    if state not in set(ItemState):
        raise Http404
    try:
        services.answer_item(
            actor=actor, item_id=one.id, state=ItemState(state),
            outcome=request.POST.get("outcome", ""), expected_version=version_of(request),
        )  # fmt: skip
    except Invalid as error:
        messages.error(request, _(error.message))
    else:
        messages.success(request, _("Saved."))
    return redirect(review_page(queries.review_for(actor, one.review_id)))


@policy("reviews.edit")
def rate(request: HttpRequest, review_id: int) -> HttpResponse:
    """Keep how both sides found the meeting, and the next date."""
    actor, found = both(request, review_id)
    initial = {"theirs": found.rating.theirs, "ours": found.rating.ours,
               "words": found.rating.words, "next_on": found.next_on}  # fmt: skip
    form = RateForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.rate_review(
            actor=actor, review_id=found.id, rating=form.rating(), next_on=form.next_day(),
            expected_version=version or found.version,
        )  # fmt: skip

    return edit_page(request, form, save, around_page(found, _("How it was, and the next date")))
