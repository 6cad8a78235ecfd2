"""Home: what waits, what moved, my accounts. Nothing that nobody can act on."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from keystead.doors.web.homepage import MOST_MOVED, moved_since, moved_table, tasks_for
from keystead.doors.web.measures import HOME, HOME_COLUMNS, data_until, offered
from keystead.doors.web.portfolio import Choice, build, with_data
from keystead.doors.web.portfolio_table import table_of
from keystead.doors.web.services import look
from keystead.doors.web.sign_in.services import notices
from keystead.doors.web.waiting import waiting_tasks
from keystead.kit.access import actor_of, policy

MINE = 15


@policy("profile.self")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the home page; somebody who only manages users starts with the people."""
    actor = actor_of(request)
    if not actor.can("metrics.view"):
        return redirect("web:people" if actor.can("users.manage") else "web:profile")
    last = data_until()
    since = look(actor=actor, now=timezone.now())
    moved = moved_since(actor, since, last) if since else []
    may = {one.id for one in offered(actor)}
    choice = Choice(measures=tuple(name for name in HOME if name in may))
    portfolio = with_data(build(actor, choice, last), HOME_COLUMNS)
    context: dict[str, Any] = {
        "since": since,
        "moved": moved,
        "moved_table": moved_table(moved) if moved else None,
        "more_moved": max(len(moved) - MOST_MOVED, 0),
        "tasks": [*waiting_tasks(actor), *tasks_for(actor)],
        "notices": notices(actor.user_id),
        "portfolio": portfolio,
        "table": table_of(portfolio, portfolio.lines[:MINE], page=False),
        "until": last,
        "more": max(len(portfolio.lines) - MINE, 0),
        "may_import": actor.can("ledger.import"),
    }
    return render(request, "web/home.html", context)
