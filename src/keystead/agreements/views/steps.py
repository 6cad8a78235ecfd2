"""From draft to end: ask, offer, sign, bring into force, amend, terminate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from keystead.agreements import queries, services
from keystead.agreements.forms import AmendForm, DayForm
from keystead.agreements.types import Agreement
from keystead.agreements.views.heads import page_of
from keystead.kernel.errors import Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of

STEPS: Final[dict[str, tuple[Callable[..., Agreement], Any]]] = {
    "submit": (services.submit, gettext_lazy("It waits for approval.")),
    "offer": (services.offer, gettext_lazy("Noted: the customer has it.")),
    "activate": (services.activate, gettext_lazy("It is in force.")),
    "discard": (services.discard_draft, gettext_lazy("The amendment is given up.")),
}


@require_POST
@policy("agreements.edit")
def step(request: HttpRequest, agreement_id: int, step: str) -> HttpResponse:
    """Go one step that needs nothing but the wish."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    if step not in STEPS:
        raise Http404
    service, said = STEPS[step]
    try:
        service(
            actor=actor,
            agreement_id=found.id,
            expected_version=version_of(request) or found.version,
        )
    except Invalid as error:
        told = error.data.get("places") or {"": error.message}
        for sentence in told.values():
            messages.error(request, sentence)
    else:
        messages.success(request, said)
    return redirect(page_of(found))


@policy("agreements.edit")
def sign(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Freeze what was approved, as signed on a day."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    form = DayForm(request.POST or None, reason=False, initial={"day": timezone.localdate()})

    def save(data: dict[str, Any], version: int | None) -> None:
        services.sign(
            actor=actor,
            agreement_id=found.id,
            expected_version=version or found.version,
            signed_on=data["day"],
        )

    lede = _("From then on these terms never change; growth is counted from today's baseline.")
    return edit_page(request, form, save, _page(found, _("Signed by both sides"), lede))


@policy("agreements.edit")
def amend(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Begin a new version that holds from a day on."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    form = AmendForm(request.POST or None, initial={"day": timezone.localdate()})

    def save(data: dict[str, Any], version: int | None) -> None:
        services.amend(
            actor=actor,
            agreement_id=found.id,
            expected_version=version or found.version,
            starts=data["day"],
            last=data["last"],
            reason=data["reason"],
        )

    lede = _("The terms in force stay as they are; the new version begins as their copy.")
    return edit_page(request, form, save, _page(found, _("Amend"), lede))


@policy("agreements.edit")
def terminate(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """End it before its time."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    form = DayForm(request.POST or None, initial={"day": timezone.localdate()})

    def save(data: dict[str, Any], version: int | None) -> None:
        services.terminate(
            actor=actor,
            agreement_id=found.id,
            expected_version=version or found.version,
            on=data["day"],
            reason=data["reason"],
        )

    lede = _("The last day on which it holds, and why it ends before its time.")
    return edit_page(request, form, save, _page(found, _("Terminate"), lede))


def _page(found: Agreement, title: str, lede: str) -> Page:
    return Page(
        f"{title}: {found.number}",
        back=page_of(found),
        back_label=found.number,
        lede=lede,
        version=found.version,
    )
