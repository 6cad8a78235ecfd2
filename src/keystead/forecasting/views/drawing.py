"""The chart and the tables beside the grid, drawn on the server: no script, same on paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import exp, fsum
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keystead.forecasting.queries.node import NodeView
from keystead.forecasting.queries.periods import period_words
from keystead.forecasting.queries.words import CAUSES, LAYERS, PARTS, REASONS
from keystead.forecasting.types.cycle import STACK, Layer, Reason
from keystead.forecasting.types.grid import Cause, Steps
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kit.ui import formats

WIDTH, HEIGHT = 560, 190
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 10, 22
SHOWN_PRICE = 0.01


@dataclass(frozen=True)
class Line:
    """A line of the chart; its name is its class."""

    name: str
    points: str


def node_context(view: NodeView, layer: Layer) -> dict[str, Any]:
    """Return what the side of the grid shows of a place."""
    return {
        "view": view,
        "label": view.label or _("All accounts"),
        "layer": layer,
        "chart": chart(view, layer),
        "months": [period_words(view.rhythm, month, year=False) for month in view.months],
        "by_week": view.rhythm is Rhythm.WEEK,
        "shared_from": period_words(view.rhythm, view.shared[0]) if view.shared else "",
        "table": _layers(view, layer),
        "fall": _fall(view.steps) if view.steps is not None and view.steps.start else None,
        "why": sentences(view, layer),
        "made_of": _made_of(view, layer),
        "overrides": [(one, REASONS.get(Reason(one.reason), one.reason)) for one in view.overrides],
    }


def chart(view: NodeView, layer: Layer) -> dict[str, Any]:
    """Return the chart of a place as points: past, a year ago, ranges, the line that is edited."""
    shown = view.layers[layer]
    months = [*view.past_months, *view.months]
    back = len(view.past_months)
    values = [
        *[one for one in view.past if one is not None], *map(float, shown), *view.bands["hi95"],
        *[float(one) for one in view.before if one is not None],
    ]  # fmt: skip
    top = _nice(max([*values, 1.0]))
    across = (WIDTH - LEFT - RIGHT) / max(len(months) - 1, 1)

    def at(column: int, value: float) -> str:
        height = HEIGHT - TOP - BOTTOM
        return f"{LEFT + across * column:.1f},{TOP + height * (1 - value / top):.1f}"

    def line(name: str, held: Iterable[float | Decimal | None], start: int) -> list[Line]:
        found: list[list[str]] = []
        run: list[str] = []
        for column, value in enumerate(held, start):
            if value is None:
                found.append(run)
                run = []
            else:
                run.append(at(column, float(value)))
        return [Line(name, " ".join(run)) for run in (*found, run) if run]

    def band(low: Sequence[float], high: Sequence[float]) -> str:
        upper = [at(back + column, value) for column, value in enumerate(high)]
        lower = [at(back + column, value) for column, value in enumerate(low)]
        return " ".join([*upper, *lower[::-1]])

    locale = _locale()
    joined = [view.past[-1] if view.past else None, *map(float, shown)]
    marks = [
        (LEFT + across * column, period_words(view.rhythm, month))
        for column, month in enumerate(months)
        if column % max(len(months) // 5, 1) == 0
    ]
    return {
        "width": WIDTH, "height": HEIGHT, "left": LEFT, "right": WIDTH - RIGHT,
        "foot": HEIGHT - BOTTOM, "today": f"{LEFT + across * max(back - 0.5, 0):.1f}", "top": TOP,
        "band95": band(view.bands["lo95"], view.bands["hi95"]),
        "band80": band(view.bands["lo80"], view.bands["hi80"]),
        "lines": [
            *line("year-ago", view.year_ago, back), *line("before", view.before, back),
            *line("past", view.past, 0), *line("statistical", view.layers[Layer.STATISTICAL], back),
            *line("now", joined, back - 1),
        ],
        "scale": [
            (HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share / 2,
             formats.short(Decimal(str(top * share / 2)), locale=locale))
            for share in (0, 1, 2)
        ],
        "marks": [(f"{x:.1f}", text) for x, text in marks],
    }  # fmt: skip


def _layers(view: NodeView, layer: Layer) -> list[dict[str, Any]]:
    """One line per layer; what equals the one below is told by a dot, not by a number again."""
    found: list[dict[str, Any]] = []
    if any(one is not None for one in view.before):
        found.append({"name": _("Agreed last cycle"), "cells": view.before, "total": None,
                      "kind": "before"})  # fmt: skip
    below: tuple[Decimal, ...] = ()
    for one in (Layer.NAIVE, *STACK):
        values = view.layers[one]
        same = one not in (Layer.NAIVE, Layer.STATISTICAL) and values == below
        cells = [None if same else value for value in values]
        if not same or one in (layer, Layer.AGREED):
            found.append({"name": LAYERS[one], "cells": cells if not same else values,
                          "total": sum(values, Decimal(0)), "kind": "own" if one is layer else "",
                          "same": same})  # fmt: skip
        if one is not Layer.NAIVE:
            below = values
    return found


def _made_of(view: NodeView, layer: Layer) -> list[dict[str, Any]]:
    """The parts of the number by month; they add up to the line that is shown."""
    if not view.parts:
        return []
    rows: list[dict[str, Any]] = [
        {"name": PARTS.get(name, name), "cells": line, "total": sum(line, Decimal(0)), "kind": ""}
        for name, line in view.parts.items()
    ]
    shown, statistical = view.layers[layer], view.layers[Layer.STATISTICAL]
    moved = tuple(now - was for now, was in zip(shown, statistical, strict=True))
    if any(moved):
        rows.append({"name": CAUSES[Cause.OVERRIDE], "cells": moved,
                     "total": sum(moved, Decimal(0)), "kind": ""})  # fmt: skip
    rows.append({"name": LAYERS[layer], "cells": shown, "total": sum(shown, Decimal(0)),
                 "kind": "own"})  # fmt: skip
    return rows


def _fall(steps: Steps) -> dict[str, Any]:
    """The waterfall from last cycle to this one, as bars in percent of the widest."""
    bars: list[dict[str, Any]] = []
    at, ends = steps.start, [steps.start, steps.end]
    for _cause, change in steps.steps:
        at += change
        ends.append(at)
    low, high = min(ends), max(ends)
    room = (high - low) or Decimal(1)
    floor = max(low - room / 2, Decimal(0)) if low > 0 else low
    width = Decimal(100) / ((high - floor) or 1)

    def bar(label: Any, first: Decimal, last: Decimal, kind: str, value: Decimal) -> None:
        begin, end = min(first, last), max(first, last)
        bars.append({"label": label, "x": f"{(begin - floor) * width:.2f}",
                     "w": f"{max((end - begin) * width, Decimal('0.6')):.2f}", "kind": kind,
                     "value": value})  # fmt: skip

    bar(_("Last cycle"), floor, steps.start, "before", steps.start)
    at = steps.start
    for cause, change in steps.steps:
        if change:
            bar(CAUSES[cause], at, at + change, "up" if change > 0 else "down", change)
        at += change
    bar(_("This cycle"), floor, steps.end, "now", steps.end)
    return {"bars": bars, "change": steps.end - steps.start}


def sentences(view: NodeView, layer: Layer) -> list[str]:
    """Why this number, and why it changed, in sentences."""
    locale, by_week = _locale(), view.rhythm is Rhythm.WEEK
    said: list[str] = []
    months = len(view.months)
    total = sum(view.layers[layer], Decimal(0))
    ago: list[float] = [one for one in view.year_ago if one is not None]
    statistical = sum(view.layers[Layer.STATISTICAL], Decimal(0))
    year_before = fsum(ago)
    if len(ago) == months and year_before:
        change = total / Decimal(str(year_before)) - 1
        text = _("%(change)s against the same months a year before.")
        if by_week:
            text = _("%(change)s against the same weeks a year before.")
        said.append(text % {"change": _signed(change, locale)})
    elif any(one for one in ago):
        both = [(now, was) for now, was in zip(view.layers[layer], view.year_ago, strict=True)
                if was is not None]  # fmt: skip
        was = Decimal(str(sum(float(one) for _now, one in both)))
        if was:
            change = sum((now for now, _was in both), Decimal(0)) / was - 1
            text = _("%(change)s against the same %(count)s months a year before, as far as known.")
            if by_week:
                text = _(
                    "%(change)s against the same %(count)s weeks a year before, as far as known."
                )
            said.append(text % {"change": _signed(change, locale), "count": len(both)})
    if statistical and total != statistical:
        said.append(
            _("People moved the statistical forecast by %(change)s.")
            % {"change": _signed(total / statistical - 1, locale)}
        )
    if view.parts:
        said += _parts_said(view, locale)
    if view.similar and view.similar_to:
        told = ", ".join(
            f"{period_words(view.rhythm, one.period)} {formats.number(one.value, locale=locale)}"
            f"{_drivers(one.inputs, locale)}"
            for one in view.similar
        )
        month = f"{period_words(view.rhythm, view.similar_to)}{_drivers(view.planned, locale)}"
        text = _("Past months most like %(month)s: %(months)s.")
        if view.rhythm is Rhythm.WEEK:
            text = _("Past weeks most like %(month)s: %(months)s.")
        said.append(text % {"month": month, "months": told})
    if view.one_series:
        peak = max(range(months), key=lambda at: view.layers[layer][at])
        said.append(
            _("Highest in %(month)s, with %(number)s.")
            % {"month": period_words(view.rhythm, view.months[peak]),
               "number": formats.number(view.layers[layer][peak], locale=locale)}
        )  # fmt: skip
    return said


def _parts_said(view: NodeView, locale: str) -> list[str]:
    """What moves a single series: season, trend and known inputs, the strongest first."""
    names = {
        "season": _("season"), "trend": _("trend"), "promotion": _("promotions"),
        "price": _("prices"), "calendar": _("calendar"),
    }  # fmt: skip
    strength: dict[str, float] = {}
    for name, held in view.parts.items():
        kind = next((one for one in names if name.startswith(one[:5])), "")
        if kind:
            strength[kind] = strength.get(kind, 0.0) + sum(abs(float(one)) for one in held)
    told = [
        f"{names[kind]} ±{formats.number(round(size / len(view.months)), locale=locale)}"
        for kind, size in sorted(strength.items(), key=lambda item: -item[1])
        if size / len(view.months) >= 0.5
    ]
    if not told:
        return []
    text = _("On average a month is moved by: %(parts)s.")
    if view.rhythm is Rhythm.WEEK:
        text = _("On average a week is moved by: %(parts)s.")
    return [text % {"parts": ", ".join(told)}]


def _drivers(inputs: Mapping[str, float], locale: str) -> str:
    """What was known of a month, in brackets: a promotion, a price that differs from the usual."""
    said = []
    if inputs.get("promotion", 0.0) > 0:
        said.append(_("promotion"))
    price = exp(inputs.get("price", 0.0)) - 1
    if abs(price) >= SHOWN_PRICE:
        change = _signed(Decimal(f"{price:.4f}"), locale)
        said.append(_("price %(change)s") % {"change": change})
    return f" ({', '.join(said)})" if said else ""


def _signed(ratio: Decimal, locale: str) -> str:
    text = formats.percent(ratio, locale=locale)
    return f"+{text}" if ratio > 0 else text


def _nice(value: float) -> float:
    """The next round number above, so that the axis can be read."""
    size = 10.0 ** len(str(int(value))) / 10
    return next(size * step for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if size * step >= value)


def _locale() -> str:
    return get_language() or "en"
