"""The customer's volumes beside ours: paste, compare, agree, dispute."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from keystead.agreements import queries, services
from keystead.agreements.forms.selections import Names
from keystead.agreements.forms.volumes import AgreeForm, DisputeForm, VolumesForm, places_of
from keystead.agreements.queries.documents import documents_of
from keystead.agreements.queries.volumes import Compared, volumes_beside
from keystead.agreements.types import Agreement, Attachment, DocumentKind, VolumeState
from keystead.agreements.views.settling import PAY
from keystead.agreements.views.tabs import may_edit, tab_page
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page

STATES = {
    VolumeState.STATED: (pgettext_lazy("volume", "stated"), "warn"),
    VolumeState.AGREED: (pgettext_lazy("volume", "agreed"), "good"),
    VolumeState.DISPUTED: (pgettext_lazy("volume", "disputed"), "bad"),
}
MOST = 400  # rows on the page


@policy("agreements.view")
def volumes(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Show the customer's volumes beside ours, with the differences."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    everything = request.GET.get("show") == "all"
    rows = volumes_beside(actor, found.id, stated=not everything)
    said = [one for one in rows if one.theirs is not None]
    more = {
        "rows": [(one, *_stands(one)) for one in rows[:MOST]],
        "more": max(0, len(rows) - MOST),
        "everything": everything,
        "currency": found.currency,
        "ours": sum((one.ours.value for one in rows), Decimal(0)),
        "apart": sum((one.money or Decimal(0) for one in said), Decimal(0)),
        "stated": sum(1 for one in said if one.theirs and one.theirs.state is VolumeState.STATED),
        "may_settle": _may(actor, found),
    }
    return tab_page(request, found, "settlements", "agreements/tab_volumes.html", more)


@policy("settlements.edit")
def state_volumes(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Enter or paste what the customer counted."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    names = Names(actor)
    form = VolumesForm(request.POST or None, agreement=found, names=names, initial={"volumes": ""})

    def save(data: dict[str, Any], _version: int | None) -> None:
        services.state_volumes(
            actor=actor, agreement_id=found.id, volumes=data["volumes"], note=data["note"]
        )

    page = Page(
        _("What the customer counted"), back=_home(found.id), back_label=found.number,
        lede=_("It is compared with ours first, and counts once both sides agree."),
        save_label=_("Compare"), said=_("Compared with ours."),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@policy("settlements.edit")
def agree_volumes(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Agree to volumes of the customer: they take the place of ours."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    form = AgreeForm(
        request.POST or None, initial={"places": _places(request), "on": timezone.localdate()}
    )

    def save(data: dict[str, Any], _version: int | None) -> None:
        services.agree_places(actor=actor, agreement_id=found.id, **data)

    page = Page(
        _("Both sides agree"), back=_home(found.id), back_label=found.number,
        lede=_("These volumes take the place of ours in every later calculation. A settlement "
               "that is calculated already is calculated again before it is approved."),
        save_label=_("Agree"), said=_("Agreed. The next calculation takes it."),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@policy("settlements.edit")
def dispute_volumes(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Hold against volumes of the customer, with what shows it."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    form = DisputeForm(
        request.POST or None, request.FILES or None,
        documents=documents_of(actor, found.id), may_attach=may_edit(actor, found),
        initial={"places": _places(request)},
    )  # fmt: skip

    def save(data: dict[str, Any], _version: int | None) -> None:
        chosen, file = data["document"], data.get("file")
        if file is not None and data["reason"].strip():
            attachment = Attachment(
                content=file.read(), name=file.name or "file", kind=DocumentKind.CORRESPONDENCE,
                note=data["reason"],
            )  # fmt: skip
            chosen = services.attach_document(
                actor=actor, agreement_id=found.id, attachment=attachment
            ).id
        services.dispute_places(
            actor=actor, agreement_id=found.id, places=data["places"], reason=data["reason"],
            document_id=chosen,
        )  # fmt: skip

    page = Page(
        _("We do not agree"), back=_home(found.id), back_label=found.number,
        lede=_("Ours keep counting until both sides agree."),
        save_label=_("Dispute"), said=_("Disputed; ours count."),
    )  # fmt: skip
    return edit_page(request, form, save, page)


def _stands(one: Compared) -> tuple[str, str, str]:
    """Return where a volume stands: the word, its tone, and who said what of it."""
    if one.theirs is None:
        return "", "", ""
    word, tone = STATES[one.theirs.state]
    return str(word), tone, " · ".join(filter(None, (one.theirs.agreed_by, one.theirs.note)))


def _places(request: HttpRequest) -> str:
    keys = request.GET.getlist("place")
    if request.method == "GET" and not places_of(keys):
        raise Http404
    return ",".join(keys)


def _may(actor: Actor, found: Agreement) -> bool:
    return actor.can("settlements.edit") and (actor.can(PAY) or may_edit(actor, found))


def _home(agreement_id: int) -> str:
    return reverse("agreements:volumes", args=[agreement_id])
