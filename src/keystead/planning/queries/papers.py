"""The plan as a paper: what Word writes, in the language of the reader."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override

from keystead.kit.access import Actor
from keystead.kit.office.paper import Block, Grid, GridColumn, Heading, Pairs, Paper, Text
from keystead.kit.ui import formats
from keystead.planning.queries.measuring import measured, metrics_by_id
from keystead.planning.queries.words import (
    ACTION_STATES,
    GROUPS,
    INITIATIVE_STATES,
    INPUT_STATES,
    PLAN_STATES,
    STANDINGS,
)
from keystead.planning.rules.completeness import completeness
from keystead.planning.types.plans import Claim, ClaimKind, Measured, Plan


def plan_paper(actor: Actor, plan: Plan, language: str, today: date) -> Paper:
    """Return a plan as a paper in a language; figures as they stand today."""
    with override(language):
        stands = measured(actor, plan, plan.objectives, today=today)
        blocks: list[Block] = [_head(plan, language, today)]
        if plan.headline:
            blocks.append(Text(plan.headline, "strong"))
        for kind in (ClaimKind.GOAL, ClaimKind.STRATEGY, ClaimKind.VALUE):
            blocks += _claims(plan, kind, language, today)
        blocks += [Heading(_("Our objectives")), _objectives(plan, stands, language)]
        for kind in (ClaimKind.STRENGTH, ClaimKind.WEAKNESS, ClaimKind.OPPORTUNITY,
                     ClaimKind.THREAT, ClaimKind.COMPETITOR):  # fmt: skip
            blocks += _claims(plan, kind, language, today)
        blocks += [Heading(_("Initiatives")), _initiatives(plan, language)]
        for kind in (ClaimKind.RISK, ClaimKind.BUDGET, ClaimKind.RESEARCH):
            blocks += _claims(plan, kind, language, today)
        blocks += [Heading(_("Actions")), _actions(plan, language)]
        if plan.inputs:
            blocks += [Heading(_("Input of others")), _inputs(plan, language)]
        title = _("Plan of %(name)s for %(year)s") % {"name": plan.account_name, "year": plan.year}
        return Paper(title=title, blocks=tuple(blocks), language=language, made_on=today,
                     footer=f"{title} · {formats.day(today, locale=language)}")  # fmt: skip


def _head(plan: Plan, language: str, today: date) -> Pairs:
    stale = sum(one.stale(today) for one in plan.lines)
    rows = [
        (_("State"), str(PLAN_STATES[plan.state.value])),
        (_("Version"), f"v{plan.number}" if plan.number else "–"),
        (_("Owner"), plan.owner_name or "–"),
        (_("Complete"), formats.percent(Decimal(completeness(plan, today).score) / 100,
                                        locale=language, digits=0)),
        (_("Stale"), formats.number(stale, locale=language)),
    ]  # fmt: skip
    return Pairs(tuple(rows))


def _claims(plan: Plan, kind: ClaimKind, language: str, today: date) -> list[Block]:
    held = plan.of(kind)
    if not held:
        return []
    rows = tuple(_claim(one, plan, language, today) for one in held)
    columns = (GridColumn(str(GROUPS[kind.value]), share=5), GridColumn(_("Owner"), share=1.5),
               GridColumn(_("As of"), share=1.5))  # fmt: skip
    return [Grid(columns, rows)]


def _claim(one: Claim, plan: Plan, language: str, today: date) -> tuple[str, ...]:
    words = [one.text]
    if one.amount is not None:
        words.append(formats.money(one.amount, plan.currency, locale=language, full=True))
    if one.likelihood_pct is not None:
        words.append(formats.percent(one.likelihood_pct / 100, locale=language, digits=0))
    if one.detail:
        words.append(one.detail)
    when = formats.day(one.stated_on, locale=language, year=True)
    if one.carried:
        when += f" ({_('carried over, not confirmed yet')})"
    elif one.stale(today):
        when += f" ({_('stale')})"
    return " · ".join(words), one.owner_name or "–", when


def _objectives(plan: Plan, stands: dict[int, Measured], language: str) -> Grid:
    columns = (
        GridColumn(_("Objective"), share=4), GridColumn(_("Target"), numeric=True, share=1.5),
        GridColumn(_("Now"), numeric=True, share=1.5),
        GridColumn(_("Progress"), numeric=True), GridColumn(_("State"), share=1.2),
    )  # fmt: skip
    rows = []
    for one in plan.objectives:
        found = stands[one.id]
        way = found.progress_pct
        rows.append((
            one.title, _amount(found, found.objective.target, plan, language),
            _amount(found, found.value, plan, language),
            "–" if way is None else formats.percent(way / 100, locale=language, digits=0),
            str(STANDINGS[found.standing.value]),
        ))  # fmt: skip
    return Grid(columns, tuple(rows))


def _amount(found: Measured, value: Decimal | None, plan: Plan, language: str) -> str:
    metric = metrics_by_id().get(found.objective.metric)
    if value is None or metric is None:
        return "–"
    unit = str(metric.unit)
    if unit == "money":
        return formats.money(value, found.measure or plan.currency, locale=language, full=True)
    if unit == "percent":
        return formats.percent(value / 100, locale=language)
    return formats.number(value, locale=language)


def _initiatives(plan: Plan, language: str) -> Grid:
    columns = (
        GridColumn(_("Initiative"), share=3), GridColumn(_("Ends on"), share=1.3),
        GridColumn(f"{_('Cost')} {plan.currency}", numeric=True, share=1.3),
        GridColumn(f"{_('Expected effect')} {plan.currency}", numeric=True, share=1.3),
        GridColumn(_("Exit test"), share=2.5), GridColumn(_("State"), share=1.2),
    )  # fmt: skip
    rows = tuple(
        (one.title, _day(one.ends, language), _number(one.cost, language),
         _number(one.effect, language), one.exit_test or "–",
         str(INITIATIVE_STATES[one.state.value]))
        for one in plan.initiatives
    )  # fmt: skip
    return Grid(columns, rows)


def _actions(plan: Plan, language: str) -> Grid:
    columns = (GridColumn(_("What is done"), share=4), GridColumn(_("Owner"), share=1.5),
               GridColumn(_("Due on"), share=1.5), GridColumn(_("State"), share=1.2))  # fmt: skip
    ordered = sorted(plan.actions, key=lambda one: (not one.open, one.due_on or date.max, one.id))
    rows = tuple(
        (one.title, one.owner_name or "–", _day(one.due_on, language),
         str(ACTION_STATES[one.state.value]))
        for one in ordered
    )  # fmt: skip
    return Grid(columns, rows)


def _inputs(plan: Plan, language: str) -> Grid:
    columns = (GridColumn(_("What is needed"), share=3), GridColumn(_("Who is asked"), share=1.5),
               GridColumn(_("Due on"), share=1.3), GridColumn(_("State"), share=3))  # fmt: skip
    rows = tuple(
        (one.question, f"{one.asked_name}, {one.function}", _day(one.due_on, language),
         one.answer or str(INPUT_STATES[one.state.value]))
        for one in plan.inputs
    )  # fmt: skip
    return Grid(columns, rows)


def _day(value: date | None, language: str) -> str:
    return "–" if value is None else formats.day(value, locale=language, year=True)


def _number(value: Decimal | None, language: str) -> str:
    return "–" if value is None else formats.number(value, locale=language, digits=0)
