"""The library of templates, and two agreements or versions side by side."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.agreements import queries, services
from keystead.agreements.forms import TemplateForm
from keystead.agreements.queries.library import template_for, templates_for
from keystead.agreements.queries.spelled import told_to
from keystead.agreements.queries.words import KINDS
from keystead.agreements.types import Agreement, AgreementVersion
from keystead.agreements.views.heads import page_of
from keystead.agreements.views.pages import redline_table
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page


@policy("agreements.view")
def library(request: HttpRequest) -> HttpResponse:
    """List the templates an agreement may be begun from."""
    actor = actor_of(request)
    context = {
        "templates": [
            (one, KINDS[one.kind], len(one.terms.conditions)) for one in templates_for(actor)
        ],
        "may_edit": actor.can("agreements.edit"),
    }
    return render(request, "agreements/library.html", context)


@policy("agreements.edit")
def save_terms_template(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Keep the terms of an agreement as a template."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    form = TemplateForm(request.POST or None, initial={"name": found.title})

    def save(data: dict[str, Any], version: int | None) -> str:
        services.save_template(actor=actor, agreement_id=found.id, **data)
        return reverse("agreements:library")

    page = Page(
        _("Save as a template"),
        back=page_of(found),
        back_label=found.number,
        lede=_("Others begin from its shape; figures stay with this customer."),
    )
    return edit_page(request, form, save, page)


@require_POST
@policy("agreements.edit")
def remove_terms_template(request: HttpRequest, template_id: int) -> HttpResponse:
    """Take a template out of the library."""
    actor = actor_of(request)
    template_for(actor, template_id)
    services.remove_template(actor=actor, template_id=template_id)
    messages.success(request, _("Removed."))
    return redirect("agreements:library")


@policy("agreements.view")
def compare(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Show the difference between two versions, or between two agreements, in sentences."""
    actor, asked = actor_of(request), request.GET
    found = queries.agreement_for(actor, agreement_id)
    others = queries.agreements_for(actor)
    one = _version(found, asked.get("version", ""))
    against = _against(actor, found, asked.get("with", ""))
    two = _version(against, asked.get("other", ""))
    with told_to(actor):
        table = redline_table(two, one)
    context = {
        "agreement": found,
        "against": against,
        "one": one,
        "two": two,
        "others": [(other.id, f"{other.number} {other.title}".strip()) for other in others],
        "table": table,
    }
    return render(request, "agreements/compare.html", context)


def _against(actor: Actor, found: Agreement, asked: str) -> Agreement:
    return queries.agreement_for(actor, int(asked)) if asked.isdecimal() else found


def _version(found: Agreement, asked: str) -> AgreementVersion:
    return next((v for v in found.versions if str(v.number) == asked), found.versions[-1])
