"""The actions of a plan as a board, a table and over time; one action."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.numbers import day
from keystead.planning import queries, services
from keystead.planning.forms.actions import ActionForm, DaysForm, initial_action
from keystead.planning.queries.words import ACTION_STATES
from keystead.planning.types.plans import Action, ActionState, Plan
from keystead.planning.views.gantt import gantt
from keystead.planning.views.shown import frame, people

VIEWS = ("board", "table", "time")
TONES = {"done": "good", "doing": "accent", "waiting": "warn"}
DUE_DAYS = 14


@dataclasses.dataclass(frozen=True)
class Card:
    """One action on the board."""

    action: Action
    late: bool
    moves: bool


@require_GET
@policy("planning.view")
def actions(request: HttpRequest, account_plan_id: int) -> HttpResponse:
    """Show the actions of a plan: as a board, a table, or over time."""
    actor, today = actor_of(request), timezone.localdate()
    plan = queries.plan_for(actor, account_plan_id)
    asked = request.GET.get("view", "")
    view = asked if asked in VIEWS else "board"
    names = {"board": pgettext("lanes", "Board"), "table": _("Table"), "time": _("Over time")}
    context = frame(request, actor, plan, "actions")
    context |= {
        "view": view,
        "views": [(f"?view={one}", names[one], one == view) for one in VIEWS],
        "message": _message(plan.actions, today),
        "command": uuid.uuid4().hex,
    }
    if view == "board":
        context["lanes"] = _lanes(actor, plan.actions, today, writes=context["writes"])
    elif view == "table":
        context["table"] = table_of(plan, plan.actions, today, links=context["writes"])
    else:
        context["chart"] = gantt(plan, today, links=context["writes"])
        context["table"] = table_of(plan, plan.actions, today, links=context["writes"])
    return render(request, "planning/actions.html", context)


@policy("planning.edit")
def add_action(request: HttpRequest, account_plan_id: int) -> HttpResponse:
    """Enter an action."""
    actor = actor_of(request)
    plan = queries.plan_for(actor, account_plan_id)
    initial = {
        "owner": actor.user_id, "state": "open",
        "due_on": timezone.localdate() + timedelta(days=DUE_DAYS),
    }  # fmt: skip
    form = _form(request, actor, plan, initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.add_action(
            actor=actor, account_id=plan.account_id, plan_id=plan.id, entry=form.entry()
        )

    back = reverse("planning:actions", args=[plan.id])
    page = Page(_("New action"), back=back, back_label=_("Actions"),
                lede=f"{plan.account_name} {plan.year}")  # fmt: skip
    return edit_page(request, form, save, page)


@policy("planning.edit")
def edit_action(request: HttpRequest, action_id: int) -> HttpResponse:
    """Change an action."""
    actor = actor_of(request)
    found = queries.action_for(actor, action_id)
    plan = None if found.plan_id is None else queries.plan_for(actor, found.plan_id)
    known = (found.owner_id, found.owner_name)
    form = _form(request, actor, plan, initial_action(found), known)

    def save(data: dict[str, Any], version: int | None) -> None:
        entry = dataclasses.replace(form.entry(), item=found.item)
        services.edit_action(
            actor=actor, action_id=found.id, entry=entry,
            expected_version=version or found.version,
        )  # fmt: skip

    page = Page(found.title, back=_back(found), back_label=_("Actions"), version=found.version)
    return edit_page(request, form, save, page)


@require_POST
@policy("planning.view")
def move_action(request: HttpRequest, action_id: int) -> HttpResponse:
    """Bring an action to another lane."""
    actor = actor_of(request)
    found = queries.action_for(actor, action_id)
    state = request.POST.get("state", "")
    if state not in ACTION_STATES:
        raise Http404
    moved = services.move_action(
        actor=actor, action_id=found.id, state=ActionState(state),
        expected_version=version_of(request),
    )  # fmt: skip
    words = {"title": moved.title, "state": str(ACTION_STATES[state])}
    messages.success(request, _("%(title)s: %(state)s.") % words)
    return redirect(_back(found))


@require_POST
@policy("planning.edit")
def move_days(request: HttpRequest, action_id: int) -> HttpResponse:
    """Move the days of an action: what its bar over time sends when it was drawn elsewhere."""
    actor = actor_of(request)
    found = queries.action_for(actor, action_id)
    form = DaysForm(request.POST)
    if not form.is_valid():
        raise Http404
    moved = services.edit_action(
        actor=actor, action_id=found.id, entry=form.entry(found),
        expected_version=version_of(request),
    )  # fmt: skip
    days = [day(one) for one in (moved.starts, moved.due_on) if one is not None]
    messages.success(request, _("%(title)s: %(days)s.") % {
        "title": moved.title, "days": " – ".join(days),
    })  # fmt: skip
    over_time = "" if found.plan_id is None else f"?view=time#bar-{found.id}"
    return redirect(f"{_back(found)}{over_time}")


def table_of(plan: Plan, listed: Sequence[Action], today: date, *, links: bool) -> Table:
    """Return actions as a table, those to be done first."""
    initiatives = {one.id: one.title for one in plan.initiatives}
    columns = [
        Column("title", _("What is done")),
        Column("due", _("Due on"), "date"),
        Column("state", _("State"), "tag"),
        Column("owner", _("Owner"), hide="phone"),
        Column("of", _("Initiative"), hide="phone"),
    ]
    rows = [
        Row({
            "title": Cell(
                one.title, sub=one.detail,
                href=reverse("planning:edit_action", args=[one.id]) if links else "",
            ),
            "due": Cell(one.due_on, tone="bad" if one.late(today) else ""),
            "state": Cell(str(ACTION_STATES[one.state.value]),
                          tone="bad" if one.late(today) else TONES.get(one.state.value, "")),
            "owner": one.owner_name or "–",
            "of": initiatives.get(one.initiative_id or 0, "–"),
        })
        for one in sorted(listed, key=lambda one: (not one.open, one.due_on or date.max, one.id))
    ]  # fmt: skip
    return Table(columns, rows, _("Actions"), empty=_("No action yet: who does what by when?"))


def _lanes(
    actor: Actor, listed: Sequence[Action], today: date, *, writes: bool
) -> list[dict[str, Any]]:
    lanes = []
    for state, name in ACTION_STATES.items():
        own = sorted((one for one in listed if one.state.value == state),
                     key=lambda one: (one.due_on or date.max, one.id))  # fmt: skip
        cards = [Card(one, one.late(today), writes or one.owner_id == actor.user_id) for one in own]
        others = [(key, word) for key, word in ACTION_STATES.items() if key != state]
        lanes.append({"code": state, "name": name, "cards": cards, "others": others,
                      "next": _next(state)})  # fmt: skip
    return lanes


def _next(state: str) -> str:
    return {"open": "doing", "doing": "done", "waiting": "doing"}.get(state, "open")


def _message(listed: Sequence[Action], today: date) -> str:
    still, late = sum(one.open for one in listed), sum(one.late(today) for one in listed)
    if not still:
        return _("Nothing is open")
    return _("%(open)s open, %(late)s late") % {"open": still, "late": late}


def _form(
    request: HttpRequest,
    actor: Actor,
    plan: Plan | None,
    initial: dict[str, Any],
    known: tuple[int | None, str] = (None, ""),
) -> ActionForm:
    initiatives = [(one.id, one.title) for one in plan.initiatives] if plan else []
    return ActionForm(request.POST or None, initial=initial, people=people(actor, known),
                      initiatives=initiatives)  # fmt: skip


def _back(found: Action) -> str:
    if found.plan_id is None:
        return f"{reverse('web:account', args=[found.account_id])}?tab=plan"
    return reverse("planning:actions", args=[found.plan_id])
