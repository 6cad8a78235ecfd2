"""Accounts in Excel: the template, the export, and the way back in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.accounts import queries, services
from keystead.kernel.errors import Invalid, SourceProblem
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.sheets import EXCEL, download, problem_table, uploaded

LARGEST = 20 * 1024 * 1024


@policy("accounts.edit")
def sheets(request: HttpRequest) -> HttpResponse:
    """Show how accounts go out to Excel and come back."""
    may_export = actor_of(request).can("export.data")
    return render(request, "accounts/sheets.html", {"may_export": may_export})


@policy("accounts.view", "export.data")
def export(request: HttpRequest) -> HttpResponse:
    """Send the visible accounts as a workbook that merges back, or as CSV."""
    actor = actor_of(request)
    name = f"keystead-accounts-{timezone.localdate():%Y-%m-%d}"
    if request.GET.get("format") == "csv":
        return download(queries.accounts_csv(actor), f"{name}.csv", "text/csv; charset=utf-8")
    return download(queries.accounts_workbook(actor), f"{name}.xlsx", EXCEL)


@policy("accounts.edit")
def template(request: HttpRequest) -> HttpResponse:
    """Send the empty workbook."""
    return download(queries.accounts_template(actor_of(request)), "keystead-accounts.xlsx", EXCEL)


@require_POST
@policy("accounts.edit")
def import_file(request: HttpRequest) -> HttpResponse:
    """Check a workbook, or write it: all rows or none."""
    dry_run = request.POST.get("do") != "write"
    try:
        content, name = uploaded(request, LARGEST)
        report = services.import_accounts(
            actor=actor_of(request), content=content, name=name, dry_run=dry_run
        )
    except (SourceProblem, Invalid) as error:
        return render(request, "accounts/sheets.html", {"refused": error}, status=422)
    if report.written:
        counts = {"created": report.created, "changed": report.changed, "same": report.unchanged}
        text = _("%(created)s new, %(changed)s changed, %(same)s as before.") % counts
        messages.success(request, text)
        return redirect("/accounts/")
    context = {
        "report": report,
        "name": name,
        "table": problem_table(report),
        "may_export": actor_of(request).can("export.data"),
    }
    return render(request, "accounts/sheets.html", context, status=422 if report.problems else 200)
