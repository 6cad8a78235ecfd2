"""Identifiers and measures of an account: add, correct, remove."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.accounts import queries, services
from keystead.accounts.forms import IdentifierForm, MeasureForm
from keystead.accounts.queries import label_of
from keystead.accounts.types import Account
from keystead.accounts.views.account import home_of
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of


def page_for(account: Account, title: str, **more: Any) -> Page:
    """Return the frame of a form that hangs on an account."""
    return Page(title, back=home_of(account), back_label=account.name, **more)


@policy("accounts.edit")
def add_identifier(request: HttpRequest, account_id: int) -> HttpResponse:
    """Add an identifier."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    form = IdentifierForm(request.POST or None)

    def save(data: dict[str, Any], version: int | None) -> None:
        start, end = form.span()
        services.add_identifier(
            actor=actor,
            account_id=account.id,
            scheme=data["scheme"],
            value=data["value"],
            source=data["source"],
            valid_from=start,
            valid_to=end,
        )

    return edit_page(request, form, save, page_for(account, _("Add an identifier")))


@policy("accounts.edit")
def edit_identifier(request: HttpRequest, account_id: int, identifier_id: int) -> HttpResponse:
    """Correct or end an identifier."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    row = next((i for i in queries.identifiers_for(actor, account) if i.id == identifier_id), None)
    if row is None:
        raise Http404
    initial = {
        "value": row.value,
        "source": row.source,
        "valid_from": row.span.valid_from,
        "last_day": row.span.last_day,
    }
    form = IdentifierForm(request.POST or None, stored=True, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        start, end = form.span()
        services.edit_identifier(
            actor=actor,
            identifier_id=row.id,
            version=version,
            value=data["value"],
            source=data["source"],
            valid_from=start,
            valid_to=end,
        )

    page = page_for(
        account,
        label_of(row.scheme),
        lede=_("A code that no longer holds gets a last day. Remove only what was never right."),
        version=row.version,
        remove=reverse("accounts:remove_identifier", args=[account.id, row.id]),
    )
    return edit_page(request, form, save, page)


@require_POST
@policy("accounts.edit")
def remove_identifier(request: HttpRequest, account_id: int, identifier_id: int) -> HttpResponse:
    """Remove an identifier that was never right."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    if identifier_id not in {item.id for item in queries.identifiers_for(actor, account)}:
        raise Http404
    services.remove_identifier(
        actor=actor, identifier_id=identifier_id, version=version_of(request)
    )
    messages.success(request, _("Removed."))
    return redirect(home_of(account))


@policy("accounts.edit")
def add_measure(request: HttpRequest, account_id: int) -> HttpResponse:
    """Set a measure."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    initial = {
        "as_of": timezone.localdate(),
        "confidence": "medium",
        "currency": account.currency,
        "kind": request.GET.get("kind", ""),
    }
    form = MeasureForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.set_measure(actor=actor, account_id=account.id, **data)

    return edit_page(request, form, save, page_for(account, _("Set a measure")))


@policy("accounts.edit")
def edit_measure(request: HttpRequest, account_id: int, measure_id: int) -> HttpResponse:
    """Correct a measure of a day; a newer figure is a new measure."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    row = next((m for m in queries.measures_for(actor, account) if m.id == measure_id), None)
    if row is None:
        raise Http404
    initial = {
        name: getattr(row, name) for name in ("value", "unit", "currency", "confidence", "note")
    }
    form = MeasureForm(request.POST or None, stored=True, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.set_measure(
            actor=actor,
            account_id=row.account_id,
            kind=row.kind,
            as_of=row.as_of,
            source=row.source,
            version=version,
            **data,
        )

    page = page_for(
        account,
        label_of(row.kind),
        lede=_("As of %(day)s. A newer figure is a new measure, so that the old one stays.")
        % {"day": row.as_of},
        version=row.version,
        remove=reverse("accounts:remove_measure", args=[account.id, row.id]),
    )
    return edit_page(request, form, save, page)


@require_POST
@policy("accounts.edit")
def remove_measure(request: HttpRequest, account_id: int, measure_id: int) -> HttpResponse:
    """Remove a measure that was never right."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    if measure_id not in {item.id for item in queries.measures_for(actor, account)}:
        raise Http404
    services.remove_measure(actor=actor, measure_id=measure_id, version=version_of(request))
    messages.success(request, _("Removed."))
    return redirect(home_of(account))
