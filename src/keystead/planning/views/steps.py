"""Begin a plan, change its head, carry it over, put it up for approval."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.accounts.queries import account_for, accounts_for, may_write
from keystead.kernel.errors import Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of
from keystead.planning import queries, services
from keystead.planning.forms.lines import CopyForm, PlanForm
from keystead.planning.views.shown import page_of, people


@policy("planning.edit")
def create(request: HttpRequest) -> HttpResponse:
    """Begin a plan."""
    actor, asked = actor_of(request), request.GET.get("account", "")
    initial: dict[str, Any] = {"year": timezone.localdate().year, "owner": actor.user_id}
    back = reverse("planning:portfolio")
    if asked.isdecimal():
        account = account_for(actor, int(asked))
        initial |= {"account": account.id, "currency": account.currency}
        back = f"{reverse('web:account', args=[account.id])}?tab=plan"
    offered = [(one.id, one.name) for one in accounts_for(actor)
               if may_write(actor, one.id, name="plan")]  # fmt: skip
    form = PlanForm(request.POST or None, initial=initial, accounts=offered, people=people(actor))

    def save(data: dict[str, Any], version: int | None) -> str:
        made = services.create_plan(
            actor=actor, account_id=data["account"], year=data["year"],
            currency=data["currency"], headline=data["headline"], owner_id=data["owner"],
        )  # fmt: skip
        return page_of(made.id)

    page = Page(_("New plan"), back=back, lede=_("One plan for an account and a year."))
    return edit_page(request, form, save, page)


@policy("planning.edit")
def edit(request: HttpRequest, account_plan_id: int) -> HttpResponse:
    """Change the head of a plan."""
    actor = actor_of(request)
    found = queries.plan_for(actor, account_plan_id)
    initial = {
        "account": found.account_id, "year": found.year, "headline": found.headline,
        "currency": found.currency, "owner": found.owner_id or "",
    }  # fmt: skip
    form = PlanForm(
        request.POST or None, initial=initial, accounts=[(found.account_id, found.account_name)],
        people=people(actor, (found.owner_id, found.owner_name)),
    )  # fmt: skip
    for name in ("account", "year"):
        form.fields[name].disabled = True

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_plan(
            actor=actor, plan_id=found.id, expected_version=version or found.version,
            headline=data["headline"], currency=data["currency"], owner_id=data["owner"],
        )  # fmt: skip

    page = Page(f"{found.account_name} {found.year}", back=page_of(found.id),
                back_label=_("Plan"), version=found.version)  # fmt: skip
    return edit_page(request, form, save, page)


@policy("planning.edit")
def copy(request: HttpRequest, account_plan_id: int) -> HttpResponse:
    """Carry a plan over into another year."""
    actor = actor_of(request)
    found = queries.plan_for(actor, account_plan_id)
    form = CopyForm(request.POST or None, initial={"year": found.year + 1})

    def save(data: dict[str, Any], version: int | None) -> str:
        made = services.copy_plan(actor=actor, plan_id=found.id, year=data["year"])
        return page_of(made.id)

    page = Page(
        _("Carry over into another year"), back=page_of(found.id), back_label=_("Plan"),
        lede=_("Every line comes along as not confirmed; open actions move over."),
        save_label=_("Carry over"),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@require_POST
@policy("planning.edit")
def submit(request: HttpRequest, account_plan_id: int) -> HttpResponse:
    """Put a plan up for approval."""
    actor = actor_of(request)
    try:
        services.submit_plan(
            actor=actor, plan_id=account_plan_id, expected_version=version_of(request)
        )
    except Invalid as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It waits for its approval."))
    return redirect(page_of(account_plan_id))


@require_POST
@policy("planning.edit")
def withdraw(request: HttpRequest, account_plan_id: int) -> HttpResponse:
    """Take a plan back from its approval."""
    services.withdraw_plan(
        actor=actor_of(request), plan_id=account_plan_id, expected_version=version_of(request)
    )
    messages.success(request, _("It is a draft again."))
    return redirect(page_of(account_plan_id))


@require_POST
@policy("planning.edit")
def revise(request: HttpRequest, account_plan_id: int) -> HttpResponse:
    """Open an approved plan again."""
    services.revise_plan(
        actor=actor_of(request), plan_id=account_plan_id, expected_version=version_of(request)
    )
    messages.success(request, _("It is a draft again."))
    return redirect(page_of(account_plan_id))
