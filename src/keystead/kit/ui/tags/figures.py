"""Figures: a value with unit, period and proof; variances; the strip of key figures."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from keystead.kit.ui import formats, marks
from keystead.kit.ui.markup import escaped, safe
from keystead.kit.ui.tables import figure_value, note_words
from keystead.kit.ui.tags import numbers
from keystead.kit.ui.tags.registry import register


@dataclasses.dataclass(frozen=True)
class KeyFigure:
    """One place of the strip: a label, the figure, how it moved, and a remark.

    ``why`` is the address of the page that says why it moved.
    """

    label: str
    figure: Any
    variance: Any = None
    variance_kind: str = "percent"
    good: str = "up"
    note: str = ""
    currency: str = ""
    why: str = ""


_IN_A_PATH = "/~:@!$&'()*+,;="  # as Django writes addresses


def proof_url(proof_id: str) -> str:
    """Return where a proof opens, or nothing when the proof room is not mounted."""
    return proofs_at() + quote(proof_id, safe=_IN_A_PATH) + "/" if proof_id else ""


@functools.cache
def proofs_at() -> str:
    """Return the address below which proofs open, looked up once: a page names hundreds."""
    try:
        return reverse("metrics:proof", args=["x"]).removesuffix("x/")
    except NoReverseMatch:
        return "/proof/"


def text_of(value: Any, unit: str = "", currency: str = "", *, full: bool = False) -> str:
    """Return a value in words by its unit: money, percentage, or a count with its word."""
    if unit == "money" or (currency and unit in {"", "money", "currency", currency}):
        return formats.money(value, currency, locale=numbers.language(), full=full)
    if unit in numbers.RATIOS:
        return numbers.percent(value)
    if unit in numbers.PERCENTS:
        return numbers.pct(value)
    if unit == "points":
        return numbers.points(value)
    if full:
        text, word = numbers.number(value), numbers.unit_word(unit, value)
        return f"{text} {word}".strip() if text != formats.MISSING else text
    return numbers.quantity(value, unit)


def unit_of(figure: Any) -> str:
    """Return the unit of a figure's number; a quantity says what it counts, such as packs."""
    unit = str(figure.unit or "")
    return str(getattr(figure, "measure", "") or "") if unit == "quantity" else unit


@register.simple_tag
def figure(
    value: Any,
    unit: str = "",
    currency: str = "",
    proof: str = "",
    full: bool = False,
    label: str = "",
) -> SafeString:
    """``{% figure f %}`` for a ``Figure``, or ``{% figure 38 unit="days" proof=id %}``.

    The dotted underline opens the proof in a slide-in; as a link it works in a new tab too.
    """
    note = note_words(getattr(value, "note", ""))
    if hasattr(value, "value"):
        currency = currency or value.currency or ""
        unit = unit or unit_of(value)
        proof, value = proof or getattr(value, "proof_id", "") or "", value.value
    return proved(text_of(value, unit, currency, full=full), proof, note=note, label=label)


@register.simple_tag
def proved(text: str, proof: str = "", note: str = "", label: str = "") -> SafeString:
    """``{% proved "¥ 48.2 m" proof_id %}``: any text that leads to its proof."""
    if text == formats.MISSING:
        note = escaped(note or gettext("No data"))
        return safe(
            f'<span class="none" title="{note}"><span aria-hidden="true">–</span>'
            f'<span class="sr">{note}</span></span>'
        )
    shown = escaped(text)
    if not proof:
        return safe(f'<span title="{escaped(note)}">{shown}</span>' if note else shown)
    name = f' aria-label="{escaped(label)}: {shown}"' if label else ""
    title = escaped(note or gettext("Show where this number comes from"))
    return safe(
        f'<a class="proof" href="{escaped(proof_url(proof))}" data-slide{name} '
        f'title="{title}">{shown}</a>'
    )


@register.simple_tag
def variance(
    value: Any, kind: str = "percent", currency: str = "", good: str = "up", proof: str = ""
) -> SafeString:
    """``{% variance 0.064 %}``: arrow, amount, colour. ``good`` is up, down or none.

    ``kind`` is percent, points, money, number or a unit such as days.
    """
    if hasattr(value, "proof_id"):
        currency, proof = currency or value.currency, proof or value.proof_id
        value = figure_value(value)
    found = formats.decimal_of(value)
    if found is None:
        return format_html('<span class="none">{}</span>', formats.MISSING)
    size = abs(found)
    if kind == "percent":
        text = numbers.percent(size)
    elif kind == "points":
        text = numbers.points(size)
    elif kind == "money":
        text = numbers.money(size, currency)
    elif kind == "number":
        text = numbers.short(size)
    else:
        text = numbers.quantity(size, kind)
    return variance_text(found, text, good=good, proof=proof)


def variance_text(found: Decimal, text: str, *, good: str, proof: str = "") -> SafeString:
    """Return arrow and text; the words up and down are there for those who cannot see it."""
    flat = not any(char in "123456789" for char in text)
    if flat:
        return safe(f'<span class="flat">= {escaped(text)}</span>')
    up = found > 0
    tone = "flat" if good == "none" else ("up" if up == (good == "up") else "down")
    word = pgettext("a variance", "up") if up else pgettext("a variance", "down")
    return safe(
        f'<span class="variance {tone}"><span aria-hidden="true">{"▲" if up else "▼"}</span>'
        f'<span class="sr">{escaped(word)}</span> {proved(text, proof)}</span>'
    )


@register.inclusion_tag("ui/parts/figure_strip.html")
def figure_strip(figures: Sequence[KeyFigure], label: str = "") -> dict[str, Any]:
    """``{% figure_strip figures %}``: the always-visible row of key figures."""
    return {"figures": figures, "label": label or gettext("Key figures")}


@register.simple_tag
def spark(values: Sequence[Any], label: str = "") -> SafeString:
    """``{% spark values label="Sell-in, 12 months" %}``: a small line of the last months."""
    return marks.spark(list(values or ()), label=label or gettext("Trend"))


@register.simple_tag
def bar(value: Any, most: Any, label: str = "") -> SafeString:
    """``{% bar value most %}``: a bar in a table cell."""
    return marks.bar(value, most, label=label)


@register.simple_tag
def variance_bar(value: Any, most: Any, good: str = "up", label: str = "") -> SafeString:
    """``{% variance_bar value most %}``: a bar left or right of a zero axis."""
    return marks.variance_bar(value, most, good_when_up=good != "down", label=label)
