"""The page of a plan: all of it on one page, and the panel of an account."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from keystead.accounts.queries import account_for
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.numbers import pct
from keystead.planning import queries
from keystead.planning.queries.words import (
    GROUPS,
    INITIATIVE_STATES,
    INPUT_STATES,
    PARTS,
    PLAN_STATES,
    PLAN_TONES,
    written,
)
from keystead.planning.rules.completeness import completeness
from keystead.planning.types.plans import (
    SWOT,
    Claim,
    ClaimKind,
    Completeness,
    Initiative,
    Input,
    Measured,
    Objective,
    Part,
    Plan,
    Stated,
)
from keystead.planning.views.shown import frame, may_edit, standing_cell, target_of, value_of

BEFORE = (ClaimKind.GOAL, ClaimKind.STRATEGY, ClaimKind.VALUE)
AFTER = (ClaimKind.COMPETITOR, ClaimKind.RISK, ClaimKind.BUDGET, ClaimKind.RESEARCH)


@require_GET
@policy("planning.view")
def plan(request: HttpRequest, account_plan_id: int) -> HttpResponse:
    """Show a plan on one page; it prints."""
    actor, today = actor_of(request), timezone.localdate()
    found = queries.plan_for(actor, account_plan_id)
    writes = may_edit(actor, found.account_id)
    stands = queries.measured(actor, found, found.objectives, today=today)
    whole = completeness(found, today)
    context = frame(request, actor, found, "plan") | {
        "drafts": writes and found.may_change,
        "may_export": actor.can("export.data"),
        "message": message(found, whole, list(stands.values())),
        "score": whole.score,
        "missing": [(one, PARTS[one.code]) for one in whole.missing],
        "parts": parts_table(whole),
        "stale": sum(one.stale(today) for one in found.lines),
        "again": _again(found, today) if writes else [],
        "before": [_group(found, kind, today) for kind in BEFORE],
        "swot": [_group(found, kind, today) for kind in SWOT],
        "after": [_group(found, kind, today) for kind in AFTER],
        "objectives": objectives_table(found, stands, today, links=writes),
        "initiatives": initiatives_table(found, today, links=writes),
        "actions": [one for one in found.actions if one.open][:8],
        "more_actions": max(sum(one.open for one in found.actions) - 8, 0),
        "inputs": inputs_table(actor, found.inputs, today, writes=writes),
        "today": today,
        "command": uuid.uuid4().hex,
    }
    return render(request, "planning/plan.html", context)


@require_GET
@policy("planning.view")
def panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the plans of an account: the newest in short, the others as links."""
    actor, today = actor_of(request), timezone.localdate()
    account = account_for(actor, account_id)
    heads = queries.plans_of(actor, account.id)
    context: dict[str, Any] = {
        "account": account, "heads": heads, "today": today,
        "states": [(one, PLAN_STATES[one.state.value], PLAN_TONES[one.state.value])
                   for one in heads],
        "may_edit": may_edit(actor, account.id),
    }  # fmt: skip
    if heads:
        found = queries.plan_for(actor, heads[0].id)
        stands = queries.measured(actor, found, found.objectives, today=today)
        whole = completeness(found, today)
        context |= {
            "plan": found, "score": whole.score,
            "message": message(found, whole, list(stands.values())),
            "objectives": objectives_table(found, stands, today),
            "actions": [one for one in found.actions if one.open][:6],
        }  # fmt: skip
    return render(request, "planning/panels/account.html", context)


def message(plan: Plan, whole: Completeness, stands: list[Measured]) -> str:
    """Return the headline: how the objectives stand, and how complete the plan is."""
    good = sum(one.standing.value in ("reached", "on_track") for one in stands)
    known = sum(one.standing.value != "unknown" for one in stands)
    if not known:
        return _("The plan of %(year)s is %(score)s%% complete") % {
            "year": plan.year, "score": whole.score,
        }  # fmt: skip
    words = ngettext(
        "%(good)s of %(known)s objective on track; the plan is %(score)s%% complete",
        "%(good)s of %(known)s objectives on track; the plan is %(score)s%% complete",
        known,
    )
    return words % {"good": good, "known": known, "score": whole.score}


def _again(plan: Plan, today: date) -> list[tuple[str, Objective | Initiative, str]]:
    """Return the objectives and initiatives that must be looked at again, with the reason."""
    listed: list[tuple[str, Objective | Initiative]] = [
        *(("objective", one) for one in plan.objectives),
        *(("initiative", one) for one in plan.initiatives),
    ]
    return [(kind, one, state_words(one, today)) for kind, one in listed if one.stale(today)]


def _group(plan: Plan, kind: ClaimKind, today: date) -> dict[str, Any]:
    return {
        "kind": kind.value, "title": GROUPS[kind.value],
        "lines": [(one, one.stale(today), _extra(one, plan)) for one in plan.of(kind)],
    }  # fmt: skip


def _extra(one: Claim, plan: Plan) -> str:
    words = []
    if one.amount is not None:
        words.append(written(one.amount, plan.currency, get_language() or "en"))
    if one.likelihood_pct is not None:
        words.append(_("%(pct)s likely") % {"pct": pct(one.likelihood_pct, 0)})
    return " · ".join(words)


