"""One report: what it is, what was found in it, and whose usage it tells."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from keystead.accounts.queries import accounts_for
from keystead.connectors.counter.queries.sources import run_for
from keystead.connectors.counter.services.intake import match_institution
from keystead.connectors.counter.views.words import RUNS, TONES
from keystead.kernel.errors import Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import version_of
from keystead.kit.ui.tables import Cell, Column, Row, Table

_SEVERITIES = {"error": "bad", "warning": "warn", "notice": ""}


@policy("ledger.view")
def report(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show one report that was fetched or brought in."""
    return render(request, "counter/report.html", _about(request, run_id))


@policy("ledger.view")
def report_body(request: HttpRequest, run_id: int) -> HttpResponse:
    """Return the moving part of the page while it is read."""
    return render(request, "counter/report_body.html", _about(request, run_id))


@policy("usage.sources")
def match(request: HttpRequest, institution_id: int) -> HttpResponse:
    """Say which account an institution is; what waited is loaded."""
    chosen = request.POST.get("account", "")
    if not chosen.isdecimal():
        raise Invalid(_("Choose an account."), code="no_account")
    count = match_institution(
        actor=actor_of(request), institution_id=institution_id, account_id=int(chosen),
        expected_version=version_of(request),
    )  # fmt: skip
    messages.success(request, _("Remembered. Reports that are loaded now: %(n)s.") % {"n": count})
    return redirect("counter:index")


def _about(request: HttpRequest, run_id: int) -> dict[str, Any]:
    actor = actor_of(request)
    found = run_for(actor, run_id)
    accounts = {one.id: one for one in accounts_for(actor)}
    facts = [
        (_("Report"), f"{found.report_id or '–'} {found.release}".strip()),
        (_("Which months"), f"{found.begin:%Y-%m} – {found.end:%Y-%m}" if found.begin and found.end
         else "–"),
        (_("Customer number"), found.customer_id or "–"),
        (_("Rows"), found.rows),
        (_("Version"), found.version or "–"),
        (_("Attempts"), found.attempts or "–"),
        (_("SHA-256"), found.sha256[:16] or "–"),
    ]  # fmt: skip
    rows = [
        Row(
            {
                "severity": Cell(one["severity"], tone=_SEVERITIES.get(one["severity"], "")),
                "message": Cell(one["message"], sub=one.get("hint", "")),
                "place": one["place"],
                "count": one.get("count", 1),
            }
        )
        for one in found.findings
    ]
    columns = [
        Column("severity", _("How bad"), "tag"),
        Column("message", _("What was found"), wide=True),
        Column("place", _("Place in the file"), "code"),
        Column("count", _("Times"), "number"),
    ]
    said = [
        Row({"code": str(one["Code"]), "message": Cell(one["Message"], sub=one.get("Data", ""))})
        for one in found.exceptions
    ]
    return {
        "run": found,
        "facts": facts,
        "state": RUNS[found.state],
        "tone": TONES.get(found.state, ""),
        "account": accounts.get(found.account_id or 0),
        "findings": Table(columns, rows, _("Findings"), empty=_("Nothing was found.")),
        "exceptions": Table(
            [Column("code", _("Code"), "code"), Column("message", _("Message"), wide=True)],
            said, _("What the provider says beside it"),
        ),
        "moving": found.state == "queued" and bool(found.sha256),
    }  # fmt: skip
