"""Begin a review, change it, take the steps of its cycle, edit its story."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from keystead.accounts.queries import account_for, accounts_for, may_write, people_for_team
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period, month_start
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of
from keystead.reviews import queries, services
from keystead.reviews.forms.reviews import (
    HeldForm,
    ReviewForm,
    WhyForm,
    edits_from,
    initial_review,
)
from keystead.reviews.queries.frozen import story_of
from keystead.reviews.queries.words import PARTS, STATES, title_of
from keystead.reviews.types.cycle import Review
from keystead.stakeholders.queries import contacts_at

PLAIN_STEPS = {
    "frozen": services.freeze_review,
    "approved": services.approve_review,
    "followed_up": services.follow_up,
}


@policy("reviews.edit")
def create(request: HttpRequest) -> HttpResponse:
    """Begin a review."""
    actor, asked = actor_of(request), request.GET.get("account", "")
    today = timezone.localdate()
    initial: dict[str, Any] = {
        "owner": actor.user_id, "kind": "quarter",
        "period": str(Period.quarter(today.year, (today.month + 2) // 3)
                      if month_start(today).month % 3 == 0
                      else Period.quarter(today.year, (today.month + 2) // 3).shift_months(-3)),
    }  # fmt: skip
    if asked.isdecimal():
        initial["account"] = account_for(actor, int(asked)).id
    accounts = [
        (one.id, one.name) for one in accounts_for(actor) if may_write(actor, one.id, name="plan")
    ]
    form = ReviewForm(
        request.POST or None, initial=initial, accounts=accounts, owners=owners_of(actor)
    )

    def save(data: dict[str, Any], version: int | None) -> str:
        return review_page(services.create_review(actor=actor, entry=form.entry()))

    page = Page(
        _("New review"), back=reverse("reviews:reviews"), back_label=_("Reviews"),
        lede=_("Agenda, people and place come over from the last one."),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@policy("reviews.edit")
def edit(request: HttpRequest, review_id: int) -> HttpResponse:
    """Change day, place, people and agenda of a review."""
    actor, found = both(request, review_id)
    people = [(one.id, one.name) for one in contacts_at(actor, found.account_id)]
    form = ReviewForm(
        request.POST or None, initial=initial_review(found), accounts=[],
        owners=owners_of(actor), people=people, begun=True,
    )  # fmt: skip

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_review(
            actor=actor, review_id=found.id, expected_version=version or found.version,
            entry=form.entry(found),
        )  # fmt: skip

    return edit_page(request, form, save, around_page(found, title_of(found)))


@require_POST
@policy("reviews.view")
def step(request: HttpRequest, review_id: int, to: str) -> HttpResponse:
    """Freeze a review, approve it, or close it."""
    actor, found = both(request, review_id)
    if to not in PLAIN_STEPS:
        raise Http404
    moved = PLAIN_STEPS[to](actor=actor, review_id=found.id, expected_version=version_of(request))
    said = _("The review is now: %(state)s.") % {"state": STATES[moved.state.value]}
    messages.success(request, said)
    return redirect(review_page(found))


@policy("reviews.edit")
def hold(request: HttpRequest, review_id: int) -> HttpResponse:
    """Say that the meeting took place."""
    actor, found = both(request, review_id)
    form = HeldForm(request.POST or None, initial={"held_on": timezone.localdate()})

    def save(data: dict[str, Any], version: int | None) -> None:
        services.hold_review(
            actor=actor, review_id=found.id, on=data["held_on"],
            expected_version=version or found.version,
        )  # fmt: skip

    return edit_page(request, form, save, around_page(found, _("The review was held")))


@policy("reviews.edit")
def unfreeze(request: HttpRequest, review_id: int) -> HttpResponse:
    """Take a freeze back; what was frozen stays as a version."""
    actor, found = both(request, review_id)
    form = WhyForm(request.POST or None)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.unfreeze_review(
            actor=actor, review_id=found.id, why=data["why"],
            expected_version=version or found.version,
        )  # fmt: skip

    lede = _("The frozen version stays; the next freeze makes a new one.")
    return edit_page(request, form, save, around_page(found, _("Take the freeze back"), lede))


@policy("reviews.edit")
def story(request: HttpRequest, review_id: int) -> HttpResponse:
    """Move the parts of a story, leave them out, put them in own words."""
    actor, found = both(request, review_id)
    told = story_of(actor, found)
    parts = told.parts
    wrong = ""
    if request.method == "POST":
        edits = edits_from(request.POST, [one.key for one in parts])
        try:
            services.edit_story(
                actor=actor, review_id=found.id, edits=edits,
                expected_version=version_of(request),
            )  # fmt: skip
        except Invalid as error:
            wrong = _(error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect(review_page(found))
    rows = [
        {
            "key": one.key, "name": PARTS[one.key], "inside": one.inside, "place": at,
            "fixed": one.key == "cover", "shown": not one.left_out, "own": one.own,
            **_typed(request, one.key),
        }
        for at, one in enumerate(parts, 1)
    ]  # fmt: skip
    context = {
        "review": found, "title": title_of(found), "rows": rows, "wrong": wrong,
        "version": version_of(request) or found.version,
        "figures": sorted(name for name, fact in told.material.facts.items() if fact),
    }  # fmt: skip
    return render(request, "reviews/story.html", context, status=422 if wrong else 200)


def _typed(request: HttpRequest, key: str) -> dict[str, Any]:
    """Return what was typed for a part, so that nothing is lost when it is refused."""
    if request.method != "POST":
        return {}
    own = {name: request.POST.get(f"{name}_{key}", "") for name in ("title", "text", "notes")}
    return {
        "own": own, "place": request.POST.get(f"place_{key}", ""),
        "shown": bool(request.POST.get(f"shown_{key}")),
    }  # fmt: skip


def both(request: HttpRequest, review_id: int) -> tuple[Actor, Review]:
    """Return the actor and the review; NotFound when missing or foreign."""
    actor = actor_of(request)
    return actor, queries.review_for(actor, review_id)


def owners_of(actor: Actor) -> list[tuple[int, str]]:
    """Return who may own a review or an action."""
    return [(pk, str(name)) for pk, name in people_for_team(actor)]


def review_page(found: Review) -> str:
    """Return the address of a review."""
    return reverse("reviews:review", args=[found.id])


def around_page(found: Review, title: str, lede: str = "") -> Page:
    """Return what stands around a form of a review."""
    label = pgettext("review", "%(account)s: %(review)s") % {
        "account": found.account_name, "review": title_of(found),
    }  # fmt: skip
    return Page(title, back=review_page(found), back_label=label, lede=lede,
                version=found.version)  # fmt: skip
