"""Groups of an account, its team, and merges."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.accounts import queries, services
from keystead.accounts.forms import EndForm, MembershipForm, MergeForm, TeamForm
from keystead.accounts.queries import label_of
from keystead.accounts.types import Account, Membership
from keystead.accounts.views.account import home_of
from keystead.accounts.views.details import page_for
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import edit_page, version_of


@policy("accounts.edit")
def add_membership(request: HttpRequest, account_id: int) -> HttpResponse:
    """Say what the account belongs to."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    form = MembershipForm(request.POST or None)

    def save(data: dict[str, Any], version: int | None) -> None:
        start, end = form.span()
        services.add_membership(
            actor=actor,
            member_id=account.id,
            group_id=typed_account(actor, data["group"], "group").id,
            role=data["role"],
            valid_from=start,
            valid_to=end,
            weight=data["weight"],
            source=data["source"],
        )

    page = page_for(
        account,
        _("Add a membership"),
        lede=_("An account is part of one other at a time; of consortia and others, of many."),
    )
    return edit_page(request, form, save, page)


@policy("accounts.edit")
def end_membership(request: HttpRequest, account_id: int, membership_id: int) -> HttpResponse:
    """Give a membership its last day."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    row = _membership(actor, account, membership_id)
    initial = {"last_day": row.span.last_day or timezone.localdate()}
    form = EndForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.end_membership(
            actor=actor,
            membership_id=row.id,
            valid_to=data["last_day"] + timedelta(days=1),
            version=version,
        )

    page = page_for(
        account,
        f"{label_of(row.role)} {row.group_name}",
        lede=_("Remove only what was never right."),
        version=row.version,
        save_label=_("End it"),
        remove=reverse("accounts:remove_membership", args=[account.id, row.id]),
    )
    return edit_page(request, form, save, page)


@require_POST
@policy("accounts.edit")
def remove_membership(request: HttpRequest, account_id: int, membership_id: int) -> HttpResponse:
    """Remove a membership that was never right."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    row = _membership(actor, account, membership_id)
    services.remove_membership(actor=actor, membership_id=row.id, version=version_of(request))
    messages.success(request, _("Removed."))
    return redirect(home_of(account))


@policy("accounts.edit")
def add_team(request: HttpRequest, account_id: int) -> HttpResponse:
    """Put somebody into the team."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    initial = {"valid_from": timezone.localdate(), "role": "member"}
    people = queries.people_for_team(actor)
    form = TeamForm(request.POST or None, people=people, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> str:
        start, end = form.span()
        services.assign_team(
            actor=actor,
            account_id=account.id,
            user_id=int(data["user"]),
            role=data["role"],
            valid_from=start,
            valid_to=end,
            hand_over=data["hand_over"],
        )
        return _home_if_still_mine(actor, account)

    page = page_for(
        account,
        _("Add to the team"),
        lede=_("From the first to the last day the person sees this account."),
    )
    return edit_page(request, form, save, page)


@policy("accounts.edit")
def end_team(request: HttpRequest, account_id: int, team_id: int) -> HttpResponse:
    """Give a place in the team its last day."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    team = queries.team_for(actor, account, history=True)
    row = next((item for item in team if item.id == team_id), None)
    if row is None:
        raise Http404
    initial = {"last_day": row.span.last_day or timezone.localdate()}
    form = EndForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> str:
        services.end_team(
            actor=actor,
            team_id=row.id,
            valid_to=data["last_day"] + timedelta(days=1),
            version=version,
        )
        return _home_if_still_mine(actor, account)

    page = page_for(
        account,
        f"{row.name}, {label_of(row.role)}",
        lede=_("After the last day the person no longer sees this account."),
        version=row.version,
        save_label=_("End it"),
    )
    return edit_page(request, form, save, page)


@policy("accounts.merge")
def merge(request: HttpRequest, account_id: int) -> HttpResponse:
    """Merge the account into another one that is the same customer."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    form = MergeForm(request.POST or None)
    done: dict[str, Any] = {}

    def save(data: dict[str, Any], version: int | None) -> str:
        target = typed_account(actor, data["target"], "target")
        made = services.merge_accounts(
            actor=actor,
            source_id=account.id,
            target_id=target.id,
            why=data["why"],
            source_version=version,
        )
        done["undo"] = reverse("accounts:undo_merge", args=[target.id, made.id])
        return home_of(target)

    page = page_for(
        account,
        _("Merge %(name)s") % {"name": account.name},
        lede=_(
            "Both ids and codes stay and lead to one account; files with either are understood. "
            "Nothing is moved, so it can be undone at any time."
        ),
        version=account.version,
        save_label=_("Merge"),
        said=_("The two are one account now."),
    )
    response = edit_page(request, form, save, page)
    if done:
        messages.info(request, _("Not the same after all?"), extra_tags=f"undo:{done['undo']}")
    return response


@require_POST
@policy("accounts.merge")
def undo_merge(request: HttpRequest, account_id: int, merge_id: int) -> HttpResponse:
    """Take a merge back."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    if merge_id not in {item.id for item in queries.merges_for(actor, account)}:
        raise Http404
    undone = services.unmerge_accounts(
        actor=actor, merge_id=merge_id, why=request.POST.get("why", "")[:400]
    )
    messages.success(request, _("%(name)s stands for itself again.") % {"name": undone.source_name})
    return redirect(home_of(account))


def typed_account(actor: Actor, text: str, field: str) -> Account:
    """Return the account whose code, or only match, was typed; raises Invalid for the field."""
    try:
        return queries.account_by_code(actor, text)
    except NotFound:
        found = queries.search_accounts(actor, text, limit=2)
    exact = [item for item in found if item.name.casefold() == text.strip().casefold()]
    if len(exact or found) == 1:
        return (exact or found)[0]
    raise Invalid(_("Choose one account by its code."), code="account_typed", field=field)


def _membership(actor: Actor, account: Account, membership_id: int) -> Membership:
    for row in queries.groups_of(actor, account):
        if row.id == membership_id:
            return row
    raise Http404


def _home_if_still_mine(actor: Actor, account: Account) -> str:
    """Return the account's page, or the list when the actor just handed the account away."""
    try:
        return home_of(queries.account_for(actor, account.id))
    except NotFound:
        return "/accounts/"
