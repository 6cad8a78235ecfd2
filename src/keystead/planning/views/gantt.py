"""Initiatives and actions over time, as a drawing that needs no script and prints."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from keystead.kernel.periods import add_months, month_start
from keystead.kit.ui.tags.numbers import day, month
from keystead.planning.types.plans import Action, Plan

WIDTH, LEFT, ROW, TOP = 960, 260, 26, 22
GRIP = 8  # around a bar: where its ends are taken hold of


@dataclasses.dataclass(frozen=True)
class Bar:
    """One line of the chart: a bar, or a point where only its end is known.

    ``action``: of a step; its days may be moved where there is a ``href``.
    """

    title: str
    words: str
    y: int
    x: float
    width: float
    tone: str
    href: str
    action: Action | None

    @property
    def step(self) -> bool:
        return self.action is not None

    @property
    def grip_x(self) -> float:
        return self.x - GRIP

    @property
    def grip_width(self) -> float:
        return self.width + 2 * GRIP


@dataclasses.dataclass(frozen=True)
class Gantt:
    """The chart: months, today, bars; ``first`` stands at ``left``. Nothing without days."""

    bars: tuple[Bar, ...]
    months: tuple[tuple[float, str], ...]
    today: float | None
    width: int
    height: int
    first: date
    per_day: float
    left: int = LEFT


def gantt(plan: Plan, today: date, *, links: bool) -> Gantt:
    """Return the initiatives with their actions below each, drawn over their days."""
    lines = _lines(plan, today, links=links)
    days = [one for line in lines for one in line[:2] if one is not None]
    if not days:
        return Gantt((), (), None, WIDTH, TOP, today, 0)
    first = month_start(min(days))
    last = add_months(month_start(max(days)), 1)
    scale = (WIDTH - LEFT) / max((last - first).days, 1)

    def at(one: date) -> float:
        return LEFT + (one - first).days * scale

    bars = []
    for number, (starts, ends, title, tone, href, action) in enumerate(lines):
        begin, end = starts or ends, ends or starts
        if begin is None or end is None:
            continue
        wide = max((end + timedelta(days=1) - begin).days * scale, 4)
        words = f"{title}: {day(begin)} – {day(end)}" if begin != end else f"{title}: {day(end)}"
        bars.append(Bar(title, words, TOP + number * ROW, at(begin), wide, tone, href, action))
    months, here = [], first
    while here < last:
        months.append((at(here), month(here)))
        here = add_months(here, 1 if (last - first).days < 400 else 3)
    now = at(today) if first <= today < last else None
    height = TOP + len(lines) * ROW + 6
    return Gantt(tuple(bars), tuple(months), now, WIDTH, height, first, scale)


def _lines(plan: Plan, today: date, *, links: bool) -> list[tuple[Any, ...]]:
    lines: list[tuple[Any, ...]] = []
    seen = set()
    for one in plan.initiatives:
        href = reverse("planning:edit_line", args=["initiative", one.id]) if links else ""
        if one.starts or one.ends:
            lines.append((one.starts, one.ends, one.title, one.state.value, href, None))
        for step in plan.actions:
            if step.initiative_id == one.id:
                seen.add(step.id)
                lines += _step(step, today, links=links)
    for step in plan.actions:
        if step.id not in seen:
            lines += _step(step, today, links=links)
    return lines


def _step(step: Action, today: date, *, links: bool) -> list[tuple[Any, ...]]:
    if step.due_on is None and step.starts is None:
        return []
    tone = "late" if step.late(today) else step.state.value
    href = reverse("planning:edit_action", args=[step.id]) if links else ""
    return [(step.starts, step.due_on, step.title, tone, href, step)]
