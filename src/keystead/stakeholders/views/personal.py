"""What we hold about a person, the file of it, and its end."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.access.recent import recent
from keystead.kit.ui.sheets import download
from keystead.stakeholders.queries import contact_for
from keystead.stakeholders.queries.door import reads_opinions, writes_opinions
from keystead.stakeholders.queries.personal import held_about
from keystead.stakeholders.services.personal import erase_person, take_out
from keystead.stakeholders.views.shown import may_edit, page_of


@policy("stakeholders.view")
@require_safe
def data(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Show what a person would receive who asks for their data."""
    actor = actor_of(request)
    found = contact_for(actor, contact_id)
    held = held_about(actor, found.id)
    may = may_edit(actor, found.account_id) and writes_opinions(actor, found.account_id)
    context = {
        "person": found,
        "held": json.dumps(held, ensure_ascii=False, indent=2),
        "elsewhere": held["elsewhere"],
        "whole": reads_opinions(actor, found.account_id),
        "may": may and found.erased_on is None,
    }
    return render(request, "stakeholders/data.html", context)


@policy("stakeholders.edit")
@require_safe
def data_file(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Send what is held about a person as JSON."""
    held = take_out(actor=actor_of(request), person_id=contact_id)
    text = json.dumps(held, ensure_ascii=False, indent=2)
    return download(text.encode(), f"keystead-contact-{contact_id}.json", "application/json")


@policy("stakeholders.edit")
@require_POST
@recent
def erase(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Take a person's names out of everything."""
    try:
        name = erase_person(
            actor=actor_of(request), person_id=contact_id, why=request.POST.get("why", "")
        )
    except (Conflict, Invalid) as error:
        messages.error(request, error.message)
        return redirect("stakeholders:data", contact_id)
    messages.success(request, _("Erased. The trail now says %(name)s.") % {"name": name})
    return redirect(page_of(contact_id))
