"""Parts of what is not signed yet: the price list, what holds over all of it, the clauses."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.agreements import services
from keystead.agreements.forms import ClauseForm, LibraryForm, Names, PricesForm, WholeForm
from keystead.agreements.queries.clauses import from_library
from keystead.agreements.types import Agreement, AgreementVersion, Clause
from keystead.agreements.views.conditions import draft_for
from keystead.agreements.views.heads import page_of
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of


@policy("agreements.edit")
def prices(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Write the price list of an agreement, or paste it from a sheet."""
    actor = actor_of(request)
    found, draft = draft_for(actor, agreement_id)
    form = PricesForm(request.POST or None, version=draft, names=Names(actor))

    def save(data: dict[str, Any], version: int | None) -> None:
        try:
            services.save_terms(
                actor=actor,
                agreement_id=found.id,
                expected_version=version or found.version,
                prices=data["prices"],
            )
        except Invalid as error:
            told = " ".join((error.data.get("places") or {"": error.message}).values())
            raise Invalid(error.message, code=error.code, fields={"prices": told}) from None

    lede = _("Amounts in %(currency)s, without tax.") % {"currency": draft.currency}
    return edit_page(request, form, save, _page(found, _("Price list"), lede, wide=True))


@policy("agreements.edit")
def whole(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Write what holds over all conditions: scope, limits, targets, gates, undertakings."""
    actor = actor_of(request)
    found, draft = draft_for(actor, agreement_id)
    form = WholeForm(request.POST or None, version=draft, names=Names(actor))

    def save(data: dict[str, Any], version: int | None) -> None:
        services.save_terms(
            actor=actor,
            agreement_id=found.id,
            expected_version=version or found.version,
            **form.changes(),
        )

    page = _page(found, _("The whole agreement"), _("This holds over all conditions."))
    page = dataclasses.replace(page, template="agreements/whole.html", more={"agreement": found})
    return edit_page(request, form, save, page)


@policy("agreements.edit")
def add_clauses(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Take clauses over from the library."""
    actor = actor_of(request)
    found, draft = draft_for(actor, agreement_id)
    form = LibraryForm(request.POST or None, taken={one.kind for one in draft.clauses})

    def save(data: dict[str, Any], version: int | None) -> None:
        held = list(draft.clauses)
        taken = {one.key for one in held}
        for kind in data["clauses"]:
            key = kind if kind not in taken else f"{kind}-{len(held) + 1}"
            held.append(from_library(kind, key, len(held) + 1))
        _save(request, found, version, tuple(held))

    lede = _("With their words in every language; each can be changed afterwards.")
    return edit_page(request, form, save, _page(found, _("Clauses of the library"), lede))


@policy("agreements.edit")
def add_clause(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Write a clause of one's own."""
    found, draft = draft_for(actor_of(request), agreement_id)
    return _clause(request, found, draft, None)


@policy("agreements.edit")
def edit_clause(request: HttpRequest, agreement_id: int, clause: str) -> HttpResponse:
    """Change a clause."""
    found, draft = draft_for(actor_of(request), agreement_id)
    stored = next((one for one in draft.clauses if one.key == clause), None)
    if stored is None:
        raise NotFound(_("There is no such clause."), code="clause_not_found")
    return _clause(request, found, draft, stored)


@require_POST
@policy("agreements.edit")
def remove_clause(request: HttpRequest, agreement_id: int, clause: str) -> HttpResponse:
    """Take a clause out."""
    found, draft = draft_for(actor_of(request), agreement_id)
    kept = tuple(one for one in draft.clauses if one.key != clause)
    _save(request, found, version_of(request), kept)
    messages.success(request, _("Removed."))
    return redirect(page_of(found))


def _clause(
    request: HttpRequest, found: Agreement, draft: AgreementVersion, stored: Clause | None
) -> HttpResponse:
    form = ClauseForm(request.POST or None, stored=stored, language=get_language() or "en")

    def save(data: dict[str, Any], version: int | None) -> None:
        made = form.clause(stored, {one.key for one in draft.clauses})
        if stored is None:
            kept = (*draft.clauses, made)
        else:
            kept = tuple(made if one is stored else one for one in draft.clauses)
        _save(request, found, version, kept)

    title = stored.heading or stored.key if stored else _("New clause")
    page = _page(found, title, _("The wording is looked at before it is approved (rule R-02)."))
    if stored is not None:
        gone = reverse("agreements:remove_clause", args=[found.id, stored.key])
        page = dataclasses.replace(page, remove=gone)
    return edit_page(request, form, save, page)


def _save(
    request: HttpRequest, found: Agreement, version: int | None, clauses: tuple[Clause, ...]
) -> None:
    services.save_terms(
        actor=actor_of(request),
        agreement_id=found.id,
        expected_version=version or found.version,
        clauses=clauses,
    )


def _page(found: Agreement, title: str, lede: str, *, wide: bool = False) -> Page:
    return Page(
        title,
        back=page_of(found),
        back_label=found.number,
        lede=lede,
        version=found.version,
        template="agreements/lines.html" if wide else "ui/edit.html",
    )
