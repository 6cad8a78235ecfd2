"""Approved versions with their differences, and the objectives over the years."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from keystead.kit.access import actor_of, policy
from keystead.kit.office.inside import inside_file, inside_name
from keystead.kit.office.word import document
from keystead.kit.ui.sheets import download
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.planning import queries
from keystead.planning.queries.papers import plan_paper
from keystead.planning.queries.versions import differences, versions_of
from keystead.planning.queries.words import field_word, kind_word
from keystead.planning.queries.years import over_years
from keystead.planning.views.shown import frame, standing_cell, target_of, value_of

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_GET
@policy("planning.view")
def versions(request: HttpRequest, account_plan_id: int) -> HttpResponse:
    """Show the approved versions of a plan, and what differs between two of them."""
    actor, asked = actor_of(request), request.GET
    plan = queries.plan_for(actor, account_plan_id)
    found = versions_of(actor, plan.id)
    numbers = [one.number for one in found]
    before = _number(asked.get("before", ""), numbers, numbers[0] if numbers else 0)
    after = _number(asked.get("after", ""), numbers, 0)
    names = [(0, _("as it is written now")), *((one, f"v{one}") for one in numbers)]
    context = frame(request, actor, plan, "versions") | {
        "versions": Table(
            [Column("number", _("Version")), Column("at", _("Approved on"), "moment"),
             Column("by", _("By")), Column("hash", _("Fingerprint"), hide="phone")],
            [Row({"number": f"v{one.number}", "at": one.approved_at, "by": one.approved_by,
                  "hash": one.content_hash[:12]}) for one in found],
            _("Versions"), empty=_("Nothing was approved yet."), sortable=False,
        ),
        "names": names,
        "before": before,
        "after": after,
        "changes": _changes(differences(actor, plan.id, before, after)) if numbers else None,
    }  # fmt: skip
    return render(request, "planning/versions.html", context)


@require_GET
@policy("planning.view")
def years(request: HttpRequest, account_plan_id: int) -> HttpResponse:
    """Show the measured objectives of an account over the years of its plans."""
    actor = actor_of(request)
    plan = queries.plan_for(actor, account_plan_id)
    listed, lines = over_years(actor, plan.account_id)
    columns = [Column("title", _("Objective"), sortable=False)]
    columns += [
        Column(f"y{one}{part}", f"{one} {label}", "figure", sortable=False)
        for one in listed
        for part, label in (("t", _("target")), ("v", _("actual")))
    ]
    columns.append(Column("state", _("State"), "tag", sortable=False))
    rows = []
    for line in lines:
        cells: dict[str, Any] = {
            "title": Cell(line.title, sub=", ".join(v for _n, values in line.filters
                                                    for v in values))
        }  # fmt: skip
        for one in listed:
            stands = line.years.get(one)
            if stands is not None:
                cells[f"y{one}t"] = target_of(stands, plan)
                cells[f"y{one}v"] = value_of(stands)
        newest = next((line.years[one] for one in reversed(listed) if one in line.years), None)
        cells["state"] = standing_cell(newest) if newest else "–"
        rows.append(Row(cells))
    empty = _("No objective is bound to a metric yet.")
    context = frame(request, actor, plan, "years") | {
        "table": Table(columns, rows, _("Over the years"), empty=empty, sortable=False),
    }
    return render(request, "planning/years.html", context)


@require_GET
@policy("planning.view", "export.data")
def word(request: HttpRequest, account_plan_id: int) -> HttpResponse:
    """Send the plan as a Word file, in the reader's language, marked as internal."""
    actor, today = actor_of(request), timezone.localdate()
    plan = queries.plan_for(actor, account_plan_id)
    paper = plan_paper(actor, plan, get_language() or "en", today)
    name = inside_name(f"plan-{plan.account_code}-{plan.year}.docx")
    return download(inside_file(document(paper), "docx"), name, WORD)


def _changes(found: Any) -> Table:
    columns = [
        Column("kind", _("Part"), sortable=False),
        Column("title", _("Line"), sortable=False),
        Column("before", _("Before"), sortable=False),
        Column("after", _("After"), sortable=False),
    ]
    rows = [
        Row({
            "kind": Cell(kind_word(one.kind), sub=field_word(one.field) if one.field else ""),
            "title": one.title, "before": one.before or "–", "after": one.after or "–",
        })
        for one in found
    ]  # fmt: skip
    return Table(columns, rows, _("What differs"), empty=_("Nothing differs."), sortable=False)


def _number(text: str, known: list[int], default: int) -> int:
    return int(text) if text.isdecimal() and int(text) in (0, *known) else default
