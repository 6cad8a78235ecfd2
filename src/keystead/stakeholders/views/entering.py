"""Enter people, change them, say where they work, make one of two."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, accounts_for
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.stakeholders import services
from keystead.stakeholders.forms import AffiliationForm, MergeForm, PersonForm
from keystead.stakeholders.queries import contact_for, contacts_at
from keystead.stakeholders.types import Contact, RoleKind
from keystead.stakeholders.views.shown import page_of, people_page

COPIED = ("name", "title", "email", "phone", "language", "basis_note", "left_on")


@policy("stakeholders.edit")
def add(request: HttpRequest, account_id: int) -> HttpResponse:
    """Enter a person at an account; an empty card of a role leads on to the role."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    role = request.GET.get("role", "")
    initial = {"basis": "interest", "channel": "mail"}
    form = PersonForm(request.POST or None, initial=initial, fresh=True)

    def save(data: dict[str, Any], version: int | None) -> str:
        made = services.add_person(
            actor=actor, entry=form.entry(account.id), job_title=data["job_title"]
        )
        if role in list(RoleKind):
            return f"{reverse('stakeholders:hold_role', args=[made.id])}?role={role}"
        return page_of(made.id)

    page = Page(
        _("New person"),
        back=people_page(account),
        back_label=account.name,
        lede=_("Business contact data only, with the basis on which it is kept."),
    )
    return edit_page(request, form, save, page)


@policy("stakeholders.edit")
def edit(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Change a person."""
    actor = actor_of(request)
    found = living(actor, contact_id)
    initial = {name: getattr(found, name) for name in COPIED}
    initial |= {"basis": found.basis.value, "channel": found.channel.value}
    form = PersonForm(request.POST or None, initial=initial, fresh=False)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_person(
            actor=actor,
            person_id=found.id,
            expected_version=version or found.version,
            entry=form.entry(found.account_id),
        )

    return edit_page(request, form, save, page_about(found, found.name, version=found.version))


@policy("stakeholders.edit")
def affiliation(
    request: HttpRequest, contact_id: int, affiliation_id: int | None = None
) -> HttpResponse:
    """Say where somebody works, from when to when."""
    actor = actor_of(request)
    found = living(actor, contact_id)
    held = next((one for one in found.affiliations if one.id == affiliation_id), None)
    if affiliation_id is not None and held is None:
        raise Http404
    initial: dict[str, Any] = {"account": found.account_id, "organisation_kind": "other"}
    if held is not None:
        initial = {
            "job_title": held.job_title,
            "account": held.account_id,
            "organisation": "" if held.account_id else held.name,
            "organisation_kind": held.kind.value,
            "starts": held.starts,
            "last": held.last,
        }
    accounts = [(one.id, one.name) for one in accounts_for(actor)]
    form = AffiliationForm(request.POST or None, initial=initial, accounts=accounts)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.set_affiliation(
            actor=actor,
            person_id=found.id,
            entry=form.entry(),
            affiliation_id=affiliation_id,
            expected_version=(version or held.version) if held else None,
        )

    title = _("Where %(name)s works") % {"name": found.name}
    version = held.version if held else None
    return edit_page(request, form, save, page_about(found, title, version=version))


@policy("stakeholders.edit")
def merge(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Make one of two entries of the same person."""
    actor = actor_of(request)
    found = living(actor, contact_id)
    others = [
        (one.id, ", ".join(part for part in (one.name, one.email) if part))
        for one in contacts_at(actor, found.account_id)
        if one.id != found.id
    ]
    form = MergeForm(request.POST or None, people=others)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.merge_people(actor=actor, kept_id=found.id, gone_id=data["gone"])

    title = _("Merge into %(name)s") % {"name": found.name}
    return edit_page(request, form, save, page_about(found, title, save_label=_("Merge")))


def living(actor: Actor, contact_id: int) -> Contact:
    """Return a person who can still be changed; an erased one is a missing one."""
    found = contact_for(actor, contact_id)
    if found.erased_on is not None:
        raise Http404
    return found


def page_about(found: Contact, title: str, **more: Any) -> Page:
    """Return the page around a form about a person."""
    return Page(title, back=page_of(found.id), back_label=found.name, **more)
