"""The engagement plan: who is due, what follows, how often somebody is met."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from keystead.accounts.queries import accounts_for, family_ids, people_for_team
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.stakeholders import services
from keystead.stakeholders.forms import CadenceForm
from keystead.stakeholders.queries import cadences_of, due_list, steps_open
from keystead.stakeholders.queries.words import CHANNELS
from keystead.stakeholders.types import Due
from keystead.stakeholders.views.entering import living, page_about
from keystead.stakeholders.views.shown import page_of

PAGE = 50


@policy("stakeholders.view")
def plan(request: HttpRequest) -> HttpResponse:
    """Show who is due for contact, and the steps nobody has ticked off."""
    actor = actor_of(request)
    whose = "all" if request.GET.get("whose") == "all" else "mine"
    due = due_list(actor, mine=whose == "mine")
    page = Paginator(due, PAGE).get_page(request.GET.get("page"))
    names = {one.id: one.name for one in accounts_for(actor)}
    context = {
        "table": _table(page.object_list),
        "page": page,
        "late": sum(one.late_days >= 0 for one in due),
        "whose": whose,
        "steps": [(step, names.get(step.account_id, "")) for step in steps_open(actor)[:PAGE]],
        "may_edit": actor.can("stakeholders.edit"),
    }
    return render(request, "stakeholders/plan.html", context)


@policy("stakeholders.edit")
def cadence(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Say how often somebody is met, by whom, about what."""
    actor = actor_of(request)
    found = living(actor, contact_id)
    family = family_ids(found.account_id)
    held = next((one for one in cadences_of(actor, [found.id]) if one.account_id in family), None)
    initial: dict[str, Any] = {
        "every_days": 90, "owner": actor.user_id, "channel": found.channel.value,
        "topics": _("Product feedback, prices"),
    }  # fmt: skip
    if held is not None:
        initial = {"every_days": held.every_days, "owner": held.owner_id,
                   "channel": held.channel.value, "topics": held.topics}  # fmt: skip
    form = CadenceForm(
        request.POST or None, initial=initial, colleagues=list(people_for_team(actor))
    )

    def save(data: dict[str, Any], version: int | None) -> None:
        services.set_cadence(
            actor=actor,
            person_id=found.id,
            entry=form.entry(found.account_id),
            expected_version=(version or held.version) if held else None,
        )

    page = page_about(
        found,
        _("How often we meet %(name)s") % {"name": found.name},
        version=held.version if held else None,
        remove=reverse("stakeholders:end_cadence", args=[held.id]) if held else "",
        remove_label=_("Take out of the plan"),
    )
    return edit_page(request, form, save, page)


@require_POST
@policy("stakeholders.edit")
def end_cadence(request: HttpRequest, cadence_id: int) -> HttpResponse:
    """Take somebody out of the engagement plan."""
    actor = actor_of(request)
    held = next((one.cadence for one in due_list(actor) if one.cadence.id == cadence_id), None)
    if held is None:
        raise Http404
    services.end_cadence(actor=actor, cadence_id=held.id)
    messages.success(request, _("Taken out of the plan."))
    return redirect(page_of(held.person_id))


def _table(due: Any) -> Table:
    columns = [
        Column("person", _("Person")),
        Column("account", _("Account")),
        Column("due", _("Due on"), "date"),
        Column("late", _("State"), "tag"),
        Column("last", _("Last talk"), "date", hide="phone"),
        Column("owner", _("Looked after by"), hide="phone"),
        Column("how", _("How"), hide="phone"),
    ]
    empty = _("Nobody is in the plan yet: open a person and say how often you meet.")
    return Table(columns, [_row(one) for one in due], _("Who is due"), empty=empty)


def _row(one: Due) -> Row:
    if one.late_days > 0:
        words = ngettext("%(n)s day late", "%(n)s days late", one.late_days)
        state = Cell(words % {"n": one.late_days}, tone="bad")
    else:
        state = Cell(_("due today"), tone="warn") if one.late_days == 0 else Cell(_("in time"))
    return Row(
        {
            "person": Cell(one.person, href=page_of(one.cadence.person_id), sub=one.cadence.topics),
            "account": one.account,
            "due": one.due_on,
            "late": state,
            "last": one.last_on,
            "owner": one.cadence.owner,
            "how": str(CHANNELS[one.cadence.channel.value]),
        }
    )
