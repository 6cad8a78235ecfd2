"""Small marks drawn on the server as SVG: a spark line, a bar in a cell, a variance bar.

Presentation attributes and classes only, so that the strictest content policy holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from keystead.kit.ui.formats import decimal_of


def spark(values: Sequence[Any], *, label: str, width: int = 96, height: int = 22) -> SafeString:
    """Return a line of the values with its last point marked; gaps stay gaps."""
    points = [None if (found := decimal_of(value)) is None else float(found) for value in values]
    known = [point for point in points if point is not None]
    if not known:
        return format_html('<span class="none" title="{}">–</span>', label)
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = (width - 6) / max(len(points) - 1, 1)

    def place(index: int, value: float) -> tuple[str, str]:
        y = height / 2 if high == low else height - 3 - (value - low) / span * (height - 6)
        return f"{3 + index * step:.1f}", f"{y:.1f}"

    runs: list[list[tuple[str, str]]] = [[]]
    for index, value in enumerate(points):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(place(index, value))
    lines = format_html_join(
        "",
        '<polyline points="{}"/>',
        ((" ".join(f"{x},{y}" for x, y in run),) for run in runs if len(run) > 1),
    )
    last = max(index for index, value in enumerate(points) if value is not None)
    x, y = place(last, points[last] or 0.0)
    return format_html(
        '<svg class="spark" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
        'aria-label="{label}">{lines}<circle cx="{x}" cy="{y}" r="2"/></svg>',
        w=width,
        h=height,
        label=label,
        lines=lines,
        x=x,
        y=y,
    )


def bar(value: Any, most: Any, *, label: str = "", width: int = 96) -> SafeString:
    """Return a bar from the left whose length is ``value`` of ``most``."""
    found, top = decimal_of(value), decimal_of(most)
    share = 0.0 if found is None or not top else max(0.0, min(float(found / top), 1.0))
    return format_html(
        '<svg class="cellbar" viewBox="0 0 {w} 10" width="{w}" height="10" {who}>'
        '<rect class="actual" x="0" y="1" width="{length}" height="8"/></svg>',
        w=width,
        who=_named(label),
        length=f"{share * width:.1f}",
    )


def variance_bar(
    value: Any, most: Any, *, good_when_up: bool = True, label: str = "", width: int = 120
) -> SafeString:
    """Return a bar from a zero axis: right is more, left is less, colour says good or bad."""
    found, top = decimal_of(value), decimal_of(most)
    share = 0.0 if found is None or not top else max(-1.0, min(float(found / top), 1.0))
    middle = width * 0.4
    room = middle if share < 0 else width - middle
    length = abs(share) * (room - 1)
    tone = "good" if (share > 0) == good_when_up else "bad"
    return format_html(
        '<svg class="cellbar" viewBox="0 0 {w} 10" width="{w}" height="10" {who}>'
        '<path class="axis" d="M{m} 0V10"/>'
        '<rect class="{tone}" x="{x}" y="1" width="{length}" height="8"/></svg>',
        w=width,
        who=_named(label),
        m=f"{middle:.1f}",
        tone=tone,
        x=f"{middle - length if share < 0 else middle:.1f}",
        length=f"{length:.1f}",
    )


def _named(label: str) -> SafeString:
    if label:
        return format_html('role="img" aria-label="{}"', label)
    return format_html('aria-hidden="{}"', "true")
