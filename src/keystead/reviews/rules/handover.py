"""What trips a new manager, and what they do by day 1, 30, 60 and 90."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from keystead.reviews.types.handover import (
    Dated,
    HandState,
    Milestone,
    Situation,
    Task,
    TaskCode,
    Trap,
    TrapCode,
)

NEAR: Final = timedelta(days=90)
NEXT: Final = {HandState.PREPARED: HandState.HANDED, HandState.HANDED: HandState.ACCEPTED}
FIXED: Final = (
    (Milestone.DAY_1, (TaskCode.READ, TaskCode.TALK, TaskCode.CHECK_RIGHTS)),
    (Milestone.DAY_30, (TaskCode.REVIEW_TERMS, TaskCode.FORECAST)),
    (Milestone.DAY_60, (TaskCode.REFRESH_PROFILE,)),
    (Milestone.DAY_90, (TaskCode.PLAN, TaskCode.OWN_REVIEW)),
)


def traps(found: Situation) -> tuple[Trap, ...]:
    """Return the traps of an account, the first due first, those without a day last.

    A contract counts from ninety days before its notice day; a claim while nothing is set against
    it, or once its day is over; everything else as it stands.

    >>> from keystead.reviews.types.handover import Ending
    >>> one = Ending("r1", "Contract", "", date(2026, 12, 31), date(2026, 3, 1), True)
    >>> [trap.code.value for trap in traps(Situation(today=date(2026, 2, 1), endings=(one,)))]
    ['auto_renews']
    """
    every = (
        *_endings(found),
        *_claims(found),
        *_until(TrapCode.TERM_ENDS, found.terms, found.today),
        *_until(TrapCode.PROTECTION_ENDS, found.protections, found.today),
        *(Trap(code, about) for code, about in found.alarms),
        *(Trap(TrapCode.RULE_BROKEN, one) for one in found.broken),
        *(Trap(TrapCode.STEP_LATE, one, one.on) for one in found.steps
          if one.on is not None and one.on < found.today),
        *(Trap(TrapCode.ASSUMPTION_OVER, one, one.on) for one in found.assumptions
          if one.on is not None and one.on < found.today),
        *(Trap(TrapCode.PROFILE_STALE, one, None) for one in found.stale),
    )  # fmt: skip
    return tuple(sorted(every, key=lambda one: (one.by is None, one.by or found.today, one.key)))


def tasks(found: Situation, first_day: date) -> tuple[Task, ...]:
    """Return the tasks of the first ninety days, by milestone and day.

    What has a day falls on the last milestone that is not after it, else on the first day; what
    has none is met in the first month. The fixed ones come at their milestone's end.
    """
    made = [
        Task(code.value, code, milestone, _end(milestone, first_day))
        for milestone, codes in FIXED
        for code in codes
    ]
    for trap in traps(found):
        milestone = Milestone.DAY_30 if trap.by is None else milestone_of(trap.by, first_day)
        due = _due(trap.by, milestone, first_day)
        made.append(Task(trap.key, TaskCode.TRAP, milestone, due, trap.about, trap.code))
    made += [
        Task(f"meet:{one.key}", TaskCode.MEET, Milestone.DAY_30,
             _end(Milestone.DAY_30, first_day), one)
        for one in found.contacts
    ]  # fmt: skip
    for step in found.steps:
        if step.on is None or step.on >= found.today:
            milestone = Milestone.DAY_30 if step.on is None else milestone_of(step.on, first_day)
            due = _due(step.on, milestone, first_day)
            made.append(Task(f"step:{step.key}", TaskCode.STEP, milestone, due, step))
    return tuple(sorted(made, key=lambda one: (one.milestone, one.due, one.key)))


def milestone_of(day: date, first_day: date) -> Milestone:
    """Return the last milestone that is not after a day; the first one for an earlier day.

    >>> milestone_of(date(2026, 2, 20), date(2026, 1, 1)).value
    30
    """
    passed = [one for one in Milestone if _end(one, first_day) <= day]
    return max(passed, default=Milestone.DAY_1)


def _end(milestone: Milestone, first_day: date) -> date:
    return first_day + timedelta(days=milestone.value - 1)


def _due(day: date | None, milestone: Milestone, first_day: date) -> date:
    end = _end(milestone, first_day)
    return end if day is None or day < first_day else day


def _endings(found: Situation) -> Iterator[Trap]:
    for one in found.endings:
        by = one.send_by or one.on
        if by is None or by - found.today > NEAR:
            continue
        if one.send_by is not None and one.send_by < found.today:
            yield Trap(TrapCode.NOTICE_OVER, one, one.on)
        elif one.renews_itself:
            yield Trap(TrapCode.AUTO_RENEWS, one, by)
        else:
            yield Trap(TrapCode.NOTICE_NEAR, one, by)


def _claims(found: Situation) -> Iterator[Trap]:
    for one in found.claims:
        if one.on is not None and one.on < found.today:
            yield Trap(TrapCode.CLAIM_DUE, one, one.on)
        elif not one.matched:
            yield Trap(TrapCode.CLAIM_UNMATCHED, one, one.on)


def _until(code: TrapCode, listed: Iterable[Dated], today: date) -> Iterator[Trap]:
    for one in listed:
        if one.on is not None and today <= one.on <= today + NEAR:
            yield Trap(code, one, one.on)
