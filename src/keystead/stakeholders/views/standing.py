"""Roles, opinions and ties of people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from keystead.accounts.queries import account_for, family_ids
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.stakeholders import services
from keystead.stakeholders.forms import OpinionForm, RoleForm, TieForm
from keystead.stakeholders.queries import (
    assessments_of,
    contact_for,
    contacts_at,
    contacts_for,
    role_for,
    tie_for,
)
from keystead.stakeholders.queries.words import TIES
from keystead.stakeholders.views.entering import living, page_about
from keystead.stakeholders.views.shown import page_of, people_page


@policy("stakeholders.edit")
def hold_role(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Say which part somebody plays in the decision."""
    actor = actor_of(request)
    found = living(actor, contact_id)
    initial = {
        "role": request.GET.get("role", ""),
        "certainty": "medium",
        "reviewed_on": timezone.localdate(),
    }
    form = RoleForm(request.POST or None, initial=initial, fresh=True)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.hold_role(actor=actor, person_id=found.id, entry=form.entry(found.account_id))

    title = _("The part of %(name)s") % {"name": found.name}
    return edit_page(request, form, save, page_about(found, title))


@policy("stakeholders.edit")
def edit_role(request: HttpRequest, role_id: int) -> HttpResponse:
    """Change what shows a role, or end it."""
    actor = actor_of(request)
    role = role_for(actor, role_id)
    found = living(actor, role.person_id)
    initial = {
        "role": role.role.value,
        "evidence": role.evidence,
        "certainty": role.certainty.value,
        "has_veto": role.has_veto,
        "reviewed_on": role.reviewed_on,
        "ended_on": role.ended_on,
    }
    form = RoleForm(request.POST or None, initial=initial, fresh=False)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_role(
            actor=actor,
            role_id=role.id,
            expected_version=version or role.version,
            entry=form.entry(role.account_id),
        )

    title = _("The part of %(name)s") % {"name": found.name}
    return edit_page(request, form, save, page_about(found, title, version=role.version))


@policy("notes.edit")
def opinion(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Write what we think of somebody; private to the account's team."""
    actor = actor_of(request)
    found = living(actor, contact_id)
    family = family_ids(found.account_id)
    held = next((one for one in assessments_of(actor, [found.id]) if one.account_id in family),
                None)  # fmt: skip
    initial: dict[str, Any] = {"stance": 0, "power": 0, "interest": 0}
    if held is not None:
        initial = {name: getattr(held, name) for name in ("power", "interest", "stance", "note")}
    initial["reviewed_on"] = timezone.localdate()
    form = OpinionForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.assess(
            actor=actor,
            person_id=found.id,
            entry=form.entry(found.account_id),
            expected_version=version if version is not None else held.version if held else 0,
        )

    page = page_about(
        found,
        _("What we think of %(name)s") % {"name": found.name},
        version=held.version if held else 0,
        lede=_("Only the team of the account and its director read this."),
    )
    return edit_page(request, form, save, page)


@policy("stakeholders.edit")
def add_tie(request: HttpRequest, account_id: int) -> HttpResponse:
    """Tie two people of an account."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    people = [(one.id, one.name) for one in contacts_at(actor, account.id)]
    source = request.GET.get("person", "")
    form = TieForm(request.POST or None, initial={"source": source, "weight": "2"}, people=people)
    if not actor.can("notes.edit"):  # all other ties are opinions
        form.fields["kind"].choices = [("reports_to", TIES["reports_to"])]  # type: ignore[attr-defined]

    def save(data: dict[str, Any], version: int | None) -> str:
        made = services.tie(actor=actor, entry=form.entry(account.id))
        return page_of(made.from_id)

    page = Page(
        _("New tie"),
        back=page_of(int(source)) if source.isdecimal() else people_page(account),
        back_label=_("Back"),
        lede=_("Who reports to whom is seen by all; the rest by the account's team only."),
    )
    return edit_page(request, form, save, page)


@policy("stakeholders.edit")
def edit_tie(request: HttpRequest, tie_id: int) -> HttpResponse:
    """Change how strong a tie is, or remove it."""
    actor = actor_of(request)
    tie = tie_for(actor, tie_id)
    found = contact_for(actor, tie.from_id)
    people = [(one.id, one.name) for one in contacts_for(actor, [tie.from_id, tie.to_id])]
    initial = {
        "source": tie.from_id, "to": tie.to_id, "kind": tie.kind.value, "weight": str(tie.weight),
        "note": tie.note,
    }  # fmt: skip
    form = TieForm(request.POST or None, initial=initial, people=people)
    for name in ("source", "to", "kind"):
        form.fields[name].disabled = True

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_tie(
            actor=actor,
            tie_id=tie.id,
            expected_version=version or tie.version,
            entry=form.entry(tie.account_id),
        )

    page = page_about(
        found,
        pgettext("tie", "Tie"),
        version=tie.version,
        remove=reverse("stakeholders:untie", args=[tie.id]),
    )
    return edit_page(request, form, save, page)


@require_POST
@policy("stakeholders.edit")
def untie(request: HttpRequest, tie_id: int) -> HttpResponse:
    """Remove a tie."""
    actor = actor_of(request)
    tie = tie_for(actor, tie_id)
    services.untie(actor=actor, tie_id=tie.id)
    messages.success(request, _("Removed."))
    return redirect(page_of(tie.from_id))