def objectives_table(
    plan: Plan, stands: dict[int, Measured], today: date, *, links: bool = False
) -> Table:
    """Return the objectives with target, what is there (with proof), progress and word."""
    rows = [_objective(plan, one, stands[one.id], today, links=links) for one in plan.objectives]
    columns = [
        Column("title", _("Objective"), sortable=False),
        Column("target", pgettext("amount", "Target"), "figure", sortable=False),
        Column("value", _("Now"), "figure", sortable=False),
        Column("progress", _("Progress"), "pct", digits=0, hide="phone", sortable=False),
        Column("expected", _("Due by now"), "pct", digits=0, hide="phone", sortable=False),
        Column("standing", _("State"), "tag", sortable=False),
        Column("owner", _("Owner"), hide="phone", sortable=False),
    ]
    empty = _("No objective yet: what do we want to reach this year?")
    return Table(columns, rows, _("Objectives"), empty=empty, sortable=False)


def _objective(plan: Plan, one: Objective, stands: Measured, today: date, *, links: bool) -> Row:
    return Row({
        "title": Cell(one.title, href=_line("objective", one) if links else "",
                      sub=state_words(one, today)),
        "target": target_of(stands, plan),
        "value": value_of(stands),
        "progress": stands.progress_pct, "expected": stands.expected_pct,
        "standing": standing_cell(stands), "owner": one.owner_name or "–",
    })  # fmt: skip


def initiatives_table(plan: Plan, today: date, *, links: bool = False) -> Table:
    """Return the initiatives with their days, money, exit test and state."""
    rows = [_initiative(one, today, links=links) for one in plan.initiatives]
    columns = [
        Column("title", _("Initiative"), sortable=False),
        Column("starts", _("Begins on"), "date", hide="phone", sortable=False),
        Column("ends", _("Ends on"), "date", sortable=False),
        Column("cost", _("Cost"), "number", unit=plan.currency, digits=0, hide="phone",
               sortable=False),
        Column("effect", _("Expected effect"), "number", unit=plan.currency, digits=0, hide="phone",
               sortable=False),
        Column("exit", _("Exit test"), hide="phone", sortable=False),
        Column("state", _("State"), "tag", sortable=False),
        Column("owner", _("Owner"), hide="phone", sortable=False),
    ]  # fmt: skip
    empty = _("No initiative yet: what do we do to get there?")
    return Table(columns, rows, _("Initiatives"), empty=empty, sortable=False)


def _initiative(one: Initiative, today: date, *, links: bool) -> Row:
    tested = one.exit_on is not None and one.exit_on < today and one.state.value == "running"
    tone = {"done": "good", "stopped": "", "running": "accent"}.get(one.state.value, "")
    return Row({
        "title": Cell(one.title, href=_line("initiative", one) if links else "",
                      sub=state_words(one, today) or one.effect_words),
        "starts": one.starts, "ends": one.ends, "cost": one.cost, "effect": one.effect,
        "exit": Cell(one.exit_test or "–", sub=_("test is due") if tested else ""),
        "state": Cell(str(INITIATIVE_STATES[one.state.value]), tone=tone),
        "owner": one.owner_name or "–",
    })  # fmt: skip


def inputs_table(actor: Actor, inputs: tuple[Input, ...], today: date, *, writes: bool) -> Table:
    """Return the questions to colleagues with their answers."""
    rows = []
    for one in inputs:
        mine = one.asked_id == actor.user_id and one.state.value == "asked"
        href = reverse("planning:answer", args=[one.id]) if mine else ""
        if not mine and writes and one.state.value == "asked":
            href = reverse("planning:edit_input", args=[one.id])
        tone = "bad" if one.late(today) else "good" if one.state.value == "answered" else ""
        rows.append(Row({
            "question": Cell(one.question, href=href, sub=one.answer),
            "who": Cell(one.asked_name, sub=one.function),
            "due": Cell(one.due_on, tone="bad" if one.late(today) else ""),
            "state": Cell(str(INPUT_STATES[one.state.value]), tone=tone),
        }))  # fmt: skip
    columns = [
        Column("question", _("What is needed"), sortable=False),
        Column("who", _("Who is asked"), sortable=False),
        Column("due", _("Due on"), "date", sortable=False),
        Column("state", _("State"), "tag", hide="phone", sortable=False),
    ]
    empty = _("Nobody was asked for anything.")
    return Table(columns, rows, _("Input of others"), empty=empty, sortable=False)


def parts_table(whole: Completeness) -> Table:
    """Return the rule of the completeness: each part with its weight and what is there."""
    columns = [
        Column("part", _("Part"), sortable=False),
        Column("weight", _("Weight"), "number", digits=0, sortable=False),
        Column("share", _("There"), "percent", digits=0, sortable=False),
        Column("points", _("Points"), "number", digits=1, sortable=False),
    ]
    rows: list[Row] = [_part(one) for one in whole.parts]
    rows.append(Row({"part": _("Together, cut to a whole number"), "weight": 100, "share": None,
                     "points": whole.score}, total=True))  # fmt: skip
    return Table(columns, rows, _("How complete the plan is"), sortable=False)


def _part(one: Part) -> Row:
    return Row({"part": str(PARTS[one.code]), "weight": one.weight, "share": one.share,
                "points": one.weight * one.share})  # fmt: skip


def state_words(one: Stated, today: date) -> str:
    """Return why a line must be looked at again; nothing while it holds."""
    if one.carried:
        return _("carried over, not confirmed yet")
    if one.stale(today):
        days = (today - one.stated_on).days
        return _("stale: as of %(days)s days ago") % {"days": days}
    return ""


def _line(kind: str, one: Stated) -> str:
    return reverse("planning:edit_line", args=[kind, one.id])
