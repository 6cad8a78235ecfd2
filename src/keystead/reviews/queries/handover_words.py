"""Words of the hand-over: traps, tasks, states; and the pack as a paper."""

from __future__ import annotations

from typing import Final

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from keystead.kit.office.paper import Block, Grid, GridColumn, Heading, Pairs, Paper, Text
from keystead.kit.office.slides import Shown
from keystead.kit.ui.tags.numbers import day
from keystead.reviews.types.handover import (
    Handover,
    Line,
    Milestone,
    Pack,
    Section,
    Task,
    TaskCode,
    Trap,
    TrapCode,
)

STATES: Final = {
    "prepared": pgettext_lazy("hand-over", "prepared"),
    "handed": pgettext_lazy("hand-over", "handed over"),
    "accepted": pgettext_lazy("hand-over", "accepted"),
}
TRAPS: Final = {
    TrapCode.AUTO_RENEWS: _("It renews itself unless notice is sent in time."),
    TrapCode.NOTICE_NEAR: _("The last day for notice is near."),
    TrapCode.NOTICE_OVER: _("The notice day is over."),
    TrapCode.CLAIM_UNMATCHED: _("The claim is not set against any accrual."),
    TrapCode.CLAIM_DUE: _("The claim should have been answered."),
    TrapCode.TERM_ENDS: _("The agreement ends within ninety days."),
    TrapCode.PROTECTION_ENDS: _("The price protection ends within ninety days."),
    TrapCode.ONE_CONTACT: _("All hangs on one contact."),
    TrapCode.ONE_COLLEAGUE: _("All hangs on one of us."),
    TrapCode.CHAMPION_LEFT: _("Somebody who spoke for us has left."),
    TrapCode.NO_DECIDER: _("Nobody is known who decides."),
    TrapCode.PROFILE_STALE: _("This answer of the profile is out of date."),
    TrapCode.RULE_BROKEN: _("A rule was broken, and nobody has decided on it."),
    TrapCode.STEP_LATE: _("This was promised and is late."),
    TrapCode.ASSUMPTION_OVER: _("The forecast rests on something that has run out."),
}
TASKS: Final = {
    TaskCode.READ: _("Read this pack from front to back."),
    TaskCode.TALK: _("Talk it through with the one who had the account."),
    TaskCode.CHECK_RIGHTS: _("Open the account, its agreements, its forecast: are they there?"),
    TaskCode.MEET: _("Meet %(name)s."),
    TaskCode.TRAP: _("%(why)s Settle it: %(name)s."),
    TaskCode.STEP: _("Keep the promise: %(name)s."),
    TaskCode.REVIEW_TERMS: _("Read every agreement in force and say what each condition pays."),
    TaskCode.REFRESH_PROFILE: _("Review the profile with the customer."),
    TaskCode.FORECAST: _("Make the forecast your own: confirm or change it with a reason."),
    TaskCode.PLAN: _("Write down your own plan for the account."),
    TaskCode.OWN_REVIEW: _("Hold your first review with the customer."),
}
MILESTONES: Final = {
    Milestone.DAY_1: _("Day 1"),
    Milestone.DAY_30: _("By day 30"),
    Milestone.DAY_60: _("By day 60"),
    Milestone.DAY_90: _("By day 90"),
}
CLOSED: Final = _("Not open to you on this account.")


def task_words(task: Task) -> str:
    """Return a task as a sentence."""
    said = {"name": task.about.name if task.about else ""}
    if task.trap is not None:
        said["why"] = str(TRAPS[task.trap])
    return str(TASKS[task.code]) % said if task.about else str(TASKS[task.code])


def trap_words(trap: Trap) -> tuple[str, str, str]:
    """Return about what, why it is a trap, and by when."""
    return trap.about.name, str(TRAPS[trap.code]), day(trap.by) if trap.by else ""


def paper_of(pack: Pack) -> Paper:
    """Return the pack as a paper for Word and PDF, in the language that is active."""
    blocks: list[Block] = []
    if pack.handover is not None:
        blocks.append(Pairs(_pairs(pack.handover)))
    blocks += [Text(now("Only for the person who takes the account over."), "small")]
    blocks += [Heading(now("Traps")), _traps(pack)]
    for place, section in enumerate(pack.sections, start=1):
        blocks += [Heading(f"{place}. {section.title}"), *_section(section)]
    blocks.append(Heading(now("The first 90 days")))
    for milestone in Milestone:
        blocks += [Heading(str(MILESTONES[milestone]), level=2), _tasks(pack, milestone)]
    return Paper(
        title=now("Hand-over: %(name)s") % {"name": f"{pack.account_code} {pack.account_name}"},
        blocks=tuple(blocks),
        language=get_language() or "en",
        made_on=pack.made_on,
        footer=f"{pack.account_code}, {day(pack.made_on)}",
    )


def _pairs(found: Handover) -> tuple[tuple[str, str], ...]:
    pairs = (
        (now("Handed over by"), found.from_name),
        (now("Taken over by"), found.to_name),
        (now("First day"), day(found.on)),
        (now("State"), str(STATES[found.state.value])),
        (now("Note"), found.note),
    )
    return tuple(pair for pair in pairs if pair[1])


def _traps(pack: Pack) -> Block:
    if not pack.traps:
        return Text(now("Nothing is known that would trip you."))
    columns = (
        GridColumn(now("What"), share=2),
        GridColumn(now("Why"), share=2.4),
        GridColumn(now("Due"), share=1),
    )
    return Grid(columns, tuple(trap_words(one) for one in pack.traps))


def _section(section: Section) -> tuple[Block, ...]:
    if section.closed or not section.lines:
        return (Text(str(CLOSED) if section.closed else section.empty, "small"),)
    columns = (
        GridColumn(now("What"), share=2),
        GridColumn(now("Answer"), share=2),
        GridColumn(now("Remark"), share=2),
    )
    return (Grid(columns, tuple((one.label, _figure(one), one.note) for one in section.lines)),)


def _figure(one: Line) -> str | Shown:
    """Return what a line says; a figure carries its proof in the file."""
    if not one.proof or one.amount is None:
        return one.value
    return Shown(one.value, one.amount, one.proof, one.measure)


def _tasks(pack: Pack, milestone: Milestone) -> Block:
    ticks = pack.handover.ticks if pack.handover else {}
    rows = tuple(
        ("☑" if task.key in ticks else "☐", task_words(task), day(task.due))
        for task in pack.tasks
        if task.milestone is milestone
    )
    columns = (
        GridColumn("", share=0.2),
        GridColumn(now("Task"), share=3.6),
        GridColumn(now("Due"), share=1),
    )
    return Grid(columns, rows) if rows else Text(now("Nothing more."), "small")
