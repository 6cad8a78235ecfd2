"""The page of a KPI set: its head and its lines in one form, saved as a whole."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from keystead.kernel.errors import Conflict, Invalid, NotAllowed
from keystead.kit.access import actor_of, policy
from keystead.scorecards import queries, services
from keystead.scorecards.forms import KpiLines, KpiSetForm, LineForms, blame, initial_of
from keystead.scorecards.types import KpiSet


@policy("scorecards.edit")
def new_set(request: HttpRequest) -> HttpResponse:
    """Make a KPI set."""
    return _edit(request, None)


@policy("scorecards.view")
def edit_set(request: HttpRequest, set_id: int) -> HttpResponse:
    """Show a KPI set; who may edit scorecards may change it."""
    return _edit(request, queries.kpi_set(actor_of(request), set_id))


def _edit(request: HttpRequest, stored: KpiSet | None) -> HttpResponse:
    actor = actor_of(request)
    may_edit = actor.can("scorecards.edit")
    head, rows = initial_of(stored) if stored else ({}, [])
    posted = request.method == "POST"
    form = KpiSetForm(request.POST if posted else None, initial=head)
    lines = KpiLines(request.POST if posted else None, initial=rows, prefix="lines")
    if posted:
        actor.require("scorecards.edit")
        if form.is_valid() and lines.is_valid():
            done = _save(request, stored, form, lines)
            if done is not None:
                return done
    context = {
        "stored": stored,
        "form": form,
        "lines": lines,
        "may_edit": may_edit,
        "total": sum(line.weight for line in stored.lines) if stored else 0,
    }
    return render(request, "scorecards/set.html", context, status=422 if posted else 200)


def _save(
    request: HttpRequest, stored: KpiSet | None, form: KpiSetForm, lines: LineForms
) -> HttpResponse | None:
    data, filled = form.cleaned_data, lines.lines()
    wanted = KpiSet(
        id=stored.id if stored else 0,
        code=stored.code if stored else "",
        name=data["name"],
        segment=data["segment"],
        kinds=tuple(data["kinds"]),
        lines=tuple(line for _place, line in filled),
        good_from=data["good_from"],
        watch_from=data["watch_from"],
        min_coverage_pct=data["min_coverage_pct"],
        active=data["active"],
        version=data["version"] or 0,
    )
    try:
        services.save_kpi_set(actor=actor_of(request), kpi_set=wanted)
    except Invalid as error:
        blame(form, lines, [place for place, _line in filled], error)
    except NotAllowed as error:
        if error.code != "compliance_rule":
            raise
        form.add_error(None, f"{_(error.message)} ({error.data['rule']})")
    except Conflict as error:
        form.add_error(None, _("Somebody else changed this set. Save again to keep yours."))
        again = request.POST.copy()
        again["version"] = str(error.data["current_version"])
        form.data = again
    else:
        messages.success(request, _("Saved. Totals are being computed again."))
        return redirect("scorecards:index")
    return None
