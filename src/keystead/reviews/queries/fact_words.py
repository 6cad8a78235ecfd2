"""Facts as a reader sees them: text, tone, number format, label."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keystead.kernel.errors import NotFound
from keystead.kit.office.slides import Shown, Tone
from keystead.kit.ui import formats
from keystead.kit.ui.tags.figures import text_of
from keystead.metrics.calc.definitions import metric_def
from keystead.reviews.queries.words import BRIDGE, PARTS, language
from keystead.reviews.types.material import Fact, Material

SHAPES: Final = {"money": "#,##0", "percent": '0.0"%"', "ratio": "0.0%", "quantity": "#,##0"}
COLUMNS: Final = {
    "actual": _("Actual"),
    "budget": _("Budget"),
    "last_year": _("Last year"),
    "base": _("Last year"),
    "change": _("Change"),
    "reason": _("Main reason"),
    "amount": _("Amount"),
    "granted": _("Granted"),
    "spent": _("Spent"),
    "score": _("Score"),
    "known": _("Known"),
    "chance": _("Probability"),
    "claims_open": _("Open claims"),
    "sell_in_last_year": _("Sell-in of last year"),
    "current": _("Current"),
    "target": _("Target"),
}


def shown(fact: Fact, *, signed: bool = False, full: bool = False) -> Shown:
    """Return a figure as it is shown, with its exact value and its proof.

    ``signed``: a variance: with its sign, coloured by what is favourable. ``full``: all digits of
    an amount, for tables.
    """
    if fact.value is None:
        return Shown(formats.MISSING)
    text = _text(fact, full=full)
    tone: Tone = ""
    if signed:
        if fact.value > 0:
            text = f"+{text}"
        if fact.good and fact.value:
            tone = "good" if (fact.value > 0) is (fact.good != "down") else "bad"
    return Shown(text, fact.value, fact.proof, fact.measure, SHAPES.get(fact.unit, ""), tone)


def _text(fact: Fact, *, full: bool) -> str:
    value, locale = fact.value, language()
    if fact.unit == "money":
        if full:
            return formats.money(value, fact.measure, locale=locale, digits=_digits(fact))
        return formats.money(value, fact.measure, locale=locale)
    if fact.unit == "quantity":
        return text_of(value, fact.measure, full=full)
    if fact.unit == "index":
        return formats.number(value, locale=locale, digits=0 if (value or 0) >= 10 else 1)
    return text_of(value, fact.unit)


def _digits(fact: Fact) -> int:
    return 0 if abs(fact.value or Decimal(0)) >= 100 else 2


def fact_label(material: Material, key: str) -> str:
    """Return what a figure of a review is, by its key: its name, or list, line and column."""
    title, dot, rest = key.partition(".")
    if not dot:
        return label_of(title)
    line, _dot, name = rest.rpartition(".")
    record = next((one for one in material.records(title) if one.key == line), None)
    words = dict(record.words) if record else {}
    said = words.get("name") or words.get("label") or words.get("number") or words.get("title")
    if title == "bridge":
        said = str(BRIDGE.get(line, line))
    elif title == "pnl":
        said = gettext(words.get("label", line))
    parts = [str(PARTS.get(title, title)), said or line, label_of(name)]
    return ": ".join(part for part in parts if part)


def label_of(name: str) -> str:
    """Return the label of a figure by its name: a metric's own, or one of this room."""
    if name in COLUMNS:
        return str(COLUMNS[name])
    try:
        return gettext(metric_def(name).label)
    except NotFound:
        return name.replace("_", " ")
