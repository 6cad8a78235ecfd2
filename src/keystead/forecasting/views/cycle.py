"""The cycles, and one of them as those who run it see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from keystead.forecasting import queries, services
from keystead.forecasting.forms.cycle import CycleForm
from keystead.forecasting.queries.gaps import gaps_of
from keystead.forecasting.queries.problems import problems_of
from keystead.forecasting.queries.selling_in import planned_sell_in
from keystead.forecasting.queries.steps import steps_of
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.queries.words import KINDS, RHYTHMS, STATES
from keystead.forecasting.rules.cycles import lock_problems
from keystead.forecasting.types.cycle import (
    Calendar,
    Cycle,
    CycleHead,
    CycleState,
    DemandKind,
    Layer,
    RunState,
)
from keystead.forecasting.types.rhythm import Rhythm
from keystead.forecasting.views import desk
from keystead.forecasting.views.steps import TITLES
from keystead.kernel.periods import month_start
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table

UNDER_WAY = (RunState.WAITING, RunState.RUNNING)


@require_GET
@policy("forecasting.view")
def cycles(request: HttpRequest) -> HttpResponse:
    """List the cycles, the newest first; a single open one is where one wants to be."""
    actor = actor_of(request)
    found = queries.cycles_for(actor)
    table = Table(
        [
            Column("name", _("Cycle")), Column("kind", _("What is forecast"), hide="phone"),
            Column("state", _("State"), "tag", hide="phone"),
            Column("rhythm", pgettext("forecast", "Rhythm"), hide="phone"),
            Column("months", pgettext("forecast", "Ahead"), "number", hide="phone"),
            Column("submit", _("Submit by"), "date", hide="phone"),
            Column("review", _("Review by"), "date", hide="phone"),
            Column("lock", _("Lock by"), "date"), Column("desk", _("Desk")),
        ],
        [
            Row({
                "name": Cell(
                    one.name, href=reverse("forecasting:grid", args=[one.id]),
                    phone=str(STATES[one.state]),
                ),
                "kind": KINDS[one.head.kind],
                "state": STATES[one.state], "rhythm": RHYTHMS[one.rhythm],
                "months": one.head.horizon,
                "submit": one.head.calendar.submit_by, "review": one.head.calendar.review_by,
                "lock": one.head.calendar.lock_by,
                "desk": Cell(
                    _("Signatures and gaps"), href=reverse("forecasting:cycle", args=[one.id])
                ),
            })
            for one in found
        ],
        _("Forecast cycles"), empty=_("No cycle was opened yet."),
    )  # fmt: skip
    context = {"table": table, "none": not found, "may_open": actor.can("forecasting.run")}
    return render(request, "forecasting/cycles.html", context)


@require_GET
@policy("forecasting.view")
def cycle(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Show where a cycle stands and what keeps it from the lock."""
    actor = actor_of(request)
    found = queries.cycle_for(actor, cycle_id)
    numbers = cycle_table(actor, cycle_id)
    signs = queries.signs_of(actor, cycle_id)
    gaps = gaps_of(actor, numbers)
    runs = queries.runs_of(actor, cycle_id)
    steps = [name for name in steps_of(actor, found) if name != "explain"]
    missing = desk.missing(lock_problems(found, signs, gaps, numbers.stamp))
    context = {
        "cycle": found,
        "state": STATES[found.state],
        "kind": KINDS[found.head.kind],
        "rhythm": RHYTHMS[found.rhythm],
        "by_week": found.rhythm is Rhythm.WEEK,
        "message": _message(found, missing),
        "missing": missing if found.editable else (),
        "days": desk.days(found),
        "signs": desk.signs(
            found, signs, numbers.stamp, {one.key.account_id for one in numbers.series}
        ),
        "gaps": desk.gaps(actor, found, gaps),
        "runs": desk.runs(runs, found.rhythm),
        "under_way": any(one.state in UNDER_WAY for one in runs),
        "problems": desk.problems(problems_of(actor, cycle_id)),
        "assumptions": desk.assumptions(actor, found, queries.assumptions_of(actor, cycle_id)),
        "steps": [(name, TITLES[name]) for name in steps],
        "sell_in": desk.sell_in(planned_sell_in(actor, numbers)) if _both(found) else None,
        "series": len(numbers.series),
    }
    return render(request, "forecasting/cycle.html", context)


@require_GET
@policy("forecasting.view")
def problems(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """List what the history says that somebody should look at, line by line."""
    actor = actor_of(request)
    found = queries.cycle_for(actor, cycle_id)
    wanted = request.GET.get("what", "")
    told = problems_of(actor, cycle_id)
    here = [one for one in told if wanted in ("", one.code)]
    context = {
        "cycle": found,
        "kinds": desk.kinds(told, wanted),
        "table": desk.problem_lines(here),
        "more": max(len(here) - desk.SHOWN, 0),
    }
    return render(request, "forecasting/problems.html", context)


@policy("forecasting.run")
def open_cycle(request: HttpRequest) -> HttpResponse:
    """Open the cycle of a month, or of a week."""
    actor = actor_of(request)
    month = month_start(timezone.localdate())
    days = {
        "month": month, "opens": month, "submit_by": month + timedelta(days=7),
        "review_by": month + timedelta(days=11), "lock_by": month + timedelta(days=14),
    }  # fmt: skip
    form = CycleForm(request.POST or None, initial=days)

    def save(data: dict[str, Any], version: int | None) -> str:
        rhythm = Rhythm(data["rhythm"] or Rhythm.MONTH)
        calendar = Calendar(data["opens"], data["submit_by"], data["review_by"], data["lock_by"])
        head = CycleHead(
            month=data["month"], calendar=calendar, kind=DemandKind(data["kind"]),
            rhythm=rhythm, horizon=data["horizon"] or rhythm.horizon,
            frozen_months=data["frozen_months"],
            gap_pct=data["gap_pct"], name=data["name"].strip(),
            parties=tuple(Layer(one) for one in data["parties"]),
        )  # fmt: skip
        made = services.open_cycle(actor=actor, head=head)
        return reverse("forecasting:cycle", args=[made.id])

    page = Page(
        _("Open a cycle"), back=reverse("forecasting:cycles"), back_label=_("Forecast"),
        save_label=_("Open this cycle"), said=_("The cycle is open. Start a run next."),
        lede=_("The history ends with the day before its first month or week."),
    )  # fmt: skip
    return edit_page(request, form, desk.told(save), page)


def _both(found: Cycle) -> bool:
    """Whether sell-in is made from the off-take of this cycle."""
    return found.head.kind is DemandKind.OFF_TAKE and found.run_id is not None


def _message(found: Cycle, missing: tuple[str, ...]) -> str:
    """What the page says first."""
    if found.state is CycleState.LOCKED:
        return _("Locked: these numbers stay as they were agreed.")
    if found.state is CycleState.CANCELLED:
        return _("Cancelled: what was written stays readable.")
    if found.lock_request is not None:
        return _("The lock waits for a second person.")
    if found.run_id is None:
        return _("Start a run: then everybody can write.")
    if not missing:
        return _("Nothing keeps this cycle from its lock.")
    return _("What keeps this cycle from its lock")
