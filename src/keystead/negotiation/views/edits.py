"""Forms of a case: each asks what it needs, then calls one service."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.accounts.queries import account_for
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of
from keystead.negotiation import queries, services
from keystead.negotiation.forms.case import (
    ConcessionForm,
    HeadForm,
    ObjectionForm,
    OfferForm,
    SidesForm,
)
from keystead.negotiation.forms.issues import COLUMNS, IssuesForm, head
from keystead.negotiation.types.room import CaseState, Draft, Negotiation, Who


@policy("negotiation.edit")
def start(request: HttpRequest, account_id: int) -> HttpResponse:
    """Begin a negotiation with an account."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    year = timezone.localdate().year + 1
    first = {
        "name": _("Renewal %(year)s") % {"year": year}, "currency": account.currency,
        "state": CaseState.PLANNED.value, "parties": account.name,
    }  # fmt: skip
    form = HeadForm(request.POST or None, initial=first)

    def save(data: dict[str, Any], version: int | None) -> str:
        made = services.open_case(actor=actor, account_id=account.id, head=_head(data))
        return reverse("negotiation:case", args=[made.id])

    back = reverse("web:account", args=[account.id]) + "?tab=negotiations"
    page = Page(
        _("New negotiation"), back=back, back_label=account.name, save_label=_("Begin"),
        said=_("Write down the issues next."),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@policy("negotiation.edit")
def edit(request: HttpRequest, negotiation_id: int) -> HttpResponse:
    """Change what a case is about."""
    actor = actor_of(request)
    found = queries.negotiation_for(actor, negotiation_id)
    first = {
        "name": found.name, "currency": found.currency, "state": found.state.value,
        "parties": "\n".join(found.parties), "mandate": found.mandate,
    }  # fmt: skip
    form = HeadForm(request.POST or None, initial=first)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_case(
            actor=actor, negotiation_id=found.id, expected_version=version, head=_head(data)
        )

    return edit_page(request, form, save, _page(found, _("Change the negotiation")))


@policy("negotiation.edit")
def issues(request: HttpRequest, negotiation_id: int) -> HttpResponse:
    """Write issues and options as one table."""
    actor = actor_of(request)
    found = queries.negotiation_for(actor, negotiation_id)
    form = IssuesForm(request.POST or None, issues=found.issues)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.set_issues(
            actor=actor, negotiation_id=found.id, expected_version=version, issues=form.issues()
        )

    lede = _("One row an option. Leave the issue empty where it is the one above; the worst option "
             "scores 0 points. What calculates becomes a condition of the agreement: discount 3, "
             "rebate 0:2; 100000:3, most 50000, path 250000; 2; 2.")  # fmt: skip
    page = _page(
        found, _("Issues and options"), template="negotiation/issues.html", lede=lede,
        more={"heads": [head(name) for name in COLUMNS], "unit": found.currency},
    )  # fmt: skip
    return edit_page(request, form, save, page)


@policy("negotiation.edit")
def sides(request: HttpRequest, negotiation_id: int) -> HttpResponse:
    """Write what both sides have without a deal."""
    actor = actor_of(request)
    found = queries.negotiation_for(actor, negotiation_id)
    form = SidesForm(request.POST or None, found=found)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.set_sides(
            actor=actor, negotiation_id=found.id, expected_version=version,
            ours=form.side("ours"), theirs=form.side("theirs"),
        )  # fmt: skip

    lede = _("Amounts in %(currency)s; what costs is below zero.") % {"currency": found.currency}
    return edit_page(request, form, save, _page(found, _("Without a deal"), lede=lede))


@policy("negotiation.edit")
def offer(request: HttpRequest, negotiation_id: int) -> HttpResponse:
    """Draft an offer: empty, of a package that was worked out, or change a draft."""
    actor = actor_of(request)
    found = queries.negotiation_for(actor, negotiation_id)
    held = found.draft(request.GET.get("draft", ""))
    form = OfferForm(
        request.POST or None, found=found, draft=held or _suggested(request, found), theirs=False
    )

    def save(data: dict[str, Any], version: int | None) -> None:
        draft = Draft(held.key if held else "", data["name"], form.package(), data["valid_until"])
        services.save_draft(
            actor=actor, negotiation_id=found.id, expected_version=version, draft=draft
        )

    lede = _("A draft can be changed until it is sent.")
    return edit_page(request, form, save, _page(found, _("Draft an offer"), lede=lede))


@policy("negotiation.edit")
def received(request: HttpRequest, negotiation_id: int) -> HttpResponse:
    """Note an offer that they made."""
    actor = actor_of(request)
    found = queries.negotiation_for(actor, negotiation_id)
    form = OfferForm(
        request.POST or None, found=found, draft=None, theirs=True,
        initial={"on": timezone.localdate()},
    )  # fmt: skip

    def save(data: dict[str, Any], version: int | None) -> None:
        services.receive_offer(
            actor=actor, negotiation_id=found.id, name=data["name"], package=form.package(),
            on=data["on"], valid_until=data["valid_until"],
        )  # fmt: skip

    return edit_page(request, form, save, _page(found, _("An offer of theirs")))


@require_POST
@policy("negotiation.edit")
def draft_step(request: HttpRequest, negotiation_id: int, draft: str, step: str) -> HttpResponse:
    """Send a draft, ask for its approval, or take it out."""
    actor = actor_of(request)
    found = queries.negotiation_for(actor, negotiation_id)
    here = HttpResponseRedirect(reverse("negotiation:case", args=[found.id]) + "#offers")
    version = version_of(request)
    try:
        if step == "send":
            made = services.send_offer(
                actor=actor, negotiation_id=found.id, expected_version=version, key=draft
            )
            said = _("Offer %(number)s is sent: it stays as it is.") % {"number": made.number}
        elif step == "ask":
            services.ask_approval(actor=actor, negotiation_id=found.id, key=draft)
            said = _("Asked. The offer can be sent once it is approved.")
        elif step == "drop":
            services.drop_draft(
                actor=actor, negotiation_id=found.id, expected_version=version, key=draft
            )
            said = _("Taken out.")
        else:
            raise Http404
    except (Invalid, Conflict) as error:
        messages.error(request, _(error.message))
        return here
    messages.success(request, said)
    return here


@policy("negotiation.edit")
def concession(request: HttpRequest, negotiation_id: int) -> HttpResponse:
    """Write a concession into the ledger."""
    actor = actor_of(request)
    found = queries.negotiation_for(actor, negotiation_id)
    lines = queries.concessions_of(actor, found.id)
    form = ConcessionForm(
        request.POST or None, found=found, lines=lines, initial={"on": timezone.localdate()}
    )

    def save(data: dict[str, Any], version: int | None) -> None:
        issue, before, after = form.moved()
        step = services.Step(
            on=data["on"], side=Who(data["side"]), issue=issue, before=before, after=after,
            answers=int(data["answers"]) if data["answers"] else None, got=data["got"],
            reason=data["reason"],
        )  # fmt: skip
        services.concede(actor=actor, negotiation_id=found.id, step=step)

    lede = _("Its price comes from the table of issues; what is written stays.")
    return edit_page(request, form, save, _page(found, _("A concession"), lede=lede))


@policy("negotiation.edit")
def objection(request: HttpRequest, negotiation_id: int, objection_id: int = 0) -> HttpResponse:
    """Write down an objection, or change it."""
    actor = actor_of(request)
    found = queries.negotiation_for(actor, negotiation_id)
    known = {one.id: one for one in queries.objections_of(actor, found.id)}
    held = known.get(objection_id)
    if objection_id and held is None:
        raise Http404
    first = {} if held is None else vars(held)
    form = ObjectionForm(request.POST or None, initial=first)

    def save(data: dict[str, Any], version: int | None) -> None:
        entry = services.ObjectionEntry(**data)
        if held is None:
            services.add_objection(actor=actor, negotiation_id=found.id, entry=entry)
        else:
            services.edit_objection(
                actor=actor, objection_id=held.id, expected_version=version, entry=entry
            )

    page = _page(found, _("An objection"), version=held.version if held else None)
    return edit_page(request, form, save, page)


def _head(data: dict[str, Any]) -> services.Head:
    return services.Head(
        name=data["name"], currency=data["currency"], mandate=data["mandate"],
        parties=data["parties"], state=CaseState(data["state"]),
    )  # fmt: skip


def _page(found: Negotiation, title: str, **more: Any) -> Page:
    back = reverse("negotiation:case", args=[found.id])
    return Page(title, back=back, back_label=found.name, **{"version": found.version, **more})


def _suggested(request: HttpRequest, found: Negotiation) -> Draft | None:
    """The package that the address names: ``?package=2`` of those of equal value."""
    wanted = request.GET.get("package", "")
    if not wanted.isdecimal():
        return None
    try:
        seen = queries.picture_of(found)
    except Invalid:
        return None
    if seen is None or not 0 < int(wanted) <= len(seen.equal):
        return None
    name = _("Package %(number)s") % {"number": int(wanted)}
    return Draft("", name, seen.equal[int(wanted) - 1].package)
