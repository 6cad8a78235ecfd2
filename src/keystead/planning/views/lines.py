"""Enter, change, confirm and remove the lines of a plan."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from keystead.catalog.queries import products
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of
from keystead.metrics.queries import catalogue
from keystead.planning import queries, services
from keystead.planning.forms.lines import (
    ClaimForm,
    InitiativeForm,
    ObjectiveForm,
    initial_line,
)
from keystead.planning.queries.measuring import metrics_by_id, readable
from keystead.planning.types.plans import Claim, Initiative, Objective, Plan
from keystead.planning.views.shown import page_of, people

TITLES = {
    "claim": gettext_noop("Statement"),
    "objective": gettext_noop("Objective"),
    "initiative": gettext_noop("Initiative"),
}
Line = Claim | Objective | Initiative


@policy("planning.edit")
def add_line(request: HttpRequest, account_plan_id: int, line: str) -> HttpResponse:
    """Enter a line into a plan."""
    actor = actor_of(request)
    plan = queries.plan_for(actor, account_plan_id)
    if line not in TITLES:
        raise Http404
    initial: dict[str, Any] = {
        "owner": actor.user_id, "stated_on": timezone.localdate(),
        "kind": request.GET.get("kind", ""), "state": "planned", "standing": "unknown",
    }  # fmt: skip
    form = _form(request, actor, plan, line, initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.add_line(actor=actor, plan_id=plan.id, entry=form.entry())

    page = Page(_(TITLES[line]), back=page_of(plan.id), back_label=_head(plan), lede=_head(plan))
    return edit_page(request, form, save, page)


@policy("planning.edit")
def edit_line(request: HttpRequest, line: str, line_id: int) -> HttpResponse:
    """Change a line of a plan."""
    actor = actor_of(request)
    found = _line(actor, line, line_id)
    plan = queries.plan_for(actor, found.plan_id)
    known = (found.owner_id, found.owner_name)
    form = _form(request, actor, plan, line, initial_line(found), known)

    def save(data: dict[str, Any], version: int | None) -> None:
        entry = form.entry(found.filters) if isinstance(found, Objective) else form.entry()
        services.edit_line(
            actor=actor, line_id=found.id, entry=entry, expected_version=version or found.version
        )

    page = Page(
        _(TITLES[line]), back=page_of(plan.id), back_label=_head(plan), version=found.version,
        remove=reverse("planning:remove_line", args=[line, found.id]),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@require_POST
@policy("planning.edit")
def confirm_line(request: HttpRequest, line: str, line_id: int) -> HttpResponse:
    """Say that a line still holds."""
    actor = actor_of(request)
    found = _line(actor, line, line_id)
    services.confirm_line(
        actor=actor, kind=line, line_id=found.id, expected_version=version_of(request)
    )
    messages.success(request, _("Confirmed as of today."))
    return redirect(page_of(found.plan_id))


@require_POST
@policy("planning.edit")
def remove_line(request: HttpRequest, line: str, line_id: int) -> HttpResponse:
    """Take a line out of a plan."""
    actor = actor_of(request)
    found = _line(actor, line, line_id)
    services.remove_line(actor=actor, kind=line, line_id=found.id)
    messages.success(request, _("Removed."))
    return redirect(page_of(found.plan_id))


def _line(actor: Actor, line: str, line_id: int) -> Line:
    if line == "claim":
        return queries.claim_for(actor, line_id)
    if line == "objective":
        return queries.objective_for(actor, line_id)
    if line == "initiative":
        return queries.initiative_for(actor, line_id)
    raise Http404


def _form(
    request: HttpRequest,
    actor: Actor,
    plan: Plan,
    line: str,
    initial: dict[str, Any],
    known: tuple[int | None, str] = (None, ""),
) -> Any:
    given: dict[str, Any] = {"initial": initial, "people": people(actor, known)}
    typed = request.POST or None
    if line == "claim":
        return ClaimForm(typed, **given)
    if line == "initiative":
        goals = [(one.id, one.title) for one in plan.objectives]
        return InitiativeForm(typed, objectives=goals, **given)
    brands = sorted({one.brand for one in products(actor) if one.brand})
    held = initial.get("brand", [])
    return ObjectiveForm(
        typed, metrics=_metrics(actor), brands=list(dict.fromkeys([*brands, *held])), **given
    )


def _metrics(actor: Actor) -> list[tuple[str, str]]:
    """Return the metrics that may be a target and that the actor may read, by name."""
    known = metrics_by_id()
    return sorted(
        (
            (one.metric.id, _(one.metric.label))
            for one in catalogue(actor)
            if one.metric.id in known and readable(actor, one.metric.id)
        ),
        key=lambda pair: pair[1],
    )


def _head(plan: Plan) -> str:
    return f"{plan.account_name} {plan.year}"
