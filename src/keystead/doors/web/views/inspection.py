"""The trail as a page: filters, readable rows, and the file for an inspector."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from keystead.accounts.queries import account_by_code, scope_for
from keystead.doors.web.trail import lines
from keystead.doors.web.trail_export import as_archive, as_workbook, facts_for
from keystead.governance.queries import inspection
from keystead.governance.services.inspection import begin_export
from keystead.governance.types.trail import TrailFilter
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.sheets import EXCEL, download
from keystead.kit.upkeep import verdict_now

PAGE = 50
FAMILIES = {
    "account.": _lazy("Accounts"),
    "product.": _lazy("Products"),
    "listing.": _lazy("Listings"),
    "ledger.": _lazy("Imports"),
    "approval.": _lazy("Approvals"),
    "compliance.": _lazy("Compliance"),
    "period.": _lazy("Periods"),
    "prices.": _lazy("Shelf prices"),
    "scorecard.": _lazy("Scorecards"),
    "person.": _lazy("People"),
    "sign_in": _lazy("Sign-in"),
    "token.": _lazy("Tokens"),
    "trail.": _lazy("The trail itself"),
}


@policy("audit.view")
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Show the lines that fit, newest first, fifty at a time."""
    actor = actor_of(request)
    trouble = ""
    try:
        wanted = wanted_of(request, actor)
    except (NotFound, ValueError):
        wanted, trouble = TrailFilter(subject_type="nothing"), _("No line fits this filter.")
    accounts = _team_accounts(actor)
    before = request.GET.get("before", "")
    entries = inspection.search(
        actor=actor,
        wanted=wanted,
        team_accounts=accounts,
        before=int(before) if before.isdigit() else None,
        limit=PAGE + 1,
    )
    query = request.GET.copy()
    query.pop("before", None)
    shown = [*zip(lines(actor, entries[:PAGE]), entries, strict=False)]
    context: dict[str, Any] = {
        "shown": shown,
        "total": inspection.count(actor=actor, wanted=wanted, team_accounts=accounts),
        "earlier": entries[PAGE - 1].id if len(entries) > PAGE else None,
        "query": query.urlencode(),
        "filtered": bool(wanted.as_data()),
        "trouble": trouble,
        "given": request.GET,
        "people": [(str(key), name) for key, name in inspection.people_in(actor)],
        "families": FAMILIES.items(),
        "may_export": actor.can("audit.export"),
    }
    return render(request, "web/trail.html", context)


@policy("audit.export")
@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Send the lines that fit with their fact sheet: Excel, or two CSV files in a ZIP."""
    if kind not in ("xlsx", "csv"):
        raise Http404
    actor = actor_of(request)
    try:
        wanted = wanted_of(request, actor)
    except ValueError as error:
        raise Http404 from error
    accounts = _team_accounts(actor)
    actor.require("audit.export")
    verdict, proved_at = verdict_now()
    _rows, end = begin_export(actor=actor, wanted=wanted, kind=kind, team_accounts=accounts)
    facts = facts_for(actor.name, wanted, verdict, proved_at)
    entries = inspection.every(actor=actor, wanted=wanted, up_to=end, team_accounts=accounts)
    name = f"keystead-trail-{timezone.now():%Y%m%d-%H%M%S}"
    if kind == "xlsx":
        return download(as_workbook(entries, facts), f"{name}.xlsx", EXCEL)
    return download(as_archive(entries, facts), f"{name}.zip", "application/zip")


def wanted_of(request: HttpRequest, actor: Actor) -> TrailFilter:
    """Return the filter in the address; an unknown or foreign account is NotFound."""
    given = request.GET
    who, account = given.get("who", ""), given.get("account", "").strip()
    kind, _space, key = given.get("object", "").strip().partition(" ")
    return TrailFilter(
        who=int(who) if who else None,
        what=given.get("what", ""),
        subject_type=kind,
        subject_id=key.strip(),
        account_id=account_by_code(actor, account).id if account else None,
        first=_day(given.get("first", "")),
        last=_day(given.get("last", "")),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _team_accounts(actor: Actor) -> frozenset[int]:
    if "director" not in actor.roles:
        return frozenset()
    return scope_for(actor).account_ids
