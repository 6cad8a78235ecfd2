"""Who can see an account, and why: shares with reason and end, and private notes on inspection."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from keystead.accounts import queries, services
from keystead.accounts.forms import PersonForm, ReasonForm, ShareForm
from keystead.accounts.queries import label_of
from keystead.accounts.types import Account, Grant, GrantKind, Share, TeamRole
from keystead.accounts.views.details import page_for
from keystead.accounts.views.tables import dates
from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import blame, edit_page, version_of
from keystead.kit.ui.tables import Cell, Column, Row, Table

MOST_PEOPLE = 200


@policy("shares.view")
def panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show who can see the account, through what, until when; and the shares."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    seen = queries.who_sees(actor, account)
    shares = queries.shares_for(actor, account)
    today = timezone.localdate()
    may_share = actor.can("shares.edit") and queries.may_write(actor, account.id, name="sharing")
    context = {
        "account": account,
        "count": len(seen),
        "people": _people(seen),
        "current": [_shown(actor, item, may_share) for item in shares if item.holds_on(today)],
        "other": [_shown(actor, item, False) for item in shares if not item.holds_on(today)],
        "may_share": may_share,
        "may_inspect": actor.can("notes.inspect"),
        "form": PersonForm(people=queries.people_who_could(actor)),
    }
    return render(request, "accounts/panels/access.html", context)


@policy("shares.view")
def why(request: HttpRequest, account_id: int) -> HttpResponse:
    """Answer why a person can see the account, or that they cannot."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    people = queries.people_who_could(actor)
    form = PersonForm(request.GET or None, people=people)
    context: dict[str, Any] = {"account": account, "form": form}
    if form.is_valid():
        person = int(form.cleaned_data["person"])
        context["asked"] = dict(people)[person]
        context["answers"] = [
            (in_words(grant), dates(grant.span), grant)
            for grant in queries.why_visible(actor, account.id, person)
        ]
    return render(request, "accounts/why.html", context)


@policy("shares.edit")
def share(request: HttpRequest, account_id: int) -> HttpResponse:
    """Open the account to one more person."""
    actor = actor_of(request)
    account = queries.account_to_write(actor, account_id, name="sharing")
    freely = services.may_share_freely(actor)
    form = ShareForm(
        request.POST or None,
        people=[pair for pair in queries.people_for_team(actor) if pair[0] != actor.user_id],
        freely=freely,
        initial={"valid_from": timezone.localdate(), "rights": "read"},
    )

    def save(data: dict[str, Any], version: int | None) -> None:
        start, end = form.span()
        services.share_account(
            actor=actor,
            account_id=account.id,
            user_id=int(data["user"]),
            reason=data["reason"],
            rights=data.get("rights") or "read",
            valid_from=start,
            valid_to=end,
        )

    page = page_for(
        account,
        _("Share %(name)s") % {"name": account.name},
        lede=_("The person sees this account beside their own, until the last day or your end."),
        save_label=pgettext("verb", "Share"),
        said=_("Shared."),
        done=_tab(account),
    )
    return edit_page(request, form, save, page)


@require_POST
@policy("shares.edit")
def end_share(request: HttpRequest, account_id: int, share_id: int) -> HttpResponse:
    """End a share at this moment."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    if share_id not in {item.id for item in queries.shares_for(actor, account)}:
        raise Http404
    done = services.end_share(actor=actor, share_id=share_id, version=version_of(request))
    messages.success(request, _("%(name)s no longer sees it by this.") % {"name": done.name})
    return redirect(_tab(account))


@policy("notes.inspect")
def inspect(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the private notes to compliance after a reason; the reading is kept in the trail."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    form = ReasonForm(request.POST or None)
    context: dict[str, Any] = {"account": account, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            context["notes"] = services.inspect_notes(
                actor=actor, account_id=account.id, why=form.cleaned_data["why"]
            )
        except Invalid as error:
            blame(form, error)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "accounts/inspect.html", context, status=status)


def in_words(grant: Grant) -> str:
    """Return what opens the account, with what it goes through."""
    through = grant.through
    if grant.kind is GrantKind.TEAM:
        through = label_of(TeamRole(through))
    elif grant.kind is GrantKind.SHARE:
        through = _("by %(name)s") % {"name": grant.given_by} if grant.given_by else ""
    elif grant.kind is GrantKind.ROLE:
        through = label_of_role(through)
    elif grant.kind is GrantKind.BREAK_GLASS:
        through = _("until %(time)s") % {"time": through}
    return f"{label_of(grant.kind)}: {through}" if through else label_of(grant.kind)


def label_of_role(role: str) -> str:
    """Return the name of a role that sees all accounts."""
    names = {
        "sales_ops": _("Sales operations"),
        "marketing": _("Marketing"),
        "finance": _("Finance"),
        "compliance": _("Compliance"),
    }
    return names.get(role, role)


def _people(seen: dict[int, tuple[Grant, ...]]) -> Table:
    columns = [
        Column("name", _("Who")),
        Column("why", _("Why")),
        Column("may", _("May"), hide="phone"),
        Column("dates", _("Dates")),
    ]
    rows = []
    ordered = sorted(seen.values(), key=lambda grants: (_rank(grants[0]), grants[0].name))
    for grants in ordered[:MOST_PEOPLE]:
        writes = any(grant.writes for grant in grants)
        spans = [dates(grant.span) for grant in grants]
        rows.append(
            Row(
                {
                    "name": grants[0].name,
                    "why": Cell(
                        "; ".join(in_words(grant) for grant in grants),
                        sub="; ".join(grant.reason for grant in grants if grant.reason),
                    ),
                    "may": _("reads and writes") if writes else _("reads"),
                    "dates": "; ".join(span for span in spans if span),
                }
            )
        )
    empty = _("Nobody but you.")
    return Table(columns, rows, _("Who can see this account"), sortable=False, empty=empty)


def _rank(grant: Grant) -> int:
    return list(GrantKind).index(grant.kind)


def _shown(actor: Actor, item: Share, may_share: bool) -> dict[str, Any]:
    return {
        "share": item,
        "dates": dates(item.span),
        "rights": label_of(item.rights),
        "may_end": may_share,
    }


def _tab(account: Account) -> str:
    return f"/accounts/{account.id}/?tab=access"
