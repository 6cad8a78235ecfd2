"""Enter an opportunity, change it, move it, add lots, show what qualifies it, close it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.accounts.queries import account_for, people_for_team
from keystead.catalog.queries import products
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of
from keystead.pipeline import queries, services
from keystead.pipeline.calc.stages import FIRST
from keystead.pipeline.forms.opportunities import (
    CheckForm,
    DealClosingForm,
    LotForm,
    OpportunityForm,
    initial_deal,
    initial_lot,
)
from keystead.pipeline.forms.renewals import plain
from keystead.pipeline.queries.deal_words import ENDINGS, stage_name
from keystead.pipeline.rules.opportunities import awarded
from keystead.pipeline.types.opportunities import Ending, Opportunity
from keystead.pipeline.views.steps import accounts_to_plan, told

CLOSE_DAYS = 90


@policy("pipeline.edit")
def create_deal(request: HttpRequest) -> HttpResponse:
    """Enter an opportunity."""
    actor, asked = actor_of(request), request.GET.get("account", "")
    initial: dict[str, Any] = {
        "owner": actor.user_id, "kind": "new", "stage": FIRST,
        "expected_close": timezone.localdate() + timedelta(days=CLOSE_DAYS),
    }  # fmt: skip
    if asked.isdecimal():
        account = account_for(actor, int(asked))
        initial |= {"account": account.id, "currency": account.currency}
    form = _form(request, actor, initial)

    def save(data: dict[str, Any], version: int | None) -> str:
        return deal_page(services.create_opportunity(actor=actor, entry=form.entry()))

    page = Page(
        _("New opportunity"), back=reverse("pipeline:opportunities"),
        back_label=_("Opportunities"),
        lede=_("What ends and may be renewed stands under Renewals."),
    )  # fmt: skip
    return edit_page(request, form, told(save), page)


@policy("pipeline.edit")
def edit_deal(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    """Change an open opportunity; the stage moves by a step of its own."""
    actor, found = _both(request, opportunity_id)
    form = _form(request, actor, initial_deal(found), staged=False)
    form.fields["account"].disabled = True
    form.fields["account"].required = False

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_opportunity(
            actor=actor, opportunity_id=found.id, expected_version=version or found.version,
            entry=form.entry(),
        )  # fmt: skip

    return edit_page(request, form, told(save), _page(found, found.title))


@require_POST
@policy("pipeline.edit")
def move_deal(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    """Bring an opportunity to another stage, from its page or from the board."""
    actor, found = _both(request, opportunity_id)
    stage = request.POST.get("stage", "")
    if stage not in {one.code for one in queries.stages()}:
        raise Http404
    moved = services.move_opportunity(
        actor=actor, opportunity_id=found.id, stage=stage, why=request.POST.get("why", ""),
        expected_version=version_of(request),
    )  # fmt: skip
    said = _("%(title)s is now in the stage %(stage)s.")
    messages.success(request, said % {"title": moved.title, "stage": stage_name(moved.stage)})
    if request.POST.get("back") == "board":
        query = request.POST.get("query", "")[:400]
        return redirect(f"{reverse('pipeline:opportunities')}{'?' if query else ''}{query}")
    return redirect(deal_page(found))


@policy("pipeline.edit")
def close_deal(request: HttpRequest, opportunity_id: int, outcome: str) -> HttpResponse:
    """Close an opportunity for good."""
    actor, found = _both(request, opportunity_id)
    if outcome not in ENDINGS:
        raise Http404
    known = awarded(found) if found.lots else found.amount
    initial = {"on": timezone.localdate(), "final": plain(known)}
    form = DealClosingForm(request.POST or None, initial=initial, ending=Ending(outcome))

    def save(data: dict[str, Any], version: int | None) -> None:
        services.close_opportunity(
            actor=actor, opportunity_id=found.id, closing=form.closing(),
            expected_version=version or found.version,
        )  # fmt: skip

    lede = _("This is kept for ever as you write it: the model is counted from it.")
    return edit_page(request, form, told(save), _page(found, str(ENDINGS[outcome]), lede))


@require_POST
@policy("pipeline.edit")
def check_deal(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    """Keep what shows that an item of the qualification holds."""
    actor, found = _both(request, opportunity_id)
    form = CheckForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what is known, and what shows it."))
        return redirect(deal_page(found))
    data = form.cleaned_data
    services.show_qualification(
        actor=actor, opportunity_id=found.id, item=data["item"], text=data["text"],
        is_done=not data["undo"],
    )  # fmt: skip
    messages.success(request, _("Saved."))
    return redirect(deal_page(found))


@policy("pipeline.edit")
def add_lot(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    """Add a lot to a tender."""
    actor, found = _both(request, opportunity_id)
    form = LotForm(request.POST or None, initial={"number": str(len(found.lots) + 1)})

    def save(data: dict[str, Any], version: int | None) -> None:
        services.add_lot(actor=actor, opportunity_id=found.id, entry=form.entry())

    page = Page(_("New lot"), back=deal_page(found), back_label=found.title)
    return edit_page(request, form, told(save), page)


@policy("pipeline.edit")
def lot(request: HttpRequest, lot_id: int) -> HttpResponse:
    """Change a lot, or say what became of it."""
    actor = actor_of(request)
    one = queries.lot_for(actor, lot_id)
    found = queries.opportunity_for(actor, one.opportunity_id)
    form = LotForm(request.POST or None, initial=initial_lot(one))

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_lot(
            actor=actor, lot_id=one.id, expected_version=version or one.version,
            entry=form.entry(),
        )  # fmt: skip

    page = Page(
        _("Lot %(number)s") % {"number": one.number}, back=deal_page(found),
        back_label=found.title, version=one.version,
    )  # fmt: skip
    return edit_page(request, form, told(save), page)


def deal_page(found: Opportunity) -> str:
    """Return the address of an opportunity."""
    return reverse("pipeline:opportunity", args=[found.id])


def _form(
    request: HttpRequest, actor: Actor, initial: dict[str, Any], *, staged: bool = True
) -> OpportunityForm:
    people = list(people_for_team(actor))
    held = initial.get("owner")
    if held and held not in {pk for pk, _name in people}:
        people.append((held, actor.name if held == actor.user_id else f"#{held}"))
    return OpportunityForm(
        request.POST or None, initial=initial, accounts=accounts_to_plan(actor), people=people,
        products=[(one.id, f"{one.name} ({one.sku})") for one in products(actor)],
        stages=[(one.code, stage_name(one)) for one in queries.stages()] if staged else [],
    )  # fmt: skip


def _both(request: HttpRequest, opportunity_id: int) -> tuple[Actor, Opportunity]:
    actor = actor_of(request)
    return actor, queries.opportunity_for(actor, opportunity_id)


def _page(found: Opportunity, title: str, lede: str = "") -> Page:
    return Page(
        title, back=deal_page(found), back_label=found.title, lede=lede, version=found.version
    )
