"""Break-glass: open it with a reason, close it, and see every opening."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from keystead.governance.forms import WhyForm
from keystead.governance.queries.glass import openings
from keystead.governance.services import glass
from keystead.governance.types.glass import Glass
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit.access import actor_of, policy
from keystead.kit.access.recent import recent
from keystead.kit.ui.editing import blame
from keystead.kit.ui.tables import Cell, Column, Row, Table


@policy("access.break_glass")
@recent
def own(request: HttpRequest) -> HttpResponse:
    """Let an administrator open business data for an hour, and show their openings."""
    actor = actor_of(request)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            glass.break_glass(actor=actor, reason=form.cleaned_data["why"])
        except Invalid as error:
            blame(form, error)
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Open for sixty minutes. Compliance has been told."))
            return redirect("governance:glass")
    found = openings(actor)
    context = {
        "form": form,
        "now": next((one for one in found if one.open), None),
        "table": _table(found),
    }
    status = 422 if form.is_bound else 200
    return render(request, "governance/glass.html", context, status=status)


@policy("access.break_glass")
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Close one's own opening."""
    try:
        glass.close_glass(actor=actor_of(request))
    except NotFound:
        messages.info(request, _("Nothing was open any more."))
    else:
        messages.success(request, _("Closed."))
    return redirect("governance:glass")


@policy("access.review")
def review(request: HttpRequest) -> HttpResponse:
    """Show compliance every opening: who, why, from when until when."""
    glass.close_expired()
    found = openings(actor_of(request))
    context = {"table": _table(found), "live": [one for one in found if one.open]}
    return render(request, "governance/glass_review.html", context)


@policy("access.review")
@require_POST
def end(request: HttpRequest, glass_id: int) -> HttpResponse:
    """Let compliance close an opening."""
    glass.close_glass(actor=actor_of(request), glass_id=glass_id)
    messages.success(request, _("Closed."))
    return redirect("governance:glass_review")


def _table(found: tuple[Glass, ...]) -> Table:
    columns = [
        Column("who", _("Who")),
        Column("why", _("Reason")),
        Column("from", pgettext("access", "Opened"), "moment"),
        Column("until", _("Until"), "moment"),
        Column("state", _("State"), "tag"),
    ]
    rows = [
        Row(
            {
                "who": one.name,
                "why": one.reason,
                "from": one.opened_at,
                "until": one.closed_at or one.ends_at,
                "state": Cell(_("open"), tone="warn") if one.open else Cell(_("closed")),
            },
            tone="" if one.open else "past",
        )
        for one in found
    ]
    empty = _("The glass was never broken.")
    return Table(columns, rows, _("Openings"), sortable=False, empty=empty)
