"""The splits of a consortium's fee: the list, one of them with its result live, its forms."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from keystead.accounts.queries import account_for, may_write
from keystead.kernel.errors import Conflict, Invalid
from keystead.kernel.money import Money
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of
from keystead.negotiation import queries, services
from keystead.negotiation.calc.plans.working import comparison, split
from keystead.negotiation.forms.fees import MembersForm, PlanHeadForm, RulesForm
from keystead.negotiation.queries.fee_words import PLAN_STATES, method_word, problem, span
from keystead.negotiation.types.plans import Answer, FeePlan, PlanState
from keystead.negotiation.views import fee_tables as tables


@require_GET
@policy("negotiation.view")
def fee_plans(request: HttpRequest, account_id: int) -> HttpResponse:
    """List the splits of a consortium's fee."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    found = queries.fee_plans_of(actor, account.id)
    context = {
        "account": account, "table": tables.plans(found), "none": not found,
        "may_edit": writes(actor, account.id),
    }  # fmt: skip
    return render(request, "negotiation/fee_plans.html", context)


@policy("negotiation.edit")
def start_fees(request: HttpRequest, account_id: int) -> HttpResponse:
    """Begin a split with the members of its first day."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    year = timezone.localdate().year + 1
    first = {
        "name": _("Fees %(year)s") % {"year": year}, "currency": account.currency,
        "starts": date(year, 1, 1), "last": date(year, 12, 31),
    }  # fmt: skip
    form = PlanHeadForm(request.POST or None, initial=first)

    def save(data: dict[str, Any], version: int | None) -> str:
        made = services.start_plan(
            actor=actor, account_id=account.id, head=services.PlanHead(**data)
        )
        return reverse("negotiation:fee_plan", args=[made.id])

    page = Page(
        _("Split a fee"), back=reverse("negotiation:fee_plans", args=[account.id]),
        back_label=account.name, save_label=_("Begin"),
        lede=_("Members and their figures are read as they are known on the first day."),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@require_GET
@policy("negotiation.view")
def fee_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Show a split: how it is shared, who pays what, methods side by side."""
    actor = actor_of(request)
    plan = queries.fee_plan_for(actor, plan_id)
    return _plan_page(request, actor, plan, RulesForm(plan=plan))


@require_POST
@policy("negotiation.edit")
def preview_fees(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Show what the split would be with what is typed; nothing is stored."""
    plan = queries.fee_plan_for(actor_of(request), plan_id)
    form = RulesForm(request.POST, plan=plan)
    context = result(_typed(plan, form)) if form.is_valid() else {"faults": _faults(form)}
    return render(request, "negotiation/parts/split.html", {**context, "plan": plan})


@require_POST
@policy("negotiation.edit")
def save_fees(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Keep how the total is shared, and the answers of the members."""
    actor = actor_of(request)
    plan = queries.fee_plan_for(actor, plan_id)
    form = RulesForm(request.POST, plan=plan)
    if not form.is_valid():
        return _plan_page(request, actor, plan, form, status=422)
    try:
        services.set_rules(
            actor=actor, plan_id=plan.id, expected_version=version_of(request),
            rules=form.rules(), total=form.cleaned_data["total"], answers=form.answers(),
        )  # fmt: skip
    except (Conflict, Invalid) as error:
        text, hint = problem(error.code, error.data, error.message, plan.currency)
        messages.error(request, f"{text} {hint}".strip())
        status = 409 if isinstance(error, Conflict) else 422
        return _plan_page(request, actor, plan, form, status=status)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("negotiation:fee_plan", args=[plan.id]))


