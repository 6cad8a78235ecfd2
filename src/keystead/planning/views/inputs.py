"""What other functions are asked for a plan."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of
from keystead.planning import queries, services
from keystead.planning.forms.actions import AnswerForm, InputForm, initial_input
from keystead.planning.types.plans import Input
from keystead.planning.views.shown import page_of, people

DUE_DAYS = 14


@policy("planning.edit")
def ask(request: HttpRequest, account_plan_id: int) -> HttpResponse:
    """Ask a colleague for something."""
    actor = actor_of(request)
    plan = queries.plan_for(actor, account_plan_id)
    initial = {"due_on": timezone.localdate() + timedelta(days=DUE_DAYS)}
    form = InputForm(request.POST or None, initial=initial, people=people(actor))

    def save(data: dict[str, Any], version: int | None) -> None:
        services.ask_input(actor=actor, plan_id=plan.id, entry=form.entry())

    page = Page(_("Ask a colleague"), back=page_of(plan.id), back_label=_("Plan"),
                lede=f"{plan.account_name} {plan.year}", save_label=_("Ask"))  # fmt: skip
    return edit_page(request, form, save, page)


@policy("planning.edit")
def edit_input(request: HttpRequest, input_id: int) -> HttpResponse:
    """Change a question that is not answered yet, or take it back."""
    actor = actor_of(request)
    found = queries.input_for(actor, input_id)
    form = InputForm(request.POST or None, initial=initial_input(found),
                     people=people(actor, (found.asked_id, found.asked_name)))  # fmt: skip

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_input(
            actor=actor, input_id=found.id, entry=form.entry(),
            expected_version=version or found.version,
        )  # fmt: skip

    page = Page(
        _("Ask a colleague"), back=page_of(found.plan_id), back_label=_("Plan"),
        version=found.version, remove=reverse("planning:withdraw_input", args=[found.id]),
        remove_label=_("Take it back"),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@policy("planning.view")
def answer(request: HttpRequest, input_id: int) -> HttpResponse:
    """Answer what one was asked."""
    actor = actor_of(request)
    found = queries.input_for(actor, input_id)
    form = AnswerForm(request.POST or None, initial={"answer": found.answer})

    def save(data: dict[str, Any], version: int | None) -> None:
        services.answer_input(
            actor=actor, input_id=found.id, answer=data["answer"],
            expected_version=version or found.version,
        )  # fmt: skip

    page = Page(
        found.question, back=page_of(found.plan_id), back_label=_("Plan"), lede=_lede(found),
        version=found.version, save_label=_("Send the answer"),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@require_POST
@policy("planning.edit")
def withdraw_input(request: HttpRequest, input_id: int) -> HttpResponse:
    """Take a question back."""
    actor = actor_of(request)
    found = queries.input_for(actor, input_id)
    services.withdraw_input(actor=actor, input_id=found.id, expected_version=version_of(request))
    messages.success(request, _("The question is taken back."))
    return redirect(page_of(found.plan_id))


def _lede(found: Input) -> str:
    return f"{found.account_name} {found.year} · {found.asked_by}"
