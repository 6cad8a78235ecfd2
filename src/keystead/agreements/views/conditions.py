"""Conditions of what is not signed yet: add, change, take out; and what they would pay."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.agreements import queries, services
from keystead.agreements.forms import ConditionForm, Names, baseline_of, defaults_of
from keystead.agreements.queries.agreements import working
from keystead.agreements.queries.sentences import name_of
from keystead.agreements.types import (
    Agreement,
    AgreementVersion,
    Baseline,
    Condition,
    Family,
)
from keystead.agreements.views.heads import page_of
from keystead.agreements.views.previews import preview_of
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of

# Where the sentence on a part of a condition stands on the form.
PLACES: Final = {
    "free_goods": "free",
    "focus": "focus_brands",
    "baseline": "baseline_source",
    "cap": "cap_amount",
    "floor": "floor_amount",
    "valid": "valid_from",
    "service": "deliverable",
    "price_protection": "cap_days_of_stock",
    "key": "label",
}


@policy("agreements.edit")
def add_condition(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Add a condition."""
    actor = actor_of(request)
    found, draft = draft_for(actor, agreement_id)
    return _edit(request, found, draft, None)


@policy("agreements.edit")
def edit_condition(request: HttpRequest, agreement_id: int, condition: str) -> HttpResponse:
    """Change a condition; its worked examples are run before it is saved."""
    actor = actor_of(request)
    found, draft = draft_for(actor, agreement_id)
    return _edit(request, found, draft, _stored(draft, condition))


@require_POST
@policy("agreements.edit")
def remove_condition(request: HttpRequest, agreement_id: int, condition: str) -> HttpResponse:
    """Take a condition out."""
    actor = actor_of(request)
    found, _draft_version = draft_for(actor, agreement_id)
    services.remove_condition(
        actor=actor,
        agreement_id=found.id,
        expected_version=version_of(request) or found.version,
        key=condition,
    )
    messages.success(request, _("Removed."))
    return redirect(page_of(found))


@require_POST
@policy("agreements.edit")
def shape_condition(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Draw the form again for what was chosen; nothing is checked and nothing is stored."""
    actor = actor_of(request)
    found, draft = draft_for(actor, agreement_id)
    typed = _typed(request.POST)
    chosen = request.headers.get("HX-Trigger-Name") or request.POST.get("_chosen", "")
    family = typed.get("family", "")
    if chosen == "family" and family in {one.value for one in Family}:
        typed |= defaults_of(Family(family))
    stored = draft.condition(request.POST.get("_key", ""))
    form = ConditionForm(
        None, version=draft, names=Names(actor, found.account_id), stored=stored, typed=typed,
        shape_url=reverse("agreements:shape_condition", args=[found.id]),
    )  # fmt: skip
    return render(request, "agreements/panels/condition_steps.html", {"form": form})


@require_POST
@policy("agreements.edit")
def preview_condition(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Show what the condition would pay at the last twelve months; nothing is stored."""
    actor = actor_of(request)
    found, draft = draft_for(actor, agreement_id)
    stored = draft.condition(request.POST.get("_key", ""))
    form = ConditionForm(
        request.POST, version=draft, names=Names(actor, found.account_id), stored=stored
    )
    context = preview_of(actor, found, draft, form, timezone.localdate())
    return render(request, "agreements/panels/preview.html", context)


def draft_for(actor: Actor, agreement_id: int) -> tuple[Agreement, AgreementVersion]:
    """Return an agreement and its version that is not signed yet; Conflict without one."""
    found = queries.agreement_for(actor, agreement_id)
    draft = working(found.versions)
    if draft is None:
        raise Conflict(
            _("What is signed never changes."),
            code="terms_frozen",
            hint=_("Write an amendment: a new version from a day on."),
        )
    return found, draft


def blamed(form: Any, key: str, save: Callable[[], None]) -> None:
    """Save, and put what the rules say of this condition beside the control it is about."""
    try:
        save()
    except Invalid as error:
        told = error.data.get("places")
        if not told:
            raise
        fields: dict[str, str] = {}
        for place, sentence in told.items():
            of, _dot, field = place.partition(".")
            name = PLACES.get(field, field) if of == key else ""
            name = name if name in form.fields else ""
            fields[name] = f"{fields[name]} {sentence}" if name in fields else sentence
        raise Invalid(error.message, code=error.code, fields=fields) from None


def _edit(
    request: HttpRequest, found: Agreement, draft: AgreementVersion, stored: Condition | None
) -> HttpResponse:
    actor = actor_of(request)
    form = ConditionForm(
        request.POST or None, version=draft, names=Names(actor, found.account_id), stored=stored,
        shape_url=reverse("agreements:shape_condition", args=[found.id]),
    )  # fmt: skip

    def save(data: dict[str, Any], version: int | None) -> None:
        condition = form.condition()

        def write() -> None:
            services.save_condition(
                actor=actor,
                agreement_id=found.id,
                expected_version=version or found.version,
                condition=condition,
                replaces=stored.key if stored else "",
                baselines=baselines_with(form, draft, condition),
            )

        blamed(form, condition.key, write)

    gone = "agreements:remove_condition"
    page = Page(
        name_of(stored) if stored else _("New condition"),
        back=page_of(found),
        back_label=found.number,
        lede=_("Lower bounds only: a tier runs to the next one. Amounts are in %(currency)s.")
        % {"currency": found.currency},
        version=found.version,
        remove=reverse(gone, args=[found.id, stored.key]) if stored else "",
        template="agreements/condition.html",
        more={"agreement": found, "key": stored.key if stored else ""},
    )
    return edit_page(request, form, save, page)


def baselines_with(
    form: ConditionForm, draft: AgreementVersion, condition: Condition
) -> tuple[Baseline, ...]:
    """Return the baselines of the version as they are once this condition is saved."""
    typed = baseline_of(form.cleaned_data, condition, draft.currency)
    before = draft.baseline(condition.baseline)
    if typed is not None and before is not None:
        same = (typed.months, typed.measure) == (before.months, before.measure)
        typed = before if same else dataclasses.replace(typed, unit=before.unit)
    key = form.stored.key if form.stored else condition.key
    named = {one.baseline for one in draft.conditions if one.key != key}
    gone = {condition.baseline, form.stored.baseline if form.stored else ""} - (
        named if typed is None else named - {condition.baseline}
    )
    kept = tuple(one for one in draft.baselines if one.key not in gone)
    return (*kept, typed) if typed is not None else kept


def _stored(draft: AgreementVersion, key: str) -> Condition:
    stored = draft.condition(key)
    if stored is None:
        raise NotFound(_("There is no such condition."), code="condition_not_found")
    return stored


def _typed(given: QueryDict) -> dict[str, Any]:
    """Return what stands in the controls; a box that is not ticked is not sent."""
    found: dict[str, Any] = {name: given.get(name, "") for name in given}
    found["reduce_by"] = given.getlist("reduce_by")
    checks: Mapping[str, Any] = ConditionForm.base_fields
    for name, field in checks.items():
        if field.__class__.__name__ == "BooleanField":
            found[name] = name in given
    return found
