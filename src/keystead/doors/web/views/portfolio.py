"""The portfolio: one row per account, chosen measures with their trend, views that are kept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keystead.accounts.queries import labels_of, values_in_use
from keystead.accounts.types import AccountKind, AccountStatus
from keystead.doors.web.measures import data_until, label_of_metric, offered, period_labels
from keystead.doors.web.portfolio import CURRENCIES, PAGE, Choice, build
from keystead.doors.web.portfolio_table import table_of, workbook_of
from keystead.doors.web.services import remove_view, save_view, views_of
from keystead.kit.access import Actor, actor_of, policy

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@policy("accounts.view", "metrics.view")
@require_safe
def portfolio(request: HttpRequest) -> HttpResponse:
    """Show the table; htmx gets the table alone."""
    actor = actor_of(request)
    choice = Choice.from_query(request.GET, [metric.id for metric in offered(actor)])
    last = data_until()
    found = build(actor, choice, last)
    page = Paginator(found.lines, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "portfolio": found,
        "choice": choice,
        "table": table_of(found, list(page.object_list)),
        "page": page,
        "until": last,
        "period": found.period,
        "query": choice.query(),
        "may_export": actor.can("export.data"),
        "may_add": actor.can("accounts.edit"),
    }
    if request.headers.get("HX-Target") == "portfolio":
        return render(request, "web/panels/portfolio.html", context)
    context |= _controls(actor, choice)
    return render(request, "web/portfolio.html", context)


@policy("accounts.view", "metrics.view", "export.data")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Send the whole portfolio as an Excel file."""
    actor = actor_of(request)
    choice = Choice.from_query(request.GET, [metric.id for metric in offered(actor)])
    last = data_until()
    response = HttpResponse(workbook_of(build(actor, choice, last)), content_type=XLSX)
    name = f"keystead-accounts-{last:%Y-%m-%d}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@policy("accounts.view")
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the present choice under a name."""
    actor = actor_of(request)
    allowed = [metric.id for metric in offered(actor)]
    query = Choice.from_query(QueryDict(request.POST.get("query", "")), allowed).query()
    view = save_view(actor=actor, name=request.POST.get("name", ""), query=query)
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    return redirect(f"{reverse('web:portfolio')}?{view.query}")


@policy("accounts.view")
@require_POST
def forget(request: HttpRequest, view_id: int) -> HttpResponse:
    """Forget a view."""
    view = remove_view(actor=actor_of(request), view_id=view_id)
    messages.success(request, _("The view “%(name)s” is gone.") % {"name": view.name})
    return redirect("web:portfolio")


def _controls(actor: Actor, choice: Choice) -> dict[str, Any]:
    fields = [
        ("kind", _("Kind"), labels_of(AccountKind)),
        ("segment", _("Segment"), _own(actor, "segment")),
        ("territory", _("Territory"), _own(actor, "territory")),
        ("status", _("Status"), labels_of(AccountStatus)),
    ]
    groups = [
        ("", _("No groups")),
        ("root", _("Tree")),
        ("segment", _("Segment")),
        ("kind", _("Kind")),
        ("territory", _("Territory")),
        ("country", _("Country")),
    ]
    return {
        "fields": [(*field, choice.filter(field[0])) for field in fields if len(field[2]) > 0],
        "groups": groups,
        "periods": period_labels(),
        "currencies": [(code, code or _("As billed")) for code in CURRENCIES],
        "measures": [
            (metric.id, label_of_metric(metric), metric.id in choice.measures)
            for metric in offered(actor)
        ],
        "views": [
            {"view": view, "current": view.query == choice.query()} for view in views_of(actor)
        ],
    }


def _own(actor: Actor, field: str) -> list[tuple[str, str]]:
    return [(value, value) for value in values_in_use(actor, field)]
