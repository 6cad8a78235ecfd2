"""Decks of many accounts at once, with progress that can be left and come back to."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from keystead.accounts.queries import people_for_team
from keystead.kernel.errors import NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import actor_of, policy
from keystead.kit.files.kept import kept
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.sheets import download
from keystead.reviews import queries
from keystead.reviews.forms.batches import BatchForm
from keystead.reviews.queries.batches import batch_for
from keystead.reviews.services.batches import AREA, Wanted, start_decks
from keystead.reviews.types.cycle import ReviewKind


@policy("reviews.approve")
def decks(request: HttpRequest) -> HttpResponse:
    """Start the decks of all accounts, or of those a manager leads."""
    actor, today = actor_of(request), timezone.localdate()
    quarter = Period.quarter(today.year, (today.month + 2) // 3).shift_months(-3)
    form = BatchForm(
        request.POST or None, initial={"kind": "quarter", "period": str(quarter), "language":
                                       actor.language or "en"},
    )  # fmt: skip
    people = [(pk, str(name)) for pk, name in people_for_team(actor)]
    cast(forms.ChoiceField, form.fields["manager"]).choices = [("", _("All")), *people]
    masters = [(one.id, one.name) for one in queries.masters(actor)]
    cast(forms.ChoiceField, form.fields["master"]).choices = [("", _("Our own template")), *masters]

    def save(data: dict[str, Any], version: int | None) -> str:
        wanted = Wanted(
            period=data["period"], kind=ReviewKind(data["kind"]), language=data["language"],
            manager_id=data["manager"], master_id=data["master"],
        )  # fmt: skip
        return reverse("reviews:batch", args=[start_decks(actor=actor, wanted=wanted)])

    page = Page(
        _("Decks of many accounts"), back=reverse("reviews:reviews"), back_label=_("Reviews"),
        lede=_("What is not frozen yet is begun and frozen first. You may leave the page."),
        said=_("Started."), save_label=_("Build"),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@require_GET
@policy("reviews.approve")
def batch(request: HttpRequest, job_id: int) -> HttpResponse:
    """Show how far the decks are, and where they can be fetched."""
    found = batch_for(actor_of(request), job_id)
    going = found["state"] in ("waiting", "running")
    context = {
        "batch": found, "going": going, "result": found["result"] or {},
        "poll": reverse("reviews:batch", args=[job_id]) if going else "",
    }  # fmt: skip
    if request.headers.get("HX-Request"):
        return render(request, "reviews/panels/batch.html", context)
    return render(request, "reviews/batch.html", context)


@require_GET
@policy("reviews.approve")
def batch_file(request: HttpRequest, job_id: int) -> HttpResponse:
    """Download the decks as one archive."""
    found = batch_for(actor_of(request), job_id)
    sha256 = (found["result"] or {}).get("sha256", "")
    if not sha256:
        raise NotFound(_("There is no such batch of decks."), code="batch_not_found")
    return download(kept(AREA, sha256), f"decks-{job_id}.zip", "application/zip")
