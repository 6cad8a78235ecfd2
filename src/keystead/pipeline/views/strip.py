"""The year strip: a lane for each renewal, with its notice day, its decision and its end."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse

from keystead.kernel.periods import month_start
from keystead.kit.ui import formats
from keystead.pipeline.calc.notice import months_before, notice_dates
from keystead.pipeline.types.renewals import Renewal, RenewalState

MONTHS, WIDTH, LEFT, TOP, ROW = 18, 1000, 270, 26, 24
MOST = 40
DECIDED = (RenewalState.AGREED,)


@dataclasses.dataclass(frozen=True)
class Lane:
    """One renewal on the strip: where its bar, its notice day and its end are."""

    href: str
    label: str
    account: str
    y: int
    x: float
    width: float
    notice: float | None
    end: float | None
    tone: str
    title: str


def strip_of(found: Iterable[Renewal], today: date, language: str) -> dict[str, Any] | None:
    """Return the strip of the open renewals that end in the next year and a half."""
    first = month_start(today)
    until = months_before(first, -MONTHS)
    shown = [one for one in found if one.open and one.last < until][:MOST]
    if not shown:
        return None
    lanes = [_lane(one, at, first, until, today, language) for at, one in enumerate(shown)]
    months = [months_before(first, -step) for step in range(MONTHS)]
    height = TOP + ROW * len(lanes) + 4
    return {
        "lanes": lanes, "width": WIDTH, "height": height, "left": LEFT, "top": TOP,
        "today": _x(today, first, until),
        "months": [
            (round(_x(one, first, until), 1), _word(one, language), one.month == 1)
            for one in months
        ],
    }  # fmt: skip


def _word(month: date, language: str) -> str:
    if month.month == 1:
        return str(month.year)
    if language.startswith("zh"):
        return f"{month.month}月"
    return formats.month(month, locale=language).split()[0]


def _lane(one: Renewal, at: int, first: date, until: date, today: date, language: str) -> Lane:
    dates = notice_dates(one.last, one.notice)
    end = _x(one.last, first, until)
    start = _x(max(first, one.starts or first), first, until)
    late = dates is not None and dates.send_by < today
    tone = "late" if late or one.last < today else "done" if one.state in DECIDED else ""
    title = f"{one.account_name}, {one.contract}: {formats.day(one.last, locale=language)}"
    notice = _x(dates.send_by, first, until) if dates and dates.send_by >= first else None
    label = _short(one.contract, 18)
    return Lane(
        href=reverse("pipeline:renewal", args=[one.id]), label=label,
        account=_short(one.account_name, 42 - len(label)), y=TOP + ROW * at, x=round(start, 1),
        width=round(max(end - start, 3), 1),
        notice=round(notice, 1) if notice is not None else None,
        end=round(end, 1), tone=tone, title=title,
    )  # fmt: skip


def _short(name: str, room: int) -> str:
    """Return a name that fits: a Chinese letter takes the room of two others."""
    kept, wide = "", 0
    for letter in name:
        wide += 2 if ord(letter) > 0x2E80 else 1
        if wide > room:
            return f"{kept.rstrip()}…"
        kept += letter
    return kept


def _x(day: date, first: date, until: date) -> float:
    share = (min(max(day, first), until) - first).days / (until - first).days
    return LEFT + (WIDTH - LEFT) * share
