"""Reviews as a list, the panel of an account, the actions that were agreed."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from keystead.accounts.queries import account_for, may_write
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.reviews import queries
from keystead.reviews.queries.words import (
    ITEM_STATES,
    KINDS,
    STATES,
    TONES,
    owner_words,
    title_of,
)
from keystead.reviews.types.cycle import Item, Review

PAGE = 50


@require_GET
@policy("reviews.view")
def reviews(request: HttpRequest) -> HttpResponse:
    """Show the reviews, the latest period first."""
    actor, asked = actor_of(request), request.GET
    mine = asked.get("owner") == "me"
    found = queries.reviews_for(
        actor, state=asked.get("state", ""), kind=asked.get("kind", ""),
        owner_id=actor.user_id if mine else None, search=asked.get("q", ""),
    )  # fmt: skip
    page = Paginator(found, PAGE).get_page(asked.get("page", "1"))
    late = [one for one in queries.items_for(actor, mine=True, still_open=True)
            if one.late(timezone.localdate())]  # fmt: skip
    context = {
        "page": page,
        "table": review_table(page.object_list),
        "words": asked.get("q", ""),
        "selects": [
            ("state", _("State"), [("", _("All")), *STATES.items()], asked.get("state", "")),
            ("kind", _("Kind"), [("", _("All")), *KINDS.items()], asked.get("kind", "")),
            ("owner", _("Owner"), [("", _("All")), ("me", _("mine"))], asked.get("owner", "")),
        ],
        "late": len(late),
        "may_edit": actor.can("reviews.edit"),
        "may_approve": actor.can("reviews.approve"),
    }
    if request.headers.get("HX-Target") == "reviews":
        return render(request, "reviews/panels/rows.html", context)
    return render(request, "reviews/reviews.html", context)


@require_GET
@policy("reviews.view")
def panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the reviews of an account, and the actions that are open."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    found = queries.reviews_for(actor, account_id=account.id)
    waiting = queries.items_for(actor, account_id=account.id, still_open=True)
    context = {
        "account": account,
        "table": review_table(found, named=False),
        "items": item_table(waiting, named=False),
        "waiting": len(waiting),
        "may_edit": actor.can("reviews.edit") and may_write(actor, account.id, name="plan"),
    }
    return render(request, "reviews/panels/account.html", context)


@require_GET
@policy("reviews.view")
def actions(request: HttpRequest) -> HttpResponse:
    """Show the actions that were agreed in reviews, the first due first."""
    actor, asked = actor_of(request), request.GET
    show, mine = asked.get("show", "open"), asked.get("owner") == "me"
    still_open = None if show == "all" else show != "closed"
    found = queries.items_for(actor, mine=mine, still_open=still_open)
    page = Paginator(found, PAGE).get_page(asked.get("page", "1"))
    context = {
        "page": page,
        "table": item_table(page.object_list),
        "selects": [
            ("show", _("State"), [("open", _("Open")), ("closed", _("Closed")),
                                  ("all", _("All"))], show),
            ("owner", _("Owner"), [("", _("All")), ("me", _("mine"))], asked.get("owner", "")),
        ],
    }  # fmt: skip
    if request.headers.get("HX-Target") == "actions":
        return render(request, "reviews/panels/rows.html", context)
    return render(request, "reviews/actions.html", context)


def review_table(found: Iterable[Review], *, named: bool = True) -> Table:
    """Return reviews as a table; with accounts where they are of several."""
    rows = [
        Row({
            "review": Cell(title_of(one), href=reverse("reviews:review", args=[one.id]),
                           phone=one.account_name if named else ""),
            "account": Cell(one.account_name,
                            href=reverse("web:account", args=[one.account_id])),
            "state": Cell(STATES[one.state.value], tone=TONES.get(one.state.value, "")),
            "planned": one.held_on or one.planned_on, "owner": one.owner_name or "–",
            "rating": one.rating.theirs, "next": one.next_on,
        })
        for one in found
    ]  # fmt: skip
    columns = [
        Column("review", pgettext("review", "Review")),
        *([Column("account", _("Account"), hide="phone")] if named else []),
        Column("state", _("State"), "tag"), Column("planned", _("Meeting"), "date"),
        Column("owner", _("Owner"), hide="phone"),
        Column("rating", _("The customer's mark"), "number", hide="phone"),
        Column("next", _("Next date"), "date", hide="phone"),
    ]  # fmt: skip
    return Table(columns, rows, _("Reviews"), empty=_("No review yet."))


def item_table(found: Iterable[Item], *, named: bool = True) -> Table:
    """Return actions as a table; with accounts where they are of several."""
    today = timezone.localdate()
    rows = [
        Row({
            "text": Cell(one.text, href=reverse("reviews:item", args=[one.id]),
                         sub=one.outcome, phone=owner_words(one)),
            "account": one.account_name, "owner": owner_words(one), "due": one.due,
            "state": Cell(_("late") if one.late(today) else ITEM_STATES[one.state.value],
                          tone="bad" if one.late(today) else
                          "good" if one.state.value == "done" else ""),
        })
        for one in found
    ]  # fmt: skip
    columns = [
        Column("text", pgettext("review", "Action"), wide=True),
        *([Column("account", _("Account"), hide="phone")] if named else []),
        Column("owner", _("Owner"), hide="phone"),
        Column("due", pgettext("action", "Due"), "date"),
        Column("state", _("State"), "tag"),
    ]  # fmt: skip
    return Table(columns, rows, _("Actions"), empty=_("No action is open."))
