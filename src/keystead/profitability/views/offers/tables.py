"""The table of terms: answers while one types, added and removed rows, saving."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.agreements.queries.redline import redline
from keystead.agreements.queries.words import FAMILIES
from keystead.agreements.types import Condition
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.access.once import reading_once
from keystead.kit.ui.editing import Page, conflict_page, version_of
from keystead.profitability import services
from keystead.profitability.calc.whatif.trying import version_of as tried
from keystead.profitability.forms.cells import ADDED, begun, free_key
from keystead.profitability.forms.offers import OfferForm
from keystead.profitability.queries.offers import case_for, trial_of
from keystead.profitability.types.offers import Book, Offer, OfferCase
from keystead.profitability.views.offers.answers import answer_context
from keystead.profitability.views.offers.fields import says
from keystead.profitability.views.offers.whole import page_context, table_context


def chosen(case: OfferCase, key: str) -> Offer:
    """Return the offer an address names, else the first one."""
    return case.offer(key) or case.offers[0]


@require_POST
@policy("agreements.view")
def evaluate(request: HttpRequest, case_id: int) -> HttpResponse:
    """Answer what is typed, without saving anything: a post that only reads."""
    actor = actor_of(request)
    with reading_once("GET"):
        case, form = _typed(actor, request, case_id)
        context = {**answer_context(actor, case, form), "oob": True, "may_edit": True}
        context["says"] = says(form)
    status = 422 if context.get("mend") else 200
    return render(request, "profitability/offers/answer.html", context, status=status)


@require_POST
@policy("agreements.view")
def rows(request: HttpRequest, case_id: int) -> HttpResponse:
    """Add a condition to what is typed, or take one out; nothing is saved yet."""
    actor = actor_of(request)
    case = case_for(actor, case_id)
    stored = chosen(case, request.POST.get("offer", ""))
    data = request.POST.copy()
    action, _sign, what = data.get("_do", "").partition(":")
    keys = data.getlist("keys")
    if action == "remove":
        data.setlist("keys", [key for key in keys if key != what])
    elif action == "add" and what in {one.value for one in ADDED} and len(keys) < MOST:
        taken = [*keys, *(one.key for one in stored.terms.conditions)]
        key = free_key(what, taken)
        data.setlist("keys", [*keys, key])
        data[f"c-{key}-family"] = what
        family = next(one for one in ADDED if one.value == what)
        data[f"c-{key}-label"] = str(FAMILIES[what])
        for name, value in _first(begun(family, key, case)).items():
            data[f"c-{key}-{name}"] = value
    form = OfferForm(case, stored, trial_of(actor, case).book, data)
    context = {**table_context(case, form), "fresh": True, "may_edit": True}
    if request.headers.get("HX-Request"):
        return render(request, "profitability/offers/terms.html", context)
    return _whole(request, actor, case, form)


MOST = 20


def _first(condition: Condition) -> dict[str, str]:
    return {"lower-0": "0"} if condition.tiers else {}


@require_POST
@policy("agreements.edit")
def save(request: HttpRequest, case_id: int) -> HttpResponse:
    """Save what is typed as the offer; conflicts and mistakes lose nothing."""
    actor = actor_of(request)
    case, form = _typed(actor, request, case_id)
    context = answer_context(actor, case, form)
    if context.get("mend") or form.offer is None:
        return _whole(request, actor, case, form, status=422)
    try:
        services.save_offer(
            actor=actor, case_id=case.id, offer=form.offer,
            expected_version=version_of(request) or case.version,
        )  # fmt: skip
    except Conflict as conflict:
        return _conflict(request, actor, case, form.offer, conflict)
    except Invalid as error:
        form.errors.update(error.data.get("fields") or {"": error.message})
        return _whole(request, actor, case, form, status=422)
    messages.success(request, _("Saved."))
    return redirect(address(case, form.offer.key))


def address(case: OfferCase, key: str = "") -> str:
    """Return the address of a case, at one of its offers."""
    base = reverse("profitability:offers", args=[case.id])
    return f"{base}?offer={key}" if key else base


def _typed(actor: Actor, request: HttpRequest, case_id: int) -> tuple[OfferCase, OfferForm]:
    case = case_for(actor, case_id)
    stored = chosen(case, request.POST.get("offer", ""))
    return case, OfferForm(case, stored, trial_of(actor, case).book, request.POST)


def _whole(
    request: HttpRequest, actor: Actor, case: OfferCase, form: OfferForm, status: int = 200
) -> HttpResponse:
    context = page_context(actor, case, form)
    return render(request, "profitability/offers/case.html", context, status=status)


def _conflict(
    request: HttpRequest, actor: Actor, case: OfferCase, mine: Offer, conflict: Conflict
) -> HttpResponse:
    """Show what somebody else stored beside what was typed, term by term, in words."""
    book = trial_of(actor, case).book
    now = case_for(actor, case.id).offer(mine.key)
    data = {**conflict.data, "mine": {}, "theirs": {}}
    if now is None:
        data["theirs"] = None
    else:
        data["mine"], data["theirs"] = _both(book, mine, now)
    told = Conflict(conflict.message, hint=conflict.hint, **data)
    form = _Labels(sorted({*data["mine"]}))
    page = Page(case.name, back=address(case, mine.key), back_label=case.name)
    return conflict_page(request, form, told, page)  # type: ignore[arg-type]


def _both(book: Book, mine: Offer, now: Offer) -> tuple[dict[str, str], dict[str, str]]:
    ours: dict[str, str] = {}
    theirs: dict[str, str] = {}
    for entry in redline(tried(book, now.terms), tried(book, mine.terms)):
        theirs[entry.place], ours[entry.place] = entry.old, entry.new
    for name, label in (("name", _("Name")), ("volume_pct", _("Volume they would add")),
                        ("moves", _("Prices")), ("reason", _("Reason"))):  # fmt: skip
        one, two = getattr(mine, name), getattr(now, name)
        if one != two:
            ours[label], theirs[label] = _told(one), _told(two)
    return ours, theirs


def _told(value: Any) -> str:
    if isinstance(value, tuple):
        return "; ".join(
            " ".join(str(v) for v in dataclasses.astuple(move) if v not in (None, ""))
            for move in value
        )
    return str(value)


class _Labels:
    """Stands for a form where the names of the fields are words already."""

    def __init__(self, names: list[str]) -> None:
        self.fields: dict[str, Any] = dict.fromkeys(names)
