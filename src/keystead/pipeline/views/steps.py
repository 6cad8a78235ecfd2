"""Enter a renewal, change it, go its steps, show what was done, close it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.accounts.queries import account_for, accounts_for, may_write, people_for_team
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, Save, edit_page, version_of
from keystead.pipeline import queries, services
from keystead.pipeline.forms.renewals import (
    ClosingForm,
    EvidenceForm,
    PauseForm,
    RenewalForm,
    initial_of,
    plain,
)
from keystead.pipeline.queries.words import STEPS
from keystead.pipeline.rules.renewals import CLOSED
from keystead.pipeline.types.renewals import Renewal, RenewalState


@policy("pipeline.edit")
def create(request: HttpRequest) -> HttpResponse:
    """Enter a renewal of a contract that is kept elsewhere."""
    actor, asked = actor_of(request), request.GET.get("account", "")
    initial: dict[str, Any] = {"owner": actor.user_id, "notice_unit": "days"}
    if asked.isdecimal():
        account = account_for(actor, int(asked))
        initial |= {"account": account.id, "currency": account.currency,
                    "notice_country": account.country}  # fmt: skip
    form = _form(request, actor, initial)

    def save(data: dict[str, Any], version: int | None) -> str:
        return page_of(services.create_renewal(actor=actor, entry=form.entry()))

    page = Page(
        _("New renewal"), back=reverse("pipeline:renewals"), back_label=_("Renewals"),
        lede=_("Agreements in force bring theirs by themselves; this is for other contracts."),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@policy("pipeline.edit")
def edit(request: HttpRequest, renewal_id: int) -> HttpResponse:
    """Change an open renewal."""
    actor, found = _both(request, renewal_id)
    form = _form(request, actor, initial_of(found))
    form.fields["account"].disabled = True
    form.fields["account"].required = False

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_renewal(
            actor=actor, renewal_id=found.id, expected_version=version or found.version,
            entry=form.entry(found),
        )  # fmt: skip

    return edit_page(request, form, told(save), _page(found, found.contract))


@require_POST
@policy("pipeline.edit")
def step(request: HttpRequest, renewal_id: int, state: str) -> HttpResponse:
    """Bring a renewal to its next state."""
    actor, found = _both(request, renewal_id)
    if state not in STEPS:
        raise Http404
    services.move_renewal(
        actor=actor, renewal_id=found.id, state=RenewalState(state),
        expected_version=version_of(request),
    )  # fmt: skip
    messages.success(request, _("Saved."))
    return redirect(page_of(found))


@policy("pipeline.edit")
def postpone(request: HttpRequest, renewal_id: int) -> HttpResponse:
    """Lay a renewal aside until a day."""
    actor, found = _both(request, renewal_id)
    form = PauseForm(request.POST or None)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.move_renewal(
            actor=actor, renewal_id=found.id, state=RenewalState.POSTPONED,
            expected_version=version or found.version, **data,
        )  # fmt: skip

    lede = _("The notice day does not move: its warnings go on.")
    return edit_page(request, form, told(save), _page(found, _("Postpone the renewal"), lede))


@policy("pipeline.edit")
def close(request: HttpRequest, renewal_id: int, outcome: str) -> HttpResponse:
    """Close a renewal for good."""
    actor, found = _both(request, renewal_id)
    if outcome not in CLOSED:
        raise Http404
    wanted = RenewalState(outcome)
    known = plain(found.forecast if found.forecast is not None else found.target)
    initial = {"on": timezone.localdate(), "final": known}
    form = ClosingForm(request.POST or None, initial=initial, state=wanted)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.close_renewal(
            actor=actor, renewal_id=found.id, closing=form.closing(),
            expected_version=version or found.version,
        )  # fmt: skip

    lede = _("This is kept for ever as you write it: retention and the model are counted from it.")
    return edit_page(request, form, told(save), _page(found, str(STEPS[outcome]), lede))


@require_POST
@policy("pipeline.edit")
def evidence(request: HttpRequest, renewal_id: int) -> HttpResponse:
    """Keep what shows that an item of a gate is done."""
    actor, found = _both(request, renewal_id)
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what was done, and what shows it."))
        return redirect(page_of(found))
    data = form.cleaned_data
    services.show_evidence(
        actor=actor, renewal_id=found.id, item=data["item"], text=data["text"],
        is_done=not data["undo"],
    )  # fmt: skip
    messages.success(request, _("Saved."))
    return redirect(page_of(found))


def page_of(found: Renewal) -> str:
    """Return the address of a renewal."""
    return reverse("pipeline:renewal", args=[found.id])


def accounts_to_plan(actor: Actor) -> list[tuple[int, str]]:
    """Return the accounts whose pipeline the actor may write, to choose from."""
    return [
        (one.id, f"{one.name} ({one.code})")
        for one in accounts_for(actor)
        if may_write(actor, one.id, name="plan")
    ]


def told(save: Save) -> Save:
    """Return the save whose conflicts without two values are said on the form itself."""

    def saved(data: dict[str, Any], version: int | None) -> str | None:
        try:
            return save(data, version)
        except Conflict as conflict:
            if "theirs" in conflict.data:
                raise
            raise Invalid(conflict.message, code=conflict.code, hint=conflict.hint) from conflict

    return saved


def _form(request: HttpRequest, actor: Actor, initial: dict[str, Any]) -> RenewalForm:
    people = list(people_for_team(actor))
    held = initial.get("owner")
    if held and held not in {pk for pk, _name in people}:
        people.append((held, actor.name if held == actor.user_id else f"#{held}"))
    return RenewalForm(
        request.POST or None, initial=initial, accounts=accounts_to_plan(actor), people=people
    )


def _both(request: HttpRequest, renewal_id: int) -> tuple[Actor, Renewal]:
    actor = actor_of(request)
    return actor, queries.renewal_for(actor, renewal_id)


def _page(found: Renewal, title: str, lede: str = "") -> Page:
    return Page(
        title, back=page_of(found), back_label=found.contract, lede=lede, version=found.version
    )
