"""The account page: head, strip, and tabs whose panels the rooms serve; and the log panel."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, ancestors, label_of, may_write, team_for
from keystead.accounts.types import Account, TeamRole
from keystead.doors.web.measures import data_until
from keystead.doors.web.strip import strip_for
from keystead.doors.web.trail import lines
from keystead.governance.queries.trail import account_trail
from keystead.health.queries import words as health_words
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.tags.lists import Tab
from keystead.kit.ui.tags.numbers import country

LOG_PAGE = 50


@policy("accounts.view")
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show an account; one that was merged leads to where it lives on."""
    actor = actor_of(request)
    found = account_for(actor, account_id)
    if found.id != account_id:
        return redirect("web:account", found.id)
    tabs = tabs_for(actor, found)
    names = [tab.name for tab in tabs]
    wanted = request.GET.get("tab", "")
    may_measure = actor.can("metrics.view")
    context = {
        "account": found,
        "strip": strip_for(actor, found.id, data_until()) if may_measure else [],
        "above": tuple(reversed(ancestors(actor, found))),
        "meta": describe(actor, found),
        "tabs": tabs,
        "current": wanted if wanted in names else names[0],
        "may_import": actor.can("ledger.import"),
        "edit_url": _path_if_served(f"/accounts/{found.id}/edit/")
        if actor.can("accounts.edit") and may_write(actor, found.id)
        else "",
    }
    return render(request, "web/account.html", context)


@policy("audit.view")
def log_panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show what was done to an account, newest first, page by page."""
    actor = actor_of(request)
    found = account_for(actor, account_id)
    before = request.GET.get("before", "")
    entries = account_trail(
        actor=actor,
        account_id=found.id,
        before=int(before) if before.isdigit() else None,
        limit=LOG_PAGE + 1,
    )
    context = {
        "account": found,
        "lines": lines(actor, entries[:LOG_PAGE], of=found.id),
        "earlier": entries[LOG_PAGE - 1].id if len(entries) > LOG_PAGE else None,
        "first": not before,
    }
    return render(request, "web/panels/log.html", context)


def tabs_for(actor: Actor, found: Account) -> list[Tab]:
    """Return the tabs this person may see, in the order of the work."""
    wanted = (
        ("today", _("Today"), "metrics.view"),
        ("money", _("Money"), "metrics.view"),
        ("pnl", _("P&L"), "metrics.view"),
        ("why", _("Why it moved"), "metrics.view"),
        ("plan", _("Plan"), "planning.view"),
        ("people", _("People"), "stakeholders.view"),
        ("range", _("Range"), "metrics.view"),
        ("stock", _("Stock and coverage"), "metrics.view"),
        ("prices", _("Prices"), "metrics.view"),
        ("spend", _("Spend"), "metrics.view"),
        ("expenses", _("Expenses"), "campaigns.view"),
        ("agreements", _("Agreements"), "agreements.view"),
        ("renewals", _("Renewals"), "pipeline.view"),
        ("opportunities", _("Opportunities"), "pipeline.view"),
        ("health", str(health_words.PLACE), "health.view"),
        ("claims", _("Claims"), "agreements.view"),
        ("offers", _("Offers"), "agreements.view"),
        ("negotiations", _("Negotiations"), "negotiation.view"),
        ("scorecard", _("Scorecard"), "scorecards.view"),
        ("review", _("Reviews"), "reviews.view"),
        ("usage", _("Usage"), "metrics.view"),
        ("listings", _("Listings"), "accounts.view"),
        ("profile", _("Profile"), "accounts.view"),
        ("access", _("Who sees it"), "shares.view"),
        ("files", _("Files"), "ledger.view"),
        ("log", _("Log"), "audit.view"),
    )
    page = reverse("web:account", args=[found.id])
    tabs = []
    for name, label, capability in wanted:
        url = _path_if_served(f"/accounts/{found.id}/panels/{name}/")
        if url and actor.can(capability):
            tabs.append(Tab(name, label, url=url, href=f"{page}?tab={name}"))
    return tabs or [Tab("today", _("Today"))]


def describe(actor: Actor, found: Account) -> str:
    """Return the line under the name: what it is, where, whose."""
    where = [item for item in (found.territory, country(found.country)) if item]
    first = label_of(found.kind) + (f", {', '.join(where)}" if where else "")
    parts = [first]
    if found.segment:
        parts.append(_("Segment %(segment)s") % {"segment": found.segment})
    team = team_for(actor, found)
    owners = [one.name for one in team if one.role == TeamRole.OWNER]
    others = [one.name for one in team if one.role != TeamRole.OWNER]
    if owners and others:
        words = {"owners": ", ".join(owners), "others": ", ".join(others)}
        parts.append(_("%(owners)s, with %(others)s") % words)
    elif team:
        parts.append(", ".join(owners or others))
    else:
        parts.append(_("Nobody looks after it"))
    if found.status != "active":
        parts.append(label_of(found.status))
    stop = _(". ")
    return stop.join(parts) + stop.rstrip()


def _path_if_served(path: str) -> str:
    try:
        resolve(path)
    except Resolver404:
        return ""
    return path
