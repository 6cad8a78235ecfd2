"""A card in words: rows for the template, the headline, names of words and reasons."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _

from keystead.kit.ui import formats
from keystead.kit.ui.tags.figures import text_of
from keystead.scorecards.types import (
    CardLine,
    Direction,
    LineDef,
    Missing,
    Number,
    Score,
    TargetPer,
    TargetSource,
    Word,
)

TONES = {Word.GOOD: "good", Word.WATCH: "warn", Word.BEHIND: "bad"}
GOOD_WAY = {Direction.HIGHER: "up", Direction.LOWER: "down", Direction.BAND: "none"}


@dataclasses.dataclass(frozen=True)
class ShownFigure:
    """A number as the figure tag takes it."""

    value: Decimal | None
    unit: str
    measure: str
    proof_id: str
    note: str

    @property
    def currency(self) -> str:
        return self.measure if self.unit == "money" else ""


@dataclasses.dataclass(frozen=True)
class ShownLine:
    """One row of the card."""

    metric: str
    label: str
    actual: ShownFigure
    target: ShownFigure
    target_high: str
    aim: str
    last_year: ShownFigure
    change: Decimal | None
    change_kind: str
    good: str
    trend: Sequence[Decimal | None]
    points: str
    weight: str
    share: str
    word: str
    tone: str
    reason: str
    owner: str
    comment: str
    scored: bool


def shown_lines(lines: Sequence[CardLine]) -> list[ShownLine]:
    """Return the rows of a card in the reader's language."""
    return [_shown(line) for line in lines]


def headline(score: Score, lines: Sequence[CardLine]) -> str:
    """Return the message of a card: its total, and what costs most points."""
    if score.total is None:
        found = share(score.coverage_pct)
        return _("No total yet: only %(share)s of the weight has points") % {"share": found}
    total = number(score.total, 1)
    lost = sorted(
        (line for line in lines if line.score.word in (Word.WATCH, Word.BEHIND)),
        key=lambda line: (line.score.points or Decimal(0) - 100) * line.line.weight,
    )
    names = [label_of(line) for line in lost[:2]]
    if not names:
        return _("%(total)s points: every line is on track") % {"total": total}
    if len(names) == 1:
        return _("%(total)s points: %(name)s costs the most") % {"total": total, "name": names[0]}
    return _("%(total)s points: %(first)s and %(second)s cost the most") % {
        "total": total,
        "first": names[0],
        "second": names[1],
    }


def word_name(word: Word) -> str:
    """Return the verdict in the reader's language."""
    return {
        Word.GOOD: _("on track"),
        Word.WATCH: _("watch"),
        Word.BEHIND: _("behind"),
        Word.MISSING: _("no points"),
        Word.SHOWN: _("for information"),
    }[word]


def reason_name(missing: Missing) -> str:
    """Return why a line has no points, as a sentence."""
    return {
        Missing.NONE: "",
        Missing.NO_VALUE: _("There is no value for this period."),
        Missing.NO_TARGET: _("There is no target for this period."),
        Missing.NOT_SCORED: "",
        Missing.ZERO_POINT: _("The zero point is on the wrong side of the target."),
        Missing.MEASURE: _("Value and target are in different currencies or units."),
        Missing.HIDDEN: _("Your role does not show this line."),
        Missing.UNKNOWN: _("This metric is no longer in the catalogue."),
    }[missing]


def label_of(line: CardLine) -> str:
    """Return the name of a line in the reader's language."""
    return gettext(line.label)


def number(value: Decimal | None, digits: int | None = None) -> str:
    """Return a number as the reader writes it."""
    return formats.number(value, locale=_locale(), digits=digits)


def share(pct: Decimal) -> str:
    """Return a percentage as the reader writes it."""
    digits = 0 if pct == pct.to_integral_value() else 1
    return formats.percent(pct / 100, locale=_locale(), digits=digits)


def aim_of(line: LineDef, *, own: bool) -> str:
    """Return where the target comes from, in a few words."""
    if own:
        return _("agreed with this account")
    if line.target_source is TargetSource.NONE:
        return ""
    if line.target_source is TargetSource.DATASET:
        return _("imported target")
    if line.target_source is TargetSource.LAST_YEAR:
        if not line.uplift_pct:
            return _("last year")
        rise = formats.percent(line.uplift_pct / 100, locale=_locale(), digits=0)
        sign = "+" if line.uplift_pct > 0 else ""
        return _("last year %(rise)s") % {"rise": f"{sign}{rise}"}
    names = {
        TargetPer.AS_IS: _("typed target"),
        TargetPer.MONTH: _("typed target per month"),
        TargetPer.YEAR: _("typed target per year"),
    }
    return names[line.target_per]


def _shown(line: CardLine) -> ShownLine:
    change, kind = _change(line)
    high = text_of(line.target_high, _unit(line)) if line.target_high is not None else ""
    return ShownLine(
        metric=line.line.metric,
        label=label_of(line),
        actual=_figure(line, line.actual),
        target=_figure(line, line.target),
        target_high=high,
        aim=aim_of(line.line, own=line.own_target),
        last_year=_figure(line, line.last_year),
        change=change,
        change_kind=kind,
        good=GOOD_WAY[line.line.direction],
        trend=[value for _day, value in line.trend],
        points=number(line.score.points, 1),
        weight=number(line.line.weight),
        share=number(line.score.share_pct, 1) if line.score.points is not None else "",
        word=word_name(line.score.word),
        tone=TONES.get(line.score.word, ""),
        reason=reason_name(line.score.missing),
        owner=line.owner,
        comment=line.comment,
        scored=line.line.target_source is not TargetSource.NONE,
    )


def _figure(line: CardLine, found: Number) -> ShownFigure:
    return ShownFigure(found.value, line.unit, found.measure, found.proof_id, found.note)


def _unit(line: CardLine) -> str:
    return line.actual.measure if line.unit == "quantity" else line.unit


def _change(line: CardLine) -> tuple[Decimal | None, str]:
    """Return the change on last year: in percent for sums, in points or units for the rest."""
    now, before = line.actual, line.last_year
    if now.value is None or before.value is None or now.measure != before.measure:
        return None, "percent"
    if line.unit in ("money", "quantity", "count"):
        if not before.value:
            return None, "percent"
        return (now.value - before.value) / abs(before.value), "percent"
    difference: Any = now.value - before.value
    return (difference / 100, "points") if line.unit == "percent" else (difference, line.unit)


def _locale() -> str:
    return get_language() or "en"
