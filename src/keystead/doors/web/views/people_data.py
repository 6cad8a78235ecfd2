"""Data about people: the register, what is held about one, the file of it, its end."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keystead.doors.web.sign_in import services as signing
from keystead.doors.web.trail import sentence
from keystead.governance.queries import people_data as reads
from keystead.governance.rules.acknowledgements import words
from keystead.governance.rules.people_data import REGISTER
from keystead.governance.services import people_data
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.access.recent import recent
from keystead.kit.ui.sheets import download
from keystead.kit.ui.tables import Cell, Column, Row, Table

SHOWN = 200


@policy("profile.self")
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Show the register and whose data is due to be erased; for administrator and compliance."""
    people = reads.people_held(actor_of(request))
    context = {
        "register": _register(),
        "people": _people(people),
        "overdue": sum(one.overdue for one in people),
    }
    return render(request, "web/people_data.html", context)


@policy("profile.self")
@require_safe
def one(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show what is held about a person; one's own, or anybody's for administrator, compliance."""
    actor = actor_of(request)
    held = reads.held_about(actor, person_id)
    acts = held.pop("acts")
    context: dict[str, Any] = {
        "person_id": person_id,
        "held": held,
        "visits": signing.visits(user_id=person_id),
        "acts": [(act, sentence(act["action"])) for act in reversed(acts[-SHOWN:])],
        "count": len(acts),
        "may_erase": actor.can("users.manage") and not held["person"]["access"],
    }
    return render(request, "web/person_data.html", context)


@policy("profile.self")
@require_safe
def export(request: HttpRequest, person_id: int) -> HttpResponse:
    """Send what is held about a person as JSON."""
    actor = actor_of(request)
    held = people_data.take_out(actor=actor, person_id=person_id)
    held["sessions"] = _sessions(actor, person_id)
    text = json.dumps(held, ensure_ascii=False, indent=2)
    return download(text.encode(), f"keystead-person-{person_id}.json", "application/json")


@policy("users.manage")
@require_POST
@recent
def erase(request: HttpRequest, person_id: int) -> HttpResponse:
    """Replace the names of somebody who left by a pseudonym."""
    try:
        name = people_data.erase_person(
            actor=actor_of(request), person_id=person_id, why=request.POST.get("why", "")
        )
    except (Conflict, Invalid) as error:
        messages.error(request, error.message)
        return redirect("web:person_data", person_id)
    messages.success(request, _("Erased. The trail now says %(name)s.") % {"name": name})
    return redirect("web:people_data")


def _sessions(_actor: Actor, person_id: int) -> list[dict[str, Any]]:
    return [
        {"browser": one.agent, "address": one.address, "began": one.began.isoformat()}
        for one in signing.visits(user_id=person_id)
    ]


def _register() -> Table:
    language = get_language() or "en"
    columns = [
        Column("whose", _("Whose")),
        Column("what", _("What is kept")),
        Column("purpose", _("What for"), hide="phone"),
        Column("basis", _("Lawful basis")),
        Column("months", _("Kept after leaving"), "number", unit=_("months")),
    ]
    rows = [
        {
            "whose": words(entry.whose, language),
            "what": words(entry.what, language),
            "purpose": words(entry.purpose, language),
            "basis": words(entry.basis, language),
            "months": entry.retention_months,
        }
        for entry in REGISTER
    ]
    return Table(columns, rows, _("Register of data about people"))


def _people(people: tuple[reads.Held, ...]) -> Table:
    columns = [
        Column("name", _("Name")),
        Column("left", _("Access ended"), "date"),
        Column("erase", _("Erase by"), "date"),
        Column("state", _("State"), "tag"),
    ]
    rows = []
    for one in people:
        if one.erased:
            state = Cell(_("erased"), tone="good")
        elif one.overdue:
            state = Cell(_("to erase now"), tone="bad")
        else:
            state = Cell(_("active") if one.active else _("ended"))
        cells = {
            "name": Cell(one.name, href=f"/governance/personal-data/{one.id}/", sub=one.username),
            "left": one.left_on,
            "erase": one.erase_on,
            "state": state,
        }
        rows.append(Row(cells))
    return Table(columns, rows, _("Whose data is here"))
