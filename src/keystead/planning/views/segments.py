"""The segments of accounts: the run that is kept, who moved, and the cuts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from keystead.accounts.queries import accounts_for
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.planning import services
from keystead.planning.calc.segments import ABC, XYZ, counted
from keystead.planning.forms.whitespace import CutsForm, RunForm, initial_cuts
from keystead.planning.queries.measuring import metrics_by_id, readable
from keystead.planning.queries.segments import cuts_in_force, run_for
from keystead.planning.queries.words import LEFT_OUT, LEVELS
from keystead.planning.types.segments import Placed, Run, Segment


@require_GET
@policy("planning.view")
def segments(request: HttpRequest) -> HttpResponse:
    """Show the newest run: how many accounts in each cell, and each account with its inputs."""
    actor = actor_of(request)
    number, cuts = cuts_in_force()
    try:
        run = run_for(actor)
    except NotFound:
        run = None
    context: dict[str, Any] = {
        "run": run, "cuts": cuts, "number": number, "may_run": actor.can("planning.approve"),
    }  # fmt: skip
    if run is not None:
        listed = [one.segment for one in run.placed]
        cells = counted(listed)
        context |= {
            "message": _message(run),
            "matrix": [(a, [cells[f"{a}{x}"] for x in XYZ]) for a in ABC],
            "columns": list(XYZ),
            "table": _table(run, values=readable(actor, run.cuts.metric)),
            "left": [(LEFT_OUT.get(why, why), count) for why, count in run.left_out.items()],
        }
    return render(request, "planning/segments.html", context)


@policy("planning.approve")
def run_segments(request: HttpRequest) -> HttpResponse:
    """Work the segments out anew."""
    actor = actor_of(request)
    form = RunForm(request.POST or None, initial={"currency": _usual(actor)})

    def save(data: dict[str, Any], version: int | None) -> None:
        found = services.run_segments(actor=actor, currency=data["currency"])
        messages.info(request, _message(found))

    page = Page(
        _("Work the segments out"), back=reverse("planning:segments"), back_label=_("Segments"),
        lede=_("The run is kept with its inputs; nobody can change it."),
        save_label=_("Work out"), said=_("The segments are worked out."),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@policy("planning.approve")
def cuts(request: HttpRequest) -> HttpResponse:
    """Set the cuts; the next run takes them."""
    actor = actor_of(request)
    _number, held = cuts_in_force()
    metrics = [(one.id, _(one.label)) for one in metrics_by_id().values()
               if str(one.unit) == "money" and readable(actor, one.id)]  # fmt: skip
    form = CutsForm(request.POST or None, initial=initial_cuts(held), metrics=metrics)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.set_cuts(actor=actor, cuts=form.cuts(), why=data["why"])

    page = Page(
        _("Cuts of the segments"), back=reverse("planning:segments"), back_label=_("Segments"),
        lede=_("The next run takes them; earlier runs stay as they are."),
    )  # fmt: skip
    return edit_page(request, form, save, page)


def _message(run: Run) -> str:
    words = {"count": len(run.placed), "quarter": run.quarter, "moved": run.moved_pct}
    if run.moved_pct is None:
        return _("%(count)s accounts in segments, %(quarter)s") % words
    return _("%(count)s accounts in segments, %(quarter)s; %(moved)s%% changed their cell") % words


def _table(run: Run, *, values: bool) -> Table:
    columns = [
        Column("account", _("Account")),
        Column("cell", _("Segment"), "tag"),
        Column("potential", _("Potential")),
        Column("relation", _("Relation")),
        Column("value", _("Value of 12 months"), "number", unit=run.currency, digits=0),
        Column("cv", _("Variation"), "number", digits=2, hide="phone"),
        Column("room", _("Room on top"), "pct", digits=0, hide="phone"),
        Column("coverage", _("Coverage"), "pct", digits=0, hide="phone"),
        Column("satisfaction", _("Satisfaction"), "number", digits=0, unit="0–100", hide="phone"),
        Column("before", _("Quarter before"), hide="phone"),
    ]
    return Table(columns, [_row(one, values=values) for one in run.placed], _("Segments"))


def _row(one: Placed, *, values: bool) -> Row:
    page = reverse("web:account", args=[one.account_id])
    return Row({
        "account": Cell(one.account_name, href=f"{page}?tab=plan"),
        "cell": Cell(one.segment.cell, tone="warn" if one.moved else ""),
        "potential": str(LEVELS.get(one.segment.potential, "–")),
        "relation": str(LEVELS.get(one.segment.relation, "–")),
        "value": one.inputs.value if values else None, "cv": one.inputs.cv,
        "room": one.inputs.room_pct, "coverage": one.inputs.coverage_pct,
        "satisfaction": one.inputs.satisfaction,
        "before": _words(one.before) if one.moved and one.before else "",
    })  # fmt: skip


def _words(one: Segment) -> str:
    known = [str(LEVELS[name]) for name in (one.potential, one.relation) if name in LEVELS]
    return " · ".join([one.cell, *known])


def _usual(actor: Actor) -> str:
    """Return the currency that most accounts have."""
    held = [one.currency for one in accounts_for(actor) if one.currency]
    return max(sorted(set(held)), key=held.count, default="")
