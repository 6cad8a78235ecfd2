"""Interactions: log one, look at it, tick off what followed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.accounts.queries import account_for, people_for_team
from keystead.accounts.types import Account
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of
from keystead.stakeholders import services
from keystead.stakeholders.forms import TalkForm
from keystead.stakeholders.queries import contacts_at, interaction_for
from keystead.stakeholders.views.shown import full_name, people_page


@policy("stakeholders.edit")
def log(request: HttpRequest, account_id: int) -> HttpResponse:
    """Write down a meeting, call or mail."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    asked = request.GET.get("person", "")
    initial: dict[str, Any] = {
        "kind": "meeting", "on": timezone.localdate(), "initiator": "us",
        "people": [int(asked)] if asked.isdecimal() else [], "colleagues": [actor.user_id],
    }  # fmt: skip
    form = talk_form(request, actor, account, initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.log_interaction(actor=actor, entry=form.entry(account.id))

    page = Page(
        _("Write down a talk"),
        back=people_page(account),
        back_label=account.name,
        template="stakeholders/talk.html",
        more={"account": account},
    )
    return edit_page(request, form, save, page)


@policy("stakeholders.view")
def talk(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """Show a talk; who may write changes it here."""
    actor = actor_of(request)
    found = interaction_for(actor, interaction_id)
    account = account_for(actor, found.account_id)
    initial = {
        name: getattr(found, name) for name in ("on", "subject", "summary", "next_step", "next_on")
    } | {
        "kind": found.kind.value,
        "initiator": found.initiator.value,
        "people": [pk for pk, _name in found.people],
        "colleagues": [pk for pk, _name in found.colleagues],
    }
    form = talk_form(request, actor, account, initial, more=(*found.people,))
    form.fields["colleagues"].choices = _with(form, "colleagues", found.colleagues)  # type: ignore[attr-defined]
    if not actor.can("stakeholders.edit"):
        for field in form.fields.values():
            field.disabled = True

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_interaction(
            actor=actor,
            interaction_id=found.id,
            expected_version=version or found.version,
            entry=form.entry(found.account_id),
        )

    page = Page(
        found.subject, back=people_page(account), back_label=account.name, version=found.version
    )
    return edit_page(request, form, save, page)


@require_POST
@policy("stakeholders.edit")
def done(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """Tick off the next step of a talk."""
    actor = actor_of(request)
    found = interaction_for(actor, interaction_id)
    services.finish_step(actor=actor, interaction_id=found.id, expected_version=version_of(request))
    messages.success(request, _("Done."))
    back = request.POST.get("back", "")
    if back == "plan":
        return redirect("stakeholders:plan")
    return redirect("stakeholders:people", found.account_id)


def talk_form(
    request: HttpRequest | None,
    actor: Actor,
    account: Account,
    initial: dict[str, Any],
    more: tuple[tuple[int, str], ...] = (),
) -> TalkForm:
    """Return the form of a talk with the people of both sides to choose from."""
    people = [(one.id, full_name(one)) for one in contacts_at(actor, account.id)]
    known = {pk for pk, _name in people}
    people += [(pk, name) for pk, name in more if pk not in known]
    return TalkForm(
        (request.POST or None) if request else None,
        initial=initial,
        people=people,
        colleagues=list(people_for_team(actor)),
    )


def _with(form: TalkForm, name: str, more: tuple[tuple[int, str], ...]) -> list[tuple[int, str]]:
    held = list(form.fields[name].choices)  # type: ignore[attr-defined]
    known = {pk for pk, _name in held}
    return [*held, *((pk, word) for pk, word in more if pk not in known)]
