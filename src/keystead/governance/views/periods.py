"""Closed periods: close, ask to reopen, reopen."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.governance.forms import CloseForm
from keystead.governance.queries import periods as reads
from keystead.governance.services import periods
from keystead.governance.types.periods import LEDGERS, PeriodLock
from keystead.kernel.errors import KeysteadError
from keystead.kernel.periods import Period
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table


@policy("approvals.view")
def index(request: HttpRequest) -> HttpResponse:
    """Show what is closed; finance closes here, others ask to reopen."""
    actor = actor_of(request)
    found = reads.locks()
    return render(
        request,
        "governance/periods.html",
        {
            "table": _table(found),
            "closed": [item for item in found if item.closed],
            "may_close": actor.can("periods.close"),
            "form": _form(request),
        },
    )


@policy("periods.close")
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Close one month of one ledger, or of all."""
    form = _form(request)
    if not form.is_valid():
        messages.error(request, _("Choose a ledger and a period."))
        return redirect("governance:periods")
    month = Period.parse(form.cleaned_data["month"])
    try:
        periods.close_period(
            actor=actor_of(request),
            ledger=form.cleaned_data["ledger"],
            label=form.cleaned_data["month"],
            start=month.start,
            end=month.end,
        )
    except KeysteadError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Closed."))
    return redirect("governance:periods")


@policy("approvals.view")
@require_POST
def reopen(request: HttpRequest, lock_id: int) -> HttpResponse:
    """Ask to reopen; once finance and compliance approved, finance opens it."""
    actor = actor_of(request)
    try:
        if request.POST.get("step") == "open":
            periods.reopen_period(actor=actor, lock_id=lock_id)
            messages.success(request, _("Open again."))
        else:
            periods.ask_to_reopen(actor=actor, lock_id=lock_id, why=request.POST.get("why", ""))
            messages.success(request, _("Finance and compliance are asked."))
    except KeysteadError as error:
        messages.error(request, error.message)
    return redirect("governance:periods")


def _form(request: HttpRequest) -> CloseForm:
    this = timezone.localdate().replace(day=1)
    months = [_back(this, steps).strftime("%Y-%m") for steps in range(1, 25)]
    return CloseForm(
        request.POST or None,
        ledgers=[(name, name.replace("_", " ")) for name in LEDGERS],
        months=[(month, month) for month in months],
    )


def _back(month: date, steps: int) -> date:
    place = month.year * 12 + month.month - 1 - steps
    return date(place // 12, place % 12 + 1, 1)


def _table(found: tuple[PeriodLock, ...]) -> Table:
    columns = [
        Column("label", _("Period")),
        Column("ledger", _("Ledger")),
        Column("state", _("State"), "tag"),
        Column("at", _("Closed on"), "moment"),
        Column("by", _("Closed by")),
        Column("reopened", _("Reopened on"), "moment"),
    ]
    rows = [
        Row(
            {
                "label": item.label,
                "ledger": item.ledger.replace("_", " "),
                "state": Cell(_("closed"), tone="good") if item.closed else Cell(_("open")),
                "at": item.closed_at,
                "by": item.closed_by_name,
                "reopened": item.reopened_at,
            },
            tone="" if item.closed else "past",
        )
        for item in found
    ]
    return Table(columns, rows, _("Closed periods"), empty=_("No period is closed yet."))
