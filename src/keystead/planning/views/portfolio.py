"""All plans at a glance."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from keystead.kit.access import actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.numbers import day
from keystead.planning import queries
from keystead.planning.queries import portfolio as plans
from keystead.planning.queries.words import PLAN_STATES, PLAN_TONES
from keystead.planning.views.shown import page_of

PAGE = 25


@require_GET
@policy("planning.view")
def portfolio(request: HttpRequest) -> HttpResponse:
    """Show the plans of a year, and what the reader was asked for."""
    actor, asked, today = actor_of(request), request.GET, timezone.localdate()
    years = plans.years_of(actor)
    year = asked.get("year", "")
    chosen = int(year) if year.isdecimal() else (today.year if today.year in years else None)
    chosen = chosen or (years[0] if years else today.year)
    rows = plans.plans_in(
        actor, year=chosen, state=asked.get("state", ""), search=asked.get("q", "")
    )
    page = Paginator(rows, PAGE).get_page(asked.get("page", "1"))
    lines = plans.portfolio(actor, list(page.object_list), today=today)
    context: dict[str, Any] = {
        "page": page,
        "table": _table(lines),
        "words": asked.get("q", ""),
        "selects": [
            ("year", _("Year"), [(str(one), str(one)) for one in years or (chosen,)], str(chosen)),
            ("state", _("State"), [("", _("all")), *PLAN_STATES.items()], asked.get("state", "")),
        ],
    }
    if request.headers.get("HX-Target") == "plans":
        return render(request, "planning/panels/plans.html", context)
    context |= {
        "message": _message(page.paginator.count, chosen, lines),
        "inputs": queries.asked_of(actor),
        "today": today,
        "may_edit": actor.can("planning.edit"),
    }
    return render(request, "planning/portfolio.html", context)


def _message(count: int, year: int, lines: tuple[plans.Line, ...]) -> str:
    waiting = sum(one.plan.state.value != "approved" for one in lines)
    if not count:
        return _("No plan for %(year)s") % {"year": year}
    if not waiting:
        return _("Plans for %(year)s: %(count)s, all approved") % {"year": year, "count": count}
    words = _("Plans for %(year)s: %(count)s, %(waiting)s not approved")
    return words % {"count": count, "year": year, "waiting": waiting}


def _table(lines: tuple[plans.Line, ...]) -> Table:
    columns = [
        Column("account", _("Account")),
        Column("state", _("State"), "tag"),
        Column("complete", _("Complete"), "pct", digits=0),
        Column("stale", _("Stale"), "number", digits=0, hide="phone"),
        Column("progress", _("Progress"), "pct", digits=0),
        Column("sales", _("Sell-in so far"), "figure", hide="phone"),
        Column("next", _("Next action")),
        Column("owner", _("Owner"), hide="phone"),
    ]
    empty = _("No plan here yet: begin one from an account.")
    return Table(columns, [_row(one) for one in lines], _("Plans"), empty=empty)


def _row(one: plans.Line) -> Row:
    step = one.next
    late = _("%(n)s late") % {"n": one.late} if one.late else ""
    when = f"{day(step.due_on)}: " if step is not None and step.due_on else ""
    return Row({
        "account": Cell(one.plan.account_name, href=page_of(one.plan.id), sub=one.plan.headline),
        "state": Cell(str(PLAN_STATES[one.plan.state.value]),
                      tone=PLAN_TONES[one.plan.state.value]),
        "complete": one.complete.score, "stale": one.stale or None,
        "progress": one.progress_pct,
        "sales": one.sales,
        "next": Cell(f"{when}{step.title}" if step else "–", sub=late,
                     href=reverse("planning:actions", args=[one.plan.id]) if step else ""),
        "owner": one.plan.owner_name or "–",
    })  # fmt: skip