@policy("negotiation.edit")
def edit_fees(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Change name, period, total or note of a draft."""
    actor = actor_of(request)
    plan = queries.fee_plan_for(actor, plan_id)
    first = {
        "name": plan.name, "starts": plan.period.start, "last": plan.period.last,
        "currency": plan.currency, "total": plan.total.amount, "note": plan.note,
    }  # fmt: skip
    form = PlanHeadForm(request.POST or None, initial=first)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_plan(
            actor=actor, plan_id=plan.id, expected_version=version, head=services.PlanHead(**data)
        )

    return edit_page(request, form, save, plan_form_page(plan, _("Change the split")))


@policy("negotiation.edit")
def fee_members(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Write answers, figures and fees by hand as one table."""
    actor = actor_of(request)
    plan = queries.fee_plan_for(actor, plan_id)
    form = MembersForm(request.POST or None, plan=plan)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.set_members(
            actor=actor, plan_id=plan.id, expected_version=version,
            entries=[services.MemberEntry(**form.entered(one)) for one in form.members],
        )  # fmt: skip

    page = plan_form_page(
        plan, _("Members and figures"), template="negotiation/fee_members.html",
        lede=_("Figures that were read keep their proof until they are overwritten."),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@require_POST
@policy("negotiation.edit")
def fee_step(request: HttpRequest, plan_id: int, step: str) -> HttpResponse:
    """Read members and figures anew, agree the split, or begin its next version."""
    actor = actor_of(request)
    plan = queries.fee_plan_for(actor, plan_id)
    version = version_of(request)
    here = plan.id
    try:
        if step == "read":
            services.read_again(actor=actor, plan_id=plan.id, expected_version=version)
            said = _("Members and figures were read again.")
        elif step == "agree":
            services.agree_plan(actor=actor, plan_id=plan.id, expected_version=version)
            said = _("The split is agreed; it stays as it is.")
        elif step == "revise":
            here = services.revise_plan(actor=actor, plan_id=plan.id).id
            said = _("A new version was begun.")
        else:
            raise Http404
    except (Invalid, Conflict) as error:
        text, hint = problem(error.code, error.data, error.message, plan.currency)
        messages.error(request, f"{text} {hint}".strip())
    else:
        messages.success(request, said)
    return HttpResponseRedirect(reverse("negotiation:fee_plan", args=[here]))


def result(plan: FeePlan) -> dict[str, Any]:
    """Return what the page shows of a split that can be worked out, or why it cannot."""
    context: dict[str, Any] = {"plan": plan}
    found = comparison(plan)
    context |= {"compared": tables.comparison(plan, found),
                "impossible": tables.impossible(plan, found)}  # fmt: skip
    try:
        made = split(plan)
    except Invalid as error:
        text, hint = problem(error.code, error.data, error.message, plan.currency)
        return {**context, "problem": text, "hint": hint}
    return {
        **context,
        "message": tables.message(plan, made),
        "quorum": tables.quorum_text(made.quorum),
        "in_force": made.quorum is None or made.quorum.in_force,
        "fees": tables.fees(plan, made),
        "left": tables.left(plan, made),
        "chart": tables.changes(plan, made),
        "notes": [_note(note.code, dict(note.data), note.text) for note in made.allocation.notes],
    }  # fmt: skip


def _note(code: str, data: dict[str, str], text: str) -> str:
    if code == "sampled":
        return (
            _(
                "Above 15 members the Shapley value is sampled: %(orders)s orders of joining, seed "
                "%(seed)s; the standard error is at most %(error)s."
            )
            % data
        )
    if code == "below_zero":
        return _("A Shapley value below zero was taken as zero: %(members)s.") % data
    return text


def _typed(plan: FeePlan, form: RulesForm) -> FeePlan:
    answers: dict[int, Answer] = form.answers()
    return dataclasses.replace(
        plan,
        rules=form.rules(),
        total=Money(form.cleaned_data["total"], plan.currency),
        members=tuple(
            dataclasses.replace(one, answer=answers.get(one.account_id, one.answer))
            for one in plan.members
        ),
    )


def _faults(form: RulesForm) -> list[str]:
    return [
        f"{form.fields[name].label}: {' '.join(map(str, errors))}"
        for name, errors in form.errors.items()
        if name in form.fields
    ]


def _plan_page(
    request: HttpRequest, actor: Actor, plan: FeePlan, form: RulesForm, *, status: int = 200
) -> HttpResponse:
    account = account_for(actor, plan.account_id)
    draft = plan.state is PlanState.DRAFT
    edits = writes(actor, account.id)
    whole = not any(one.hidden for one in plan.members)
    context = {
        **result(plan), "account": account, "form": form, "draft": draft,
        "may_edit": edits, "may_send": actor.can("export.data") and whole,
        "private": queries.sees_private(actor),
        "state": PLAN_STATES[plan.state], "span": span(plan), "method": method_word(plan),
        "agreed": None if draft else queries.agreed_split_of(actor, plan.id),
        "invoices": tables.invoices(queries.invoices_of_plan(actor, plan.id), plan.currency)
        if not draft else None,
    }  # fmt: skip
    return render(request, "negotiation/fee_plan.html", context, status=status)


def writes(actor: Actor, account_id: int) -> bool:
    """Say whether the actor may write splits and cases of an account."""
    return actor.can("negotiation.edit") and may_write(actor, account_id, name="terms")


def plan_form_page(plan: FeePlan, title: str, **more: Any) -> Page:
    """Return what stands around a form of a split."""
    back = reverse("negotiation:fee_plan", args=[plan.id])
    return Page(title, back=back, back_label=plan.name, **{"version": plan.version, **more})
